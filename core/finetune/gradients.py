"""The gradient of one step: each process computes its batches, in parts that fit into memory, and all are summed.

No wrapper keeps the processes in step during the backward pass. Their only meeting is one sum over everything, so that
one process may halve its parts and begin its share again while the others wait.

On an accelerator a part is padded to one of few shapes, and what is done for it is recorded once per shape (`Graphs`):
parameters, gradients, the sum of losses and a part's inputs then stay where they are from step to step.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from core.arrays.device import moved, pinned
from core.arrays.memory import give_back, ran_out
from core.errors import ModelError
from core.finetune.batches import step_seed
from core.finetune.examples import Examples
from core.finetune.inputs import Loaded, filled_up, padded_length
from core.finetune.memory.graphs import Graphs
from core.finetune.place import Place
from core.modalities.inputs import Given
from core.targets import Labels
from core.targets.heavy import heavy_target
from core.words import stored

if TYPE_CHECKING:
    from core.finetune.classifiers.classifier import Classifier

_Values = TypeVar("_Values", NDArray[np.float32], Tensor)
Batch = tuple[int, NDArray[np.int64]]
"""Where in its step a batch begins, and the positions of its examples."""
LABELS, WEIGHTS = "winnow:labels", "winnow:weights"
"""Beside a model's own inputs, which have names of Python's."""


class Gradients:
    """Computes the gradients of steps for one process."""

    def __init__(
        self,
        classifier: Classifier,
        train: Examples,
        class_weights: NDArray[np.float32] | None,
        place: Place,
        batch: int,
        seed: int,
        note: Callable[[str], None],
    ) -> None:
        self._classifier, self._train, self._place = classifier, train, place
        self._target, self._class_weights = heavy_target(classifier.task.target), class_weights
        self._batch, self._seed, self._note = batch, seed, note
        self._longest = int(train.lengths.max(initial=1))
        self._trained = [one for one in classifier.model.parameters() if one.requires_grad]
        self.scaler = place.scaler()
        # What computes activations again sets the random numbers back, which only the host can.
        self.graphs = Graphs(place.device, note, able=not getattr(classifier.model, "is_gradient_checkpointing", False))
        self._kept: dict[tuple[int, int], Given] = {}
        """What is recorded for parts of so many examples and so many tokens reads its inputs here."""
        self._loss = torch.zeros((), device=place.device)
        self._share = torch.zeros((), device=place.device)

    def own(self, batches: Sequence[NDArray[np.int64]]) -> list[Batch]:
        """This process's batches of a step."""
        begins = np.cumsum([0, *(len(batch) for batch in batches)])
        every = list(zip(begins.tolist(), batches, strict=False))
        return every[self._place.rank :: self._place.processes]

    def load(self, rows: NDArray[np.int64]) -> Loaded:
        """A batch as it is copied to the device. Waits for nothing that happens there."""
        length = padded_length(int(self._train.lengths[rows].max()), self._longest, self._place.device)
        given = self._train.inputs.host(rows, length)
        answers = self._train.answers(rows, length)
        given[LABELS] = torch.from_numpy(answers)
        given[WEIGHTS] = torch.from_numpy(self._weights(answers))
        if self.graphs.recording:
            given = filled_up(given, self._batch)
            given[WEIGHTS][len(rows) :] = 0
        return Loaded(pinned(given, self._place.device), length)

    def compute(
        self,
        number: int,
        batches: Sequence[NDArray[np.int64]],
        own: list[Batch],
        loaded: list[Loaded],
        micro: int,
    ) -> tuple[Tensor, int]:
        """Leaves this process's part of the gradient of step `number`'s mean loss in the parameters.

        Returns its part of that loss, and how many examples at a time fitted: at most `micro`. Where memory runs out
        it halves that and begins the share again. Raises ModelError where a single example does not fit.
        """
        total = float(_of_examples(self._weights(self._train.labels[np.concatenate(batches)])).sum())
        while True:
            try:
                return self._attempt(number, total, own, loaded, micro), micro
            except (RuntimeError, MemoryError) as error:
                if not ran_out(error):
                    raise
            # Here and not above, where the error still holds on to what filled the memory.
            micro = self._halved(number, min(micro, max(len(rows) for _, rows in own)))

    def clear(self) -> None:
        """Lets go of the gradients and of all that was recorded on them."""
        self.graphs.forget()
        self._kept.clear()
        self._classifier.model.zero_grad(set_to_none=True)

    def _weights(self, labels: Labels) -> NDArray[np.float32]:
        """How much each answer counts, in the shape of the labels; a token without a label not at all."""
        if self._class_weights is None:
            return (labels >= 0).astype(np.float32) if self._train.per_token else np.ones(labels.shape, np.float32)
        return self._target.weights(labels, self._class_weights)

    def _attempt(self, number: int, total: float, own: list[Batch], loaded: list[Loaded], micro: int) -> Tensor:
        self._begin(total)
        for (begin, rows), batch in zip(own, loaded, strict=True):
            for start in range(0, len(rows), micro):
                part = {name: value[start : start + micro] for name, value in batch.given.items()}
                torch.manual_seed(step_seed(self._seed, number, begin + start))
                self._add(part, batch.length)
        return self._loss

    def _begin(self, total: float) -> None:
        """No gradient, no loss, and each example's share of both."""
        if self.graphs.recording:
            gradients = [one.grad for one in self._trained if one.grad is not None]
            if gradients:
                torch._foreach_zero_(gradients)
        else:
            self._classifier.model.zero_grad(set_to_none=True)
        self._loss.zero_()
        self._share.fill_(1 / total)

    def _add(self, part: Given, length: int) -> None:
        """The part's share of gradient and loss."""
        if not self.graphs.recording:
            self._learn(moved(part, self._place.device), length)
            return
        key = len(part[LABELS]), length
        kept = self._kept.get(key)
        if kept is None:
            kept = self._kept[key] = moved(part, self._place.device)
        else:
            for name, value in part.items():
                kept[name].copy_(value, non_blocking=True)
        self.graphs.run(key, lambda: self._learn(kept, length))

    def _learn(self, given: Given, length: int) -> None:
        """Adds the gradient of the examples' weighted losses, and their sum to the loss."""
        inputs = {name: value for name, value in given.items() if name not in (LABELS, WEIGHTS)}
        inputs = self._train.inputs.expand(inputs, length)
        with self._place.autocast():
            logits = self._classifier.model(**inputs).logits
        losses = self._target.losses(logits.float(), given[LABELS])
        loss = _of_examples(losses * given[WEIGHTS]).sum() * self._share
        scaled: Any = loss if self.scaler is None else self.scaler.scale(loss)
        scaled.backward()
        self._loss += loss.detach()

    def _halved(self, number: int, before: int) -> int:
        self.clear()
        give_back(self._place.device)
        if before == 1:
            raise ModelError(
                f"Memory ran out on {self._place.device} with a single example at a time (step {number + 1:,}).",
                "Lower the longest text, let fewer layers learn (strategy last or head), or use a smaller model.",
            )
        micro = -(-before // 2)
        at = number + 1
        self._note(
            stored(
                f"Memory ran out at step {at:,}: {micro} examples at a time from there on instead of {before}, "
                "and more of these per step, so that a step sees as many as before."
            )
        )
        return micro


def _of_examples(answers: _Values) -> _Values:
    """(b,) the sum of each example's answers (b, …): of losses and of weights alike, so that their ratio is a mean."""
    return answers if answers.ndim == 1 else answers.sum(1)


def summed(trained: Sequence[nn.Parameter], *values: Tensor) -> list[Tensor]:
    """Sums the gradients, and `values` beside them, over all processes, in one message. Returns the sums of `values`.

    A parameter without a gradient in any process stays without one; gradients stay where they are.
    """
    device = trained[0].device
    has = torch.tensor([float(one.grad is not None) for one in trained], device=device)
    gradients = [torch.zeros_like(one) if one.grad is None else one.grad for one in trained]
    pieces = [*gradients, has, *values]
    everything = torch.cat([piece.detach().float().reshape(-1) for piece in pieces])
    torch.distributed.all_reduce(everything)
    parts = torch.split(everything, [piece.numel() for piece in pieces])
    for parameter, gradient, part, count in zip(
        trained, gradients, parts, parts[len(gradients)].tolist(), strict=False
    ):
        parameter.grad = gradient.copy_(part.view_as(gradient)) if count else None
    return [part.view_as(value) for part, value in zip(parts[len(gradients) + 1 :], values, strict=True)]
