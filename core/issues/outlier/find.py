"""Outliers by the mean distance to the nearest rows, scaled so that it reads as a probability.

Distance to k nearest neighbours: Angiulli & Pizzuti, Fast outlier detection in high dimensional spaces, 2002. Scaling:
Kriegel, Kröger, Schubert & Zimek, Interpreting and unifying outlier scores, 2011, section 3, Gaussian scaling, with the
median and the 84th percentile instead of mean and standard deviation, which the outliers themselves would move.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.special import erfc

from core.issues.contract import Found
from core.issues.evidence import neighbour_columns
from core.issues.signals import Signals

BY_CHANCE = 0.01
"""Share of the flagged rows that may be ordinary ones."""
ONE_DEVIATION = 0.8413
"""Share of a normal distribution below one standard deviation above its median."""
LEAST = 1e-3
"""A difference of cosine distances that is less than this is none."""
SHOWN = 5


def find(signals: Signals) -> Found:
    """Flags rows that stand farther off than chance explains; an empty row has no neighbours and is not judged."""
    near, count = signals.neighbours.everyone, len(signals.example_ids)
    judged = np.einsum("nd,nd->n", signals.embeddings, signals.embeddings) > 0
    judged &= near.rows.shape[1] > 0
    distance = 1 - near.similarities.sum(1, dtype=np.float64) / max(1, near.rows.shape[1])
    score = np.ones(count)
    usual = float(np.median(distance[judged])) if judged.any() else 0.0
    score[judged] = ordinary(distance[judged])
    flagged = np.zeros(count, bool)
    flagged[judged] = beyond_chance(score[judged])
    shown = np.flatnonzero(judged if signals.neighbours.affordable else flagged)
    evidence = {
        "distance": pa.array(distance.astype(np.float32), mask=~judged),
        "usual": pa.array(np.full(count, usual, np.float32), mask=~judged),
        **neighbour_columns(count, shown, signals.example_ids, near.first(SHOWN, shown)),
    }
    return Found(
        score,
        flagged,
        None,
        pa.table(evidence),
        {
            "usual": round(usual, 6),
            "by_chance": BY_CHANCE,
            "compared": signals.neighbours.compared,
            "sampled": not signals.neighbours.affordable,
        },
        judged,
    )


def ordinary(distance: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) how probable it is that a row deviates from the median distance as far upwards as each: 1 up to the median,
    then 1 - erf(z / √2), z being the deviation in units of the distance from the median to the 84th percentile."""
    if not len(distance):
        return np.empty(0)
    median, above = np.quantile(distance, (0.5, ONE_DEVIATION))
    z = (distance - median) / max(float(above - median), LEAST)
    return np.asarray(erfc(np.maximum(z, 0) / np.sqrt(2)), np.float64)


def beyond_chance(score: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(n,) the lowest scores, as many as keep the expected share of ordinary rows among them below `BY_CHANCE`:
    Benjamini & Hochberg, Controlling the false discovery rate, 1995."""
    ascending = np.sort(score)
    kept = np.flatnonzero(ascending <= BY_CHANCE * np.arange(1, len(score) + 1) / max(1, len(score)))
    return score <= ascending[kept[-1]] if len(kept) else np.zeros(len(score), bool)
