"""Records of an evaluation: figures with their intervals, and the matrix behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.records.datasets import RowFilter
from core.records.estimate import Estimate
from core.records.lists import ColumnFilter
from core.typed import with_ends

LabelsFrom = Literal["version", "given", "newest"]
"""Whose labels count as true: those of the run's version, those as loaded, or those of the dataset's newest version."""


@dataclass(frozen=True, slots=True)
class Scores:
    """Precision, recall and F1 of a class or of an average, as scikit-learn's `classification_report` has them."""

    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One run's predictions on one split, held against one set of labels."""

    run_id: str
    version_id: str
    """The version whose labels count as true."""
    split: str
    labels_from: LabelsFrom
    rows: int
    labels: tuple[str, ...]
    matrix: NDArray[np.int64]
    """(k, k) counts: true class by row, predicted class by column."""
    accuracy: Estimate
    macro_f1: Estimate
    """Over the classes that occur, as true or as predicted, as scikit-learn has it by default."""
    classes: Mapping[str, Scores]
    """By class, in the order of `labels`, classes that occur as true or as predicted only."""
    averages: Mapping[str, Scores]
    """`micro avg`, `macro avg`, `weighted avg`."""
    log_loss: float | None
    """Nats per example; None without probabilities."""

    @property
    def right(self) -> int:
        """Rows whose class is predicted."""
        return int(self.matrix.trace())


@dataclass(frozen=True, slots=True)
class MultiLabelEvaluation:
    """One run's predictions on one split, held against one set of labels, where a label is any number of classes."""

    run_id: str
    version_id: str
    """The version whose labels count as true."""
    split: str
    labels_from: LabelsFrom
    rows: int
    labels: tuple[str, ...]
    """k classes."""
    accuracy: Estimate
    """Subset accuracy: the share of rows whose classes are all predicted, and no other."""
    micro_f1: Estimate
    """Of all classes' answers together."""
    macro_f1: Estimate
    """Over all classes, as scikit-learn has it of indicator matrices."""
    hamming_loss: float
    """Share of wrong answers, where each class of each row is a question of yes or no."""
    classes: Mapping[str, Scores]
    """By class, in the order of `labels`; support is the rows that have it."""
    averages: Mapping[str, Scores]
    """`micro avg`, `macro avg`, `weighted avg`, `samples avg`; support is that of all classes together."""
    tables: NDArray[np.int64]
    """(k, 2, 2) [[TN, FP], [FN, TP]] of each class."""
    missed_and_added: NDArray[np.int64]
    """(k, k) rows in which the class of the row is missed and that of the column is wrongly added."""
    log_loss: float | None
    """Mean binary cross entropy in nats per row and class; None without probabilities."""

    @property
    def right(self) -> int:
        """Rows whose classes are all predicted, and no other."""
        return round(self.accuracy.estimate * self.rows)


@dataclass(frozen=True, slots=True)
class SetMembers:
    """What distinct sets of classes hold, one entry for each set and class of it."""

    sets: int
    """How many there are."""
    number: NDArray[np.int64]
    """(entries,) number of the set."""
    name: NDArray[np.int64]
    """(entries,) place of the class in `names`."""
    names: tuple[str, ...]
    """The classes that occur, in any order."""


@dataclass(frozen=True, slots=True)
class SetCounts:
    """How often sets of classes go together: a true one with one or more predicted ones."""

    true: NDArray[np.int64]
    """(pairs,) number of the true set."""
    predicted: tuple[NDArray[np.int64], ...]
    """(pairs,) number of the predicted set, of each run."""
    count: NDArray[np.int64]
    """(pairs,) rows, all above 0."""
    members: SetMembers
    """Of all of them together."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A ROC or precision-recall curve of one class against the rest, thinned to what a picture can show."""

    kind: Literal["roc", "precision_recall"]
    label: str
    """A class, or `micro`, `macro` for an average."""
    x: NDArray[np.float64]
    """False positive rate, or recall."""
    y: NDArray[np.float64]
    """True positive rate, or precision."""
    area: float
    """ROC AUC or average precision, of the whole curve, as scikit-learn has it; NaN where the class does not occur."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How much more the second of two has than the first, with a paired 95 % interval."""

    name: str
    """`accuracy`, `micro_f1`, `macro_f1`, or a class whose F1 it is."""
    first: float
    second: float
    difference: Estimate = field(metadata=with_ends("interval"))
    """The second's less the first's."""
    support: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs on the rows of one split that both have predicted."""

    first: Evaluation
    second: Evaluation
    rows: int
    differences: tuple[Difference, ...]
    """Accuracy and macro F1 first, then every class in the order of the labels."""
    matrix: NDArray[np.int64]
    """(k, k) second's counts less first's."""
    only_first_right: int
    only_second_right: int


@dataclass(frozen=True, slots=True)
class MultiLabelComparison:
    """Two runs on the rows of one split that both have predicted, where a label is any number of classes."""

    first: MultiLabelEvaluation
    second: MultiLabelEvaluation
    rows: int
    differences: tuple[Difference, ...]
    """Micro F1, macro F1 and subset accuracy first, then every class in the order of the labels."""
    tables: NDArray[np.int64]
    """(k, 2, 2) second's counts less first's."""
    only_first_right: int
    """Rows whose set only the first predicts exactly."""
    only_second_right: int


@dataclass(frozen=True, slots=True)
class PredictionFilter:
    """Which predicted rows to list: every field narrows. The last four are for labels of several classes."""

    split: str
    true_label: str | None = None
    predicted: str | None = None
    correct: bool | None = None
    right_in: str | None = None
    """A second run's id that gets the row right; with `correct` False: rows that it wins."""
    wrong_in: str | None = None
    found: str | None = None
    """A class that is true and predicted."""
    missed: str | None = None
    """A class that is true and not predicted."""
    added: str | None = None
    """A class that is predicted and not true."""
    without: str | None = None
    """A class that is neither."""
    rows: RowFilter = field(default_factory=RowFilter)
    columns: tuple[ColumnFilter, ...] = ()
    """What else holds of the list's own columns: `label`, which is the true one, `predicted`, `confidence`."""


@dataclass(frozen=True, slots=True)
class PredictedRow:
    """One row of such a list."""

    example_id: int
    label: str
    """What counts as true."""
    predicted: str
    confidence: float
    """Probability of the predicted class."""
