"""A model that stays loaded and answers questions: `python -m core.jobs.resident.run SPEC`, a `ResidentSpec` as JSON.

One `Question` in, one `Line` out. Ends when its input does, as it does with the process that asks, and after the spec's
seconds without a question. What libraries print goes to standard error.
"""

from __future__ import annotations

import json
import os
import select
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from core.errors import SourceError, WinnowError
from core.jobs.resident.nearest import Nearest
from core.jobs.resident.spec import Answer, Line, Question, Refusal, ResidentSpec
from core.modalities import Modality
from core.modalities.file_fault import FileFault
from core.modalities.fitted import Opened
from core.typed import from_json, to_json

if TYPE_CHECKING:
    from core.finetune.tokens.predictor import TagPredictor

READ_BYTES = 1 << 16


def serve(load: Callable[[], Callable[[Question], Answer]], idle_seconds: float) -> None:
    """Loads what answers, then serves until there is nobody left to serve."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        answer = load()
        _say(out, Line(ready=True))
        for line in lines(0, idle_seconds):
            _say(out, _answered(answer, line))
        _say(out, Line(idle=True))
    except WinnowError as error:
        _say(out, _error(error))
    except BrokenPipeError:
        return


def lines(descriptor: int, idle_seconds: float) -> Iterator[bytes]:
    """Each line as it comes in, until nothing has for so long. The end of the input ends the process at once."""
    waiting = b""
    while select.select([descriptor], [], [], idle_seconds)[0]:
        read = os.read(descriptor, READ_BYTES)
        if not read:
            sys.exit()
        *whole, waiting = (waiting + read).split(b"\n")
        yield from whole


def _loaded(spec: ResidentSpec) -> Callable[[Question], Answer]:
    from core.finetune.tokens.predictor import TagPredictor
    from core.jobs.open_model import open_model

    (model, modality), nearest = open_model(spec.model), Nearest(spec.features)

    def answer(question: Question) -> Answer:
        payload = _file(Path(question.example), model, modality) if modality.in_files else question.example
        if isinstance(model, TagPredictor):
            return _entities(model, payload, nearest, question.nearest)
        probabilities, seen = model.predict([payload])
        return Answer(tuple(probabilities[0].tolist()), tuple(nearest.find(seen[0], question.nearest)))

    return answer


def _entities(model: TagPredictor, text: str, nearest: Nearest, count: int) -> Answer:
    found = model.read([text])
    spans = tuple((*span, score) for span, score in zip(found.spans[0], found.scores[0], strict=True))
    near = tuple(nearest.find(found.features[0], count))
    return Answer(tuple(found.probabilities[0].tolist()), near, spans, float(found.sure[0]))


def _file(path: Path, model: Opened, modality: Modality) -> Any:
    from core.finetune.predictor import Predictor
    from core.modalities.heavy import heavy_modality

    assert isinstance(model, Predictor)
    try:
        return heavy_modality(modality).opened_file(path.read_bytes(), model.classifier.preparation)
    except (FileFault, OSError) as error:
        raise SourceError(f"{path.name} cannot be used: {error}.", "Drop another file.") from error


def _answered(answer: Callable[[Question], Answer], line: bytes) -> Line:
    try:
        return Line(answer=answer(from_json(Question, json.loads(line), "a question")))
    except WinnowError as error:
        return _error(error)
    except Exception as error:
        traceback.print_exc()
        return _error(WinnowError(f"The model failed on it: {error}", "The log has the whole story."))


def _error(error: WinnowError) -> Line:
    return Line(error=Refusal(error.message, error.hint))


def _say(out: BinaryIO, line: Line) -> None:
    out.write(json.dumps(to_json(line)).encode() + b"\n")
    out.flush()


if __name__ == "__main__":
    spec = from_json(ResidentSpec, json.loads(sys.argv[1]), "the model to be held")
    serve(lambda: _loaded(spec), spec.idle_seconds)
