"""Where a class of a dataset occurs: as rows were loaded, in what versions changed, and in what people decided."""

from __future__ import annotations

from core.store.acts.mirror import ACTS
from core.store.database import Database
from core.store.datasets import get_dataset
from core.store.filters import has_class
from core.store.names import examples_table
from core.tasks import task_named


def class_uses(db: Database, dataset_id: str, code: str) -> tuple[int, int]:
    """The rows that have the class, in any version, and the decisions that gave it."""
    target = task_named(get_dataset(db, dataset_id).task).target
    db.newest_act()
    (rows,) = db.fetch_one(
        f"""SELECT count(DISTINCT example_id) FROM (
                SELECT example_id FROM {examples_table(dataset_id)} WHERE {has_class(target, "given_label")}
                UNION ALL
                SELECT example_id FROM overrides WHERE dataset_id = ? AND {has_class(target, "label")})""",
        [code, dataset_id, code],
    ) or (0,)
    (decisions,) = db.fetch_one(
        f"SELECT count(*) FROM {ACTS} WHERE dataset_id = ? AND {has_class(target, 'new_label')}", [dataset_id, code]
    ) or (0,)
    return int(rows), int(decisions)
