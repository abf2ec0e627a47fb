"""What the profile's measures read from and what they give back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from core.records import Estimate, RowFilter
from core.targets import Target
from core.words import later

Counts = NDArray[np.int64]

CHANCE = 0.05
"""Differences whose p-value, corrected for all that are looked at together, is below this are no chance."""
MISSING = later("(missing)")
"""How the group of rows without a value is called."""


class Rows(Protocol):
    """One dataset version as the measures see it."""

    @property
    def relation(self) -> str:
        """A SQL subquery with the columns of the examples table, `label` and `split` as of the version."""
        ...

    @property
    def target(self) -> Target:
        """What a label is. A row whose label is several classes counts in each of them."""
        ...

    def fetch(self, sql: str, params: Sequence[Any] = (), /) -> list[tuple[Any, ...]]:
        """Runs one SELECT and returns its rows."""
        ...

    def shown(self, column: str, value: str) -> str:
        """A value of an attribute as it may be shown: masked, where all of the dataset is."""
        ...


@dataclass(frozen=True, slots=True)
class ClassCount:
    """One class of a version, or one value of a category."""

    label: str
    count: int
    share: float
    """Of all rows counted, 0–1. Where a label may be several classes, these sum to anything."""


@dataclass(frozen=True, slots=True)
class Balance:
    """How evenly rows spread over classes."""

    classes: tuple[ClassCount, ...]
    """Classes with at least one row, largest first; ties by name."""
    absent: tuple[str, ...]
    """Classes of the dataset without a row here."""
    total: int
    imbalance_ratio: float
    """Largest count over smallest count among the classes present; 1 is even."""
    effective_classes: float
    """exp of the Shannon entropy of how the labels spread: the number of equally large classes with the same
    entropy."""
    unlabelled: int = 0
    """Rows without a label, which none of the others counts."""


@dataclass(frozen=True, slots=True)
class Independence:
    """Pearson's chi-square test of a table of counts."""

    statistic: float
    degrees: int
    p_value: float
    rough: bool
    """Cochran's rule is broken: over a fifth of the cells expect fewer than 5 rows, so the p-value is approximate."""


@dataclass(frozen=True, slots=True)
class SplitBalance:
    """The classes of each split side by side."""

    splits: tuple[str, ...]
    """Split names, largest first; rows without a split are `(missing)`."""
    labels: tuple[str, ...]
    """Classes present anywhere, largest first."""
    counts: Counts
    """(splits, labels): rows."""
    sizes: tuple[int, ...]
    """Rows of each split."""
    balances: tuple[Balance, ...]
    """One per split, in order."""
    test: Independence | None
    """Whether the class shares differ between splits; None with one split or one class, and where a row may count in
    several classes, since the test takes every count for another row."""
    cramers_v: Estimate | None
    """Size of that difference: bias-corrected Cramér's V."""


@dataclass(frozen=True, slots=True)
class LabelSets:
    """Which classes go together where a label is several."""

    rows: int
    cardinality: float
    """Classes of a row, on average (Tsoumakas & Katakis, Multi-label classification: an overview, 2007)."""
    none: int
    """Rows to which no class applies."""
    distinct: int
    """Different labels."""
    commonest: tuple[tuple[str, int], ...]
    """Labels in their text form with their rows, most first."""
    labels: tuple[str, ...]
    """The classes with the most rows, largest first: the sides of `together`."""
    together: Counts
    """(labels, labels): rows that have both classes, on the diagonal those that have the one."""


@dataclass(frozen=True, slots=True)
class Bin:
    """One bar of a histogram: `low` ≤ value < `high`."""

    low: float
    high: float
    """Exclusive; infinite in a last bin that takes the tail in."""
    count: int


@dataclass(frozen=True, slots=True)
class NumberProfile:
    """How a number spreads."""

    count: int
    """Rows with a value."""
    missing: int
    minimum: float
    p5: float
    median: float
    p95: float
    maximum: float
    bins: tuple[Bin, ...]


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Rows whose content is byte for byte the same as another's."""

    groups: int
    """Contents that occur more than once."""
    rows: int
    """Rows that hold such a content."""
    conflicting_groups: int
    """Of those contents, the ones that carry different labels."""
    conflicting_rows: int
    straddling_groups: int
    """Of those contents, the ones that occur in more than one split."""
    pairs: tuple[tuple[str, str, int], ...]
    """The pairs of labels in most conflict: (label, other label, contents that carry both), most first."""


@dataclass(frozen=True, slots=True)
class IdleColumn:
    """A column that says nothing, or nothing that another does not say."""

    name: str
    column: str
    why: Literal["empty", "constant", "copy", "renamed", "nearly constant", "unique"]
    of: str = ""
    """The column that it copies, or says again in other words, one value for another."""
    share: float = 0.0
    """Of its values, the commonest."""


@dataclass(frozen=True, slots=True)
class MissingByLabel:
    """A column whose values are missing more often under one label than under another."""

    name: str
    column: str
    most: str
    """The label under which they are missing most often."""
    most_share: Estimate
    """Of its rows, those without a value."""
    least: str
    least_share: Estimate
    p_value: float
    """That labels differ so much by chance, corrected for all columns with missing values (Holm 1979)."""


@dataclass(frozen=True, slots=True)
class MissingByNumber:
    """A column whose values are missing more often under large numbers than under small ones, or less often."""

    name: str
    column: str
    rows: int
    """Without a value, and with a label."""
    without: float
    present: float
    """Mean of the labels of rows without a value, and of those with one."""
    difference: Estimate
    """The first less the second, with Welch's 95 % interval."""
    larger: float
    """In how many pairs, of a row without a value and one with it, the first has the larger number; ties count half."""
    p_value: float
    """That the numbers are ordered so by chance, corrected for all columns that are tested (Holm 1979)."""


@dataclass(frozen=True, slots=True)
class MissingValues:
    """How many rows lack a value, per column."""

    total: int
    columns: tuple[tuple[str, str, int], ...]
    """(name, column, rows without a value), most first; columns that are complete included."""
    by_label: tuple[MissingByLabel, ...] = ()
    """Columns of which what is missing goes together with the label by more than chance, so that it is not missing at
    random (Rubin 1976): those that differ most first."""
    by_number: tuple[MissingByNumber, ...] = ()
    """The same of labels that are numbers."""


@dataclass(frozen=True, slots=True)
class Group:
    """The rows that share a value, or a band of values, of one attribute."""

    name: str
    count: int
    where: RowFilter | None
    """Opens its rows; None for groups that were folded together."""
    judged: bool
    """Whether it has enough rows for its shares to mean something: `shares.MIN_GROUP_ROWS`."""


@dataclass(frozen=True, slots=True)
class GroupTable:
    """One attribute against the labels."""

    attribute: str
    column: str
    groups: tuple[Group, ...]
    """Categories largest first, bands in ascending order; missing and folded groups last."""
    labels: tuple[str, ...]
    """Classes present, largest first."""
    counts: Counts
    """(groups, labels): rows."""

    @property
    def sizes(self) -> Counts:
        """(groups,) rows."""
        return np.array([group.count for group in self.groups], dtype=np.int64)

    @property
    def overall(self) -> NDArray[np.float64]:
        """(labels,) float64: the share of each class among all rows."""
        shares: NDArray[np.float64] = self.counts.sum(axis=0) / max(1, int(self.sizes.sum()))
        return shares


Size = Literal["tiny", "small", "medium", "large"]
"""How large an association is by the usual bounds: `tiny` is beneath small."""


@dataclass(frozen=True, slots=True)
class Association:
    """How much an attribute tells about the label."""

    attribute: str
    column: str
    measure: Literal["cramers_v", "correlation_ratio", "none"]
    value: Estimate | None
    """0 (nothing) to 1 (everything); None where it cannot be measured."""
    rows: int
    """Rows that it was measured on."""
    derived: bool
    note: str = ""
    """Why it was not measured, or what was folded together."""
    size: Size | None = None
    """Of the estimate; None where there is none."""


@dataclass(frozen=True, slots=True)
class Parity:
    """How differently the groups of an attribute receive one label."""

    label: str
    overall: float
    """Share of the label among all rows."""
    highest: str
    highest_share: Estimate
    lowest: str
    lowest_share: Estimate
    difference: float
    """Demographic parity difference: highest minus lowest share, 0 is parity."""
    ratio: float
    """Demographic parity ratio: lowest over highest share, 1 is parity."""
    p_value: float
    """That groups differ so much by chance: a chi-square test of all of them, corrected for all labels (Holm 1979)."""

    @property
    def chance(self) -> bool:
        """Whether the difference may be chance."""
        return self.p_value >= CHANCE
