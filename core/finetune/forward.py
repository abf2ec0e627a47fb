"""Runs a model over many examples without learning from them: probabilities and what goes into the last layer."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.arrays.ahead import ahead
from core.arrays.batches import token_batches
from core.arrays.device import moved, pinned
from core.arrays.memory import give_back, ran_out
from core.finetune.examples import Examples
from core.finetune.inputs import Loaded, padded_length
from core.finetune.place import Place
from core.modalities.inputs import Given
from core.targets.heavy import heavy_target

if TYPE_CHECKING:
    from core.finetune.classifiers.classifier import Classifier

WAITING = 4
"""Batches that an accelerator may be ahead of whoever reads its results."""


@dataclass(frozen=True, slots=True)
class Output:
    """What the model says of b examples."""

    rows: NDArray[np.int64]
    """(b,) positions."""
    probabilities: NDArray[np.float32]
    """(b, k)"""
    features: NDArray[np.float32]
    """(b, d) what the last linear layer was given."""


def forward(classifier: Classifier, examples: Examples, rows: NDArray[np.int64], place: Place) -> Iterator[Output]:
    """This process's share of `rows`, in batches of similar length, longest first; every row is in one share."""
    where, lengths = place.device, examples.lengths
    limit = int(lengths.max(initial=1))
    every = [rows[batch] for batch in token_batches(lengths[rows].tolist(), examples.inputs.at_a_time(where))]
    classifier.model.eval()
    waiting: deque[tuple[NDArray[np.int64], Tensor, Tensor]] = deque()

    def load(part: NDArray[np.int64]) -> Loaded:
        length = padded_length(int(lengths[part].max()), limit, where)
        return Loaded(pinned(examples.inputs.host(part, length), where), length)

    def results(part: NDArray[np.int64], loaded: Loaded) -> Iterator[tuple[NDArray[np.int64], Tensor, Tensor]]:
        """In halves where memory runs out."""
        try:
            inputs = examples.inputs.expand(moved(loaded.given, where), loaded.length)
            found = run(classifier, inputs, place.autocast())
        except (RuntimeError, MemoryError) as error:
            if not ran_out(error) or len(part) == 1:
                raise
        else:
            yield part, *found
            return
        give_back(where)
        for half in np.array_split(part, 2):
            yield from results(half, load(half))

    for batch, loaded in ahead(every[place.rank :: place.processes], load):
        waiting.extend(results(batch, loaded))
        while len(waiting) > (0 if where.type == "cpu" else WAITING):
            yield _read(*waiting.popleft())
    while waiting:
        yield _read(*waiting.popleft())


def _read(rows: NDArray[np.int64], probabilities: Tensor, features: Tensor) -> Output:
    return Output(rows, probabilities.cpu().numpy(), features.cpu().numpy())


@torch.inference_mode()
def run(classifier: Classifier, inputs: Given, precision: AbstractContextManager[Any]) -> tuple[Tensor, Tensor]:
    """Probabilities (b, k) and what the last linear layer was given (b, d), both float32 on the model's device, for
    `inputs` there; the model runs within `precision`."""
    seen: list[Tensor] = []
    hook = classifier.head().register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    try:
        with precision:
            logits = classifier.model(**inputs).logits
    finally:
        hook.remove()
    return heavy_target(classifier.task.target).probabilities(logits.float()), _of_examples(seen[-1], inputs).float()


def _of_examples(given: Tensor, inputs: Given) -> Tensor:
    """(b, d): of a model whose last layer is given every token, such as GPT-2, the token that decides: the last."""
    if given.ndim == 2:
        return given
    last = inputs["attention_mask"].sum(1) - 1
    return given[torch.arange(len(given), device=given.device), last]
