"""A proof on labels that are several classes each: a row is found where any of its classes is missing or too much."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
from numpy.typing import NDArray

from core.heads.out_of_sample import OutOfSample
from core.issues.label.flags import as_probable
from core.issues.label.sets import cleanlab_quality, find_set_issues, right_classes
from core.issues.signals import Probabilities, Signals
from core.jobs.proof.bed import Look, OfClasses, Scores, chance_wrong, pooled, seen_by
from core.jobs.proof.plant_sets import SetSoil, plant_sets
from core.jobs.proof.spec import NEIGHBOURS, OF_SETS, OWN, SCAN
from core.targets import Labels
from core.targets.arrays import of_truth

ByModel = Mapping[str, OutOfSample]


class Sets(OfClasses):
    """See `Kind`."""

    manners = OF_SETS

    def look(self, judged: ByModel) -> Look:
        """By the noise models of the classes, on all encoders."""
        bed, together, seen = self.bed, pooled(judged, self.bed.labels), seen_by(judged)
        finding = find_set_issues(Signals.of(bed.labels, together, seen, known=bed.right))
        suspected = (finding.is_issue & ~bed.right) | bed.wrong
        chance = chance_wrong(bed, seen, lambda rows: as_probable(finding.whole[rows], finding.share).likely)
        free = ~suspected & seen
        wrong = np.where((seen & ~bed.right)[:, None], 1 - finding.right, 0.0)
        given = bed.labels > 0
        extra, missing = (np.asarray(np.where(side, wrong, 0).sum(0), np.float64) for side in (given, ~given))
        soil = SetSoil(bed.labels, together, free, extra, missing)
        return Look(suspected, chance, finding.share.estimate, free, partial(plant_sets, soil))

    def rankings(self, labels: Labels, judged: ByModel) -> dict[str, Scores]:
        """By the detector's name."""
        together = pooled(judged, labels)
        own = np.asarray(of_truth(together, labels), np.float64)
        found = {
            SCAN: _scan(labels, together, seen_by(judged)),
            "confidence": cleanlab_quality(labels, together),
            "whole": np.log(np.maximum(own, 1e-30)).sum(1),
            "doubtful": own.min(1),
            NEIGHBOURS: neighbour_vote(labels, self.bed.nearest.rows) + 1e-3 * own.mean(1),
        }
        if len(judged) > 1:
            for name, one in judged.items():
                found[f"{SCAN}: {name}"] = _scan(labels, one.probabilities, one.judged)
        if self.bed.own is not None:
            found[OWN] = _scan(labels, self.bed.own, np.ones(len(labels), bool))
        return found


def neighbour_vote(labels: Labels, nearest: NDArray[np.int64]) -> Scores:
    """(n,) of the class of each row that is least so: how much more of the nearest rows are with it, or without it, as
    the row is, than of all rows."""
    near, often = labels[nearest].mean(1), labels.mean(0)
    return np.asarray(np.where(labels > 0, near - often, often - near).min(1), np.float64)


def _scan(labels: Labels, probabilities: Probabilities, judged: NDArray[np.bool_]) -> Scores:
    right = right_classes(Signals.of(labels, probabilities, judged))
    return np.asarray(right.prod(1, dtype=np.float64))
