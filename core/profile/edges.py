"""Words at the edges of spans: part of some, just outside of others, as “the” of “the White House”."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.profile.records import Rows
from core.profile.surfaces import marked_sql

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


def edges(rows: Rows) -> tuple[Edge, ...]:
    """The words of which there is either, by the smaller of both counts."""
    found = rows.fetch(
        f"""WITH {marked_sql(rows.relation)},
            covered AS (SELECT DISTINCT example_id, unnest(range(first, stop)) AS place FROM marked),
            around AS (SELECT DISTINCT example_id, 'first' AS side, first - 1 AS place FROM marked
                       UNION ALL SELECT DISTINCT example_id, 'last', stop FROM marked),
            outside AS (SELECT side, tokens[place + 1] AS word FROM around ANTI JOIN covered USING (example_id, place)
                        JOIN texts USING (example_id) WHERE place BETWEEN 0 AND len(tokens) - 1),
            counted AS (
                SELECT 'first' AS side, words[1] AS word, 1 AS within FROM marked WHERE len(words) > 1
                UNION ALL SELECT 'last', words[len(words)], 1 FROM marked WHERE len(words) > 1
                UNION ALL SELECT side, word, 0 FROM outside)
            SELECT mode(word), side, sum(within), count(*) - sum(within) FROM counted GROUP BY lower(word), side
            HAVING sum(within) BETWEEN 1 AND count(*) - 1
            ORDER BY least(sum(within), count(*) - sum(within)) DESC, count(*) DESC, lower(word), side LIMIT {EDGES}"""
    )
    return tuple(Edge(str(word), side, int(within), int(beside)) for word, side, within, beside in found)
