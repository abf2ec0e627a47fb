"""The spans of a version as they stand with what was decided: their figures, and where words that are labelled
differently stand."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from core.beside.answers import TIMEOUT, Pending
from core.context import Context
from core.profile.edges import EdgePlace, Side, edge_places
from core.profile.spans import SpansProfile, spans_profile
from core.progress import Report
from core.records import RowFilter
from core.store.acts.as_decided import as_decided
from core.store.datasets import get_dataset
from core.store.filters import Condition
from core.store.rows import Rows
from core.store.versions import get_version
from core.targets.spans.form import Span, spans_of, written
from core.tasks import target_of
from core.words import stored

Standing = Literal["marked", "none", "shorter", "longer"]
"""How words are labelled at a place: they are a span, in none, a part of them is one, or they are of one."""
_TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|\w+|[^\w\s]")
"""As `core.profile.surfaces` has it."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place where the words in question stand."""

    example_id: int
    text: str
    label: str
    """Of the row, as it stands."""
    start: int
    stop: int
    type: str
    """Of the span that is there; empty where there is none."""
    standing: Standing = "marked"
    covered: str = ""
    """Of a longer or shorter span: its words."""


@dataclass(frozen=True, slots=True)
class EdgeSentence:
    """A text in which a word stands at the edge of spans, or directly beside them."""

    example_id: int
    text: str
    label: str
    start: int
    stop: int
    """Of the word."""
    types: tuple[str, ...]
    """Of these spans."""


@dataclass(frozen=True, slots=True)
class Suggested:
    """Rows with a label that is suggested for each, as an act on many rows takes them."""

    version_id: str
    rows: tuple[tuple[int, str], ...]
    scan_id: str | None = None
    tier: str | None = None
    issue_type: str | None = None

    @property
    def filtered(self) -> RowFilter:
        return RowFilter()

    @property
    def asked(self) -> Hashable:
        return self

    def query(self, context: Context) -> Condition:
        """As `core.store.acts.many.of_version`."""
        return (
            """SELECT example_id, suggested, CAST(NULL AS DOUBLE) AS score, example_id AS place
               FROM (SELECT unnest(CAST(? AS BIGINT[])) AS example_id, unnest(CAST(? AS VARCHAR[])) AS suggested)""",
            [[row for row, _ in self.rows], [label for _, label in self.rows]],
        )


def spans_figures(context: Context, version_id: str, timeout: float | None = TIMEOUT) -> SpansProfile | Pending:
    """The figures of a version's spans, once per act. With `timeout=None` it waits to the end."""
    key = (version_id, context.store.newest_act())
    answers = context.beside.answers("spans", kept=16)
    return answers.ask(key, stored("Counting spans"), lambda report: spans_profile(_rows(context, version_id)), timeout)


def _rows(context: Context, version_id: str) -> Rows:
    dataset = get_dataset(context.store, get_version(context.store, version_id).dataset_id)
    return Rows(context.store, as_decided(context.store, version_id), target_of(dataset))


def places(context: Context, version_id: str, surface: str) -> list[Place]:
    """Every place where these words stand in a text that has a label, by row."""
    rows = as_decided(context.store, version_id)
    found = context.store.fetch(
        f"""SELECT example_id, text, label FROM {rows}
            WHERE label IS NOT NULL AND contains(regexp_replace(text, '\\s+', ' ', 'g'), ?) ORDER BY example_id""",
        [surface],
    )
    wanted = _TOKEN.findall(surface)
    return [place for row, text, label in found for place in _places_in(row, text, label, wanted)]


def edge_sentences(
    context: Context, version_id: str, word: str, side: Side, within: bool, timeout: float | None = TIMEOUT
) -> tuple[EdgeSentence, ...] | Pending:
    """Every place that `Edge.within` counts, or `Edge.beside`, by row, once per act."""

    def work(report: Report) -> tuple[EdgeSentence, ...]:
        found = edge_places(_rows(context, version_id), word, side, within)
        ids = ", ".join(str(row) for row in dict.fromkeys(one.example_id for one in found)) or "NULL"
        asked = (
            f"SELECT example_id, text, label FROM {as_decided(context.store, version_id)} WHERE example_id IN ({ids})"
        )
        texts = {int(row): (str(text), str(label)) for row, text, label in context.store.fetch(asked)}
        return tuple(_sentence_of(one, *texts[one.example_id]) for one in found)

    key = (version_id, context.store.newest_act(), word, side, within)
    return context.beside.answers("words at edges", kept=32).ask(key, stored("Looking for sentences"), work, timeout)


def _sentence_of(one: EdgePlace, text: str, label: str) -> EdgeSentence:
    tokens = list(_TOKEN.finditer(text))
    start, stop = tokens[one.token].span() if one.token < len(tokens) else (0, 0)
    return EdgeSentence(one.example_id, text, label, start, stop, one.types)


def _places_in(example_id: int, text: str, label: str, wanted: Sequence[str]) -> Iterator[Place]:
    tokens = list(_TOKEN.finditer(text))
    words = [token[0] for token in tokens]
    spans = spans_of(label)
    for first in range(len(words) - len(wanted) + 1):
        if words[first : first + len(wanted)] != wanted:
            continue
        start, stop = tokens[first].start(), tokens[first + len(wanted) - 1].end()
        touching = [one for one in spans if one[0] < stop and one[1] > start]
        exact = [one for one in touching if one[:2] == (start, stop)]
        around = [one for one in touching if one[0] <= start and one[1] >= stop]
        own: Standing = "marked" if exact else "longer" if around else "shorter" if touching else "none"
        for a, b, name in exact or around[:1] or touching[:1] or [(start, stop, "")]:
            covered = "" if own in ("marked", "none") else " ".join(text[a:b].split())
            yield Place(example_id, text, label, start, stop, name, own, covered)


def retyped(version_id: str, found: Sequence[Place], to: str) -> Suggested:
    """The rows of the places, with a span of the type `to` at each that has no such span, in place of what overlaps it
    there; `to` empty: with no span."""
    labels = {one.example_id: one.label for one in found}
    spans: dict[int, set[Span]] = {}
    for one in found:
        own = spans.setdefault(one.example_id, set(spans_of(one.label)))
        if one.standing == "marked":
            own.discard((one.start, one.stop, one.type))
        else:
            own -= {span for span in own if span[0] < one.stop and span[1] > one.start}
        if to:
            own.add((one.start, one.stop, to))
    made = {row: written(own) for row, own in spans.items()}
    return Suggested(version_id, tuple((row, label) for row, label in made.items() if label != labels[row]))
