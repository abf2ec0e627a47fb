"""A model that stays loaded and answers questions: `python -m core.jobs.resident.run MODEL FEATURES SECONDS`.

One JSON line in, one JSON line out. First comes `{"ready": true}`, or `{"error": …}` where the model cannot be loaded.
    {"text": "…", "nearest": 8}  or  {"image": "/path", "nearest": 8}
    {"probabilities": [one per class], "nearest": [[row id, cosine], …]}  or  {"error": {"message": …, "hint": …}}
Ends when its input does, as it does with the process that asks, and after SECONDS without a question, which it says:
`{"idle": true}`. What libraries print goes to standard error.
"""

from __future__ import annotations

import json
import os
import select
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from core.errors import SourceError, WinnowError
from core.jobs.resident.nearest import Nearest
from core.modalities.image.opening import ImageFault, opened

READ_BYTES = 1 << 16


def main(model: Path, features: Path, idle_seconds: float) -> None:
    """Serves until there is nobody left to serve."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    answer: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    try:
        answer = _loaded(model, features)
        _say(out, {"ready": True})
        for line in lines(0, idle_seconds):
            _say(out, _answered(answer, line))
        _say(out, {"idle": True})
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


def _loaded(model: Path, features: Path) -> Callable[[dict[str, Any]], dict[str, Any]]:
    from core.finetune.predictor import Predictor

    predictor, nearest = Predictor.open(model), Nearest(features)

    def answer(question: dict[str, Any]) -> dict[str, Any]:
        payload = question["text"] if "text" in question else _image(Path(question["image"]))
        probabilities, seen = predictor.predict([payload])
        return {"probabilities": probabilities[0].tolist(), "nearest": nearest.find(seen[0], question["nearest"])}

    return answer


def _image(path: Path) -> Any:
    try:
        return opened(path.read_bytes())
    except (ImageFault, OSError) as error:
        raise SourceError(f"{path.name} cannot be used: {error}.", "Drop another image.") from error


def _answered(answer: Callable[[dict[str, Any]], dict[str, Any]], line: bytes) -> dict[str, Any]:
    try:
        return answer(json.loads(line))
    except WinnowError as error:
        return _error(error)
    except Exception as error:
        traceback.print_exc()
        return _error(WinnowError(f"The model failed on it: {error}", "The log has the whole story."))


def _error(error: WinnowError) -> dict[str, Any]:
    return {"error": {"message": error.message, "hint": error.hint}}


def _say(out: BinaryIO, content: dict[str, Any]) -> None:
    out.write(json.dumps(content).encode() + b"\n")
    out.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]))
