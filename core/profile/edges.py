"""Words at the edges of spans: part of some, just outside of others, as “the” of “the White House”."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.profile.records import Rows
from core.profile.surfaces import marked_sql
from core.sql import literal

Side = Literal["first", "last"]
EDGES = 200
"""Words that are listed, the most divided first."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A word, however it is capitalised, on one side of spans."""

    word: str
    side: Side
    within: int
    """How many spans of several words have it as the first or the last one."""
    beside: int
    """How many spans it stands directly before or behind, itself in none."""


@dataclass(frozen=True, slots=True)
class EdgePlace:
    """A place where such a word stands."""

    example_id: int
    token: int
    """Which token of the text it is, from 0."""
    types: tuple[str, ...]
    """Of the spans that it is in, or stands beside."""


def _at_edges(rows: str) -> str:
    """Parts of a WITH clause: `inside` and `outside`, the words on either side of spans with their `example_id`, their
    `place` among the tokens and the `types` of the spans there."""
    return f"""{marked_sql(rows)},
            covered AS (SELECT DISTINCT example_id, unnest(range(first, stop)) AS place FROM marked),
            around AS (SELECT example_id, side, place, list_sort(list(DISTINCT type)) AS types FROM (
                           SELECT example_id, 'first' AS side, first - 1 AS place, type FROM marked
                           UNION ALL SELECT example_id, 'last', stop, type FROM marked)
                       GROUP BY example_id, side, place),
            outside AS (SELECT side, tokens[place + 1] AS word, example_id, place, types
                        FROM around ANTI JOIN covered USING (example_id, place)
                        JOIN texts USING (example_id) WHERE place BETWEEN 0 AND len(tokens) - 1),
            inside AS (SELECT 'first' AS side, words[1] AS word, example_id, first AS place, [type] AS types
                       FROM marked WHERE len(words) > 1
                       UNION ALL SELECT 'last', words[len(words)], example_id, stop - 1, [type]
                       FROM marked WHERE len(words) > 1)"""


def edges(rows: Rows) -> tuple[Edge, ...]:
    """The words of which there is either, by the smaller of both counts."""
    found = rows.fetch(
        f"""WITH {_at_edges(rows.relation)},
            spelled AS (SELECT side, word, count(*) FILTER (within) AS within, count(*) FILTER (NOT within) AS beside
                        FROM (SELECT side, word, true AS within FROM inside
                              UNION ALL SELECT side, word, false FROM outside) GROUP BY ALL)
            SELECT arg_max(word, (within + beside, word)), side, sum(within), sum(beside) FROM spelled
            GROUP BY lower(word), side HAVING sum(within) > 0 AND sum(beside) > 0
            ORDER BY least(sum(within), sum(beside)) DESC, sum(within + beside) DESC, lower(word), side LIMIT {EDGES}"""
    )
    return tuple(Edge(str(word), side, int(within), int(beside)) for word, side, within, beside in found)


def edge_places(rows: Rows, word: str, side: Side, within: bool) -> tuple[EdgePlace, ...]:
    """Every place that `Edge.within` counts, or `Edge.beside`, by row."""
    found = rows.fetch(
        f"""WITH {_at_edges(rows.relation)}
            SELECT example_id, place, types FROM {"inside" if within else "outside"}
            WHERE lower(word) = lower({literal(word)}) AND side = {literal(side)} ORDER BY example_id, place"""
    )
    return tuple(EdgePlace(int(row), int(token), tuple(types)) for row, token, types in found)
