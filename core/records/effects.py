"""Records of the question whether cleaning helped: three ways to label the same training rows, compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from core.records.evaluation import Difference

Arm = Literal["given", "reviewed", "random"]
"""Labels as loaded; labels after review; labels as loaded with as many random changes as review made."""
ARMS: tuple[Arm, ...] = ("given", "reviewed", "random")
TestLabels = Literal["given", "reviewed"]
"""Which labels of the test rows count as true."""
EffectStrategy = Literal["head", "full"]


@dataclass(frozen=True, slots=True)
class ReviewedRows:
    """A split's rows as loaded, and what review made of them."""

    rows: int
    """As loaded, those that review excluded among them."""
    relabelled: int
    excluded: int

    @property
    def changed(self) -> int:
        """Rows with another label than they were loaded with, or none."""
        return self.relabelled + self.excluded


@dataclass(frozen=True, slots=True)
class ArmComparison:
    """How much more models that learnt from `second` score than those that learnt from `first`."""

    first: Arm
    second: Arm
    differences: tuple[Difference, ...]
    """Means over the seeds: the figures of all classes together, what is judged by first, then the F1 of every class
    that occurs, in the labels' order. The former are accuracy and macro F1; where labels are sets, micro F1, macro F1,
    sample-averaged F1 and subset accuracy; where they are spans, F1 of whole entities and macro F1; where they are
    numbers, MAE, RMSE and R², in their units, and nothing by class."""

    def of(self, name: str) -> Difference:
        """The difference of that figure: `accuracy`, `macro_f1` …, or of the F1 of a class of any other name."""
        return next(one for one in self.differences if one.name == name)


@dataclass(frozen=True, slots=True)
class EffectScoring:
    """All comparisons, the test rows scored on one set of labels."""

    labels_from: TestLabels
    rows: int
    """Test rows scored: without those that review excluded where its labels count."""
    comparisons: tuple[ArmComparison, ...]

    def of(self, first: Arm, second: Arm) -> ArmComparison:
        """The comparison of these two."""
        return next(one for one in self.comparisons if (one.first, one.second) == (first, second))


@dataclass(frozen=True, slots=True)
class CleaningEffect:
    """What came of asking once."""

    effect_id: str
    """Also the id of its job."""
    dataset_id: str
    version_id: str
    """The reviewed version; it is held against the labels as loaded."""
    created_at: datetime
    created_by: str
    settings: Mapping[str, Any]
    """The complete `spec.json`: `seeds`, `strategy`, `model` …"""
    train: ReviewedRows
    test: ReviewedRows
    scorings: tuple[EffectScoring, ...]
    """On the test labels as given, then as reviewed."""
    notes: tuple[str, ...]
    seconds: float
    device: str

    def on(self, labels_from: TestLabels) -> EffectScoring:
        """The scoring on these test labels."""
        return next(one for one in self.scorings if one.labels_from == labels_from)
