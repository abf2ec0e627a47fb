"""A scan of labels that are classes: heads on embeddings, one result for each encoder, combined."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.errors import UsageError
from core.heads.combine import pool, pool_exponents
from core.heads.held_out import held_out_probabilities
from core.heads.link import link_of, log_loss
from core.heads.out_of_sample import OutOfSample, out_of_sample_probabilities
from core.heads.refitted import refitted_probabilities
from core.heads.user_probabilities import Numbering, read_probabilities
from core.issues.signals import Signals
from core.jobs.scan.notes import class_notes
from core.jobs.scan.scan import Scan
from core.modalities.encoders import make_encoder
from core.targets.arrays import distinct, labelled, most_probable, same
from core.tasks import task_named
from core.typed import JsonObject

if TYPE_CHECKING:  # a scan that fine-tunes nothing does not load what it takes
    from core.jobs.scan.fine_tuned import FineTuned

OWN = "own probabilities"


@dataclass(slots=True)
class Member:
    """One encoder of a combination, or a model of examples as they are."""

    name: str
    result: OutOfSample
    accuracy: float


@dataclass(slots=True)
class ClassScan(Scan):
    """One tier per encoder, each combined with those before it."""

    def check(self) -> None:
        """Raises UsageError where there is nothing to tell apart."""
        told = self.rows.labels[labelled(self.rows.labels)]
        present = len(distinct(told)[0])
        if present < 2:
            without = len(self.rows) - len(told)
            raise UsageError(
                f"The version has {len(told):,} labelled rows of {present} class: nothing to tell apart.",
                f"A scan needs at least two classes: give some of the {without:,} rows without a label one on the page "
                "Review."
                if without
                else "A scan needs at least two classes.",
            )

    def own(self) -> Iterator[str]:
        """The person's own probabilities: one tier."""
        path = self.folder.input / str(self.spec.settings.probabilities)
        with self.timed("own probabilities"):
            numbering = self.spec.numbering or Numbering(len(self.rows))
            probabilities = read_probabilities(path, self.rows.example_ids, self.labels, self.rows.labels, numbering)
        modality = task_named(self.spec.about.task).modality
        name = modality.encoders[0]
        with self.timed(name):
            encoder = make_encoder(name, modality.name)
            embeddings = encoder.embed(self.rows.payloads, self.arrays, self.tick(f"{name}: encoding"))
        signals = self._signals(probabilities, self.told, embeddings)
        yield self.write(OWN, 0, True, signals, {"encoders": [], "clusters": None})

    def encoders(self) -> Iterator[str]:
        """One tier per encoder, each combined with those before it."""
        modality = task_named(self.spec.about.task).modality
        encoders = [make_encoder(name, modality.name) for name in self.spec.settings.encoders]
        clusters, folds = self._folds(encoders)
        learner = self._learner()
        members: list[Member] = []
        for order, encoder in enumerate(encoders):
            embeddings = self.embed(encoder)
            with self.timed(f"{encoder.name}: heads"):
                heads = partial(out_of_sample_probabilities, embeddings)
                result = self._out_of_fold(heads, encoder.name, clusters, folds)
            members.append(self._member(encoder.name, result))
            final = learner is None and not self.spec.settings.fine_tune and order == len(encoders) - 1
            if final or not self.spec.settings.anew:  # nobody goes from a better list to a quicker one and back
                yield self._tier(members, order, final, embeddings, clusters, folds)
        if learner is not None:
            with self.timed(f"{learner.name}: fits"):
                result = self._out_of_fold(partial(refitted_probabilities, learner), learner.name, clusters, folds)
            members.append(self._member(learner.name, result))
            yield self._tier(members, len(encoders), True, embeddings, clusters, folds)
        if self.spec.settings.fine_tune:
            members.append(self._fine_tuned(clusters, folds))
            yield self._tier(members, len(encoders), True, embeddings, clusters, folds)

    def _tier(
        self,
        members: list[Member],
        order: int,
        final: bool,
        embeddings: NDArray[np.float32],
        clusters: NDArray[np.int64],
        folds: int,
    ) -> str:
        """Combines what there is so far and writes it."""
        with self.timed("combination"):
            probabilities, weights = self._combined(members)
        newest = members[-1].result
        about = self._about(members, weights, folds)
        notes = class_notes(newest, self.rows.labels, self.labels, clusters, folds)
        signals = self._signals(probabilities, newest.judged, embeddings)
        return self.write(" + ".join(member.name for member in members), order, final, signals, about, notes)

    def figures(self, signals: Signals) -> JsonObject:
        """Of the given labels under the tier's probabilities."""
        return {
            "log_loss": log_loss(signals.probabilities, signals.labels),
            "accuracy": self._accuracy(signals.probabilities),
        }

    def _member(self, name: str, result: OutOfSample) -> Member:
        return Member(name, result, self._accuracy(result.probabilities))

    def _accuracy(self, probabilities: NDArray[np.float32]) -> float:
        """Share of labelled rows whose given label is the most probable one."""
        rows = labelled(self.rows.labels)
        predicted, _ = most_probable(probabilities[rows], task_named(self.spec.about.task).target.several)
        return float(same(self.rows.labels[rows], predicted).mean())

    def _out_of_fold(
        self, fit: Callable[..., OutOfSample], name: str, clusters: NDArray[np.int64], folds: int
    ) -> OutOfSample:
        """What heads or a model say of each row, fitted without its fold."""
        return fit(
            self.rows.labels,
            clusters,
            len(self.labels),
            folds=folds,
            seed=self.spec.settings.seed,
            scratch=self.folder.path,
            tick=self.tick(f"{name}: probabilities"),
        )

    def _fine_tuned(self, clusters: NDArray[np.int64], folds: int) -> Member:
        models = self.fine_tuned(folds)
        with self.timed(f"{models.name}: fits"):
            return self._member(models.name, self._hold_out(models, clusters, folds))

    def _hold_out(self, models: FineTuned, clusters: NDArray[np.int64], folds: int) -> OutOfSample:
        return held_out_probabilities(
            models.ask,
            self.rows.labels,
            clusters,
            len(self.labels),
            folds=folds,
            seed=self.spec.settings.seed,
            scratch=self.folder.path,
        )

    def _combined(self, members: list[Member]) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
        parts = [member.result.probabilities for member in members]
        if len(parts) == 1:
            return parts[0], np.ones(1)
        exponents = pool_exponents(parts, self.rows.labels)
        return pool(parts, exponents, self.folder.path, link_of(self.rows.labels)), exponents

    def _about(self, members: list[Member], exponents: NDArray[np.float64], folds: int) -> JsonObject:
        newest = members[-1].result
        return {
            "encoders": [
                {
                    "name": member.name,
                    "weight": float(exponent / exponents.sum()),
                    "log_loss": member.result.log_loss,
                    "accuracy": member.accuracy,
                    "l2": member.result.l2,
                    "temperature": member.result.temperature,
                }
                for member, exponent in zip(members, exponents, strict=True)
            ],
            "temperature": newest.temperature if len(members) == 1 else float(1 / exponents.sum()),
            "folds": folds,
            "repeats": newest.repeats,
            "clusters": self.clusters(),
        }
