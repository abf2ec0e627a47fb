"""The spans of a version as they stand with what was decided: their figures, and where words with several types are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.beside.answers import TIMEOUT, Pending
from core.context import Context
from core.profile.spans import SpansProfile, spans_profile, spans_sql
from core.store.acts.as_decided import as_decided
from core.store.datasets import get_dataset
from core.store.filters import Condition
from core.store.rows import Rows
from core.store.versions import get_version
from core.targets.spans.form import spans_of, written
from core.tasks import target_of
from core.words import stored


@dataclass(frozen=True, slots=True)
class Place:
    """One span with the words in question."""

    example_id: int
    text: str
    label: str
    """Of the row, as it stands."""
    start: int
    stop: int
    type: str


@dataclass(frozen=True, slots=True)
class Suggested:
    """Rows with a label that is suggested for each, as an act on many rows takes them."""

    version_id: str
    rows: tuple[tuple[int, str], ...]
    scan_id: str | None = None
    tier: str | None = None

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
    """Every span that covers these words, by row."""
    rows = as_decided(context.store, version_id)
    found = context.store.fetch(
        f"""SELECT s.example_id, r.text, r.label, s.start, s.stop, s.type FROM {spans_sql(rows)} s
            JOIN {rows} r ON r.example_id = s.example_id WHERE s.surface = ? ORDER BY s.example_id, s.start""",
        [surface],
    )
    return [Place(*one) for one in found]


def retyped(version_id: str, found: Sequence[Place], to: str) -> Suggested:
    """The rows of the places that are of another type, with these of the type `to`."""
    changed: dict[int, set[tuple[int, int]]] = {}
    labels: dict[int, str] = {}
    for one in found:
        if one.type != to:
            changed.setdefault(one.example_id, set()).add((one.start, one.stop))
            labels[one.example_id] = one.label
    return Suggested(
        version_id,
        tuple(
            (row, written((a, b, to if (a, b) in at else name) for a, b, name in spans_of(labels[row])))
            for row, at in changed.items()
        ),
    )
