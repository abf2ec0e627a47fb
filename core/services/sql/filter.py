"""Queries as filters of rows: the row ids that a query gives, in a file that the store reads, kept until what the query
reads is another."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq

from core.context import Context
from core.errors import NotFoundError, UsageError
from core.records import EXAMPLE_ID
from core.services.sql.ask import row_ids, state
from core.services.sql.saved import TEXT, queries_of
from core.store.datasets import get_dataset
from core.store.query.copies import forget_ids, ids_file, used
from core.store.versions import get_version

_WHOLE = re.compile(r"\s*(select|with|from|values)\b", re.IGNORECASE)


_NAME = re.compile(r"[\w -]+")
"""What a name may look like that is no condition."""
_KNOWN = 1_000
"""Queries of which it is known what they read."""


def whole_query(condition: str) -> str:
    """A query for row ids: a text that is one already, or the rows of which a condition is true."""
    text = condition.strip().rstrip(";")
    return text if _WHOLE.match(text) else f"SELECT {EXAMPLE_ID} FROM rows WHERE {text}\n"


class Queries:
    """See `core.store.query.rows.RowQueries`."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._reads: dict[str, tuple[str, ...]] = {}

    def names(self, version_id: str) -> Sequence[str]:
        dataset = get_dataset(self._context.store, get_version(self._context.store, version_id).dataset_id)
        return list(queries_of(self._context, dataset))

    def file(self, version_id: str, asked: str) -> Path:
        context = self._context
        version = get_version(context.store, version_id)
        dataset = get_dataset(context.store, version.dataset_id)
        saved = queries_of(context, dataset).get(asked)
        text = whole_query(asked if saved is None else dict(saved.query)[TEXT])
        known = self._reads.get(text)
        if known is not None and used(file := self._named(version_id, text, known)):
            return file
        try:
            ids, reads = row_ids(context, dataset, version, text)
        except UsageError as error:
            if saved is None and _NAME.fullmatch(asked):
                names = ", ".join(map(repr, queries_of(context, dataset))) or "none"
                raise NotFoundError(
                    f"There is no saved query {asked!r}, and no such condition: {error.message}",
                    f"It was renamed or deleted. There are: {names}.",
                ) from error
            if saved is None:
                raise
            raise UsageError(f"Of the query {asked!r}: {error.message}", error.hint) from error
        if len(self._reads) >= _KNOWN:
            self._reads.clear()
        self._reads[text] = reads
        file = self._named(version_id, text, reads)
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_name(f"{uuid4().hex}.part")
        pq.write_table(pa.table({EXAMPLE_ID: pa.array(ids)}), part)
        part.replace(file)
        forget_ids(context.workspace.queries, dataset.dataset_id)
        return file

    def _named(self, version_id: str, text: str, reads: Sequence[str]) -> Path:
        """Where the ids lie, by the query and by what the views that it reads hold now."""
        context = self._context
        version = get_version(context.store, version_id)
        dataset = get_dataset(context.store, version.dataset_id)
        digests = state(context, dataset, version)
        key = "\0".join((text, version_id, *(digests[name] for name in reads)))
        digest = hashlib.sha256(key.encode()).hexdigest()[:16]
        return ids_file(context.workspace.queries, dataset.dataset_id, digest)
