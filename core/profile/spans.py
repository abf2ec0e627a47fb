"""Spans of a dataset: how many of each type, in a row, how long, and which words are labelled differently."""

from __future__ import annotations

from dataclasses import dataclass

from core.modalities import WORDS
from core.profile.edges import Edge, edges
from core.profile.records import Rows
from core.profile.surfaces import Surface, spans_sql, surfaces

_LONGEST, _MOST = 8, 8
"""Words of a span, and spans of a row, from which on all are counted together."""
_WORDS = "len(string_split_regex(trim({}), '\\s+'))"


@dataclass(frozen=True, slots=True)
class SpanType:
    """One type."""

    name: str
    spans: int
    rows: int
    """With at least one."""
    words: float
    """Of one span, on average."""


@dataclass(frozen=True, slots=True)
class SpansProfile:
    """The spans of all rows that have a label."""

    rows: int
    without: int
    """Rows that have none."""
    spans: int
    types: tuple[SpanType, ...]
    """Most spans first."""
    per_row: tuple[tuple[int, int], ...]
    """Spans of a row, rows; the last entry is that many and more."""
    lengths: tuple[tuple[int, int], ...]
    """Words of a span, spans; the last entry is that many and more."""
    outside: float
    """Share of the words that are in no span, as a tag scheme says O of them."""
    surfaces: tuple[Surface, ...]
    """Words that are labelled differently, the most doubtful first; at most `core.profile.surfaces.SURFACES`."""
    surfaces_in_all: int
    of_several_types: int
    """Words that stand in spans of several types."""
    of_other_bounds: int
    """Words that are a span in some places, and within a longer one or with a shorter one in others."""
    edges: tuple[Edge, ...]
    """Words at which spans begin or end in some places, and beside which in others; at most
    `core.profile.edges.EDGES`."""


def spans_profile(rows: Rows) -> SpansProfile:
    """All figures."""
    spans = spans_sql(rows.relation)
    ((count, without, words),) = rows.fetch(
        f"""SELECT count(*), count(*) FILTER (label = '[]'), coalesce(sum({_WORDS.format(WORDS)}), 0)
            FROM {rows.relation} WHERE label IS NOT NULL"""
    )
    length = _WORDS.format("surface")
    types = rows.fetch(
        f"""SELECT type, count(*), count(DISTINCT example_id), avg({length}), sum({length}) FROM {spans}
            GROUP BY type ORDER BY 2 DESC, 1"""
    )
    per_row = rows.fetch(
        f"""SELECT least(n, {_MOST}), count(*) FROM
            (SELECT len(from_json(label, '["JSON"]')) AS n FROM {rows.relation} WHERE label IS NOT NULL)
            GROUP BY 1 ORDER BY 1"""
    )
    lengths = rows.fetch(f"SELECT least({length}, {_LONGEST}), count(*) FROM {spans} GROUP BY 1 ORDER BY 1")
    found = surfaces(rows)
    inside = sum(int(covered) for *_, covered in types)
    return SpansProfile(
        rows=int(count),
        without=int(without),
        spans=sum(int(n) for _, n, *_ in types),
        types=tuple(SpanType(str(name), int(n), int(held), float(mean)) for name, n, held, mean, _ in types),
        per_row=tuple((int(n), int(held)) for n, held in per_row),
        lengths=tuple((int(n), int(held)) for n, held in lengths),
        outside=max(0.0, 1 - inside / words) if words else 1.0,
        surfaces=found.first,
        surfaces_in_all=found.count,
        of_several_types=found.of_several_types,
        of_other_bounds=found.of_other_bounds,
        edges=edges(rows),
    )
