"""Runs a model over many examples without learning from them: logits and what goes into the last layer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray

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
        probabilities, features = _run(classifier, encoded, accelerator)
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
def _run(
    classifier: Classifier, encoded: list[Any], accelerator: Accelerator
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    inputs = {name: value.to(accelerator.device) for name, value in classifier.collate(encoded).items()}
    seen: list[torch.Tensor] = []
    hook = classifier.head().register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    try:
        with accelerator.autocast():
            logits = classifier.model(**inputs).logits
    finally:
        hook.remove()
    probabilities = torch.softmax(logits.float(), dim=1).cpu().numpy()
    return probabilities, seen[0].float().flatten(1).cpu().numpy()
