"""Two ways to run a text model over batches: BERT by its weights alone, anything else through transformers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor

from core.arrays.batches import packed_batches, token_batches
from core.arrays.precision import inference_dtype
from core.errors import ModelError
from core.modalities.model_files import config, json_object
from core.modalities.text.bert import Bert, Block
from core.modalities.text.positions import positions_of
from core.modalities.text.tokenizer import load_tokenizer
from core.modalities.text.tokens import FlatTokens

PACKED, PADDED, EVEN = 2048, 1024, 256
"""Tokens of a batch on a CPU: without padding; with it; from how many on a batch ends before shorter texts. More do not
stay in its cache."""
DEVICE_TOKENS = 1 << 16
"""Tokens of a batch on any other device, padding included: enough to keep it busy."""


class TextEncoder(Protocol):
    """A text model on the device where it runs."""

    def tokens(self, texts: Sequence[str]) -> FlatTokens:
        """Token ids, special ones included, cut where the model ends."""

    def batches(self, lengths: NDArray[np.int64]) -> list[NDArray[np.int64]]:
        """Positions of texts of so many tokens (n,), in the batches that are quickest."""

    def means(self, tokens: FlatTokens, rows: NDArray[np.int64]) -> Tensor:
        """The mean over the last hidden layer of each of these texts, (m, d) float32, on the device: nothing waits for
        it there."""


def open_text_encoder(name: str, folder: Path, max_tokens: int, where: torch.device) -> TextEncoder:
    """The model in `folder` on the device `where`. Raises ModelError where transformers cannot load it either."""
    if Bert.suits(config(folder)) and _tokenizer_alone(folder):
        try:
            bert = Bert.load(folder, where, inference_dtype(where))
        except KeyError:
            pass  # Weights under other names: transformers knows them, or says what is wrong.
        else:
            return PackedBert(bert, _tokenizer(folder, min(max_tokens, len(bert.positions))), where)
    return _loaded(name, folder, max_tokens, where)


@dataclass(frozen=True, slots=True)
class PackedBert:
    """BERT without transformers. A CPU takes texts end to end; any other device one padded block, of few launches."""

    bert: Bert
    tokenizer: Tokenizer
    where: torch.device

    def tokens(self, texts: Sequence[str]) -> FlatTokens:
        return FlatTokens.of([one.ids for one in self.tokenizer.encode_batch_fast(list(texts))])

    def batches(self, lengths: NDArray[np.int64]) -> list[NDArray[np.int64]]:
        if self.where.type == "cpu":
            return packed_batches(lengths, PACKED)
        return token_batches(lengths, DEVICE_TOKENS)

    def means(self, tokens: FlatTokens, rows: NDArray[np.int64]) -> Tensor:
        lengths = tokens.lengths[rows]
        if self.where.type == "cpu":
            changes = np.flatnonzero(np.diff(lengths, prepend=-1))
            counts = np.diff(changes, append=len(rows))
            blocks = [Block(count, length) for count, length in zip(counts.tolist(), lengths[changes], strict=True)]
            return self.bert.means(torch.from_numpy(tokens.joined(rows)), blocks)
        padded, even = tokens.padded(rows), bool((lengths == lengths[0]).all())
        block = Block(len(padded), padded.shape[1], None if even else _moved(lengths, self.where))
        return self.bert.means(_moved(padded, self.where).flatten(), [block])


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """Any model of transformers, with its tokenizer."""

    model: Any
    tokenizer: Any
    limit: int
    where: torch.device

    def tokens(self, texts: Sequence[str]) -> FlatTokens:
        found = self.tokenizer(list(texts), truncation=True, max_length=self.limit, return_attention_mask=False)
        return FlatTokens.of(found["input_ids"], self._padding)

    def batches(self, lengths: NDArray[np.int64]) -> list[NDArray[np.int64]]:
        if self.where.type == "cpu":
            return token_batches(lengths, PADDED, EVEN)
        return token_batches(lengths, DEVICE_TOKENS)

    @torch.no_grad()
    def means(self, tokens: FlatTokens, rows: NDArray[np.int64]) -> Tensor:
        """Without a mask where there is no padding: transformers would look for some in it, and wait for the device."""
        lengths, ids = tokens.lengths[rows], _moved(tokens.padded(rows, self._padding), self.where)
        if (lengths == lengths[0]).all():
            return self._hidden(ids, None).mean(1)
        known = _moved(lengths, self.where)[:, None]
        mask = torch.arange(ids.shape[1], device=ids.device) < known
        hidden = self._hidden(ids, mask.long())
        return hidden.masked_fill(~mask.unsqueeze(2), 0).sum(1) / known

    def _hidden(self, ids: Tensor, mask: Tensor | None) -> Tensor:
        hidden: Tensor = self.model(input_ids=ids, attention_mask=mask).last_hidden_state
        return hidden.float()

    @property
    def _padding(self) -> int:
        return int(self.tokenizer.pad_token_id or 0)


def _moved(array: NDArray[np.int64], where: torch.device) -> Tensor:
    """The array on the device: from pinned memory on CUDA, so that the copy waits for nothing."""
    tensor = torch.from_numpy(array)
    return tensor.pin_memory().to(where, non_blocking=True) if where.type == "cuda" else tensor.to(where)


def _tokenizer_alone(folder: Path) -> bool:
    """Whether tokenizer.json says by itself what transformers would make of the folder: some folders of BERT have
    settings beside it that contradict it."""
    if not (folder / "tokenizer.json").is_file():
        return False
    rules = json_object(folder / "tokenizer.json")
    normalizer = rules.get("normalizer") or {}
    lower = _tokenizer_settings(folder).get("do_lower_case", normalizer.get("lowercase"))
    return normalizer.get("type") == "BertNormalizer" and lower == normalizer.get("lowercase")


def _tokenizer(folder: Path, limit: int) -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(min(limit, int(_tokenizer_settings(folder).get("model_max_length", limit))))
    return tokenizer


def _tokenizer_settings(folder: Path) -> dict[str, Any]:
    path = folder / "tokenizer_config.json"
    return json_object(path) if path.is_file() else {}


def _loaded(name: str, folder: Path, max_tokens: int, where: torch.device) -> LoadedModel:
    from transformers import AutoModel

    tokenizer = load_tokenizer(folder, name)
    try:
        model = AutoModel.from_pretrained(folder, trust_remote_code=False, local_files_only=True, use_safetensors=True)
    except Exception as error:
        raise ModelError(
            f"transformers cannot load {name} as a text model: {str(error).splitlines()[0]}",
            "Give a folder or hub id of an encoder such as BERT, with its tokenizer.",
        ) from error
    if model.dtype == torch.float32:
        model = model.to(inference_dtype(where))
    limit = min(max_tokens, int(tokenizer.model_max_length), positions_of(model))
    return LoadedModel(model.eval().to(where), tokenizer, limit, where)
