"""The rankings of labels that are one class each: each gives every row a score, low for what is to be reviewed
first."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from core.heads.out_of_sample import OutOfSample
from core.issues.label.confident import row_facts
from core.issues.label.find import find_label_issues
from core.issues.signals import Probabilities, Signals
from core.jobs.proof.bed import Scores, pooled
from core.jobs.proof.spec import NEIGHBOURS, OWN, SCAN
from core.targets import Labels


def rankings(
    labels: Labels,
    judged: Mapping[str, OutOfSample],
    nearest: NDArray[np.int64],
    own: Probabilities | None,
) -> dict[str, Scores]:
    """By the detector's name, of rows that all have a label. nearest (n, m): the nearest rows of each."""
    together = pooled(judged, labels)
    seen = list(judged.values())[-1].judged
    facts = row_facts(labels, together)
    found = {
        SCAN: _scan(labels, together, seen),
        "confidence": facts.own,
        "margin": facts.own - facts.other_probability,
        "disagreement": np.where(facts.top != labels, -facts.other_probability, facts.own),
        NEIGHBOURS: neighbour_vote(labels, nearest, together.shape[1]) + 1e-3 * facts.own,
    }
    if len(judged) > 1:
        for name, one in judged.items():
            found[f"{SCAN}: {name}"] = _scan(labels, one.probabilities, one.judged)
    if own is not None:
        found[OWN] = _scan(labels, own, np.ones(len(labels), bool))
    return found


def neighbour_vote(labels: Labels, nearest: NDArray[np.int64], classes: int) -> Scores:
    """(n,) how much more of the nearest rows have a row's own label than of all rows."""
    same = (labels[nearest] == labels[:, None]).mean(1)
    usual = np.bincount(labels, minlength=classes) / len(labels)
    return np.asarray(same - usual[labels], np.float64)


def _scan(labels: Labels, probabilities: Probabilities, judged: NDArray[np.bool_]) -> Scores:
    return find_label_issues(Signals.of(labels, probabilities, judged)).score
