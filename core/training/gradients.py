"""The gradient of one step: each process computes its batches, in parts that fit into memory, and all are summed.

No wrapper keeps the processes in step during the backward pass. Their only meeting is one sum over everything, so that
one process may halve its parts and begin its share again while the others wait.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from core.errors import ModelError
from core.training.batches import step_seed
from core.training.memory import give_back, ran_out

if TYPE_CHECKING:
    from accelerate import Accelerator

    from core.training.classifier import Classifier

Batch = tuple[int, NDArray[np.int64]]
"""Where in its step a batch begins, and the positions of its examples."""


class Gradients:
    """Computes the gradients of steps for one process."""

    def __init__(
        self,
        classifier: Classifier,
        labels: NDArray[np.int64],
        class_weights: NDArray[np.float32] | None,
        accelerator: Accelerator,
        seed: int,
        note: Callable[[str], None],
    ) -> None:
        self._classifier, self._accelerator = classifier, accelerator
        self._labels, self._seed, self._note = labels, seed, note
        self._weights = np.ones(len(classifier.labels), np.float32) if class_weights is None else class_weights
        self._class_weights = torch.from_numpy(self._weights).to(accelerator.device)

    def own(self, batches: Sequence[NDArray[np.int64]]) -> list[Batch]:
        """This process's batches of a step."""
        begins = np.cumsum([0, *(len(batch) for batch in batches)])
        every = list(zip(begins.tolist(), batches, strict=False))
        return every[self._accelerator.process_index :: self._accelerator.num_processes]

    def compute(
        self,
        number: int,
        batches: Sequence[NDArray[np.int64]],
        own: list[Batch],
        encoded: list[list[Any]],
        micro: int,
    ) -> tuple[torch.Tensor, int]:
        """Leaves this process's part of the gradient of step `number`'s mean loss in the parameters.

        Returns its part of that loss, and how many examples at a time fitted: at most `micro`. Where memory runs out
        it halves that and begins the share again. Raises ModelError where a single example does not fit.
        """
        total = float(self._weights[self._labels[np.concatenate(batches)]].sum())
        while True:
            try:
                return self._attempt(number, total, own, encoded, micro), micro
            except (RuntimeError, MemoryError) as error:
                if not ran_out(error):
                    raise
            # Here and not above, where the error still holds on to what filled the memory.
            micro = self._halved(number, min(micro, max(len(rows) for _, rows in own)))

    def _attempt(
        self, number: int, total: float, own: list[Batch], encoded: list[list[Any]], micro: int
    ) -> torch.Tensor:
        self._classifier.model.zero_grad(set_to_none=True)
        sum_of_losses = torch.zeros((), device=self._accelerator.device)
        for (begin, rows), examples in zip(own, encoded, strict=True):
            for start in range(0, len(rows), micro):
                part = slice(start, start + micro)
                torch.manual_seed(step_seed(self._seed, number, begin + start))
                loss = self._loss(examples[part], self._labels[rows[part]]) / total
                scaler = self._accelerator.scaler
                (loss if scaler is None else scaler.scale(loss)).backward()
                sum_of_losses += loss.detach()
        return sum_of_losses

    def _loss(self, examples: list[Any], labels: NDArray[np.int64]) -> torch.Tensor:
        """Sum over the examples of their weighted cross entropies."""
        device = self._accelerator.device
        inputs = {name: value.to(device) for name, value in self._classifier.collate(examples).items()}
        with self._accelerator.autocast():
            logits = self._classifier.model(**inputs).logits
        wanted = torch.from_numpy(labels).to(device)
        return nn.functional.cross_entropy(logits.float(), wanted, self._class_weights, reduction="sum")

    def _halved(self, number: int, before: int) -> int:
        self._classifier.model.zero_grad(set_to_none=True)
        give_back(self._accelerator.device)
        if before == 1:
            raise ModelError(
                f"Memory ran out on {self._accelerator.device} with a single example at a time (step {number + 1:,}).",
                "Lower the longest text, let fewer layers learn (strategy last or head), or use a smaller model.",
            )
        micro = -(-before // 2)
        self._note(
            f"Memory ran out at step {number + 1:,}: {micro} examples at a time from there on instead of {before}, "
            "and more of these per step, so that a step sees as many as before."
        )
        return micro


def summed(trained: Sequence[nn.Parameter], *values: torch.Tensor) -> list[torch.Tensor]:
    """Sums the gradients, and `values` beside them, over all processes, in one message. Returns the sums of `values`.

    A parameter without a gradient in any process stays without one.
    """
    device = trained[0].device
    has = torch.tensor([float(one.grad is not None) for one in trained], device=device)
    gradients = [torch.zeros_like(one) if one.grad is None else one.grad for one in trained]
    pieces = [*gradients, has, *values]
    everything = torch.cat([piece.detach().float().reshape(-1) for piece in pieces])
    torch.distributed.all_reduce(everything)
    parts = torch.split(everything, [piece.numel() for piece in pieces])
    for parameter, part, count in zip(trained, parts, parts[len(gradients)].tolist(), strict=False):
        parameter.grad = part.view_as(parameter) if count else None
    return [part.view_as(value) for part, value in zip(parts[len(gradients) + 1 :], values, strict=True)]
