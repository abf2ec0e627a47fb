"""Which rows have which tags: of a dataset, so that all of its versions have them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.records import Version
from core.sql import literal
from core.store.acts.tag_mirror import TAGGED
from core.store.database import Database
from core.store.masked import is_masked, said_shown
from core.store.relations import relation

TITLES = ("tags", "tags_put_on", "_tags")
"""What the column of tags is called in a file: the first that no other column is called."""


def tagged_sql(db: Database, dataset_id: str, tags: Sequence[str] | None = None) -> str:
    """The rows of a dataset that have one of these tags, or any, as an SQL subquery for `example_id`."""
    return f"(SELECT example_id FROM {TAGGED} WHERE tag_number IN ({_numbers(db, dataset_id, tags)}))"


def tag_names(db: Database, dataset_id: str) -> tuple[str, ...]:
    """The tags that any row of a dataset has, in any version, by name."""
    known = {number: tag for (of, tag), number in db.tag_numbers().items() if of == dataset_id}
    named = ", ".join(map(str, known)) or "NULL"
    found = db.fetch(f"SELECT DISTINCT tag_number FROM {TAGGED} WHERE tag_number IN ({named})")
    return tuple(sorted((known[number] for (number,) in found), key=lambda tag: (tag.casefold(), tag)))


def tags_shown(db: Database, dataset_id: str) -> tuple[str, ...]:
    """The same as they are shown; see `tag_meant`."""
    return tuple(said_shown(db, dataset_id, one) for one in tag_names(db, dataset_id))


def tag_meant(db: Database, dataset_id: str, shown: str) -> str:
    """The tag that is shown so, or what is no tag yet as it is."""
    if not is_masked(db, dataset_id):
        return shown
    known = tag_names(db, dataset_id)
    return shown if shown in known else next((one for one in known if said_shown(db, dataset_id, one) == shown), shown)


def tagged_ids(db: Database, dataset_id: str, tag: str) -> NDArray[np.int64]:
    """The rows of a dataset that have a tag, in no order."""
    with db.cursor() as cursor:
        found = cursor.execute(tagged_sql(db, dataset_id, (tag,))[1:-1]).fetchnumpy()
    return np.asarray(found["example_id"], np.int64)


def tag_counts(db: Database, version: Version) -> dict[str, int]:
    """The rows of a version that have each tag, for all tags that rows of the dataset have, by name."""
    numbers = {number: tag for (of, tag), number in db.tag_numbers().items() if of == version.dataset_id}
    named = ", ".join(map(str, numbers)) or "NULL"
    found = db.fetch(
        f"""SELECT t.tag_number, count(r.example_id) FROM {TAGGED} t
            LEFT JOIN (SELECT example_id FROM {relation(db, version.version_id)}) r ON r.example_id = t.example_id
            WHERE t.tag_number IN ({named}) GROUP BY 1"""
    )
    counts = {numbers[number]: int(rows) for number, rows in found}
    return dict(sorted(counts.items(), key=lambda one: (one[0].casefold(), one[0])))


def tags_of(db: Database, dataset_id: str, example_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """The tags of these rows as they are shown, by name; rows that have none are left out."""
    known = {number: tag for (of, tag), number in db.tag_numbers().items() if of == dataset_id}
    if not known or not example_ids:
        return {}
    found = db.fetch(
        f"""SELECT example_id, tag_number FROM {TAGGED} WHERE tag_number IN ({", ".join(map(str, known))})
            AND example_id IN ({", ".join(str(int(one)) for one in example_ids)})"""
    )
    said = {number: said_shown(db, dataset_id, known[number]) for number in {number for _, number in found}}
    tags: dict[int, list[str]] = {}
    for example_id, number in found:
        tags.setdefault(example_id, []).append(said[number])
    return {one: tuple(sorted(each, key=lambda tag: (tag.casefold(), tag))) for one, each in tags.items()}


def tags_column(db: Database, dataset_id: str, row: str, taken: Collection[str]) -> list[str]:
    """What a file of a dataset's rows has of their tags, where any row has one: a text with commas between them, which
    no tag has, in a column that none of those that are `taken` is called like. `row` is the row's id in SQL."""
    names = tag_names(db, dataset_id)
    if not names:
        return []
    numbers = db.tag_numbers()
    listed = ", ".join(f"({numbers[dataset_id, name]}, {at}, {literal(name)})" for at, name in enumerate(names))
    title = next(one for one in TITLES if one not in {name.lower() for name in taken})
    written = f"""SELECT g.example_id, string_agg(n.name, ', ' ORDER BY n.place) AS tags FROM {TAGGED} g
                  JOIN (VALUES {listed}) n(tag_number, place, name) USING (tag_number) GROUP BY g.example_id"""
    return [f"(SELECT w.tags FROM ({written}) w WHERE w.example_id = {row}) AS {title}"]


def ids_among(
    db: Database, version_id: str, among: tuple[str, list[Any]], dataset_id: str, tag: str
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The rows that a query for (example_id, …) asks for and that the version has, and which of them have the tag."""
    query, parameters = among
    with db.cursor() as cursor:
        found = cursor.execute(
            f"""SELECT example_id, example_id IN {tagged_sql(db, dataset_id, [tag])} AS has
                FROM (SELECT DISTINCT q.example_id FROM ({query}) q
                      SEMI JOIN (SELECT example_id FROM {relation(db, version_id)}) r USING (example_id))
                ORDER BY example_id""",
            parameters,
        ).fetchnumpy()
    return np.asarray(found["example_id"], np.int64), np.asarray(found["has"], np.bool_)


def _numbers(db: Database, dataset_id: str, tags: Sequence[str] | None) -> str:
    known = db.tag_numbers()
    found = [number for (of, tag), number in known.items() if of == dataset_id and (tags is None or tag in tags)]
    return ", ".join(map(str, found)) or "NULL"
