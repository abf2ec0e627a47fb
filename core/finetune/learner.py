"""What one step does: gradients of all processes, clipped, into AdamW; and which steps there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from core.arrays.ahead import ahead
from core.finetune.batches import epoch_steps, steps_per_epoch
from core.finetune.examples import Examples
from core.finetune.gradients import Batch, Gradients, summed
from core.finetune.inputs import Loaded
from core.finetune.optimiser import learning_rate, make_optimiser, set_rate
from core.finetune.place import Place
from core.records import TrainSpec
from core.targets.heavy import heavy_target

if TYPE_CHECKING:
    from core.finetune.classifiers.classifier import Classifier

CLIP = 1.0
"""Gradients longer than this are shortened to it."""
Step = tuple[list[NDArray[np.int64]], list[Batch]]
"""The batches of a step, and those of this process."""


class Learner:
    """Changes the weights of a classifier's model, step by step, together with the other processes."""

    def __init__(
        self,
        classifier: Classifier,
        train: Examples,
        spec: TrainSpec,
        place: Place,
        note: Callable[[str], None],
    ) -> None:
        if not (spec.batch and spec.epochs and spec.learning_rate):
            raise ValueError("The spec has defaults that are not filled in.")
        self.model: Any = classifier.on(place.device)
        self.optimiser = make_optimiser(self.model, spec.weight_decay)
        self._place, self._train, self._spec = place, train, spec
        self._batch, self._highest = spec.batch, spec.learning_rate
        self._together = spec.accumulation * place.processes
        self.steps_per_epoch = steps_per_epoch(len(train), self._batch, self._together)
        self.steps = self.steps_per_epoch * spec.epochs
        self.rate = 0.0
        self.micro = [self._batch] * place.processes
        """Examples at a time, of each process."""
        self._trained = [one for one in self.model.parameters() if one.requires_grad]
        balanced = heavy_target(classifier.task.target).balanced
        weights = balanced(train.labels, len(classifier.labels)) if spec.class_weights == "balanced" else None
        self._gradients = Gradients(classifier, train, weights, place, self._batch, spec.seed, note)
        self.scaler = self._gradients.scaler

    def steps_of(self, epoch: int, begin: int) -> Iterator[tuple[Step, list[Loaded]]]:
        """The steps of an epoch from the one numbered `begin`, each with what this process needs for its part."""
        steps = epoch_steps(self._train.lengths, self._batch, self._together, self._spec.seed, epoch)
        parts = ((batches, self._gradients.own(batches)) for batches in steps[begin:])
        return ahead(parts, lambda step: [self._gradients.load(rows) for _, rows in step[1]])

    def learn(self, number: int, step: Step, loaded: list[Loaded], stopping: bool) -> tuple[torch.Tensor, int, bool]:
        """Does step `number`. Returns its mean loss, its examples, and whether any process is `stopping`: the same
        answer in all of them."""
        batches, own = step
        rank = self._place.rank
        loss, self.micro[rank] = self._gradients.compute(number, batches, own, loaded, self.micro[rank])
        if len(self.micro) > 1:
            wish = torch.tensor([float(stopping)], device=loss.device)
            micro = torch.zeros(len(self.micro), device=loss.device)
            micro[rank] = self.micro[rank]
            loss, wish, micro = summed(self._trained, loss, wish, micro)
            stopping, self.micro = bool(wish.item() > 0), [int(one) for one in micro.tolist()]
        self._apply(number)
        return loss, sum(len(batch) for batch in batches), stopping

    def tokens_of(self, step: Step) -> int:
        """Tokens of a step's texts, without padding; 0 where examples are no texts."""
        return int(sum(self._train.inputs.tokens(batch) for batch in step[0]))

    def prepare(self) -> None:
        """Puts the model into training mode. Batch norms keep the statistics that they were pretrained with: those of
        a small batch are noise, and would make the result depend on how a step is cut into parts and processes."""
        self.model.train()
        for module in self.model.modules():
            if isinstance(module, nn.modules.batchnorm._BatchNorm):
                module.eval()

    def _apply(self, number: int) -> None:
        self.rate = learning_rate(self._highest, self._spec.warmup, number, self.steps)
        set_rate(self.optimiser, self.rate)
        if self.scaler is None:
            self._gradients.graphs.run("update", self._update)
            return
        self.scaler.unscale_(self.optimiser)
        nn.utils.clip_grad_norm_(self._trained, CLIP)
        self.scaler.step(self.optimiser)
        self.scaler.update()

    def _update(self) -> None:
        nn.utils.clip_grad_norm_(self._trained, CLIP)
        self.optimiser.step()

    def finish(self) -> None:
        """Lets go of what only steps need."""
        self._gradients.clear()
