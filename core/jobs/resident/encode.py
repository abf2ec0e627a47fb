"""An encoder that stays loaded: `python -m core.jobs.resident.encode SPEC`, an `EncoderSpec` as JSON. It answers as
`core.jobs.resident.run` does."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa

from core.arrays.embeddings import EmbeddingCache
from core.arrays.shards import DIGEST
from core.errors import ModelError
from core.jobs.resident.run import serve
from core.jobs.resident.spec import Answer, EncoderSpec, Question
from core.modalities import MODALITIES
from core.modalities.encoder import RowEncoder
from core.modalities.encoders import make_encoder
from core.modalities.payloads import Payloads
from core.progress import unheard
from core.typed import from_json

_ONE = np.array([b"the one asked"], DIGEST)


def _loaded(spec: EncoderSpec) -> Callable[[Question], Answer]:
    encoder = make_encoder(str(spec.model), spec.modality)
    if not isinstance(encoder, RowEncoder):
        raise ModelError(
            f"The encoder {encoder.name} looks at all rows together: it can say nothing of one.", "Use another."
        )
    in_files = MODALITIES[spec.modality].in_files

    def answer(question: Question) -> Answer:
        path = Path(question.example)
        payloads = Payloads(
            pa.chunked_array([[path.name if in_files else question.example]], pa.large_string()),
            _ONE,
            path.parent if in_files else None,
        )
        with tempfile.TemporaryDirectory() as folder:  # what it keeps of the example goes with the answer
            encoder.embed(payloads, Path(folder), unheard)
            kept = EmbeddingCache(Path(folder) / "embeddings" / encoder.key).gather(_ONE)
        return Answer((), (), vector=tuple(kept[0].tolist()))

    return answer


if __name__ == "__main__":
    spec = from_json(EncoderSpec, json.loads(sys.argv[1]), "the encoder to be held")
    serve(lambda: _loaded(spec), spec.idle_seconds)
