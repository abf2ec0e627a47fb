"""Masks personal data of a version: the result is a dataset of its own, and the version stays as it is."""

from __future__ import annotations

import json
import os
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.context import Context
from core.errors import UsageError
from core.jobs.mask.hide import hidden_in, may_become_text, of_texts, values_of
from core.jobs.mask.web import masked_columns, start_mask
from core.modalities import WORDS
from core.personal import BY_NAME, Masking
from core.personal.model import check_installed
from core.records import Dataset, Job, Version
from core.services.privacy.always import always_masked
from core.services.review.among import Among
from core.store import splitting
from core.store.datasets import get_dataset, list_datasets
from core.store.export import exported_sql
from core.store.masked import masked_value, names_of
from core.store.relations import relation
from core.store.scans import latest_scan
from core.tasks import Task, task_named

LOOKED_AT = 5_000
"""Rows that a look before goes through: about a second."""
SHOWN = 5
CUT = 300
"""Characters that an example shows."""


@dataclass(frozen=True, slots=True)
class Look:
    """What masking would do to the first rows that are asked for."""

    rows: int
    """Asked for in all."""
    looked_at: int
    changed: int
    """Of these, by patterns alone: names and places are looked for by the job."""
    kinds: Mapping[str, int]
    """Kind → places, the most first."""
    examples: tuple[tuple[int, str, str], ...]
    """(example_id, before, after) of the first changed ones: the text, or the first column that changes, with its
    name."""


def can_mask_as_dataset(task: Task) -> bool:
    """Whether a masked dataset can be made: of texts that somebody wrote, where labels are not places in them."""
    return task.modality.written and not task.target.located


def look(context: Context, version: Version, how: Masking, among: Among | None = None) -> Look:
    """What it would do. Raises UsageError for a kind that there is not."""
    how = _salted(context, how)
    rows = relation(context.store, version.version_id, None)
    chosen = None if among is None else _chosen(context, among)
    if chosen is not None:
        rows = relation(context.store, version.version_id, [int(one) for one in chosen[:LOOKED_AT]])
    total = version.row_count if chosen is None else len(chosen)
    dataset = get_dataset(context.store, version.dataset_id)
    always = always_masked(context, dataset.dataset_id)
    sql = f"{exported_sql(dataset, rows, 'parquet', named=False)} ORDER BY example_id LIMIT {LOOKED_AT}"
    with context.store.cursor() as cursor:
        table = cursor.execute(sql).to_arrow_table()
    ids, kinds = table["example_id"].to_pylist(), Counter[str]()
    changed: dict[int, tuple[str, str]] = {}
    names = names_of(dataset)
    for name in (one for one in masked_columns(dataset) if one in table.column_names):
        held, column = table[name], names.get(name, name)
        if pa.types.is_dictionary(held.type):
            held = held.cast(held.type.value_type)
        if not of_texts(held.type) and not may_become_text(column, held.type):
            continue
        for example_id, before in zip(ids, values_of(held), strict=True):
            after = hidden_in(how, column, before, None, kinds)
            if after != before and example_id not in changed:
                if always:
                    before = masked_value(column, before)
                    after = masked_value(column, after) if how.kinds else after  # what is left of the others
                changed[example_id] = _said(column, before), _said(column, after)
    examples = tuple((row, *changed[row]) for row in sorted(changed)[:SHOWN])
    return Look(total, len(ids), len(changed), dict(kinds.most_common()), examples)


def names_were_looked_for(context: Context, version_id: str) -> bool:
    """Whether the version's newest scan lists names and places too: what is masked is to have them as well, then."""
    scan = latest_scan(context.store, version_id)
    return scan is not None and any(scan.found(one).get("names") is True for one in scan.types)


def start_masking(
    context: Context,
    dataset: Dataset,
    version: Version,
    how: Masking,
    by: str,
    *,
    name: str = "",
    names: bool = False,
    among: Among | None = None,
) -> Job:
    """Starts making the masked dataset, called `name` or after the one that it comes from; the rows that `among` asks
    for are masked, or all of them. Raises UsageError where it cannot be."""
    if not can_mask_as_dataset(task_named(dataset.task)):
        raise UsageError(
            f"'{dataset.name}' cannot be masked as a dataset (task {dataset.task}).",
            "Texts can be, where labels are not places in them; rows of tables can be masked as a file: export --mask.",
        )
    if names:
        check_installed()
    how = _salted(context, how)
    taken = {one.name for one in list_datasets(context.store)}
    wanted = name.strip() or _free(f"{dataset.name.removesuffix(' masked')} masked", taken)
    if wanted in taken:
        raise UsageError(f"A dataset named '{wanted}' exists already.", "Choose another name.")
    chosen = None if among is None else _chosen(context, among)
    if chosen is not None and not len(chosen):
        raise UsageError("No row is asked for, so none can be masked.", "Take a filter that keeps some.")
    return start_mask(context, dataset, version, how, names, wanted, by, chosen)


def _chosen(context: Context, among: Among) -> NDArray[np.int64]:
    parts: Sequence[NDArray[np.int64]] = tuple(
        splitting.splits_among(context.store, among.version_id, among.query(context)).values()
    )
    return np.sort(np.concatenate([np.empty(0, np.int64), *parts]))


def _free(name: str, taken: set[str]) -> str:
    place = 2
    wanted = name
    while wanted in taken:
        wanted, place = f"{name} {place}", place + 1
    return wanted


def _salted(context: Context, how: Masking) -> Masking:
    """With the workspace's own salt, which is made once and leaves it in no file."""
    wrong = [kind for kind in how.kinds if kind not in BY_NAME]
    if wrong:
        raise UsageError(f"{wrong[0]!r} is no kind of personal data.", f"There are: {', '.join(BY_NAME)}.")
    path = context.workspace.root / "mask-salt"
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(16))
    except FileExistsError:
        pass
    return replace(how, salt=path.read_text().strip())


def _said(column: str, value: object) -> str:
    words = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return _cut(words if column == WORDS else f"{column}: {words}")


def _cut(text: str) -> str:
    return text if len(text) <= CUT else f"{text[: CUT - 1]}…"
