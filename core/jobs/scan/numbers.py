"""A scan of labels that are numbers: regressions instead of heads on classes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.errors import UsageError
from core.heads.blend import blended
from core.heads.held_out import held_out_numbers
from core.heads.refitted_numbers import refitted_numbers
from core.heads.ridge import Numbers, out_of_sample_numbers
from core.issues.signals import Signals
from core.jobs.scan.scan import Scan
from core.modalities.encoders import make_encoder
from core.targets.number.residuals import Spread
from core.tasks import task_named
from core.typed import JsonObject


@dataclass
class NumberScan(Scan):
    """One tier per encoder, each blended with those before it, and one of a model that is fitted at once."""

    members: list[tuple[str, Numbers]] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)
    blend: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    """(n,) what all members together predict."""

    def check(self) -> None:
        """Raises UsageError where there is nothing to tell apart."""
        told = self.rows.labels[self.told]
        if len(np.unique(told)) < 2:
            raise UsageError(
                f"The version has {len(told):,} labelled rows of {len(np.unique(told))} number: nothing to tell apart.",
                "A scan needs at least two different numbers.",
            )

    def own(self) -> Iterator[str]:
        raise UsageError(
            "Probabilities of your own cannot be read for labels that are numbers.", "Leave --probabilities out."
        )

    def encoders(self) -> Iterator[str]:
        """The tiers, quickest first."""
        modality = task_named(self.spec.about.task).modality
        encoders = [make_encoder(name, modality.name) for name in self.spec.settings.encoders]
        clusters, folds = self._folds(encoders)
        seed = self.spec.settings.seed
        learner = self._learner()
        embeddings = np.empty((0, 0), np.float32)
        for order, encoder in enumerate(encoders):
            embeddings = self.embed(encoder)
            with self.timed(f"{encoder.name}: heads"):
                tick = self.tick(f"{encoder.name}: probabilities")
                found = out_of_sample_numbers(embeddings, self.rows.labels, clusters, folds=folds, seed=seed, tick=tick)
            final = learner is None and not self.spec.settings.fine_tune and order == len(encoders) - 1
            yield self._numbers_tier(encoder.name, found, final, embeddings, folds)
        if learner is not None:
            with self.timed(f"{learner.name}: fits"):
                tick = self.tick(f"{learner.name}: probabilities")
                found = refitted_numbers(learner, self.rows.labels, clusters, folds=folds, seed=seed, tick=tick)
            yield self._numbers_tier(learner.name, found, True, embeddings, folds)
        if self.spec.settings.fine_tune:
            models = self.fine_tuned(folds)
            with self.timed(f"{models.name}: fits"):
                found = held_out_numbers(models.ask, self.rows.labels, clusters, folds=folds, seed=seed)
            yield self._numbers_tier(models.name, found, True, embeddings, folds)

    def _numbers_tier(
        self,
        name: str,
        found: Numbers,
        final: bool,
        embeddings: NDArray[np.float32],
        folds: int,
    ) -> str:
        """Takes a member into the blend and writes the tier."""
        self._take(name, found)
        told, order = self.told, len(self.members) - 1
        spread = Spread.fitted(self.blend[told], self.rows.labels[told])
        more: dict[str, Callable[[], object]] = {
            "predicted": lambda: self.blend,
            "spread": lambda: spread.of(self.blend),
            "half": lambda: spread.half(self.blend),
        }
        signals = self._signals(self.blend[:, None].astype(np.float32), told, embeddings, more)
        about: JsonObject = {
            "encoders": [
                {"name": one, "weight": weight, "l2": member.l2, "mae": self._mae(member.predicted)}
                for (one, member), weight in zip(self.members, self.weights, strict=True)
            ],
            "folds": folds,
            "repeats": found.repeats,
            "clusters": self.clusters(),
        }
        names = " + ".join(one for one, _ in self.members)
        return self.write(names, order, final, signals, about)

    def figures(self, signals: Signals) -> JsonObject:
        """Of the given labels under the tier's predictions."""
        labels, predicted = self.rows.labels[self.told], self.blend[self.told]
        squares = float(((labels - predicted) ** 2).sum())
        return {
            "mae": self._mae(self.blend),
            "rmse": (squares / len(labels)) ** 0.5,
            "r2": 1 - squares / max(float(((labels - labels.mean()) ** 2).sum()), 1e-300),
        }

    def _take(self, name: str, found: Numbers) -> None:
        """Blends the newest member with what there is."""
        self.members.append((name, found))
        predicted = [one.predicted for _, one in self.members]
        self.blend, self.weights = blended(predicted, self.rows.labels)

    def _mae(self, predicted: NDArray[np.float64]) -> float:
        return float(np.abs(self.rows.labels - predicted)[self.told].mean())
