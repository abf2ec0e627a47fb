"""The lines of a health that the profile measures: what is true of the dataset as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from core.profile.drift import Drift
from core.profile.drift.sides import OWN_LABEL
from core.profile.records import Association, Balance, Duplicates, GroupTable, IdleColumn, MissingValues
from core.profile.wording import Wording
from core.records import Dataset, Estimate, Place, Version, attribute_said
from core.services.health.rows import HealthRow
from core.services.lists.asked import DUPLICATES
from core.words import later, say, say_n

SMALL = 0.5
"""A class is small where it has less than this part of an even share of the rows."""
POINTS = 0.02
"""A word is listed where it alone answers so much better than always the same answer, each class counting the same."""
DRIFTED = 0.1
"""Cramér's V from which on a difference between splits is at least small."""
NAMED = 3
"""Attributes that a line names."""
JUDGE = later("Not measured: whether it is a shortcut or what is meant, only a person can say.")


@dataclass(frozen=True, slots=True)
class Measured:
    """What the profile has measured; None for what it has not, or not yet."""

    balance: Balance | None = None
    repeats: Duplicates | None = None
    """Only where no scan has looked for near-duplicates."""
    missing: MissingValues | None = None
    associations: tuple[Association, ...] | None = None
    words: Wording | None = None
    drifts: tuple[Drift, ...] | None = None
    order: tuple[Drift, ...] | None = None
    """Along the file."""
    idle: tuple[IdleColumn, ...] | None = None


@dataclass(frozen=True, slots=True)
class _Of:
    dataset: Dataset
    version: Version

    def row(
        self, key: str, title: str, rows: int, view: str, sure: str, gain: str, to_do: str, **query: str
    ) -> HealthRow:
        """`rows`: 0 where it is no matter of some rows."""
        about = {"dataset": self.dataset.name, "version": str(self.version.number), "view": view}
        place = Place("profile", about | query)
        share = rows / max(1, self.version.row_count)
        return HealthRow(key, title, rows, share, sure, gain, to_do, place, of_rows=False)


def measured_rows(dataset: Dataset, version: Version, found: Measured) -> Iterator[HealthRow]:
    """A line for each thing that is there."""
    of = _Of(dataset, version)
    if found.balance is not None:
        yield from _balance(of, found.balance)
    if found.repeats is not None and found.repeats.conflicting_rows:
        yield _repeats(of, found.repeats)
    if found.words is not None:
        yield from _words(of, found.words)
    if found.associations is not None:
        yield from _attributes(of, found.associations)
    if found.drifts is not None:
        yield from _drifts(of, found.drifts)
    if found.order is not None:
        yield from _order(of, found.order)
    if found.missing is not None:
        yield from _missing(of, found.missing)
    if found.idle:
        yield _idle(of, found.idle)


def _balance(of: _Of, found: Balance) -> Iterator[HealthRow]:
    even = sum(one.count for one in found.classes) / max(1, len(found.classes))
    small = [one for one in found.classes if one.count < SMALL * even]
    if not small and not found.absent:
        return
    sure = say(
        "Counted: the largest class has {times:.1f} times as many rows as the smallest.", times=found.imbalance_ratio
    )
    if found.absent:
        none = say_n("{n:,} class has no row.", "{n:,} classes have no row.", len(found.absent))
        sure = f"{sure} {none}"
    title = say_n("{n:,} small class", "{n:,} small classes", len(small) + len(found.absent))
    gain = say("Not measured: it takes a model that has learnt from more rows of them. New rows are needed.")
    yield of.row("balance", title, sum(one.count for one in small), "balance", sure, gain, say("See the balance"))


def _repeats(of: _Of, found: Duplicates) -> HealthRow:
    gain = say_n(
        "One label at least is wrong for {n:,} content.",
        "One label at least is wrong for each of {n:,} contents.",
        found.conflicting_groups,
    )
    sure = say("Counted: the same content, byte for byte, under other labels.")
    row = of.row(
        "repeats", say("Exact copies with other labels"), found.conflicting_rows, "", sure, gain, say("See the copies")
    )
    return replace(row, place=Place("data", {**row.place.query, "view": "rows", DUPLICATES: "conflicting"}))


def _words(of: _Of, found: Wording) -> Iterator[HealthRow]:
    strong = [one for one in found.ties if one.points >= POINTS]
    if not strong:
        return
    first = strong[0]
    title = say_n("{n:,} word that the label follows", "{n:,} words that the label follows", len(strong))
    sure = say(
        "“{word}” is in {n:,} rows, {share:.0%} of them {label}; by chance it would be {usual:.0%}.",
        word=first.word,
        n=first.rows,
        share=first.share.estimate,
        label=of.dataset.called(first.label),
        usual=first.usual,
    )
    gain = say(
        "By “{word}” alone {points:.1f} more rows in a hundred would be answered right than by always the same class, "
        "were all classes as frequent.",
        word=first.word,
        points=100 * first.points,
    )
    yield of.row("words", title, 0, "words", sure, f"{gain} {say(JUDGE)}", say("See the words"))


def _attributes(of: _Of, found: tuple[Association, ...]) -> Iterator[HealthRow]:
    strong = [one for one in found if one.size in ("medium", "large") and one.value is not None]
    if not strong:
        return
    title = say_n("{n:,} attribute that explains the label", "{n:,} attributes that explain the label", len(strong))
    named = ", ".join(
        f"{attribute_said(of.dataset, one.attribute)} {_ends(one.value)}"
        for one in strong[:NAMED]
        if one.value is not None
    )
    sure = say("Association from 0 to 1, with 95 % intervals: {named}.", named=named)
    to_do, first = say("See what explains it"), strong[0].column
    yield of.row("attributes", title, 0, "bias", sure, say(JUDGE), to_do, column=first)


def _drifts(of: _Of, found: tuple[Drift, ...]) -> Iterator[HealthRow]:
    if strong := _strong(found):
        title = say_n(
            "{n:,} attribute that differs between splits", "{n:,} attributes that differ between splits", len(strong)
        )
        gain = say("Not measured: a score on other rows than those it is for says less than it seems to.")
        yield _differing(of, "drift", "splits", title, strong, gain, say("See the drift"))


def _order(of: _Of, found: tuple[Drift, ...]) -> Iterator[HealthRow]:
    if strong := _strong(found):
        title = say_n(
            "{n:,} attribute that changes along the file", "{n:,} attributes that change along the file", len(strong)
        )
        gain = say("Not measured: its first rows are no sample of all, and splits by position would differ.")
        yield _differing(of, "order", "order", title, strong, gain, say("See the order"))


def _strong(found: tuple[Drift, ...]) -> list[Drift]:
    return [one for one in found if not one.chance and one.size.estimate >= DRIFTED]


def _differing(of: _Of, key: str, between: str, title: str, strong: list[Drift], gain: str, to_do: str) -> HealthRow:
    named = ", ".join(f"{_named(of, one.table)} {_ends(one.size)}" for one in strong[:NAMED])
    sure = say("More than chance; difference from 0 to 1, with 95 % intervals: {named}.", named=named)
    return of.row(key, title, 0, "drift", sure, gain, to_do, between=between, column=strong[0].table.column)


def _missing(of: _Of, found: MissingValues) -> Iterator[HealthRow]:
    lacking = [(name, rows) for name, _, rows in found.columns if rows]
    if not lacking:
        return
    title = say_n("{n:,} attribute with missing values", "{n:,} attributes with missing values", len(lacking))
    named = ", ".join(f"{attribute_said(of.dataset, name)} {rows:,}" for name, rows in lacking[:NAMED])
    sure = say("Counted: {named}.", named=named)
    if found.by_label:
        first = found.by_label[0]
        tied = say(
            "{name} is missing more often under {most} than under {least}.",
            name=attribute_said(of.dataset, first.name),
            most=of.dataset.called(first.most),
            least=of.dataset.called(first.least),
        )
        sure = f"{sure} {tied}"
    gain = say("Not measured: it matters where a model is to learn from the attribute.")
    yield of.row("missing", title, lacking[0][1], "checks", sure, gain, say("See what is missing"))


def _named(of: _Of, table: GroupTable) -> str:
    return say("label") if table.column == OWN_LABEL else attribute_said(of.dataset, table.attribute)


def _idle(of: _Of, found: tuple[IdleColumn, ...]) -> HealthRow:
    title = say_n("{n:,} column that says nothing new", "{n:,} columns that say nothing new", len(found))
    named = ", ".join(attribute_said(of.dataset, one.name) for one in found[:NAMED])
    sure = say("Nothing is in them, or nothing that another column does not say: {named}.", named=named)
    gain = say("Not measured: a model that learns from the others needs none of them.")
    return of.row("idle", title, 0, "checks", sure, gain, say("See the columns"))


def _ends(one: Estimate) -> str:
    return f"{one.estimate:.2f} ({one.low:.2f} – {one.high:.2f})"
