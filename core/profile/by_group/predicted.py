"""How a run's predictions fare in the groups of an attribute: how often they are right, and, class by class, how often
the class is found, wrongly given and given at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.profile.by_group.crossed import grouped
from core.profile.by_group.marks import Instead, marked, marked_rows
from core.profile.by_group.rates import Rates, rates_of
from core.profile.records import Counts, Group, Rows
from core.records import Attribute
from core.sql import literal

_RIGHT, _TRUE, _PREDICTED, _BOTH = "=", "t", "p", "b"
"""What a mark of a row starts with; after the first nothing follows, after the others a class."""


@dataclass(frozen=True, slots=True)
class Predicted:
    """The rows of a version that a run has predicted for a split, and that have a label."""

    rows: Rows
    run_id: str
    split: str

    @property
    def right(self) -> Instead:
        """With one mark where the prediction is right."""
        return self._with(self._right)

    @property
    def by_class(self) -> Instead:
        """With the marks of true, predicted and rightly predicted classes, too."""
        classes = self.rows.target.classes_sql
        true, predicted = classes("t.label"), classes("p.predicted")
        held = {_TRUE: true, _PREDICTED: predicted, _BOTH: f"list_intersect({true}, {predicted})"}
        named = (f"list_transform({which}, lambda x: '{mark}' || x)" for mark, which in held.items())
        return self._with(f"list_concat({', '.join((self._right, *named))})")

    @property
    def _right(self) -> str:
        return f"CASE WHEN t.label = p.predicted THEN ['{_RIGHT}'] ELSE CAST([] AS VARCHAR[]) END"

    def _with(self, marks: str) -> Instead:
        return marked(
            self.rows,
            f"(SELECT t.* REPLACE ({marks} AS label) FROM {self.rows.relation} t"
            f" JOIN predictions p ON p.example_id = t.example_id AND t.label IS NOT NULL"
            f" WHERE p.run_id = {literal(self.run_id)} AND p.split = {literal(self.split)})",
        )


@dataclass(frozen=True, slots=True)
class Outcomes:
    """How often a run is right in the groups of an attribute, or of several together."""

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
        return rates_of(self.both[:, label], self.true[:, label], self.outcomes.groups)

    def wrongly_given(self, label: int) -> Rates:
        """Of the other rows, the share that is predicted as it: the false positive rate."""
        added = self.predicted[:, label] - self.both[:, label]
        return rates_of(added, self.sizes - self.true[:, label], self.outcomes.groups)

    def given(self, label: int) -> Rates:
        """Of all rows, the share that is predicted as the class: the selection rate."""
        return rates_of(self.predicted[:, label], self.sizes, self.outcomes.groups)

    def equalised_odds(self, label: int) -> float | None:
        """The larger difference of the true and the false positive rate (Hardt et al. 2016): 0 is equal odds."""
        both = (self.found(label).difference, self.wrongly_given(label).difference)
        known = [one for one in both if one is not None]
        return max(known) if known else None


def outcomes(rows: Predicted, attributes: Sequence[Attribute]) -> Outcomes:
    """How often the predictions are right in each group."""
    table = grouped(rows.right, attributes)
    accuracy = rates_of(marked_rows(table, _RIGHT), table.sizes, table.groups)
    return Outcomes(table.attribute, table.column, table.groups, accuracy)


def class_outcomes(rows: Predicted, attributes: Sequence[Attribute]) -> ClassOutcomes:
    """The same class by class. Classes are those that are true or predicted for some row, those with most rows first;
    ties by name."""
    table = grouped(rows.by_class, attributes)
    named = {mark[1:] for mark in table.labels if mark != _RIGHT}
    labels = sorted(named, key=lambda name: (-int(marked_rows(table, _TRUE + name).sum()), name))

    def of_classes(kind: str) -> Counts:
        columns = [marked_rows(table, kind + name) for name in labels]
        return np.stack(columns, axis=1) if columns else np.zeros((len(table.groups), 0), dtype=np.int64)

    accuracy = rates_of(marked_rows(table, _RIGHT), table.sizes, table.groups)
    return ClassOutcomes(
        Outcomes(table.attribute, table.column, table.groups, accuracy),
        tuple(labels),
        *map(of_classes, (_TRUE, _PREDICTED, _BOTH)),
    )
