"""Batch predictions: what is written for the job to read. Its results stay in its folder."""

from __future__ import annotations

import logging
from dataclasses import asdict

from core.context import Context
from core.errors import SourceError, StoppedError
from core.jobs.foresight import Foreseen
from core.jobs.kind import JobKind
from core.jobs.predict.plan import foresee_predict, units_of
from core.jobs.predict.spec import PredictResult, PredictSpec
from core.jobs.tables import copy_table, kind_of
from core.queue import JobFolder
from core.records import Schema

_LOG = logging.getLogger("winnow")


def _prepare(context: Context, folder: JobFolder) -> None:
    """Copies a table to the job's input with the store's engine: all of its columns, CSV cells as they stand there."""
    spec = PREDICT.spec_of(folder)
    rows = folder.input / "rows.parquet"
    if spec.modality.in_files or rows.exists():
        return
    source = kind_of(context, spec.locations)
    if source.reader is None:
        raise SourceError(f"{spec.name} is no table.", "Name a CSV, TSV, JSON, Parquet or Excel file.")
    others = tuple(name for name in spec.columns if name != spec.column)
    features = others if spec.modality.features else ()
    request = {
        "what": "stage_table",
        "source": source.name,
        "locations": list(spec.locations),
        "schema": asdict(Schema(spec.task or spec.kind, spec.column, None, attributes=others, features=features)),
        "within": None if spec.within is None else [str(allowed) for allowed in spec.within],
        "scratch": str(folder.input),
        "misfits": list(spec.columns),
        "lines": False,  # nobody asks for the line of a row that was read
    }
    try:
        copy_table(context, folder, request, spec.locations).rename(rows)
    except StoppedError:
        _LOG.info("prediction %s was stopped while its file was read", folder.job_id)


def _foresee(context: Context, folder: JobFolder) -> Foreseen:
    spec = PREDICT.spec_of(folder)
    units = units_of(spec, folder.input / "rows.parquet")
    return foresee_predict(spec.modality, spec.task or spec.kind, units)


PREDICT = JobKind("predict", PredictSpec, PredictResult, "core.jobs.predict.run", _prepare, foresee=_foresee)
