"""Masking in a process of its own: a version as a dataset without personal data, or its rows as a file."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from core.context import Context
from core.errors import JobError
from core.jobs.foreground import passing_folder, run_module
from core.jobs.foresight import Amount, Foreseen, Work, start
from core.jobs.kind import JobKind
from core.jobs.load.spec import LoadSpec
from core.jobs.load.web import collect_load
from core.jobs.mask.carry import carry, carry_rule
from core.jobs.mask.spec import MaskLoadSpec, MaskResult, MaskSpec
from core.jobs.submit import submit, write_once
from core.modalities import WORDS
from core.personal.mask import Masking
from core.queue import JobFolder, Resources
from core.records import EXAMPLE_ID, Dataset, Job, Schema, Version
from core.store.acts.tags import TITLES
from core.store.export import Format, export_file, export_rows, own_id_in_file
from core.store.masked import names_of
from core.tasks import task_named
from core.typed import to_json
from core.words import stored

OUT = "masked.parquet"
"""What the job leaves in its output."""
USUAL, NAMES_USUAL = 3e-6, 1e-4
"""Seconds for what a token of a short text is, by patterns and by the model."""


def masked_columns(dataset: Dataset) -> tuple[str, ...]:
    """The columns of a file of a version that are masked: the example's own first, the source's ids, the attributes."""
    own = [own_id_in_file(dataset)] if dataset.id_column else []
    return WORDS, *own, *(one.column for one in dataset.attributes if not one.derived)


def start_mask(
    context: Context,
    dataset: Dataset,
    version: Version,
    how: Masking,
    names: bool,
    name: str,
    by: str,
    chosen: NDArray[np.int64] | None = None,
) -> Job:
    """Starts making a dataset `name` of a version's rows with personal data masked, in all of them or in the `chosen`
    ones (m,). Its splits are the version's, and rows that it excludes are not in it; what people made of the others
    goes along: see `carry`."""
    own = own_id_in_file(dataset) if dataset.id_column else EXAMPLE_ID
    attributes = tuple(one.column for one in dataset.attributes if not one.derived)
    numeric = task_named(dataset.task).target.numeric
    schema = Schema(
        dataset.task, WORDS, "given_label", "split", own, attributes, classes=() if numeric else tuple(dataset.labels)
    )
    note = stored(f"Masked copy of {dataset.name}, version {version.number}")
    load = LoadSpec("parquet", (), schema, name, context.workspace.media, note=note, licence=dataset.licence)
    mask = MaskSpec(how, masked_columns(dataset), names, chosen is not None, names_of(dataset))
    digest = "" if chosen is None else hashlib.sha256(np.sort(chosen).tobytes()).hexdigest()
    spec = MaskLoadSpec(mask, load, version.version_id, digest)

    def keep_chosen(job: Job) -> None:
        if chosen is not None:
            table = pa.table({EXAMPLE_ID: chosen})
            folder = JobFolder(Path(job.folder))
            write_once(folder.input / "chosen.parquet", lambda path: pq.write_table(table, path))

    title = stored(f"Masked copy of {dataset.name}, version {version.number}")
    return submit(context, MASK, spec, title=title, dataset_id=dataset.dataset_id, by=by, created=keep_chosen)


def export_masked(
    context: Context,
    dataset: Dataset,
    version_id: str,
    out: Path,
    format: Format,  # noqa: A002
    plain: bool,
    named: bool,
) -> Path:
    """Writes a version's rows with `[email]` and the like in place of personal data, which a process of its own puts
    there. Raises JobError, in which nothing is left of it."""
    with passing_folder() as work:
        rows = work.input / "rows.parquet"
        export_rows(context.store, version_id, rows, "parquet", named=named, labels_as=format, raw=True)
        work.write_spec(to_json(MaskSpec(Masking(), (*masked_columns(dataset), *TITLES), said=names_of(dataset))))
        if problem := run_module(MASK.module, work):
            raise JobError(work.error() or f"The masking failed: {problem}", "Try again.")
        return export_file(context.store, work.output / OUT, out, format, plain)


def _prepare(context: Context, folder: JobFolder) -> None:
    version_id = MASK.spec_of(folder).version_id
    write_once(
        folder.input / "rows.parquet",
        lambda path: export_rows(context.store, version_id, path, "parquet", raw=True),
    )


def _collect(context: Context, job: Job) -> None:
    def carried(folder: JobFolder, made: Dataset) -> None:
        carry(context, MASK.spec_of(folder), folder.output / OUT, made, job)

    def unseen(folder: JobFolder, dataset_id: str) -> None:
        carry_rule(context, MASK.spec_of(folder), dataset_id, job)

    collect_load(context, job, lambda folder: (str(folder.output / OUT),), carried, unseen)


def _foresee(context: Context, folder: JobFolder) -> Foreseen:
    spec = MASK.spec_of(folder)
    amount = Amount(context, spec.version_id)
    key, usual = ("masking with names", NAMES_USUAL) if spec.mask.names else ("masking", USUAL)
    return Foreseen((start("mask"), Work("masking", key, amount.cost(), usual)))


MASK = JobKind(
    "mask",
    MaskLoadSpec,
    MaskResult,
    "core.jobs.mask.run",
    _prepare,
    _collect,
    lambda spec: Resources(device=False),
    _foresee,
)
