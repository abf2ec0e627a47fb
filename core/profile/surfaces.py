"""The same words, labelled differently: in spans of several types, in a longer or shorter one, or in none at all."""

from __future__ import annotations

from dataclasses import dataclass

from core.modalities import WORDS
from core.profile.records import Rows
from core.sql import literal

SURFACES = 500
"""Words that are listed, the most doubtful first."""
LONGEST = 12
"""Words with more tokens are looked for in spans alone."""
_TOKEN = literal(r"[\p{Han}\p{Hiragana}\p{Katakana}]|[\p{L}\p{N}_]+|[^\p{L}\p{N}_\s]")
"""Scripts without blanks count by the letter, so that what is within a run of them is found."""


@dataclass(frozen=True, slots=True)
class Surface:
    """Words, and how they are labelled wherever they stand."""

    words: str
    types: tuple[tuple[str, int], ...]
    """How many spans of each type cover them and nothing else, most first."""
    unmarked: int = 0
    """How often they stand where no span is."""
    shorter: int = 0
    """How often a part of them is a span, or one begins or ends within them."""
    longer: int = 0
    """How often they are within a longer span, which need not be wrong."""

    @property
    def spans(self) -> int:
        """Of all types."""
        return sum(count for _, count in self.types)

    @property
    def doubtful(self) -> int:
        """Those that are not labelled as most are; those in longer spans are not counted."""
        found = [*(count for _, count in self.types), self.unmarked, self.shorter]
        return sum(found) - max(found)


@dataclass(frozen=True, slots=True)
class Surfaces:
    """All words that are labelled differently."""

    first: tuple[Surface, ...]
    """At most `SURFACES`: those that are mostly in spans before those that are mostly in none, of each
    the most doubtful first."""
    count: int
    """Of all."""
    of_several_types: int
    """Of these, the ones that stand in spans of several types."""
    of_other_bounds: int
    """Of these, the ones that are a span in some places, and within a longer one or with a shorter one in others."""


def spans_sql(rows: str) -> str:
    """A subquery for the spans of a relation: `example_id`, `start`, `stop`, `type`, `surface` (what it covers, with
    single blanks)."""
    covered = f"substr({WORDS}, start + 1, stop - start)"
    return f"""(
        SELECT *, trim(regexp_replace({covered}, '\\s+', ' ', 'g')) AS surface FROM (
            SELECT example_id, {WORDS}, CAST(s[1] AS INTEGER) AS start, CAST(s[2] AS INTEGER) AS stop, s[3] AS type
            FROM (SELECT example_id, {WORDS}, unnest(from_json(label, '[["VARCHAR"]]')) AS s
                  FROM {rows} WHERE label <> '[]')))"""


def marked_sql(rows: str) -> str:
    """Two parts of a WITH clause: `marked`, the spans of a relation with their `words` and, among those of the text,
    the places of the `first` and behind the last (`stop`); `texts`, the `tokens` of every text with a label."""
    return f"""marked AS MATERIALIZED (
                SELECT example_id, type, surface, words, first, first + len(words) AS stop
                FROM (SELECT *, regexp_extract_all(surface, {_TOKEN}) AS words,
                             len(regexp_extract_all(substr({WORDS}, 1, start), {_TOKEN})) AS first
                      FROM {spans_sql(rows)})
                WHERE len(words) > 0),
            texts AS MATERIALIZED (SELECT example_id, regexp_extract_all({WORDS}, {_TOKEN}) AS tokens
                                   FROM {rows} WHERE label IS NOT NULL)"""


def surfaces(rows: Rows) -> Surfaces:
    """Every place in every text with a label is held against the spans that are there."""
    found = rows.fetch(
        f"""WITH {marked_sql(rows.relation)},
            typed AS (SELECT words, type, count(*) AS n FROM marked GROUP BY ALL),
            spelled AS (SELECT words, arg_max(surface, (n, surface)) AS surface
                        FROM (SELECT words, surface, count(*) AS n FROM marked GROUP BY ALL) GROUP BY words),
            wanted AS (SELECT words, words[1] AS head, len(words) AS length FROM (SELECT DISTINCT words FROM marked)
                       WHERE len(words) <= {LONGEST}),
            begun AS (SELECT example_id, place, words, length
                      FROM (SELECT example_id, unnest(tokens) AS token, generate_subscripts(tokens, 1) AS place
                            FROM texts)
                      JOIN wanted ON token = head),
            hits AS (SELECT example_id, words, place - 1 AS first, place - 1 + length AS stop
                     FROM begun JOIN texts USING (example_id)
                     WHERE length = 1 OR tokens[place:place + length - 1] = words),
            held AS (SELECT h.words, h.example_id, h.first,
                            coalesce(bool_or(m.first = h.first AND m.stop = h.stop), false) AS whole,
                            coalesce(bool_or(m.first <= h.first AND m.stop >= h.stop), false) AS longer,
                            count(m.words) AS touched
                     FROM hits h LEFT JOIN marked m
                       ON m.example_id = h.example_id AND m.first < h.stop AND m.stop > h.first
                     GROUP BY ALL),
            others AS (SELECT words, count(*) FILTER (touched = 0) AS unmarked,
                              count(*) FILTER (touched > 0 AND NOT whole AND longer) AS longer,
                              count(*) FILTER (touched > 0 AND NOT whole AND NOT longer) AS shorter
                       FROM held GROUP BY words),
            counted AS (SELECT words, list(type ORDER BY n DESC, type) AS types,
                               list(n ORDER BY n DESC, type) AS counts,
                               max(n) AS most, sum(n) AS spans
                        FROM typed GROUP BY words),
            listed AS (SELECT surface, types, counts, spans, coalesce(unmarked, 0) AS unmarked,
                              coalesce(shorter, 0) AS shorter, coalesce(longer, 0) AS longer,
                              spans + coalesce(unmarked + shorter, 0)
                                - greatest(most, coalesce(unmarked, 0), coalesce(shorter, 0)) AS doubt
                       FROM counted JOIN spelled USING (words) LEFT JOIN others USING (words))
            SELECT surface, types, counts, unmarked, shorter, longer,
                   count(*) OVER (), count(*) FILTER (len(types) > 1) OVER (),
                   count(*) FILTER (shorter + longer > 0) OVER ()
            FROM listed WHERE doubt > 0 OR longer > 0
            ORDER BY unmarked > spans, doubt DESC, spans DESC, surface LIMIT {SURFACES}"""
    )
    return Surfaces(
        first=tuple(
            Surface(
                str(surface),
                tuple((str(name), int(n)) for name, n in zip(names, counts, strict=True)),
                *map(int, others),
            )
            for surface, names, counts, *others, _, _, _ in found
        ),
        count=int(found[0][-3]) if found else 0,
        of_several_types=int(found[0][-2]) if found else 0,
        of_other_bounds=int(found[0][-1]) if found else 0,
    )
