"""What an issue type is: plain facts that pages and commands read, and the name of the module that finds its issues."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from core.targets import Labels
    from core.tasks import Task

DeskAction = Literal["keep", "suggestion", "choose", "exclude", "unsure", "group"]
"""What the review desk offers for a row: `suggestion` takes the suggested label, `choose` another one, `group` keeps
one row of a group and excludes the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What stands behind a row's score; a type adds its own fields, each with a default for what is not known."""

    neighbours: tuple[int, ...] = ()
    """Row ids that are shown beside the row, the most telling first."""
    similarities: tuple[float, ...] = ()
    """Their cosines, in the same order."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a row beside its evidence, as words need it."""

    given: str | None
    suggested: str | None
    neighbours: Sequence[str | None]
    """Labels of the evidence's neighbours."""
    called: Callable[[str], str] = str
    """What people call a class that the evidence names; the labels above are called so already."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a type finds in n rows."""

    score: NDArray[np.float64]
    """(n,) in 0–1: low is worse."""
    is_issue: NDArray[np.bool_]
    """(n,) whether the row is flagged."""
    suggestion: Labels | Sequence[str | None] | None
    """The label that each row looks like, in the array form, or its text where the array form does not say all of it;
    None: the type never suggests one."""
    evidence: pa.Table
    """n rows with a column per field of the type's evidence, null where there is nothing to say: numbers, truth values,
    names, lists of these."""
    summary: Mapping[str, Any]
    """What the type says of the dataset, as JSON values."""
    judged: NDArray[np.bool_] | None = None
    """(n,) False for rows of which the type can say nothing: they are listed after all others. None: it can of all."""
    notes: tuple[str, ...] = ()
    """Sentences for the person who reads the scan."""
    settled: NDArray[np.bool_] | None = None
    """(n,) rows of which a person has said what the type would ask: they are listed after all others and not counted as
    flagged. None: there are none."""
    about: NDArray[np.bool_] | None = None
    """(n,) the rows that the type lists at all. None: every one."""


def rounded(predicted: float, half: float) -> tuple[str, str]:
    """A prediction and half of its interval in as many digits as they are worth: two of the half."""
    digits = 2 if half <= 0 else max(0, 1 - math.floor(math.log10(half)))
    return f"{predicted:,.{digits}f}", f"{half:,.{digits}f}"


Proof = TypeVar("Proof", bound=Evidence)


@dataclass(frozen=True, slots=True)
class IssueType(Generic[Proof]):
    """One kind of issue."""

    name: str
    """As the command line, addresses and the store have it."""
    order: int
    """Place among the types; the first is listed unless another is asked for."""
    title: str
    help: str
    """What the score means and when a row is flagged."""
    needs: frozenset[str]
    """Names of the signals that it asks for."""
    module: str
    """Dotted name of the module whose `find(signals: Signals) -> Found` does the work. Only jobs import it."""
    evidence: type[Proof]
    """The record of a row's evidence."""
    say: Callable[[Proof, Seen], str]
    """The reason for a row's score in words."""
    sure: Callable[[Mapping[str, Any]], str]
    """How far the type's summary is to be trusted, in words; with its classes as the summary has them: see `told`."""
    to_do: str
    """What a person does with its list, in a word or three."""
    actions: tuple[DeskAction, ...]
    """What the review desk offers, the most usual first."""
    applies: Callable[[Task], bool] = lambda task: True
    """Whether a scan of such rows looks for it."""
    kinds: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Of a type whose rows have one or several kinds of it, in the field `kinds` of their evidence: the title of each
    and the rule by which a row is of it, by name. Its summary counts their rows under `kinds`."""

    act_on_all: Literal["suggestion", "keep", "exclude", "mask"] = "suggestion"
    """What is mostly done to all rows of its list at once."""
    of_labels: bool = False
    """Whether its list asks about labels: a verdict on a label settles the row in every such list."""
    way: tuple[str, str, str] | None = None
    """Page, view and words of a link to where all of its rows are seen to at once, elsewhere than in its list."""

    def find(self) -> Callable[..., Found]:
        """The function that finds the issues; importing it may take seconds."""
        found: Callable[..., Found] = import_module(self.module).find
        return found

    def told(self, summary: Mapping[str, Any], called: Callable[[str], str]) -> str:
        """`sure`, with the classes of the summary's `pairs` and `overlaps` (first, second, figures) as people call
        them."""
        named = {
            name: [[called(first), called(second), *rest] for first, second, *rest in summary[name]]
            for name in ("pairs", "overlaps")
            if name in summary
        }
        return self.sure({**summary, **named})

    def read(self, why: Mapping[str, Any]) -> Proof:
        """A row's evidence as the store keeps it; what it does not say takes the field's default."""
        known = {one.name: why[one.name] for one in fields(self.evidence) if why.get(one.name) is not None}
        return self.evidence(
            **{name: tuple(value) if isinstance(value, list) else value for name, value in known.items()}
        )
