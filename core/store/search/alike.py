"""How alike rows are to an example that was typed or uploaded, where a filter asks for those most like it."""

from __future__ import annotations

from core.records import EXAMPLE_ID, RowFilter
from core.store.database import Database
from core.store.datasets import get_dataset
from core.store.filters import where_sql
from core.store.relations import relation
from core.store.row_facts.similar import SIMILAR
from core.store.versions import get_version


def examples_asked(where: RowFilter) -> list[str]:
    """What a filter has rows be like."""
    return [value for one in where.columns if one.column == SIMILAR.column and one.how == "=" for value in one.values]


def alike(db: Database, version_id: str, where: RowFilter) -> dict[int, float] | None:
    """How alike each of the rows that `where` keeps is to the example that it asks for, the most alike first: of
    several examples the one that it is most like. None where it asks for none."""
    asked = examples_asked(where)
    if not asked:
        return None
    dataset, rows = get_dataset(db, get_version(db, version_id).dataset_id), relation(db, version_id)
    condition, parameters = where_sql(db, version_id, where, dataset, rows)
    files = [str(db.alike.file(version_id, value)) for value in asked]
    return dict(
        db.fetch(
            f"""SELECT {EXAMPLE_ID}, max(similarity) AS similarity FROM read_parquet(?)
                WHERE {EXAMPLE_ID} IN (SELECT {EXAMPLE_ID} FROM {rows} WHERE {condition})
                GROUP BY {EXAMPLE_ID} ORDER BY similarity DESC, {EXAMPLE_ID}""",
            [files, *parameters],
        )
    )
