"""Exact duplicates: contents that occur more than once, with one label or with several."""

from __future__ import annotations

from core.profile.records import Duplicates, Rows

PAIRS = 20
PAIR_ROWS = 500
"""Rows of one pair that are opened at most."""


def duplicates(rows: Rows) -> Duplicates:
    """Counts rows whose content hash another row has, those among them with conflicting labels, and split leaks."""
    repeated = (
        "SELECT content_hash, count(*) AS held, min(label) <> max(label) AS conflicting,"
        " coalesce(min(split) <> max(split), false) AS straddling"
        f" FROM {rows.relation} GROUP BY content_hash HAVING count(*) > 1"
    )
    ((groups, held, conflicting, in_conflict, straddling),) = rows.fetch(
        "SELECT count(*), coalesce(sum(held), 0), count(*) FILTER (conflicting),"
        f" coalesce(sum(held) FILTER (conflicting), 0), count(*) FILTER (straddling) FROM ({repeated})"
    )
    pairs = _pairs(rows) if conflicting else ()
    return Duplicates(int(groups), int(held), int(conflicting), int(in_conflict), int(straddling), pairs)


def _pairs(rows: Rows) -> tuple[tuple[str, str, int], ...]:
    return tuple(
        (str(label), str(other), int(count))
        for label, other, count in rows.fetch(
            "WITH labelled AS (SELECT content_hash, label FROM"
            f" (SELECT DISTINCT content_hash, label FROM {rows.relation})"
            " QUALIFY count(*) OVER (PARTITION BY content_hash) > 1)"
            " SELECT a.label, b.label, count(*) AS contents FROM labelled a JOIN labelled b"
            " ON a.content_hash = b.content_hash AND a.label < b.label"
            f" GROUP BY ALL ORDER BY contents DESC, 1, 2 LIMIT {PAIRS}"
        )
    )


def rows_of_pair(rows: Rows, label: str, other: str) -> tuple[int, ...]:
    """The ids of the first `PAIR_ROWS` rows whose content carries both labels, in order."""
    found = rows.fetch(
        f"SELECT row_id FROM {rows.relation} WHERE label IN (?, ?) AND content_hash IN (SELECT content_hash"
        f" FROM {rows.relation} WHERE label IN (?, ?) GROUP BY content_hash HAVING min(label) <> max(label))"
        f" ORDER BY row_id LIMIT {PAIR_ROWS}",
        [label, other, label, other],
    )
    return tuple(int(row_id) for (row_id,) in found)
