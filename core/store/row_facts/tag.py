"""Which tags people have put on a row."""

from __future__ import annotations

from collections.abc import Sequence

from core.errors import NotFoundError
from core.store.acts.tags import tag_names, tagged_sql
from core.store.database import Database
from core.store.row_facts.contract import RowFact
from core.store.versions import get_version


def _having(db: Database, version_id: str, values: Sequence[str]) -> tuple[str, list[object]]:
    dataset_id = get_version(db, version_id).dataset_id
    asked: list[str] | None = None
    if values:
        known = tag_names(db, dataset_id)
        by_fold = {one.casefold(): one for one in known}
        asked = [one if one in known else by_fold.get(one.casefold(), one) for one in values]
        if wrong := [one for one in asked if one not in known]:
            raise NotFoundError(f"No row has the tag {wrong[0]!r}.", f"Tags: {', '.join(known) or 'none yet'}.")
    return f"SELECT example_id FROM {tagged_sql(db, dataset_id, asked)}", []


def _values(db: Database, version_id: str) -> Sequence[str]:
    return tag_names(db, get_version(db, version_id).dataset_id)


TAG = RowFact("tag", _having, _values)
