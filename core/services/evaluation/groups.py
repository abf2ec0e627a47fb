"""How a run fares in the groups of the dataset's attributes: reads the store, asks `core.profile.by_group.predicted`.

What takes longer than a page may wait is worked out beside it and kept. Functions give their answer or `Pending`; with
`timeout=None` they wait to the end, as the command line does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.beside.answers import TIMEOUT, Answers, Pending
from core.context import Context
from core.profile.by_group.predicted import ClassOutcomes, Outcomes, Predicted, class_outcomes, outcomes
from core.profile.by_group.rates import Rates, holm
from core.profile.records import CHANCE
from core.progress import Report
from core.records import CROSS, Attribute, Estimate, LabelsFrom, Run
from core.services.evaluation.measures import truth_version
from core.services.profile.figures import derive
from core.store.datasets import get_dataset
from core.store.rows import rows_of
from core.typed import JsonObject
from core.words import stored


@dataclass(frozen=True, slots=True)
class ByAttribute:
    """How differently a run fares in the groups of one attribute."""

    outcomes: Outcomes
    p_value: float
    """That groups differ so much by chance, corrected for all attributes that can be compared."""

    @property
    def chance(self) -> bool:
        """Whether the difference may be chance."""
        return self.p_value >= CHANCE


@dataclass(frozen=True, slots=True)
class ByClass:
    """How differently the groups of an attribute fare with one class."""

    label: str
    found: Rates
    """Recall, the true positive rate."""
    wrongly_given: Rates
    """False positive rate."""
    given: Rates
    """Selection rate."""
    equalised_odds: float | None
    """Difference; None where no two groups can be compared."""
    p_value: float
    """That both rates differ so much by chance, corrected for all classes."""

    @property
    def chance(self) -> bool:
        """Whether the differences may be chance."""
        return self.p_value >= CHANCE


@dataclass(frozen=True, slots=True)
class InGroups:
    """Group by group."""

    found: ClassOutcomes
    classes: tuple[ByClass, ...]
    """Those whose groups differ most first; those that cannot be compared last."""


def by_attributes(
    context: Context, run: Run, split: str, labels_from: LabelsFrom = "version", timeout: float | None = TIMEOUT
) -> tuple[ByAttribute, ...] | Pending:
    """Accuracy in the groups of every attribute, derived ones too: those that differ most first, those without two
    groups to compare last."""
    truth_id = truth_version(context, (run,), labels_from)

    def work(report: Report) -> tuple[ByAttribute, ...]:
        derive(context, run.dataset_id, report, lambda: context.beside.leaving)
        attributes = get_dataset(context.store, run.dataset_id).attributes
        found = []
        for place, attribute in enumerate(attributes):
            report(place, len(attributes))
            found.append(outcomes(_rows(context, run, split, truth_id), [attribute]))
        report(len(attributes), len(attributes))
        compared = [one for one in found if one.accuracy.ends is not None]
        corrected = holm([one.accuracy.p_value for one in compared])
        of_all = [ByAttribute(one, p_value) for one, p_value in zip(compared, corrected, strict=True)]
        rest = [ByAttribute(one, 1.0) for one in found if one.accuracy.ends is None]
        return (*sorted(of_all, key=lambda one: (one.chance, -(one.outcomes.accuracy.difference or 0))), *rest)

    what = stored(f"Comparing groups of rows for run {run.number}")
    return _answers(context).ask((run.run_id, split, truth_id, context.store.masked()), what, work, timeout)


def in_groups(
    context: Context,
    run: Run,
    split: str,
    attributes: Sequence[Attribute],
    labels_from: LabelsFrom = "version",
    timeout: float | None = TIMEOUT,
) -> InGroups | Pending:
    """The groups of an attribute, or of several together, class by class."""
    truth_id = truth_version(context, (run,), labels_from)

    def work(report: Report) -> InGroups:
        found = class_outcomes(_rows(context, run, split, truth_id), attributes)
        rates = [(found.found(place), found.wrongly_given(place)) for place in range(len(found.labels))]
        # Of each class two tests: the smaller p-value, doubled, holds for both.
        corrected = holm([min(1.0, 2 * min(one.p_value for one in pair)) for pair in rates])
        classes = [
            ByClass(label, *rates[place], found.given(place), found.equalised_odds(place), corrected[place])
            for place, label in enumerate(found.labels)
        ]
        return InGroups(found, tuple(sorted(classes, key=lambda one: (one.chance, -(one.equalised_odds or 0)))))

    name, columns = CROSS.join(one.name for one in attributes), tuple(one.column for one in attributes)
    what = stored(f"Comparing the groups of {name}")
    return _answers(context).ask((run.run_id, split, truth_id, columns, context.store.masked()), what, work, timeout)


def groups_data(found: InGroups) -> JsonObject:
    """As JSON values: rates of every group with their intervals, and by class how far apart the groups are."""
    outcome, classes = found.found.outcomes, found.classes
    accuracy = outcome.accuracy.estimates
    return {
        "attribute": outcome.attribute,
        "accuracy_difference": outcome.accuracy.difference,
        "groups": [
            {
                "group": group.name,
                "rows": group.count,
                "judged": group.judged,
                "accuracy": _share(accuracy[place]),
                "classes": {
                    one.label: {
                        "true_positive_rate": _share(one.found.estimates[place]),
                        "false_positive_rate": _share(one.wrongly_given.estimates[place]),
                        "selection_rate": _share(one.given.estimates[place]),
                    }
                    for one in classes
                },
            }
            for place, group in enumerate(outcome.groups)
        ],
        "classes": {
            one.label: {
                "equalized_odds_difference": one.equalised_odds,
                "equal_opportunity_difference": one.found.difference,
                "demographic_parity_difference": one.given.difference,
                "demographic_parity_ratio": one.given.ratio,
                "p_value": one.p_value,
            }
            for one in classes
        },
    }


def _share(found: Estimate | None) -> JsonObject | None:
    return None if found is None else {"estimate": found.estimate, "interval": [found.low, found.high]}


def _rows(context: Context, run: Run, split: str, truth_id: str) -> Predicted:
    return Predicted(rows_of(context.store, truth_id), run.run_id, split)


def _answers(context: Context) -> Answers:
    return context.beside.answers("evaluations of groups", kept=16)
