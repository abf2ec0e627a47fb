"""How many wrong labels are expected among some rows of a scan's list, by where they stand in it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.records import Estimate, Scan
from core.services.issues.flags import curve


def expected_wrong(scan: Scan, ranks: Sequence[int]) -> Estimate:
    """Of rows at these ranks (1 is the worst), so many labels are expected to be wrong, with the ends that go with
    those of the share of wrong labels: what the list should hold up to each, less what it holds up to the one
    before."""
    kept = np.array([(0.0, 0.0, 0.0, 0.0), *((one.rows, one.wrong, one.low, one.high) for one in curve(scan))])
    at = np.asarray(ranks, np.float64)
    if len(kept) == 1 or not len(at):
        return Estimate(0.0, 0.0, 0.0)
    wrong, *ends = (
        float((np.interp(at, kept[:, 0], column) - np.interp(at - 1, kept[:, 0], column)).sum())
        for column in kept.T[1:]
    )
    return Estimate(wrong, min(wrong, *ends), max(wrong, *ends))
