"""Runs a model over many examples without learning from them: logits and what goes into the last layer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.models.batches import token_batches
from core.training.examples import Examples, ahead
from core.training.memory import give_back, ran_out

if TYPE_CHECKING:
    from accelerate import Accelerator

    from core.training.classifier import Classifier

LIMITS = {("text", "cpu"): 2048, ("text", "cuda"): 1 << 16, ("image", "cpu"): 32, ("image", "cuda"): 128}
"""Tokens (padding included) or images at a time."""


@dataclass(frozen=True, slots=True)
class Output:
    """What the model says of b examples."""

    rows: NDArray[np.int64]
    """(b,) positions."""
    probabilities: NDArray[np.float32]
    """(b, k)"""
    features: NDArray[np.float32]
    """(b, d) what the last linear layer was given."""


def forward(
    classifier: Classifier, examples: Examples, rows: NDArray[np.int64], accelerator: Accelerator
) -> Iterator[Output]:
    """This process's share of `rows`, in batches of similar length, longest first; every row is in one share."""
    limit = LIMITS[classifier.kind, accelerator.device.type]
    every = [rows[batch] for batch in token_batches(examples.lengths[rows].tolist(), limit)]
    own = every[accelerator.process_index :: accelerator.num_processes]
    classifier.model.eval()
    for batch, encoded in ahead(own, examples.load):
        yield from _outputs(classifier, batch, encoded, accelerator)


def _outputs(
    classifier: Classifier, rows: NDArray[np.int64], encoded: list[Any], accelerator: Accelerator
) -> Iterator[Output]:
    """Of one batch: in halves where memory runs out."""
    try:
        probabilities, features = run(classifier, encoded, accelerator.device, accelerator.autocast())
    except (RuntimeError, MemoryError) as error:
        if not ran_out(error) or len(rows) == 1:
            raise
    else:
        yield Output(rows, probabilities, features)
        return
    give_back(accelerator.device)
    half = len(rows) // 2
    yield from _outputs(classifier, rows[:half], encoded[:half], accelerator)
    yield from _outputs(classifier, rows[half:], encoded[half:], accelerator)


@torch.inference_mode()
def run(
    classifier: Classifier, encoded: Sequence[Any], where: torch.device, precision: AbstractContextManager[Any]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Probabilities (b, k) and what the last linear layer was given (b, d) of one batch of encoded examples; the model
    is on the device `where`, and runs within `precision`."""
    inputs = {name: value.to(where) for name, value in classifier.collate(encoded).items()}
    seen: list[Tensor] = []
    hook = classifier.head().register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    try:
        with precision:
            logits = classifier.model(**inputs).logits
    finally:
        hook.remove()
    given = _of_examples(seen[-1], inputs)
    return logits.float().softmax(1).cpu().numpy(), given.float().cpu().numpy()


def _of_examples(given: Tensor, inputs: dict[str, Tensor]) -> Tensor:
    """(b, d): of a model whose last layer is given every token, such as GPT-2, the token that decides: the last."""
    if given.ndim == 2:
        return given
    last = inputs["attention_mask"].sum(1) - 1
    return given[torch.arange(len(given), device=given.device), last]
