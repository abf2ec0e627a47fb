"""The figures of all arms, on the same rows: by group and class, with paired intervals of what each arm changes.

Rows that have the same group, label and predictions are alike, so that drawing n rows with replacement is one
multinomial draw over such cells. All arms are judged on each draw, so that what the choice of rows does to both drops
out of their difference. The models are not fitted anew: what chance in the training rows does is not in the intervals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from core.evaluation.bootstrap import RESAMPLES, SEED
from core.evaluation.metrics import share
from core.jobs.mitigation.spec import FIGURES, GAPS, MACRO_F1, Arm, Figure, Moved, OfArm, OfClass
from core.profile.by_group.rates import MIN_RATE_ROWS, holm
from core.progress import Report, unheard
from core.proportions import wilson

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
TOLD = 100
"""Classes that are told of one by one, those with most rows."""
BATCH_NUMBERS = 1 << 22


@dataclass(frozen=True, slots=True)
class Judged:
    """n rows, what A arms predict for them, and G groups that they are in."""

    true: Integers
    predicted: Integers
    """(A, n)"""
    groups: Integers
    """(n,) from 0; -1 for none."""
    large: NDArray[np.bool_]
    """(G,) whether a group has enough rows to be compared."""
    classes: int


@dataclass(frozen=True, slots=True)
class _Counts:
    """Rows of one draw, or of many: (…, G+1, k), the last group being none; of the arms (…, A, G+1, k)."""

    true: Floats
    both: Floats
    predicted: Floats


@dataclass(frozen=True, slots=True)
class _Shown:
    """What is told of each draw: (…, A, F) figures, (…, A, G) accuracy, (…, A, c) odds, (…, A, 3, G, c) rates."""

    figures: Floats
    accuracy: Floats
    odds: Floats
    rates: Floats


def compared(
    rows: Judged, arms: Sequence[Arm], labels: Sequence[str], tick: Report = unheard, resamples: int = RESAMPLES
) -> tuple[OfArm, ...]:
    """Of each arm; the first is that which the others are compared with. `labels` (k,) are the names of the classes."""
    cells, counts = _cells(rows)
    sums = _Sums(rows, cells)
    whole = sums.of(counts[None].astype(np.float64))
    told = np.argsort(-whole.true[0].sum(0), kind="stable")[:TOLD]
    told = told[(whole.true[0].sum(0) + whole.predicted[0].sum((0, 1)))[told] > 0]
    measure = _Measure(rows, whole, told)
    seen = measure.of(whole)
    batch = max(1, BATCH_NUMBERS // max(1, sums.columns + len(counts)))
    generator, parts, shares = np.random.default_rng(SEED), [], counts / counts.sum()
    for start in range(0, resamples, batch):
        drawn = generator.multinomial(counts.sum(), shares, size=min(batch, resamples - start))
        parts.append(measure.of(sums.of(drawn.astype(np.float64))))
        tick(min(resamples, start + batch), resamples)
    drawn_all = _Shown(*(np.concatenate([getattr(one, name) for one in parts]) for name in _Shown.__slots__))
    return _told(rows, arms, [labels[place] for place in told.tolist()], whole, told, seen, drawn_all)


def _cells(rows: Judged) -> tuple[Integers, Integers]:
    """(2 + A, cells) group, label and predictions that occur together, and how often (cells,)."""
    columns = np.concatenate([[np.where(rows.groups < 0, len(rows.large), rows.groups)], [rows.true], rows.predicted])
    sizes = [len(rows.large) + 1, *[rows.classes] * (len(columns) - 1)]
    if np.prod(np.array(sizes, np.float64)) < 2**62:
        keys, counts = np.unique(np.ravel_multi_index(tuple(columns), sizes), return_counts=True)
        return np.stack(np.unravel_index(keys, sizes)).astype(np.int64), counts
    found, counts = np.unique(columns, axis=1, return_counts=True)
    return found, counts


class _Sums:
    """Adds the rows of cells up."""

    def __init__(self, rows: Judged, cells: Integers) -> None:
        from scipy.sparse import csr_array

        group, true, predicted = cells[0], cells[1], cells[2:]
        self._groups, self._classes, self._arms = len(rows.large) + 1, rows.classes, len(predicted)
        size, at = self._groups * self._classes, np.arange(len(group))
        columns, entries = [group * self._classes + true], [at]
        for place, own in enumerate(predicted):
            columns.append(size * (1 + 2 * place) + group * self._classes + own)
            hit = own == true
            columns.append(size * (2 + 2 * place) + (group * self._classes + own)[hit])
            entries += [at, at[hit]]
        column, entry = np.concatenate(columns), np.concatenate(entries)
        self.columns = size * (1 + 2 * self._arms)
        self._matrix = csr_array((np.ones(len(column)), (column, entry)), (self.columns, len(group)))

    def of(self, drawn: Floats) -> _Counts:
        """Of draws (b, cells)."""
        summed = (self._matrix @ drawn.T).T.reshape(len(drawn), 1 + 2 * self._arms, self._groups, self._classes)
        return _Counts(summed[:, 0], summed[:, 2::2], summed[:, 1::2])


class _Measure:
    """Turns counts into figures; which groups are compared is by the rows as they are, in every draw."""

    def __init__(self, rows: Judged, whole: _Counts, told: Integers) -> None:
        true, sizes = whole.true[0, :-1], whole.true[0, :-1].sum(1)
        large = rows.large & (sizes >= MIN_RATE_ROWS)
        self._told, self._large = told, large
        self._found = large[:, None] & (true >= MIN_RATE_ROWS)
        self._wrongly = large[:, None] & (sizes[:, None] - true >= MIN_RATE_ROWS)
        self._given = np.broadcast_to(large[:, None], true.shape)
        self._occur = whole.true[0].sum(0) + whole.predicted[0].sum((0, 1)) > 0

    def of(self, counts: _Counts) -> _Shown:
        true, both, predicted = counts.true[:, None], counts.both, counts.predicted
        hits, support, given = both.sum(2), true.sum(2), predicted.sum(2)
        accuracy = hits.sum(2) / np.maximum(1, support.sum(2))
        occurs = support + given > 0
        f1 = share(2 * hits, support + given).sum(2) / np.maximum(1, occurs.sum(2))
        true, both, predicted = true[:, :, :-1], both[:, :, :-1], predicted[:, :, :-1]
        sizes = true.sum(3)
        of_groups = _rate(both.sum(3), np.broadcast_to(sizes, both.shape[:3]))
        found = _rate(both, np.broadcast_to(true, both.shape))
        wrongly = _rate(predicted - both, np.broadcast_to(sizes[..., None] - true, both.shape))
        chosen = _rate(predicted, np.broadcast_to(sizes[..., None], both.shape))
        odds = np.fmax(_gap(found, self._found), _gap(wrongly, self._wrongly))
        alike = _gap(chosen, self._given)
        figures = np.stack(
            [
                accuracy,
                f1,
                _gap(of_groups[..., None], self._large[:, None])[..., 0],
                _mean(odds[..., self._occur]),
                _mean(alike[..., self._occur]),
            ],
            axis=-1,
        )
        rates = np.stack([found, wrongly, chosen], axis=2)[..., self._told]
        return _Shown(figures, of_groups, odds[..., self._told], rates)


def _rate(part: Floats, whole: Floats) -> Floats:
    found: Floats = np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)
    return found


def _gap(rates: Floats, compared: NDArray[np.bool_]) -> Floats:
    """(…, c) highest less lowest over the groups of (…, G, c) that are compared, (G, c); NaN of fewer than two."""
    low = np.where(compared & ~np.isnan(rates), rates, np.inf).min(-2)
    high = np.where(compared & ~np.isnan(rates), rates, -np.inf).max(-2)
    return np.where((compared.sum(0) > 1) & (high >= low), high - low, np.nan)


def _mean(values: Floats) -> Floats:
    """Over the last axis, of those that are numbers; NaN where none is."""
    known = ~np.isnan(values)
    return _rate(np.where(known, values, 0).sum(-1), known.sum(-1).astype(np.float64))


def _told(
    rows: Judged,
    arms: Sequence[Arm],
    names: Sequence[str],
    whole: _Counts,
    told: Integers,
    seen: _Shown,
    drawn: _Shown,
) -> tuple[OfArm, ...]:
    p_values = _p_values(seen.figures[0], drawn.figures)
    sizes = whole.true[0, :-1].sum(1)
    found = []
    for at, arm in enumerate(arms):
        true, both, predicted = (one[:-1] for one in (whole.true[0], whole.both[0, at], whole.predicted[0, at]))
        trials = (true[:, told], sizes[:, None] - true[:, told], np.broadcast_to(sizes[:, None], true[:, told].shape))
        hits = (both[:, told], (predicted - both)[:, told], predicted[:, told])
        ends = [wilson(hit, trial) for hit, trial in zip(hits, trials, strict=True)]
        of_groups = wilson(both.sum(1), sizes)
        of_all = wilson(both.sum() + whole.both[0, at, -1].sum(), np.asarray(len(rows.true)))
        figures = []
        for place, name in enumerate(FIGURES):
            if np.isnan(seen.figures[0, at, place]):
                continue
            interval = None if name in GAPS else (float(of_all[0]), float(of_all[1]))
            if name == MACRO_F1:
                low, high = np.quantile(drawn.figures[:, at, place], (0.025, 0.975))
                interval = float(low), float(high)
            moved = _moved(seen.figures[0, :, place], drawn.figures[:, :, place], at, interval)
            figures.append(Figure(name, moved, float(p_values[at, place])))
        accuracy = tuple(
            _moved_or_none(seen.accuracy[0, :, g], drawn.accuracy[:, :, g], at, (of_groups[0][g], of_groups[1][g]))
            for g in range(len(sizes))
        )
        classes = tuple(
            OfClass(
                name,
                _moved_or_none(seen.odds[0, :, c], drawn.odds[:, :, c], at, None),
                *(
                    tuple(
                        _moved_or_none(
                            seen.rates[0, :, kind, g, c],
                            drawn.rates[:, :, kind, g, c],
                            at,
                            (ends[kind][0][g, c], ends[kind][1][g, c]),
                        )
                        for g in range(len(sizes))
                    )
                    for kind in range(3)
                ),
            )
            for c, name in enumerate(names)
        )
        changed = int((rows.predicted[at] != rows.predicted[0]).sum())
        found.append(OfArm(arm, tuple(figures), accuracy, classes, changed))
    return tuple(found)


def _moved_or_none(seen: Floats, drawn: Floats, at: int, interval: tuple[float, float] | None) -> Moved | None:
    return None if np.isnan(seen[at]) else _moved(seen, drawn, at, interval)


def _moved(seen: Floats, drawn: Floats, at: int, interval: tuple[float, float] | None) -> Moved:
    """Of values (A,), and those of the draws (b, A)."""
    low, high = (None, None) if interval is None else (round(float(one), 6) for one in interval)
    apart = drawn[:, at] - drawn[:, 0]
    apart = apart[~np.isnan(apart)]
    ends = np.quantile(apart, (0.025, 0.975)).tolist() if len(apart) else (-1.0, 1.0)
    value, change = float(seen[at]), float(seen[at] - seen[0])
    return Moved(round(value, 6), low, high, round(change, 6), round(ends[0], 6), round(ends[1], 6))


def _p_values(seen: Floats, drawn: Floats) -> Floats:
    """(A, F) by the spread of the resampled differences, two-sided, corrected for all of them; 1 of the first arm."""
    change, spread = seen - seen[0], np.nanstd(drawn - drawn[:, :1], axis=0)
    z = np.divide(np.abs(change), spread, out=np.zeros_like(change), where=spread > 0)
    single = [2 * (1 - NormalDist().cdf(one)) for one in z[1:].ravel().tolist()]
    known = ~np.isnan(change[1:]).ravel()
    found = np.ones(change[1:].size)
    found[known] = holm([one for one, told in zip(single, known.tolist(), strict=True) if told])
    return np.concatenate([np.ones((1, change.shape[1])), found.reshape(change[1:].shape)])
