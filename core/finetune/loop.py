"""The fine-tuning loop: epochs of steps, validation after each, the best epoch's weights at the end.

A step depends on the weights, the optimiser's moments and its own number alone: on the number for its examples and its
dropout. So a run that goes on from a checkpoint ends with the very weights of one that was never interrupted, on the
same machine with as many processes.
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Protocol

import numpy as np
import torch

from core.errors import ModelError
from core.finetune.busy import busy_of
from core.finetune.checkpoint import Checkpoints, State
from core.finetune.examples import Examples
from core.finetune.figures import Figures
from core.finetune.forward import forward
from core.finetune.inputs import Loaded
from core.finetune.learner import Learner, Step
from core.finetune.losses import row_losses
from core.finetune.memory.freeing import total, used
from core.finetune.scores import is_better, scores
from core.records import TrainSpec
from core.targets.arrays import said_by
from core.words import stored

if TYPE_CHECKING:
    from core.finetune.classifiers.classifier import Classifier
    from core.finetune.place import Place

SAVE_SECONDS, SAVE_SHARE = 60.0, 0.05
"""A checkpoint at least so often, but saving takes at most this share of the time."""


class LoopReport(Protocol):
    """Where the loop says how far it is. Only the first process's is heard."""

    def progress(self, stage: str, done: float, total: float, message: str = "") -> bool:
        """Returns whether somebody asked the run to stop."""

    def metrics(self, step: int, epoch: float, split: str, values: dict[str, float]) -> None:
        """Figures of a split, or of none ("")."""

    def note(self, text: str) -> None:
        """Something that a person should know."""


class Loop:
    """One fine-tune of a classifier at its `place`, in each of its processes."""

    def __init__(
        self,
        classifier: Classifier,
        train: Examples,
        validation: Examples,
        spec: TrainSpec,
        place: Place,
        checkpoints: Checkpoints,
        report: LoopReport,
        unit: float = 1.0,
        sparing: bool = False,
    ) -> None:
        """`unit`: of labels that are numbers, what one of them stands for. `sparing`: an epoch's end alone is no reason
        for a checkpoint; of a few rows, writing them takes longer than learning."""
        self._classifier, self._validation, self._spec = classifier, validation, spec
        self._place, self._checkpoints, self._report, self._unit = place, checkpoints, report, unit
        self._sparing = sparing
        self._learner = Learner(classifier, train, spec, place, self._note)
        self.steps = self._learner.steps
        """Steps in all, unless it stops early."""
        self.state = State(place.processes, self._learner.micro)
        self._figures = Figures(place.device)
        self._busy = busy_of(place.device)
        self._stopping = False
        self._saved_at, self._save_took = time.monotonic(), 0.0

    def run(self) -> bool:
        """Learns until the end or until asked to stop, from the last checkpoint where there is one. At the end the
        model has the best epoch's weights. Returns whether it got there; if not, a checkpoint is saved."""
        self._resume()
        self._tell(f"epoch {self.state.epoch + 1} of {self._spec.epochs}")
        while not self.state.finished:
            if not self._learn_epoch() or not self._end_epoch():
                self._save()
                return False
            if not self._sparing:
                self._save()
        self._place.wait()
        if 0 < self.state.best_epoch < self.state.epoch:
            self._checkpoints.load_best(self.state.best_epoch, self._learner.model)
        self._learner.finish()
        return True

    def _learn_epoch(self) -> bool:
        """The steps that are left of this epoch. Returns False when it was asked to stop."""
        self._learner.prepare()
        begin = self.state.step - self.state.epoch * self._learner.steps_per_epoch
        steps = self._learner.steps_of(self.state.epoch, begin)
        return all(self._learn(step, loaded) for step, loaded in steps)

    def _learn(self, step: Step, loaded: list[Loaded]) -> bool:
        """One step. Returns whether to go on after it, the same in every process."""
        begun, state = time.monotonic(), self.state
        loss, examples, stop = self._learner.learn(state.step, step, loaded, self._stopping)
        state.step += 1
        state.examples += examples
        state.micro = self._learner.micro
        state.seconds += time.monotonic() - begun
        self._figures.add(loss, examples, self._learner.tokens_of(step))
        self._tell(f"epoch {self.state.epoch + 1} of {self._spec.epochs}")
        if self._figures.due() or state.step == self.steps:
            self._say()
        if time.monotonic() - self._saved_at > max(SAVE_SECONDS, self._save_took / SAVE_SHARE):
            self._save()
        return not (stop or (self._stopping and self._place.alone))

    def _end_epoch(self) -> bool:
        """Scores the validation split and keeps the weights where they are the best so far. Returns False when it was
        asked to stop before that was done."""
        state = self.state
        if len(self._validation):
            values = self._scores()
            if values is None:
                return False
            values |= {name: values[name] * self._unit for name in ("mae", "rmse") if name in values}
            self._report.metrics(state.step, state.epoch + 1, "validation", values)
            value = self._deciding(values)
            if is_better(self._spec.metric, value, state.best):
                state.best, state.best_epoch, state.worse = value, state.epoch + 1, 0
                if self._place.first:
                    self._checkpoints.save_best(state.best_epoch, self._learner.model)
            else:
                state.worse += 1
        state.epoch += 1
        state.finished = state.step >= self.steps
        if 0 < self._spec.patience <= state.worse and not state.finished:
            state.finished = True
            self._note(
                stored(
                    f"Stopped after epoch {state.epoch}: no better {self._spec.metric} for {state.worse} epochs. "
                    f"Epoch {state.best_epoch} was the best."
                )
            )
        return True

    def _scores(self) -> dict[str, float] | None:
        """The figures of the validation split; None when it was asked to stop meanwhile."""
        labels, several = self._validation.labels, self._validation.labels.ndim > 1
        found = np.zeros((labels.shape[1] + 1 if several else 2, len(labels)))
        for output in forward(self._classifier, self._validation, np.arange(len(labels)), self._place):
            found[:-1, output.rows] = said_by(output.probabilities, labels[:0]).T
            found[-1, output.rows] = row_losses(output.probabilities, labels[output.rows])
            self._tell(f"validating epoch {self.state.epoch + 1}")
            if self._stopping and self._place.alone:
                return None
        if not self._place.alone:
            # A row's figures are zero in every process but one.
            everyone = torch.from_numpy(found.astype(np.float32)).to(self._place.device)
            torch.distributed.all_reduce(everyone)
            found = everyone.cpu().numpy().astype(np.float64)
        return scores(labels, (found[:-1].T if several else found[0]).astype(labels.dtype), found[-1])

    def _deciding(self, values: dict[str, float]) -> float:
        """The figure by which epochs are told apart."""
        return values[self._spec.metric]

    def _resume(self) -> None:
        saved = self._checkpoints.load(self._learner.model, self._learner.optimiser)
        if saved is None:
            return
        if saved.processes != self.state.processes:
            raise ModelError(
                f"The run was stopped with {saved.processes} processes and cannot go on with {self.state.processes}.",
                "Start it again with as many GPUs as before, or start a new run.",
            )
        self.state, self._learner.micro = saved, saved.micro
        if self._learner.scaler is not None and saved.scaler:
            self._learner.scaler.load_state_dict(saved.scaler)
        self._report.note(stored(f"Went on from step {saved.step:,} of {self.steps:,}."))

    def _save(self) -> None:
        begun = time.monotonic()
        if self._place.first:
            if self._learner.scaler is not None:
                self.state.scaler = self._learner.scaler.state_dict()
            self._checkpoints.save(self.state, self._learner.model, self._learner.optimiser)
        self._saved_at = time.monotonic()
        self._save_took = self._saved_at - begun

    def _tell(self, message: str) -> None:
        self._stopping = self._report.progress("training", self.state.step, self.steps, message) or self._stopping

    def _say(self) -> None:
        step, epoch = self.state.step, self.state.step / self._learner.steps_per_epoch
        begun = time.monotonic()
        loss, examples, tokens = self._figures.close()
        self.state.seconds += time.monotonic() - begun  # steps are launched: here the device is waited for
        if not math.isfinite(loss):
            raise ModelError(
                f"The loss is not a number any more at step {step:,}.",
                "Lower the learning rate, or lengthen the warm-up.",
            )
        self._report.metrics(step, epoch, "train", {"loss": loss})
        device = self._place.device
        values = {"learning_rate": self._learner.rate, "examples_per_second": examples}
        values |= {"tokens_per_second": tokens} if tokens else {}
        values |= {"memory": float(used(device)), "memory_total": float(total(device))}
        busy = self._busy.share()
        self._report.metrics(step, epoch, "", values if busy is None else values | {"device_busy": busy})

    def _note(self, text: str) -> None:
        self.state.notes.append(text)
        self._report.note(text)
