"""What a question about mitigation is asked with, and its answer. Light: pages read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from core.jobs.about import About
from core.typed import FLAT
from core.words import later

Arm = Literal["as_is", "reweighed", "class_balanced", "resampled"]
AS_IS: Arm = "as_is"
ARMS: Mapping[Arm, tuple[str, str]] = {
    AS_IS: (later("as it is"), later("every row counts the same")),
    "reweighed": (
        later("reweighed"),
        later("rows count so that group and label are independent (Kamiran & Calders 2012)"),
    ),
    "class_balanced": (later("classes balanced"), later("rows count so that every class has the same sum")),
    "resampled": (
        later("groups resampled"),
        later("rows are drawn with replacement so that every group has as many"),
    ),
}
"""What the model learns from: title and help of each."""
ACCURACY, MACRO_F1 = "accuracy", "macro_f1"
ACCURACY_GAP, ODDS_GAP, GIVEN_GAP = "accuracy_gap", "equalized_odds_gap", "selection_rate_gap"
FIGURES: Mapping[str, tuple[str, str]] = {
    ACCURACY: (later("accuracy"), later("of all rows")),
    MACRO_F1: (later("macro F1"), later("of all rows")),
    ACCURACY_GAP: (later("accuracy gap"), later("the highest accuracy of a group less the lowest")),
    ODDS_GAP: (
        later("equalised odds gap"),
        later("the larger difference of the true and the false positive rate between groups; the mean of all classes"),
    ),
    GIVEN_GAP: (
        later("selection rate gap"),
        later("how much more often a class is predicted in one group than in another; the mean of all classes"),
    ),
}
"""Title and help of each."""
GAPS = (ACCURACY_GAP, ODDS_GAP, GIVEN_GAP)


@dataclass(frozen=True, slots=True)
class MitigationSpec:
    """A comparison of heads on one encoder's embeddings of a version."""

    columns: tuple[str, ...]
    """The attribute whose groups are compared, or several that are crossed."""
    encoder: str
    folds: int
    seed: int
    about: About = field(metadata=FLAT, kw_only=True)


@dataclass(frozen=True, slots=True)
class Moved:
    """A figure of one arm, and its difference to that of the rows as they are; 95 % intervals."""

    value: float
    low: float | None
    high: float | None
    """None of a gap, whose resamples lie above it."""
    change: float
    change_low: float
    change_high: float


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of all rows."""

    name: str
    moved: Moved
    p_value: float
    """That it moves so much by chance, corrected for all figures of all arms (Holm)."""


@dataclass(frozen=True, slots=True)
class OfClass:
    """What becomes of one class; rates have a place for each group, None where nothing could count."""

    label: str
    odds: Moved | None
    """Equalised odds gap; None where no two groups can be compared."""
    found: tuple[Moved | None, ...]
    """True positive rate."""
    wrongly_given: tuple[Moved | None, ...]
    """False positive rate."""
    given: tuple[Moved | None, ...]
    """Selection rate."""


@dataclass(frozen=True, slots=True)
class OfArm:
    """What a model that learns from rows counted in this way says of rows that it has not seen."""

    arm: Arm
    figures: tuple[Figure, ...]
    accuracy: tuple[Moved | None, ...]
    """Of each group."""
    classes: tuple[OfClass, ...]
    """Those with most rows, largest first."""
    changed: int
    """Rows for which it predicts another class than the model of the rows as they are."""


@dataclass(frozen=True, slots=True)
class OfGroup:
    """A group of the attribute."""

    name: str
    rows: int
    judged: bool
    """Whether it has enough rows to take part and to be compared."""


@dataclass(frozen=True, slots=True)
class MitigationResult:
    """What was found."""

    rows: int
    others: int
    """Rows that are in no group that is listed: they count the same in all arms."""
    trained: int
    """Rows that the heads learnt from."""
    groups: tuple[OfGroup, ...]
    arms: tuple[OfArm, ...]
    """Rows as they are first."""
    seconds: float
    device: str
