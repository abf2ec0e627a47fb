"""Sounds through a transformers model: its pooled output or the mean over its last hidden layer, of length 1."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.arrays.ahead import ahead
from core.arrays.device import device, moved
from core.errors import ModelError
from core.modalities.audio.preparation import Waves
from core.modalities.encoder import Batch, RowEncoder
from core.modalities.model_files import fingerprint, model_folder
from core.modalities.payloads import Payloads


class AudioModel(RowEncoder):
    """Any audio model that transformers' AutoModel loads from safetensors, by folder or hub id."""

    kind: Literal["audio"] = "audio"

    def __init__(self, name: str) -> None:
        self.name = name
        self._folder = model_folder(name)

    @cached_property
    def key(self) -> str:
        return f"audio-{fingerprint(self._folder)}"

    def encode(self, payloads: Payloads, rows: NDArray[np.int64]) -> Iterator[Batch]:
        model, waves = self._load(), Waves.of(self._folder, self.name)
        size = 32 if device().type != "cpu" else 4
        parts = [rows[start : start + size] for start in range(0, len(rows), size)]
        for part, given in ahead(parts, lambda part: waves.collate(waves.encode(payloads.items(part)))):
            with torch.inference_mode():
                yield part, _pooled(model, moved(given, device())).cpu().numpy()

    def _load(self) -> Any:
        from transformers import AutoModel

        try:
            model: Any = AutoModel.from_pretrained(
                self._folder, trust_remote_code=False, local_files_only=True, use_safetensors=True, dtype=torch.float32
            )
        except Exception as error:
            raise ModelError(
                f"transformers cannot load {self.name} as an audio model: {str(error).splitlines()[0]}",
                "Give a folder or hub id of an encoder such as wav2vec2 or an Audio Spectrogram Transformer.",
            ) from error
        return (
            getattr(model, "encoder", model).eval().to(device()) if _has_decoder(model) else model.eval().to(device())
        )


def _has_decoder(model: Any) -> bool:
    """Whisper's encoder alone says what is heard."""
    return bool(getattr(model.config, "is_encoder_decoder", False))


def _pooled(model: Any, given: dict[str, Tensor]) -> Tensor:
    """(m, d), rows of length 1. Padding counts where a model does not say which of its steps are padding."""
    output = model(**given)
    pooled = getattr(output, "pooler_output", None)
    if pooled is None:
        hidden, mask = output.last_hidden_state.float(), given.get("attention_mask")
        known = getattr(model, "_get_feature_vector_attention_mask", None)
        if mask is not None and known is not None:
            steps = known(hidden.shape[1], mask)[..., None].to(hidden.dtype)
            pooled = (hidden * steps).sum(1) / steps.sum(1).clamp(min=1)
        else:
            pooled = hidden.mean(1)
    return torch.nn.functional.normalize(pooled.flatten(1).float(), dim=1)
