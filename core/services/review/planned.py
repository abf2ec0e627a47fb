"""The rows of an act on many as they were when it was planned: it is on these and no others, whatever its filter keeps
by then."""

from __future__ import annotations

import pyarrow as pa

from core.context import Context
from core.issues import about_list
from core.review.many import Doing, outcome
from core.services.review.among import Among
from core.store.acts import many
from core.targets import Target

AT_ONCE = 10_000
_SCHEMA = pa.schema([("example_id", pa.int64()), ("suggested", pa.string()), ("score", pa.float64())])
NO_ROWS: pa.Table = _SCHEMA.empty_table()


def aside(among: Among, doing: Doing) -> str | None:
    """The list of issues that an act on these rows is about alone, as `core.records.ASIDE`; None: about the label."""
    return about_list(among.issue_type, doing.action) if doing.action in ("keep", "unsure") else None


def settled_lists(among: Among, doing: Doing) -> list[str]:
    """Types of the lists in which a row of these is decided already, so that the act leaves it alone."""
    if (name := aside(among, doing)) is not None:
        return [name]
    return list(dict.fromkeys(("label", among.issue_type or "label")))


def rows_of_plan(context: Context, among: Among, doing: Doing, target: Target, *, also_decided: bool) -> pa.Table:
    """Those to which something happens, in the list's order: example_id, suggested, score."""
    found = [NO_ROWS]
    asked = context.store, among.version_id, among.query(context), settled_lists(among, doing), AT_ONCE
    for block in many.blocks(*asked, also_decided=also_decided):
        labels = zip(block.column("label").to_pylist(), block.column("suggested").to_pylist(), strict=True)
        does = [outcome(doing, label, suggested, target) is not None for label, suggested in labels]
        rows = pa.Table.from_batches([block]).select(_SCHEMA.names).cast(_SCHEMA)
        found.append(rows.filter(pa.array(does, pa.bool_())))
    return pa.concat_tables(found)
