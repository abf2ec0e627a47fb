"""Which row goes into which part: arrays in, parts out. Seeded; the same rows and seed give the same parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import UsageError

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def random_parts(rows: int, shares: Sequence[float], seed: int) -> Ints:
    """(rows,) part of each row; part sizes are the shares rounded by largest remainder."""
    return stratified_parts(np.zeros(rows, np.int64), shares, seed)


def stratified_parts(labels: Ints, shares: Sequence[float], seed: int) -> Ints:
    """(rows,) part of each row, every class in the same shares as near as whole rows allow.

    What rounding leaves over goes where the whole is furthest behind, so that many small classes do not all round
    the same way.
    """
    counts = np.asarray(np.bincount(labels), dtype=np.int64)
    targets = np.outer(counts, _normal(shares))
    return _assigned(labels, _rounded(targets, counts), np.random.default_rng(seed))


def grouped_parts(labels: Ints, groups: Ints, shares: Sequence[float], seed: int) -> Ints:
    """(rows,) part of each row, no group in two parts and no part with a share without a row, classes in the shares as
    near as the groups allow.

    Groups of several rows are placed largest first, each where the rows of its classes are needed most; single rows
    then fill what is left of each class. Raises UsageError where there are fewer groups than parts.
    """
    check_groups(len(np.unique(groups)), shares)
    rng = np.random.default_rng(seed)
    wanted = np.outer(np.bincount(labels), _normal(shares))
    sizes = np.bincount(groups)
    parts = np.full(len(labels), -1, np.int64)
    order = np.argsort(groups, kind="stable")
    ends = np.cumsum(sizes)
    several = np.flatnonzero(sizes > 1)
    several = rng.permutation(several)
    for group in several[np.argsort(-sizes[several], kind="stable")]:
        rows = order[ends[group] - sizes[group] : ends[group]]
        members = np.bincount(labels[rows], minlength=len(wanted)) if len(wanted) < 1000 else None
        part = _neediest(wanted, labels[rows], members)
        parts[rows] = part
        np.subtract.at(wanted[:, part], labels[rows], 1)
    single = np.flatnonzero(parts < 0)
    if len(single):
        left = np.clip(wanted, 0, None)
        counts = np.asarray(np.bincount(labels[single], minlength=len(wanted)), dtype=np.int64)
        total = left.sum(axis=1, keepdims=True)
        even = np.outer(np.ones(len(wanted)), _normal(shares))
        targets: Floats = np.where(total > 0, left / np.where(total > 0, total, 1), even) * counts[:, None]
        parts[single] = _assigned(labels[single], _rounded(targets, counts), rng)
    return _none_empty(parts, groups, shares)


def _none_empty(parts: Ints, groups: Ints, shares: Sequence[float]) -> Ints:
    """With the smallest group that can be spared in each part that has a share and got no row."""
    _, first, group, sizes = np.unique(groups, return_index=True, return_inverse=True, return_counts=True)
    home = parts[first]
    for part in np.flatnonzero(np.asarray(shares) > 0):
        held = np.bincount(home, minlength=len(shares))
        if not held[part]:
            spare = np.flatnonzero(held[home] > 1)
            home[spare[np.argmin(sizes[spare])]] = part
    return np.asarray(home[group])


def check_groups(count: int, shares: Sequence[float]) -> None:
    """Raises UsageError where so few groups would leave a part that has a share without a row."""
    parts = sum(share > 0 for share in shares)
    if count < parts:
        raise UsageError(
            f"What has to stay together forms {count:,} groups: too few for {parts} splits.",
            "Ask for fewer splits, or split by class (stratified).",
        )


def _neediest(wanted: Floats, labels: Ints, members: Ints | None) -> int:
    """The part whose rows of these classes are missing most; of equals, the one that is missing most rows in all."""
    need = members @ wanted if members is not None else wanted[labels].sum(axis=0)
    return int(np.lexsort((-wanted.sum(axis=0), -need))[0])


def _normal(shares: Sequence[float]) -> Floats:
    values = np.asarray(shares, dtype=np.float64)
    return np.asarray(values / values.sum(), dtype=np.float64)


def _rounded(targets: Floats, counts: Ints) -> Ints:
    """(classes, parts) whole numbers that add up to `counts` a class and stay near the shares in all."""
    whole = np.floor(targets + 1e-9).astype(np.int64)
    behind = targets.sum(axis=0) - whole.sum(axis=0)
    for label in np.flatnonzero(counts > whole.sum(axis=1)):
        fraction = targets[label] - whole[label]
        for _ in range(int(counts[label] - whole[label].sum())):
            open_parts = fraction > 1e-9
            part = int(np.argmax(np.where(open_parts, behind + 1e-3 * fraction, -np.inf)))
            whole[label, part] += 1
            fraction[part] = 0
            behind[part] -= 1
    return whole


def _assigned(labels: Ints, amounts: Ints, rng: np.random.Generator) -> Ints:
    """Deals each class's rows, in random order, into the parts by the amounts."""
    shuffled = rng.permutation(len(labels))
    by_class = shuffled[np.argsort(labels[shuffled], kind="stable")]
    parts = np.empty(len(labels), np.int64)
    parts[by_class] = np.repeat(np.tile(np.arange(amounts.shape[1]), len(amounts)), amounts.ravel())
    return parts


def indices(values: Sequence[Any]) -> Ints:
    """(n,) the position of each value among the distinct ones; every None is one of its own."""
    places: dict[Any, int] = {}
    found = [
        places.setdefault(value if value is not None else ("", row), len(places)) for row, value in enumerate(values)
    ]
    return np.asarray(found, np.int64)
