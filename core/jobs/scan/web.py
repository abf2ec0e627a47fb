"""Scans: freezes what is asked for, writes the version's rows for the job, and takes in each tier as soon as the job
says that it is there."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

from core.context import Context
from core.errors import ProbabilitiesError, UsageError
from core.heads.user_probabilities import Numbering
from core.issues import ISSUE_TYPES, types_asked
from core.issues.label import FLAG_BY, NUMBERS_BY
from core.jobs.foresight import Foreseen
from core.jobs.kind import JobKind
from core.jobs.scan.fold_settings import fold_settings
from core.jobs.scan.plan import foresee_scan
from core.jobs.scan.spec import ScanJobSpec, ScanResult, Tier
from core.jobs.submit import about, submit, write_once
from core.personal.model import check_installed
from core.queue import JobFolder, read_events
from core.records import Dataset, Job, ScanSpec, Version
from core.settings import expanded
from core.store.datasets import get_dataset, rejected
from core.store.export import kept_texts, write_job_rows
from core.store.rows import taken_names
from core.store.scans import add_tier, has_tier
from core.store.versions import get_version
from core.tasks import task_named
from core.typed import from_json, to_json
from core.words import stored

SET_ASIDE_NAMED = 5
"""Rows set aside that a message names by their line."""
PROBABILITY_FILES = (".npy", ".parquet", ".csv")


def start_scan(context: Context, version_id: str, spec: ScanSpec, by: str) -> Job:
    """Starts a scan of a version and returns at once; the job is `preparing` until its rows are written.

    The same scan of the same version that is under way already is returned instead of a second one. Raises
    NotFoundError for the version, UsageError for settings that cannot be, ProbabilitiesError for their file.
    """
    version = get_version(context.store, version_id)
    dataset = get_dataset(context.store, version.dataset_id)
    asked = _frozen(context, dataset, version, spec)
    title = stored(f"Scan of {dataset.name}, version {version.number}")
    return submit(context, SCAN, asked, title=title, dataset_id=dataset.dataset_id, by=by)


def _prepare(context: Context, folder: JobFolder) -> None:
    """Writes what the scan job reads: the version's rows, and the person's own probabilities if there are any."""
    asked = SCAN.spec_of(folder)
    write_once(
        folder.input / "rows.parquet",
        lambda path: write_job_rows(
            context.store,
            asked.about.version_id,
            path,
            asked.about.labels,
            decided=bool(asked.settings.anew),
            kept=tuple(asked.kept),
        ),
    )
    own, where = asked.settings.probabilities, asked.probabilities_from
    if own and where:
        write_once(folder.input / own, lambda path: shutil.copyfile(where, path))


def _frozen(context: Context, dataset: Dataset, version: Version, spec: ScanSpec) -> ScanJobSpec:
    """What the job is asked for, complete."""
    if spec.folds < 2:
        raise UsageError(f"{spec.folds} folds cannot be.", "Out-of-sample probabilities need 2 or more; 5 is usual.")
    ways = NUMBERS_BY if task_named(dataset.task).target.numeric else FLAG_BY
    if spec.flag_by not in ways:
        raise UsageError(f"Rows cannot be flagged by {spec.flag_by!r}.", f"Choose one of: {', '.join(ways)}.")
    if spec.names and not task_named(dataset.task).modality.written:
        raise UsageError(
            f"'{dataset.name}' has no texts in which names could be (task {dataset.task}).", "Leave names out."
        )
    types = types_asked(task_named(dataset.task), spec.types)
    if spec.names:
        if not any("named" in ISSUE_TYPES[name].needs for name in types):
            raise UsageError(
                "Names are listed with personal data, which is not among what to look for.",
                "Look for personal data too, or leave names out.",
            )
        check_installed()
    encoders = spec.encoders or task_named(dataset.task).modality.encoders
    model = fold_settings(spec, dataset.task, version.row_count).model if spec.fine_tune else ""
    encoders = tuple(_absolute(encoder) for encoder in encoders)
    settings = replace(spec, encoders=encoders, fine_tune=model, types=tuple(types))
    kept = kept_texts(dataset)
    if spec.probabilities is None:
        return ScanJobSpec(settings, about(context, dataset, version), kept=kept)
    path = _file_of_probabilities(spec.probabilities)
    copy = f"probabilities{path.suffix.lower()}"
    numbering = _numbering(context, dataset, version)
    return ScanJobSpec(replace(settings, probabilities=copy), about(context, dataset, version), path, numbering, kept)


def _absolute(encoder: str) -> str:
    """A model folder by its full path, since the job runs elsewhere; any other name as it is."""
    folder = expanded(encoder)
    return str(folder.resolve()) if folder.is_dir() else encoder


def _numbering(context: Context, dataset: Dataset, version: Version) -> Numbering:
    """What a file's row ids are held against."""
    lines = rejected(context.store, dataset.dataset_id, SET_ASIDE_NAMED)
    named = ", ".join(f"line {row.line}" for row in lines if row.line is not None)
    more = " …" if dataset.rejected_count > SET_ASIDE_NAMED else ""
    aside = (
        f" Rows set aside at load have no example_id: {dataset.rejected_count:,}{f' ({named}{more})' if named else ''}."
    )
    taken = taken_names(context.store, version.version_id)
    return Numbering(dataset.row_count, aside if dataset.rejected_count else "", taken=taken)


def _file_of_probabilities(named: str) -> Path:
    path = expanded(named).resolve()
    if path.suffix.lower() not in PROBABILITY_FILES:
        raise ProbabilitiesError(
            f"'{path.name}' is not a file of probabilities.",
            f"Give one of these kinds: {', '.join(PROBABILITY_FILES)}.",
        )
    if not path.is_file():
        raise ProbabilitiesError(f"There is no file '{path}'.", "Check its path.")
    return path


def take_tiers(context: Context, job: Job) -> None:
    """Takes in every finished tier that has not been taken in yet; a scan that ranks anew writes its last one alone. A
    second call changes nothing."""
    folder = context.queue.folder(job.job_id)
    told = (event for event in read_events(folder) if event["event"] == "tier")
    finished = {tier.order: tier for tier in (from_json(Tier, event, str(folder.progress_path)) for event in told)}
    collected = context.queue.parts_collected(job.job_id)
    for order in sorted(order for order in finished if order >= collected):
        _take(context, job, folder, finished[order])
        context.queue.mark_part_collected(job.job_id, order + 1)


def _take(context: Context, job: Job, folder: JobFolder, tier: Tier) -> None:
    spec = SCAN.spec_of(folder)
    output = folder.output / str(tier.order)
    if not output.is_dir() and has_tier(context.store, job.job_id, tier.order):
        return  # taken in before, and cleared since
    add_tier(
        context.store,
        job_id=job.job_id,
        dataset_id=spec.about.dataset_id,
        version_id=spec.about.version_id,
        tier=tier.tier,
        tier_order=tier.order,
        settings=to_json(spec),
        summary=json.loads((output / "summary.json").read_text(encoding="utf-8")),
        by=job.created_by,
        issues_parquet=output / "issues.parquet",
        final=tier.final,
        beside=spec.settings.anew,
    )


def _foresee(context: Context, folder: JobFolder) -> Foreseen:
    spec = SCAN.spec_of(folder)
    return foresee_scan(context, spec.about.version_id, spec.settings)


SCAN = JobKind("scan", ScanJobSpec, ScanResult, "core.jobs.scan.run", _prepare, take_tiers, foresee=_foresee)
