"""Ridge regression on embeddings: numbers instead of classes, in closed form, every fold at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.arrays.device import device
from core.heads.folds import assign_folds
from core.heads.objective import MOMENT_ROWS, Features
from core.progress import Report, unheard
from core.targets.number.residuals import right_labels, strata_of

GRID: tuple[float, ...] = tuple(float(10.0 ** (1 - step / 2)) for step in range(15))
"""Penalties to try, strong to weak, of features whose mean square length is 1."""
REPEAT_UP_TO, REPEATS = 20_000, 5
"""Up to so many rows, they are cut into folds several times over and the results averaged."""
INTERCEPT = 1e-9
"""Part of the penalty that the constant bears."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """What ridge regressions say of rows that they have not seen."""

    predicted: NDArray[np.float64]
    """(n,)"""
    l2: float
    repeats: int
    trained_rows: int


@dataclass(frozen=True, slots=True)
class Line:
    """A linear layer of one output and how it was found."""

    weight: Tensor
    """(1, d) float32 on the CPU, for embeddings as they came."""
    bias: Tensor
    """(1,)"""
    l2: float
    trained_rows: int

    def predict(self, embeddings: NDArray[np.float32]) -> NDArray[np.float64]:
        """(m,) for embeddings (m, d)."""
        found = torch.from_numpy(np.ascontiguousarray(embeddings)) @ self.weight[0] + self.bias
        return found.double().numpy()


def out_of_sample_numbers(
    embeddings: NDArray[np.float32],
    values: NDArray[np.float64],
    clusters: NDArray[np.int64],
    *,
    folds: int,
    seed: int,
    robust: bool = True,
    tick: Report = unheard,
) -> Numbers:
    """A number for every row from regressions that have not seen its cluster, under the penalty with the lowest
    out-of-fold absolute error, which a few wrong labels hardly move.

    embeddings (n, d) float32, values (n,) with NaN for none, clusters (n,): rows of a cluster share a fold. `robust`:
    once more, each row counting as much as its label is probably right by the first time.
    """
    told = np.isfinite(values)
    repeats = REPEATS if len(values) <= REPEAT_UP_TO else 1
    rounds, strata, weights = (2 if robust else 1), strata_of(values), None
    features = _features(embeddings)
    for turn in range(rounds):
        moments, total, l2 = _Moments.of(features, values, weights), np.zeros(len(values)), 0.0
        for repeat in range(repeats):
            assigned = assign_folds(strata, clusters, folds, seed + repeat)
            parts = moments.parts(assigned, folds)
            if not repeat:
                l2 = _best(moments, parts, assigned, values)
            total += moments.held_out(parts, assigned, (l2,))[0]
            tick(turn * repeats + repeat + 1, rounds * repeats)
        predicted = total / repeats
        weights = np.ones(len(values))
        weights[told] = right_labels(predicted[told], values[told])
    return Numbers(predicted, l2, repeats, int(told.sum()))


def solve_line(
    embeddings: NDArray[np.float32],
    values: NDArray[np.float64],
    clusters: NDArray[np.int64],
    *,
    seed: int,
    folds: int = 5,
    weights: NDArray[np.float64] | None = None,
) -> Line:
    """One regression for all rows with a number, as a linear layer on the embeddings; the penalty as for
    `out_of_sample_numbers`."""
    folds = min(folds, len(np.unique(clusters)))
    moments = _Moments.of(_features(embeddings), values, weights)
    assigned = assign_folds(strata_of(values), clusters, folds, seed)
    parts = moments.parts(assigned, folds)
    l2 = _best(moments, parts, assigned, values) if folds > 1 else GRID[0]
    return moments.line(parts, l2, int(np.isfinite(values).sum()))


@dataclass(frozen=True, slots=True)
class Lines:
    """Regressions that differ in their labels alone: on the same rows, under one penalty."""

    features: Features
    clusters: NDArray[np.int64]
    folds: int
    seed: int

    @staticmethod
    def of(embeddings: NDArray[np.float32], clusters: NDArray[np.int64], *, seed: int, folds: int = 5) -> Lines:
        """Of embeddings (n, d); rows of a cluster (n,) share a fold."""
        return Lines(_features(embeddings), clusters, min(folds, len(np.unique(clusters))), seed)

    def penalty(self, values: NDArray[np.float64]) -> float:
        """The one that `solve_line` takes for these labels (n,)."""
        moments, assigned = _Moments.of(self.features, values, None), self._assigned(values)
        return _best(moments, moments.parts(assigned, self.folds), assigned, values) if self.folds > 1 else GRID[0]

    def fit(self, values: NDArray[np.float64], times: NDArray[np.int64], l2: float) -> Line:
        """One regression on labels (n,), NaN for none, of rows that count so many `times` (n,): each as much again as
        its label is probably right by regressions that have not seen it."""
        counts = times.astype(np.float64)
        if self.folds > 1:
            assigned, moments = self._assigned(values), _Moments.of(self.features, values, counts)
            unseen = moments.held_out(moments.parts(assigned, self.folds), assigned, (l2,))[0]
            told = np.isfinite(values) & (times > 0)
            counts[told] *= right_labels(unseen[told], values[told])
        moments = _Moments.of(self.features, values, counts)
        rows = int((np.isfinite(values) & (times > 0)).sum())
        return moments.line(moments.parts(np.zeros(len(values), np.int64), 1), l2, rows)

    def _assigned(self, values: NDArray[np.float64]) -> NDArray[np.int64]:
        return assign_folds(strata_of(values), self.clusters, self.folds, self.seed)


def _features(embeddings: NDArray[np.float32]) -> Features:
    return Features.of(torch.from_numpy(np.ascontiguousarray(embeddings)).to(device()))


def _best(
    moments: _Moments, parts: tuple[Tensor, Tensor], assigned: NDArray[np.int64], values: NDArray[np.float64]
) -> float:
    told = np.isfinite(values)
    found = moments.held_out(parts, assigned, GRID)
    return GRID[int(np.abs(found[:, told] - values[told]).mean(1).argmin())]


@dataclass(frozen=True, slots=True)
class _Moments:
    """Rows as the regressions see them."""

    features: Features
    values: Tensor
    """(n,) float64, less their mean; 0 where there is none."""
    weights: Tensor
    """(n,) float64, 0 where there is no number."""
    middle: float

    @staticmethod
    def of(features: Features, values: NDArray[np.float64], weights: NDArray[np.float64] | None) -> _Moments:
        where, told = features.embeddings.device, np.isfinite(values)
        counts = told.astype(np.float64) * (1.0 if weights is None else weights)
        middle = float(np.average(values[told], weights=counts[told] + 1e-12))
        centred = np.where(told, values - middle, 0.0)
        return _Moments(
            features,
            torch.from_numpy(centred).to(where),
            torch.from_numpy(counts).to(where),
            middle,
        )

    def parts(self, assigned: NDArray[np.int64], folds: int) -> tuple[Tensor, Tensor]:
        """Σ w x xᵀ (folds, d+1, d+1) and Σ w x y (folds, d+1) of the rows of each fold."""
        width, where = self.features.width, self.values.device
        squares = torch.zeros(folds, width, width, dtype=torch.float64, device=where)
        products = torch.zeros(folds, width, dtype=torch.float64, device=where)
        for fold in range(folds):
            rows = torch.from_numpy(np.flatnonzero(assigned == fold)).to(where)
            for part in torch.split(rows, MOMENT_ROWS):
                x, w = self.features.rows(part).double(), self.weights[part]
                weighted = x * w[:, None]
                squares[fold].addmm_(weighted.T, x)
                products[fold].addmv_(weighted.T, self.values[part])
        return squares, products

    def line(self, parts: tuple[Tensor, Tensor], l2: float, rows: int) -> Line:
        """The regression on all rows, so many of which have a number."""
        whole = _solved(parts[0].sum(0, keepdim=True), parts[1].sum(0, keepdim=True), (l2,))[0, 0].cpu()
        weight = (whole[:-1] / self.features.scale).float()
        bias = whole[-1] + self.middle - weight.double() @ self.features.mean.cpu().double()
        return Line(weight[None], bias[None].float(), l2, rows)

    def held_out(
        self, parts: tuple[Tensor, Tensor], assigned: NDArray[np.int64], penalties: tuple[float, ...]
    ) -> NDArray[np.float64]:
        """(penalties, n): each row's number by the regression of its own fold, which has not seen it."""
        squares, products = parts
        lines = _solved(squares.sum(0) - squares, products.sum(0) - products, penalties)
        found = np.empty((len(penalties), len(assigned)))
        for fold in range(len(squares)):
            rows = np.flatnonzero(assigned == fold)
            for start in range(0, len(rows), MOMENT_ROWS):
                part = rows[start : start + MOMENT_ROWS]
                x = self.features.rows(torch.from_numpy(part).to(self.values.device)).double()
                found[:, part] = (lines[fold] @ x.T).cpu().numpy() + self.middle
        return found


def _solved(squares: Tensor, products: Tensor, penalties: tuple[float, ...]) -> Tensor:
    """(p, penalties, d+1) for p moments: the lines of least squares, the constant hardly penalised.

    One eigendecomposition of each scaled moment serves all of several penalties.
    """
    rows = squares[:, -1, -1].clamp_min(1e-12)
    scale = torch.ones(squares.shape[-1], dtype=torch.float64, device=squares.device)
    scale[-1] = INTERCEPT**-0.5  # the constant in other units: a penalty on it that hardly counts
    whole = squares / rows[:, None, None] * (scale[:, None] * scale)
    wanted = products / rows[:, None] * scale
    if len(penalties) == 1:
        held = whole + penalties[0] * torch.eye(len(scale), dtype=torch.float64, device=whole.device)
        return (torch.cholesky_solve(wanted[..., None], torch.linalg.cholesky(held))[..., 0] * scale)[:, None]
    values, vectors = torch.linalg.eigh(whole)
    inside = torch.einsum("pij,pi->pj", vectors, wanted)
    l2 = torch.tensor(penalties, dtype=torch.float64, device=squares.device)
    shrunk = inside[:, None] / (values.clamp_min(0)[:, None] + l2[None, :, None])
    return torch.einsum("pij,plj->pli", vectors, shrunk) * scale
