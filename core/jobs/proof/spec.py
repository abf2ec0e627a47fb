"""What a proof is asked for, and what it found. Light: pages read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.heads.user_probabilities import Numbering
from core.jobs.about import About
from core.tasks import Task
from core.typed import FLAT
from core.words import later

NEAR = "near"
MANNERS: Mapping[str, tuple[str, str]] = {
    NEAR: (
        later("where people err"),
        later("Rows near another class get it, more often one that is often given wrongly."),
    ),
    "pairs": (later("confusable pairs"), later("Classes are swapped as often as the model takes one for the other.")),
    "classes": (later("per class"), later("Each class is given wrongly as often as it is estimated to be.")),
    "uniform": (later("uniformly"), later("Any row gets any other class.")),
}
"""How errors are planted in labels that are one class each, the most lifelike first: title and help of each."""
OF_SETS: Mapping[str, tuple[str, str]] = {
    NEAR: (
        MANNERS[NEAR][0],
        later("A class that a row hardly has is left out, or one that it nearly has is added, as each usually is."),
    ),
    "pairs": (
        MANNERS["pairs"][0],
        later("A class is given for another that rows of it nearly have: they look alike or go together."),
    ),
    "classes": (
        MANNERS["classes"][0],
        later("Each class is left out, and is added, as often as it is estimated to be."),
    ),
    "uniform": (MANNERS["uniform"][0], later("Any class of a row is left out, or any other one is added.")),
}
"""The same where a label may be several classes."""
OF_NUMBERS: Mapping[str, tuple[str, str]] = {
    "slips": (
        later("slips of the hand"),
        later("The decimal point is moved by a place, or a digit is doubled, left out or exchanged with the next."),
    ),
    "rows": (later("rows mixed up"), later("A row gets the number of one that is like it.")),
    "shifts": (
        later("somewhat off"),
        later(
            "A number is moved by two to six times as much as labels usually lie off, and stays among those there are."
        ),
    ),
    "uniform": (MANNERS["uniform"][0], later("Any row gets the number of any other one.")),
}
"""The same where labels are numbers."""
OF_SPANS: Mapping[str, tuple[str, str]] = {
    NEAR: (
        MANNERS[NEAR][0],
        later("Where the model nearly says so, a span is overlooked, mistyped, cut or widened, or a word is marked."),
    ),
    "overlooked": (later("overlooked"), later("Any span is not marked.")),
    "pairs": (
        later("confusable types"),
        later("A span gets another type, as often as the model takes its type for that one."),
    ),
    "edges": (later("at the edges"), later("A span is a word too long or too short.")),
}
"""The same where labels are spans of texts."""


def manners_of(task: Task) -> Mapping[str, tuple[str, str]]:
    """How errors are planted in labels of the task: title and help of each, the most lifelike first."""
    if task.target.numeric:
        return OF_NUMBERS
    if task.target.located:
        return OF_SPANS
    return OF_SETS if task.target.several else MANNERS


REPEATS, FEWEST_REPEATS, MOST_REPEATS = 3, 2, 20
"""Copies for each manner."""
SCAN, NEIGHBOURS, OWN = "scan", "neighbours", "own"
DETECTORS: Mapping[str, str] = {
    SCAN: later("the scan's ranking"),
    "confidence": later("self-confidence"),
    "margin": later("margin"),
    "disagreement": later("disagreement"),
    "whole": later("the whole label"),
    "doubtful": later("the most doubtful class"),
    "residual": later("residual"),
    "outre": later("OUTRE"),
    NEIGHBOURS: later("neighbour vote"),
    OWN: later("your own probabilities"),
}
"""Title of each; and `scan: NAME` for each encoder by itself."""
AS_SCAN = later("ranked as the scan does")
RANK_ONE_CLASS: Mapping[str, str] = {
    SCAN: later("the noise model on all encoders together"),
    "confidence": later("the probability of the given label, as in cleanlab"),
    "margin": later("the given label against the most probable other one, as in cleanlab"),
    "disagreement": later("rows that look like another class, the surest first"),
    NEIGHBOURS: later("how many of the nearest rows have another label"),
}
"""What each ranks by where a label is one class; `AS_SCAN` where it is not named, here and below."""
RANK_SETS: Mapping[str, str] = {
    SCAN: later("the noise models of the classes, on all encoders together"),
    "confidence": later("the self-confidence of the classes, the most doubtful ones before all, as in cleanlab"),
    "whole": later("the probability that all classes of the label are right"),
    "doubtful": later("the least probability of any class being right"),
    NEIGHBOURS: later("the class in which the nearest rows differ most from the label"),
}
"""The same where it may be several classes."""
RANK_NUMBERS: Mapping[str, str] = {
    SCAN: later("how far the label lies from what all models together predict, beside what is usual there"),
    "residual": later("how far the label lies from what is predicted, as in cleanlab"),
    "outre": later("how unusual label and prediction are together, as in cleanlab"),
    NEIGHBOURS: later("how far the label lies from the middle one of the nearest rows"),
}
"""The same where it is a number."""
RANK_SPANS: Mapping[str, str] = {
    SCAN: later("the worst words of a text: their given types beside what is usual for them, by the last encoder"),
    "confidence": later("the least probability of a word's given type, as in cleanlab"),
    "disagreement": later("texts with a word that looks like another type, the surest first"),
}
"""The same where it is spans of a text."""


def ranks_by(task: Task) -> Mapping[str, str]:
    """What detectors rank by on labels of the task."""
    if task.target.numeric:
        return RANK_NUMBERS
    if task.target.located:
        return RANK_SPANS
    return RANK_SETS if task.target.several else RANK_ONE_CLASS


@dataclass(frozen=True, slots=True)
class ProofSpec:
    """A proof of the detectors on a version, beside one scan of it."""

    scan_id: str
    encoders: tuple[str, ...]
    folds: int
    seed: int
    repeats: int
    probabilities: str | None = None
    """The copy of the person's own file in the job's `input/`, where the scan had one."""
    scan_job: str | None = None
    """Whose `input/` that file is copied from."""
    numbering: Numbering | None = None
    about: About = field(metadata=FLAT, kw_only=True)


@dataclass(frozen=True, slots=True)
class Found:
    """What one ranking finds of the errors that were planted in one manner: means over the copies, and the least and
    the most of them."""

    manner: str
    detector: str
    precision: tuple[float, ...]
    precision_low: tuple[float, ...]
    precision_high: tuple[float, ...]
    recall: tuple[float, ...]
    recall_low: tuple[float, ...]
    recall_high: tuple[float, ...]
    """Each at the numbers of reviewed rows of the proof."""
    least: tuple[float, ...]
    """Precision if every row that nothing was planted in counts as a false alarm."""
    half: tuple[float, ...]
    most: tuple[float, ...]
    """Rows to be reviewed until half, and four of five, of the planted errors are found; of each copy."""
    average_precision: float
    average_least: float
    planted: int | None = None
    """Errors in each copy; None where that was not taken down."""


@dataclass(frozen=True, slots=True)
class OnDecided:
    """How well a ranking of the labels as they are tells the rows that people found wrong from those they kept."""

    detector: str
    average_precision: float
    low: float
    high: float
    """95 % interval, over resamples of the rows."""
    above: float
    above_low: float
    above_high: float
    """Its difference to the scan's own ranking on the same resamples."""


@dataclass(frozen=True, slots=True)
class ProofResult:
    """What was found."""

    rows: int
    planted: int
    """Errors in each copy, at most."""
    left_out: int
    """Rows in which nothing is planted: the scan's ranking flags them, people found them wrong, they were not judged,
    or they have no span."""
    own_errors: float
    """Wrong labels that the rows themselves are expected to have: so many of the false alarms are taken for none."""
    reviewed: tuple[int, ...]
    found: tuple[Found, ...]
    right: int
    wrong: int
    """Rows that people kept and relabelled."""
    decided: tuple[OnDecided, ...]
    notes: tuple[str, ...]
    seconds: float
    device: str
