"""Exact duplicates: contents that occur more than once, with one label or with several."""

from __future__ import annotations

from typing import Literal

from core.profile.records import Duplicates, Rows

Kind = Literal["exact", "conflicting", "straddling"]
_HAVING: dict[Kind, str] = {
    "exact": "count(*) > 1",
    "conflicting": "min(label) <> max(label)",
    "straddling": "min(split) <> max(split)",
}
PAIRS = 20
OPENED_ROWS = 5_000
"""Rows that are listed at most: finding them takes a pass over all rows, so they are found once and named by id."""


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


def repeated_rows(rows: Rows, kind: Kind = "exact", pair: tuple[str, str] | None = None) -> tuple[int, ...]:
    """The ids of the first `OPENED_ROWS` rows whose content is repeated, in order: all of them, the ones with
    conflicting labels, of these the ones whose content carries both labels of `pair`, or the ones whose content is in
    several splits."""
    among = "" if pair is None else " WHERE label IN (?, ?)"
    having = _HAVING["conflicting" if pair else kind]
    also = "" if pair is None else " AND label IN (?, ?)"
    found = rows.fetch(
        f"SELECT example_id FROM {rows.relation} WHERE content_hash IN (SELECT content_hash FROM {rows.relation}{among}"
        f" GROUP BY content_hash HAVING {having}){also} ORDER BY example_id LIMIT {OPENED_ROWS}",
        [*(pair or ()), *(pair or ())],
    )
    return tuple(int(example_id) for (example_id,) in found)
