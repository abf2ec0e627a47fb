"""Texts as windows that a token classifier sees: token ids, and which word each is the first piece of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.errors import ModelError
from core.finetune.examples import Examples
from core.modalities.text.backends import around_text
from core.modalities.text.inputs import TokenInputs
from core.modalities.text.token_store import Tokens
from core.modalities.text.word_vectors import Bounds, shared, windows
from core.targets.spans.heavy import IGNORED


@dataclass(frozen=True, slots=True)
class Window:
    """A part of one text."""

    ids: list[int]
    """Token ids, special ones included."""
    places: NDArray[np.int64]
    """(p,) where the first pieces of words stand among them."""
    words: NDArray[np.int64]
    """(p,) which words, counted over all texts, they are the first pieces of."""
    own: NDArray[np.bool_]
    """(p,) whether the word has most of its surroundings in this window: else another one speaks for it."""


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """The windows of n texts of w words."""

    windows: list[Window]
    words: int
    """w, those included of which the tokenizer makes nothing: they are in no window."""

    @staticmethod
    def of(tokenizer: Any, limit: int, texts: Sequence[str], bounds: Sequence[Bounds]) -> Windows:
        """Raises ModelError where the tokenizer cannot say which characters its tokens stand for."""
        if not texts:  # of which a tokenizer can make no batch
            return Windows([], 0)
        if not tokenizer.is_fast:
            raise ModelError(
                "The model's tokenizer cannot say which characters its tokens stand for.",
                "Save it as a fast tokenizer, which has the file tokenizer.json.",
            )
        around, alone = (tokenizer("a", add_special_tokens=special)["input_ids"] for special in (True, False))
        before, after = around_text(around, alone)
        room = max(1, limit - len(before) - len(after))
        found, first_word = [], 0
        cut = tokenizer(list(texts), add_special_tokens=False, return_offsets_mapping=True, verbose=False)
        for ids, ends, words in zip(cut["input_ids"], cut["offset_mapping"], bounds, strict=True):
            firsts, which = _first_pieces(np.array(ends, np.int64).reshape(-1, 2), words)
            for start, stop in windows(len(ids), room):
                mine = (firsts >= start) & (firsts < stop)
                half = shared(room) // 2
                low, high = start + (half if start else 0), stop - (half if stop < len(ids) else 0)
                places = firsts[mine]
                own = (places >= low) & (places < high)
                whole = [*before, *ids[start:stop], *after]
                found.append(Window(whole, places - start + len(before), which[mine] + first_word, own))
            first_word += len(words)
        return Windows(found, first_word)

    @property
    def lengths(self) -> NDArray[np.int64]:
        """(m,) tokens of each window."""
        return np.array([len(one.ids) for one in self.windows], np.int64)

    def occurring(self, padding: int) -> NDArray[np.int64]:
        """The token ids in batches of them, sorted."""
        return np.unique([padding, *chain.from_iterable(one.ids for one in self.windows)]).astype(np.int64)

    def batch(self, which: NDArray[np.int64], padding: int) -> dict[str, Tensor]:
        """`input_ids` and `attention_mask` (b, t) of some windows, padded on the right."""
        chosen = [self.windows[place].ids for place in which.tolist()]
        ids = torch.full((len(chosen), max(map(len, chosen))), padding)
        mask = torch.zeros_like(ids)
        for row, one in enumerate(chosen):
            ids[row, : len(one)] = torch.tensor(one)
            mask[row, : len(one)] = 1
        return {"input_ids": ids, "attention_mask": mask}

    def examples(self, tags: NDArray[np.int64], padding: int, where: torch.device) -> Examples:
        """The windows as the loop takes them: the tag of each word, of all w in `tags`, is the label of its first
        piece; any other piece has none (`IGNORED`)."""
        lengths = self.lengths
        offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        ids = np.fromiter(chain.from_iterable(one.ids for one in self.windows), np.int32, int(offsets[-1]))
        labels = np.full((len(lengths), int(lengths.max(initial=1))), IGNORED, np.int16)
        for row, one in enumerate(self.windows):
            labels[row, one.places] = tags[one.words]
        return Examples(labels, TokenInputs.of(Tokens(ids, offsets), padding, where), per_token=True)


def _first_pieces(ends: Bounds, words: Bounds) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where the first pieces of words stand among the tokens at `ends` (t, 2), and which words: of a piece of several
    words, the first one."""
    first = np.searchsorted(ends[:, 1], words[:, 0], "right")
    inside = first < len(ends)
    inside[inside] = ends[first[inside], 0] < words[inside, 1]
    which = np.flatnonzero(inside)
    kept = np.unique(first[which], return_index=True)[1]
    return first[which][kept], which[kept]
