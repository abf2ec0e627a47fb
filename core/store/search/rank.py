"""How well rows match words: BM25 (Robertson and Zaragoza 2009), with k1 = 1.2 and b = 0.75."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from core.records import EXAMPLE_ID, RowFilter, RowOrder
from core.sql import literal
from core.store.database import Database
from core.store.search.index import CJK, indexed, terms_sql
from core.store.versions import get_version

MATCH = "@match"
"""The column of an order by how well rows match the words of the filter, and of the filter of rows that match words."""
BEST = RowOrder(MATCH, descending=True)
_K1, _B = 1.2, 0.75
_BEGINNING = 0.3
"""What a word counts that only begins like the one that is looked for."""
_SHORTEST = 3
"""Letters that a word has at least for those that begin like it to count."""
_MOST = 24
"""Terms that are looked for."""
_LAST = "chr(1114111)"


def words_asked(where: RowFilter) -> str:
    """What a filter looks for: the words of the search box, and those that rows have to match."""
    matched = [value for one in where.columns if one.column == MATCH and one.how == "=" for value in one.values]
    return " ".join([where.text or "", *matched]).strip()


def scores_sql(db: Database, version_id: str, words: str) -> str:
    """A subquery for (`example_id`, `score`) of the dataset's rows that have any of these words, or a word that begins
    like one. Makes the dataset's index where there is none."""
    version = get_version(db, version_id)
    path = indexed(db, version.dataset_id)
    terms = _terms(db, words)
    found = [_looked_for(path, place, *term) for place, term in enumerate(terms)]
    if not found:
        return f"(SELECT 0::BIGINT AS {EXAMPLE_ID}, 0.0::DOUBLE AS score WHERE false)"
    hits = " UNION ALL ".join(found)
    counted = f"SELECT place, count(*) FROM ({hits}) GROUP BY place ORDER BY place"
    counts = db.remembered(("search counts", counted), lambda: db.fetch(counted))
    rows, mean = _size(db, path)
    weights = ", ".join(f"({place}, {_rarity(rows, min(n, rows)):.6f})" for place, n in counts)
    if not counts:
        return f"(SELECT 0::BIGINT AS {EXAMPLE_ID}, 0.0::DOUBLE AS score WHERE false)"
    length = f"{_K1} * ({1 - _B} + {_B} * words / {mean:.6f})"
    return f"""(
        SELECT {EXAMPLE_ID}, sum(weight * tf * {_K1 + 1} / (tf + {length})) AS score
        FROM (SELECT {EXAMPLE_ID}::BIGINT AS {EXAMPLE_ID}, place, sum(tf * counts) AS tf, any_value(words) AS words
              FROM ({hits}) GROUP BY ALL) JOIN (VALUES {weights}) w(place, weight) USING (place)
        GROUP BY {EXAMPLE_ID})"""


def best_first(db: Database, version_id: str, where: RowFilter, query: str) -> str:
    """A query for row ids, sorted by how well these rows match the words of the filter."""
    scores = scores_sql(db, version_id, words_asked(where))
    return f"""SELECT {EXAMPLE_ID} FROM ({query}) LEFT JOIN {scores} USING ({EXAMPLE_ID})
               ORDER BY score DESC NULLS LAST, {EXAMPLE_ID}"""


def _rarity(rows: int, n: int) -> float:
    """What a word weighs that `n` of the rows have; words that begin like it count there once each."""
    return math.log(1 + (rows - n + 0.5) / (n + 0.5))


def _terms(db: Database, words: str) -> Sequence[tuple[str, bool]]:
    """The terms of what is looked for, each once, and whether words that begin so count too."""
    signs = f"regexp_full_match(term, '[{CJK}]+')"
    listed = f"""SELECT DISTINCT ON (term) term, {signs} AS signs FROM (
                     SELECT unnest(terms) AS term, generate_subscripts(terms, 1) AS place
                     FROM (SELECT {terms_sql("lower(said)")} AS terms FROM (SELECT ? AS said)))"""
    found = db.fetch(listed, [words])
    long = any(signs and len(term) > 1 for term, signs in found)
    # The last sign of a run stands for itself alone where nothing else was written in such signs.
    kept = [
        (term, len(term) == 1 if signs else len(term) >= _SHORTEST)
        for term, signs in found
        if not (signs and len(term) == 1 and long)
    ]
    return kept[:_MOST]


def _looked_for(path: Path, place: int, term: str, begins: bool) -> str:
    word = literal(term)
    among = f"term >= {word} AND term < {word} || {_LAST}" if begins else f"term = {word}"
    counts = f"CASE WHEN term = {word} THEN 1 ELSE {_BEGINNING} END" if begins else "1"
    file = f"read_parquet({literal(str(path))})"
    return f"SELECT {EXAMPLE_ID}, {place} AS place, tf, words, {counts} AS counts FROM {file} WHERE {among}"


def _size(db: Database, path: Path) -> tuple[int, float]:
    """How many rows have words at all, and how many words these have on average."""

    def read() -> tuple[int, float]:
        sql = f"SELECT count(DISTINCT {EXAMPLE_ID}), sum(tf) FROM read_parquet({literal(str(path))})"
        rows, words = db.fetch_one(sql) or (0, 0)
        return int(rows or 0), float(words or 0) / max(1, int(rows or 0)) or 1.0

    return db.remembered(("search", str(path), path.stat().st_mtime_ns), read)
