"""Spans of a dataset: how many of each type, in a row, how long, and which words have several types."""

from __future__ import annotations

from dataclasses import dataclass

from core.modalities import WORDS
from core.profile.records import Rows

SURFACES = 500
"""Words with several types that are listed, the most doubtful first."""
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
class Surface:
    """Words that stand in spans of several types."""

    words: str
    types: tuple[tuple[str, int], ...]
    """How many spans of each type, most first."""

    @property
    def spans(self) -> int:
        """Of all types."""
        return sum(count for _, count in self.types)

    @property
    def doubtful(self) -> int:
        """Those that are not of the type that most are of."""
        return self.spans - self.types[0][1]


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
    """At most `SURFACES`, those with most doubtful spans first."""
    surfaces_in_all: int


def spans_sql(rows: str) -> str:
    """A subquery for the spans of a relation: `example_id`, `start`, `stop`, `type`, `surface` (what it covers, with
    single blanks)."""
    covered = f"substr({WORDS}, start + 1, stop - start)"
    return f"""(
        SELECT *, trim(regexp_replace({covered}, '\\s+', ' ', 'g')) AS surface FROM (
            SELECT example_id, {WORDS}, CAST(s[1] AS INTEGER) AS start, CAST(s[2] AS INTEGER) AS stop, s[3] AS type
            FROM (SELECT example_id, {WORDS}, unnest(from_json(label, '[["VARCHAR"]]')) AS s
                  FROM {rows} WHERE label <> '[]')))"""


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
    surfaces = rows.fetch(
        f"""WITH counted AS (SELECT surface, type, count(*) AS n FROM {spans} GROUP BY ALL),
                 doubtful AS (SELECT surface, list(type ORDER BY n DESC, type) AS types,
                                     list(n ORDER BY n DESC, type) AS counts, sum(n) - max(n) AS doubt, sum(n) AS spans
                              FROM counted GROUP BY surface HAVING count(*) > 1)
            SELECT surface, types, counts, count(*) OVER () FROM doubtful
            ORDER BY doubt DESC, spans DESC, surface LIMIT {SURFACES}"""
    )
    inside = sum(int(covered) for *_, covered in types)
    return SpansProfile(
        rows=int(count),
        without=int(without),
        spans=sum(int(n) for _, n, *_ in types),
        types=tuple(SpanType(str(name), int(n), int(held), float(mean)) for name, n, held, mean, _ in types),
        per_row=tuple((int(n), int(held)) for n, held in per_row),
        lengths=tuple((int(n), int(held)) for n, held in lengths),
        outside=max(0.0, 1 - inside / words) if words else 1.0,
        surfaces=tuple(
            Surface(str(surface), tuple((str(name), int(n)) for name, n in zip(names, counts, strict=True)))
            for surface, names, counts, _ in surfaces
        ),
        surfaces_in_all=int(surfaces[0][3]) if surfaces else 0,
    )
