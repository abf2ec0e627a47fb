"""How a run's predictions fare in the groups of an attribute: how often they are right, and, class by class, how often
the class is found, wrongly given and given at all.

Definitions are Fairlearn's (Bird et al. 2020), over the groups that are large enough to judge: a difference is the
highest rate less the lowest, a ratio the lowest over the highest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.profile.association import independence
from core.profile.groups import group_table
from core.profile.records import Counts, Group, Rows
from core.proportions import wilson
from core.records import Attribute, Estimate
from core.sql import literal
from core.targets import Target
from core.targets.multi_label.facts import MULTI_LABEL
from core.targets.one_class.facts import ONE_CLASS

MIN_RATE_ROWS = 10
"""A rate over fewer rows is shown but not compared: its 95 % interval may be wider than ±30 points."""
CHANCE = 0.05
"""Differences whose p-value, corrected for all that are looked at together (Holm 1979), is below this are no chance."""

_RIGHT, _TRUE, _PREDICTED, _BOTH = "=", "t", "p", "b"
"""What a mark of a row starts with; after the first nothing follows, after the others a class."""
_MARKS = replace(MULTI_LABEL, classes_sql=lambda label: label)
"""Labels that are lists of marks already."""


@dataclass(frozen=True, slots=True)
class Predicted:
    """Rows of a version that a run has predicted, with marks in place of the label: see `_RIGHT`."""

    rows: Rows
    run_id: str
    split: str
    by_class: bool
    """Else each row has one mark: whether it is right."""

    @property
    def relation(self) -> str:
        classes = self.rows.target.classes_sql
        label = "CASE WHEN t.label = p.predicted THEN 'right' ELSE 'wrong' END"
        if self.by_class:
            true, predicted = classes("t.label"), classes("p.predicted")
            marks = (
                f"CASE WHEN t.label = p.predicted THEN ['{_RIGHT}'] ELSE CAST([] AS VARCHAR[]) END",
                *(
                    f"list_transform({held}, lambda x: '{mark}' || x)"
                    for mark, held in (
                        (_TRUE, true),
                        (_PREDICTED, predicted),
                        (_BOTH, f"list_intersect({true}, {predicted})"),
                    )
                ),
            )
            label = f"list_concat({', '.join(marks)})"
        return (
            f"(SELECT t.* REPLACE ({label} AS label) FROM {self.rows.relation} t"
            f" JOIN predictions p ON p.example_id = t.example_id AND t.label IS NOT NULL"
            f" WHERE p.run_id = {literal(self.run_id)} AND p.split = {literal(self.split)})"
        )

    @property
    def target(self) -> Target:
        return _MARKS if self.by_class else ONE_CLASS

    def fetch(self, sql: str, params: Sequence[Any] = (), /) -> list[tuple[Any, ...]]:
        """As the rows do."""
        return self.rows.fetch(sql, params)


@dataclass(frozen=True, slots=True)
class Rates:
    """One rate in each group of an attribute."""

    hits: Counts
    """(groups,) rows that count for it."""
    trials: Counts
    """(groups,) rows that could."""
    judged: NDArray[np.bool_]
    """(groups,) whether the group has enough rows to be compared."""

    @property
    def estimates(self) -> list[Estimate | None]:
        """Of each group, with its Wilson interval; None where nothing could count."""
        low, high = wilson(self.hits, self.trials)
        return [
            Estimate(int(hit) / int(trial), float(bottom), float(top)) if trial else None
            for hit, trial, bottom, top in zip(self.hits, self.trials, low, high, strict=True)
        ]

    @property
    def ends(self) -> tuple[int, int] | None:
        """The groups with the lowest and the highest rate; None with fewer than two to compare."""
        places = np.flatnonzero(self.judged)
        if len(places) < 2:
            return None
        shares = self.hits[places] / self.trials[places]
        return int(places[shares.argmin()]), int(places[shares.argmax()])

    @property
    def difference(self) -> float | None:
        """Highest less lowest; None with fewer than two groups to compare."""
        if self.ends is None:
            return None
        low, high = (float(self.hits[place] / self.trials[place]) for place in self.ends)
        return high - low

    @property
    def ratio(self) -> float | None:
        """Lowest over highest; 1 where all are 0, None with fewer than two groups to compare."""
        if self.ends is None:
            return None
        low, high = (float(self.hits[place] / self.trials[place]) for place in self.ends)
        return low / high if high else 1.0

    @property
    def p_value(self) -> float:
        """That differences at least as large come about by chance, by a chi-square test of the groups to compare; 1
        where they all have the same."""
        hits, trials = self.hits[self.judged], self.trials[self.judged]
        test = independence(np.stack([hits, trials - hits], axis=1))
        return 1.0 if test is None else test.p_value


@dataclass(frozen=True, slots=True)
class Outcomes:
    """How often a run is right in the groups of one attribute."""

    attribute: str
    column: str
    groups: tuple[Group, ...]
    """Categories largest first, bands in ascending order; missing and folded groups last."""
    accuracy: Rates


@dataclass(frozen=True, slots=True)
class ClassOutcomes:
    """The same, and what becomes of each class there."""

    outcomes: Outcomes
    labels: tuple[str, ...]
    true: Counts
    """(groups, labels) rows that have the class."""
    predicted: Counts
    """(groups, labels) rows for which it is predicted."""
    both: Counts
    """(groups, labels) rows for which it is rightly predicted."""

    @property
    def sizes(self) -> Counts:
        """(groups,) rows."""
        return self.outcomes.accuracy.trials

    def found(self, label: int) -> Rates:
        """Of the class, the share that is predicted as it: recall, the true positive rate."""
        return _rates(self.both[:, label], self.true[:, label], self.outcomes.groups)

    def wrongly_given(self, label: int) -> Rates:
        """Of the other rows, the share that is predicted as it: the false positive rate."""
        added = self.predicted[:, label] - self.both[:, label]
        return _rates(added, self.sizes - self.true[:, label], self.outcomes.groups)

    def given(self, label: int) -> Rates:
        """Of all rows, the share that is predicted as the class: the selection rate."""
        return _rates(self.predicted[:, label], self.sizes, self.outcomes.groups)

    def equalised_odds(self, label: int) -> float | None:
        """The larger difference of the true and the false positive rate (Hardt et al. 2016): 0 is equal odds."""
        both = (self.found(label).difference, self.wrongly_given(label).difference)
        known = [one for one in both if one is not None]
        return max(known) if known else None


def outcomes(rows: Predicted, attribute: Attribute) -> Outcomes:
    """How often the predictions are right in each group."""
    table = group_table(replace(rows, by_class=False), attribute)
    right = table.counts[:, table.labels.index("right")] if "right" in table.labels else np.zeros_like(table.sizes)
    return Outcomes(attribute.name, attribute.column, table.groups, _rates(right, table.sizes, table.groups))


def class_outcomes(rows: Predicted, attribute: Attribute) -> ClassOutcomes:
    """The same class by class. Classes are those that are true or predicted for some row, those with most rows first;
    ties by name."""
    table = group_table(replace(rows, by_class=True), attribute)
    sizes, place = table.sizes, {mark: column for column, mark in enumerate(table.labels)}

    def counts(mark: str) -> Counts:
        return table.counts[:, place[mark]] if mark in place else np.zeros_like(sizes)

    named = {mark[1:] for mark in table.labels if mark != _RIGHT}
    labels = sorted(named, key=lambda name: (-int(counts(_TRUE + name).sum()), name))

    def of_classes(mark: str) -> Counts:
        found: Counts = np.stack([counts(mark + name) for name in labels], axis=1)
        return found

    accuracy = _rates(counts(_RIGHT), sizes, table.groups)
    return ClassOutcomes(
        Outcomes(attribute.name, attribute.column, table.groups, accuracy),
        tuple(labels),
        *map(of_classes, (_TRUE, _PREDICTED, _BOTH)),
    )


def holm(p_values: Sequence[float]) -> list[float]:
    """The p-values of tests that are looked at together, each corrected so that the chance of one false finding among
    all of them stays what it was for one (Holm 1979, Scand. J. Stat. 6:65)."""
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    corrected, largest = [1.0] * len(p_values), 0.0
    for rank, place in enumerate(order):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[place]))
        corrected[place] = largest
    return corrected


def _rates(hits: Counts, trials: Counts, groups: Sequence[Group]) -> Rates:
    enough = np.array([group.judged for group in groups], dtype=bool)
    return Rates(hits, trials, enough & (trials >= MIN_RATE_ROWS))
