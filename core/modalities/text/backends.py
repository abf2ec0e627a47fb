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


@dataclass(frozen=True, slots=True)
class Pieces:
    """Texts cut into tokens, to be put into windows of a model."""

    ids: list[list[int]]
    """By text."""
    ends: list[list[tuple[int, int]]]
    """Start and stop of each token, in characters of its text."""
    before: tuple[int, ...]
    """Special tokens that a window begins with, such as [CLS]."""
    after: tuple[int, ...]
    limit: int
    """Tokens that the model sees at a time, special ones included."""


class TextEncoder(Protocol):
    """A text model on the device where it runs."""

    def tokens(self, texts: Sequence[str]) -> FlatTokens:
        """Token ids, special ones included, cut where the model ends."""

    def batches(self, lengths: NDArray[np.int64]) -> list[NDArray[np.int64]]:
        """Positions of texts of so many tokens (n,), in the batches that are quickest."""

    def means(self, tokens: FlatTokens, rows: NDArray[np.int64]) -> Tensor:
        """The mean over the last hidden layer of each of these texts, (m, d) float32, on the device: nothing waits for
        it there."""

    def pieces(self, texts: Sequence[str]) -> Pieces:
        """Token ids of the whole texts, special ones left out, and the characters that each stands for. Raises
        ModelError where the tokenizer cannot say them."""

    def states(self, tokens: FlatTokens, rows: NDArray[np.int64], layer: int) -> Tensor:
        """Hidden states after so many layers, of all tokens of these texts, text after text: (t, width) on the
        device."""


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
        return self.bert.means(*self._blocks(tokens, rows))

    def pieces(self, texts: Sequence[str]) -> Pieces:
        whole = Tokenizer.from_str(self.tokenizer.to_str())
        whole.no_truncation()
        cut = whole.encode_batch(list(texts), add_special_tokens=False)
        around, alone = whole.encode("a").ids, whole.encode("a", add_special_tokens=False).ids
        limit = int((self.tokenizer.truncation or {}).get("max_length", len(self.bert.positions)))
        return Pieces([one.ids for one in cut], [one.offsets for one in cut], *around_text(around, alone), limit)

    def states(self, tokens: FlatTokens, rows: NDArray[np.int64], layer: int) -> Tensor:
        given, blocks = self._blocks(tokens, rows)
        return _without_padding(self.bert.states(given, blocks, layer), blocks)

    def _blocks(self, tokens: FlatTokens, rows: NDArray[np.int64]) -> tuple[Tensor, list[Block]]:
        lengths = tokens.lengths[rows]
        if self.where.type == "cpu":
            changes = np.flatnonzero(np.diff(lengths, prepend=-1))
            counts = np.diff(changes, append=len(rows))
            blocks = [Block(count, length) for count, length in zip(counts.tolist(), lengths[changes], strict=True)]
            return torch.from_numpy(tokens.joined(rows)), blocks
        padded, even = tokens.padded(rows), bool((lengths == lengths[0]).all())
        block = Block(len(padded), padded.shape[1], None if even else _moved(lengths, self.where))
        return _moved(padded, self.where).flatten(), [block]


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

    def pieces(self, texts: Sequence[str]) -> Pieces:
        if not self.tokenizer.is_fast:
            raise ModelError(
                "The model's tokenizer cannot say which characters its tokens stand for.",
                "Save it as a fast tokenizer, which has the file tokenizer.json.",
            )
        cut = self.tokenizer(list(texts), add_special_tokens=False, return_offsets_mapping=True, verbose=False)
        around, alone = (self.tokenizer("a", add_special_tokens=special)["input_ids"] for special in (True, False))
        return Pieces(cut["input_ids"], cut["offset_mapping"], *around_text(around, alone), self.limit)

    @torch.no_grad()
    def states(self, tokens: FlatTokens, rows: NDArray[np.int64], layer: int) -> Tensor:
        lengths, ids = tokens.lengths[rows], _moved(tokens.padded(rows, self._padding), self.where)
        mask = torch.arange(ids.shape[1], device=ids.device) < _moved(lengths, self.where)[:, None]
        hidden = self.model(input_ids=ids, attention_mask=mask.long(), output_hidden_states=True).hidden_states
        return torch.as_tensor(hidden[layer][mask])

    def _hidden(self, ids: Tensor, mask: Tensor | None) -> Tensor:
        hidden: Tensor = self.model(input_ids=ids, attention_mask=mask).last_hidden_state
        return hidden.float()

    @property
    def _padding(self) -> int:
        return int(self.tokenizer.pad_token_id or 0)


def around_text(around: list[int], alone: list[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The special tokens before and after a text, of one with and without them."""
    begin = next(at for at in range(len(around)) if around[at : at + len(alone)] == alone)
    return tuple(around[:begin]), tuple(around[begin + len(alone) :])


def _without_padding(states: Tensor, blocks: Sequence[Block]) -> Tensor:
    if all(block.lengths is None for block in blocks):
        return states
    masks = [
        torch.ones(block.count * block.length, dtype=torch.bool, device=states.device)
        if block.lengths is None
        else (torch.arange(block.length, device=states.device) < block.lengths[:, None]).flatten()
        for block in blocks
    ]
    return states[torch.cat(masks)]


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
