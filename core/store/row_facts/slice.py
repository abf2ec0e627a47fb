"""In which slices a row is: filters that somebody saved under a name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from core.errors import NotFoundError, UsageError, WinnowError
from core.store.database import Database
from core.store.datasets import get_dataset
from core.store.relations import relation
from core.store.row_facts.contract import RowFact
from core.store.versions import get_version

_LOOKED_UP: ContextVar[tuple[str, ...]] = ContextVar("slices that are being looked up", default=())


def _having(db: Database, version_id: str, values: Sequence[str]) -> tuple[str, list[object]]:
    dataset = get_dataset(db, get_version(db, version_id).dataset_id)
    known = db.slices.names(dataset.dataset_id)
    for value in values:
        if value not in known:
            raise NotFoundError(f"There is no slice {value!r}.", f"Slices: {', '.join(known) or 'none yet'}.")
    parts, parameters = [], list[object]()
    for name in values or known:
        with _looking_up(name):
            condition, own = _condition(db, version_id, name)
        parts.append(f"SELECT example_id FROM {relation(db, version_id)} WHERE {condition}")
        parameters += own
    return " UNION ".join(parts) or "SELECT NULL::BIGINT WHERE false", parameters


def _condition(db: Database, version_id: str, name: str) -> tuple[str, list[object]]:
    from core.store.filters import where_sql  # a slice is a filter, which may be by slices

    dataset = get_dataset(db, get_version(db, version_id).dataset_id)
    try:
        return where_sql(db, version_id, db.slices.filter_of(dataset, name), dataset, relation(db, version_id))
    except WinnowError as error:
        if error.message.startswith("Slice "):
            raise
        reason = error.message
        raise UsageError(f"Slice {name!r} cannot be looked up: {reason}", error.hint) from error


@contextmanager
def _looking_up(name: str) -> Iterator[None]:
    """No slice is made of itself, however two people saved what they saved at once."""
    known = _LOOKED_UP.get()
    if name in known:
        raise UsageError(
            f"Slice {name!r} is made of itself: {' → '.join((*known, name))}.", "Save one of them without the other."
        )
    token = _LOOKED_UP.set((*known, name))
    try:
        yield
    finally:
        _LOOKED_UP.reset(token)


def _values(db: Database, version_id: str) -> Sequence[str]:
    return db.slices.names(get_version(db, version_id).dataset_id)


SLICE = RowFact("slice", _having, _values)
