"""A proof on labels that are numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from core.heads.blend import blended
from core.heads.refitted_numbers import refitted_numbers
from core.heads.ridge import Numbers, out_of_sample_numbers
from core.issues.label.numbers import cleanlab_quality, count_to_list
from core.jobs.proof.bed import Bed, Look, Scores, Steps, chance_wrong
from core.jobs.proof.plant_numbers import NumberSoil, plant_numbers
from core.jobs.proof.spec import NEIGHBOURS, OF_NUMBERS, SCAN
from core.modalities.fitted import Learner
from core.progress import Report
from core.targets import Labels
from core.targets.arrays import same
from core.targets.number.residuals import Mixture, Spread

ByModel = Mapping[str, Numbers]


@dataclass(frozen=True, slots=True)
class OfNumbers:
    """See `Kind`."""

    bed: Bed
    manners = OF_NUMBERS

    def judge(self, labels: Labels, steps: Steps) -> ByModel:
        """By the name of the encoder or of the model."""
        bed = self.bed
        found = {name: steps.of(partial(_by_lines, bed, one, labels)) for name, one in bed.embeddings.items()}
        if bed.learner is not None:
            found[bed.learner.name] = steps.of(partial(_refitted, bed, bed.learner, labels))
        return found

    def look(self, judged: ByModel) -> Look:
        """By how far each lies from what all models together predict."""
        bed, everything = self.bed, np.ones(len(self.bed.labels), bool)
        predicted = _together(judged, bed.labels)
        spread = Spread.fitted(predicted, bed.labels).of(predicted)
        scaled = _scaled(bed.labels, predicted)
        right = Mixture.fitted(scaled).right(scaled)
        open_ = np.flatnonzero(~bed.right)
        suspected = bed.wrong.copy()
        suspected[open_[np.argsort(-scaled[open_], kind="stable")[: count_to_list(right[open_])]]] = True
        share = float(1 - right[open_].mean()) if len(open_) else float("nan")
        soil = NumberSoil(bed.labels, spread, bed.nearest.rows, ~suspected)
        chance = chance_wrong(bed, everything, lambda rows: 1 - right[rows])
        return Look(suspected, chance, share, ~suspected, partial(plant_numbers, soil))

    def changed(self, labels: Labels) -> NDArray[np.bool_]:
        """See `Kind`."""
        return ~same(labels, self.bed.labels)

    def rankings(self, labels: Labels, judged: ByModel) -> dict[str, Scores]:
        """By the detector's name."""
        predicted, nearest = _together(judged, labels), self.bed.nearest.rows
        found = {
            SCAN: -_scaled(labels, predicted),
            "residual": cleanlab_quality(labels, predicted, "residual"),
            "outre": cleanlab_quality(labels, predicted, "outre"),
            NEIGHBOURS: -np.abs(labels - np.median(labels[nearest], 1)),
        }
        if len(judged) > 1:
            for name, one in judged.items():
                found[f"{SCAN}: {name}"] = -_scaled(labels, one.predicted)
        return found


def _together(judged: ByModel, labels: Labels) -> NDArray[np.float64]:
    return blended([one.predicted for one in judged.values()], labels)[0]


def _scaled(labels: Labels, predicted: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) how many spreads each label lies off."""
    return np.asarray(np.abs(labels - predicted) / np.maximum(Spread.fitted(predicted, labels).of(predicted), 1e-12))


def _by_lines(bed: Bed, embeddings: NDArray[np.float32], labels: Labels, tick: Report) -> Numbers:
    return out_of_sample_numbers(embeddings, labels, bed.clusters, folds=bed.folds, seed=bed.seed, tick=tick)


def _refitted(bed: Bed, learner: Learner, labels: Labels, tick: Report) -> Numbers:
    return refitted_numbers(learner, labels, bed.clusters, folds=bed.folds, seed=bed.seed, tick=tick)
