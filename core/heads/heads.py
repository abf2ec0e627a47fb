"""The heads of one encoder: which rows each learns from, and what each says of the rows that it must not see."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.arrays.device import device
from core.arrays.disk_backed import empty, row_chunks
from core.arrays.precision import fast_products
from core.heads.head import Curvature, fit
from core.heads.link import link_of
from core.heads.objective import Features, Objective
from core.targets import Labels
from core.targets.arrays import unlabelled

CPU_PASS, GPU_PASS = 2e12, 2e14
"""Floating-point operations that one pass over the rows may take; beyond it the heads learn from a sample."""
MIN_PER_CLASS = 20
EXACT_UP_TO, EXACT, ENOUGH = 4_000, 3e-4, 3e-3
"""Tolerances of the fit, for up to so many rows and beyond. Going on to a third of the second moved average
precision on 10,000 texts by less than .001, up with one encoder and down with the other."""


@dataclass(frozen=True, slots=True)
class Heads:
    """Everything that heads are fitted from, but the folds and the penalty."""

    features: Features
    curvature: Curvature
    labels: Labels
    classes: int
    training: NDArray[np.int64]
    """Sorted positions of the rows to learn from."""
    scratch: Path | None = None

    def fitted(
        self,
        assigned: NDArray[np.int64],
        folds: Sequence[int],
        l2: float,
        *,
        start: Tensor | None = None,
        on_step: Callable[[], None] = lambda: None,
        rough: bool = False,
    ) -> Tensor:
        """One head per repeat (columns of `assigned`, the rows' folds) and fold of `folds`, in this order, all in one
        optimisation: (p, d+1, k). A `start` must not have seen what the head must not see. `rough`: near enough to
        compare penalties."""
        where = self.features.embeddings.device
        held_out = torch.from_numpy(assigned[self.training]).to(where)
        columns = torch.tensor(list(folds), device=where)
        parts = [(held_out[:, repeat : repeat + 1] != columns).float() for repeat in range(assigned.shape[1])]
        weights = torch.cat(parts, 1)
        given = torch.from_numpy(self.labels[self.training]).to(where)
        shares = weights / weights.sum(0).clamp_min(1)
        objective = Objective(self._training_features(), given, shares, self.classes, l2, link_of(self.labels))
        tolerance = ENOUGH if rough or len(self.training) > EXACT_UP_TO else EXACT
        with fast_products():
            return fit(objective, self.curvature, start, tolerance=tolerance, on_step=on_step)

    def logits(
        self, heads: Tensor, folds_of: NDArray[np.int64], rows: NDArray[np.int64] | None = None
    ) -> NDArray[np.float32]:
        """(m, k) for the rows asked for (all n): each by the head of its own fold, which has not seen it."""
        count = len(folds_of) if rows is None else len(rows)
        judged = empty((count, self.classes), self.scratch)
        for part in row_chunks(count, max(self.classes, self.features.width)):
            which = part if rows is None else torch.from_numpy(rows[part]).to(heads.device)
            seen, own = self.features.rows(which), folds_of[part] if rows is None else folds_of[rows[part]]
            for fold in range(len(heads)):
                mine = np.flatnonzero(own == fold)
                judged[part][mine] = (seen[torch.from_numpy(mine).to(heads.device)] @ heads[fold]).cpu().numpy()
        return judged

    def _training_features(self) -> Features:
        if len(self.training) == len(self.labels):
            return self.features
        return self.features.take(torch.from_numpy(self.training).to(self.features.embeddings.device))


def training_rows(labels: Labels, classes: int, width: int, folds: int) -> NDArray[np.int64]:
    """All rows with a label, or the same share of every class (at least 20 rows of each; the rarest class of a row
    counts) where a pass would take too long."""
    affordable = (CPU_PASS if device().type == "cpu" else GPU_PASS) / (4.0 * width * classes * folds)
    rows = np.flatnonzero(~unlabelled(labels))
    if len(rows) <= affordable:
        return rows
    # A stream of its own: drawn as the folds are, the sample of a class would lie in one fold.
    labels = labels[rows]
    strata = link_of(labels).strata(labels)
    order = np.lexsort((np.random.default_rng([0, len(labels)]).random(len(labels)), strata))
    counts = np.bincount(strata, minlength=classes)
    rank = np.arange(len(labels)) - np.repeat(np.cumsum(counts) - counts, counts)
    wanted = np.maximum(MIN_PER_CLASS, np.ceil(counts * affordable / len(labels)))
    return rows[np.sort(order[rank < np.repeat(wanted, counts)])]
