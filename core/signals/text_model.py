"""Texts through a transformers model: mean over the tokens of the last hidden layer, scaled to length 1."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import torch
from numpy.typing import NDArray

from core.errors import ModelError
from core.models.batches import token_batches
from core.models.device import device
from core.models.files import fingerprint, model_folder
from core.signals.encoder import Batch, RowEncoder
from core.signals.payloads import Payloads

MAX_TOKENS = 512
"""A text is cut here unless told otherwise: as far as BERT can see. On news articles the half of it made a quarter more
mistakes."""
BATCH_TOKENS = {"cpu": 2048, "cuda": 1 << 16}
"""Tokens of a batch, padding included."""
WINDOW = 4096
"""Texts tokenised at a time."""


class TextModel(RowEncoder):
    """Any text model that transformers' AutoModel loads from safetensors, by folder or hub id."""

    kind: Literal["text"] = "text"

    def __init__(self, name: str, folder: Path | None = None, max_tokens: int = MAX_TOKENS) -> None:
        self.name = name
        self._folder = folder or model_folder(name)
        self._max_tokens = max_tokens

    @cached_property
    def key(self) -> str:
        return f"text-{fingerprint(self._folder)}-{self._max_tokens}"

    def encode(self, payloads: Payloads, rows: NDArray[np.int64]) -> Iterator[Batch]:
        """Longest first: what does not fit fails at once, and the time left is never underestimated."""
        tokenizer, model = self._load()
        lengths = pc.utf8_length(payloads.column.take(pa.array(rows))).to_numpy()
        ordered = rows[np.argsort(-lengths, kind="stable")]
        for start in range(0, len(ordered), WINDOW):
            window = ordered[start : start + WINDOW]
            tokens = tokenizer(payloads.take(window), truncation=True, max_length=self._limit(tokenizer))["input_ids"]
            for batch in token_batches([len(one) for one in tokens], BATCH_TOKENS[device().type]):
                padded = tokenizer.pad({"input_ids": [tokens[index] for index in batch]}, return_tensors="pt")
                yield window[batch], _mean_pooled(model, padded["input_ids"], padded["attention_mask"])

    def _limit(self, tokenizer: Any) -> int:
        return min(self._max_tokens, int(tokenizer.model_max_length))

    def _load(self) -> tuple[Any, Any]:
        from transformers import AutoModel, AutoTokenizer

        try:
            tokenizer = AutoTokenizer.from_pretrained(self._folder, trust_remote_code=False, local_files_only=True)
            model = AutoModel.from_pretrained(
                self._folder, trust_remote_code=False, local_files_only=True, use_safetensors=True
            )
        except Exception as error:
            raise ModelError(
                f"transformers cannot load {self.name} as a text model: {str(error).splitlines()[0]}",
                "Give a folder or hub id of an encoder such as BERT, with its tokenizer.",
            ) from error
        if tokenizer.pad_token is None:
            tokenizer.pad_token = tokenizer.eos_token or tokenizer.unk_token
        return tokenizer, model.eval().to(device())


@torch.inference_mode()
def _mean_pooled(model: Any, tokens: torch.Tensor, mask: torch.Tensor) -> NDArray[np.float32]:
    hidden = model(input_ids=tokens.to(device()), attention_mask=mask.to(device())).last_hidden_state.float()
    kept = mask.to(hidden.device).unsqueeze(-1).float()
    pooled = (hidden * kept).sum(1) / kept.sum(1).clamp_min(1)
    return np.asarray(torch.nn.functional.normalize(pooled, dim=1).cpu().numpy(), np.float32)
