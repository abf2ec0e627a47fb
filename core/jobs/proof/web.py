"""Proves the detectors on planted errors: starts the job. Its result stays in the job's folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from core.context import Context
from core.errors import UsageError
from core.heads.user_probabilities import Numbering
from core.jobs.foresight import Foreseen
from core.jobs.kind import JobKind
from core.jobs.proof.plan import foresee_proof
from core.jobs.proof.spec import FEWEST_REPEATS, MOST_REPEATS, REPEATS, ProofResult, ProofSpec
from core.jobs.submit import about, submit, write_once
from core.queue import JobFolder
from core.records import Dataset, Job, Scan
from core.store.acts.decisions import judged
from core.store.datasets import get_dataset
from core.store.export import write_job_rows
from core.store.scans import latest_scan
from core.store.versions import get_version
from core.tasks import task_named
from core.typed import from_json
from core.words import stored


def start_proof(context: Context, version_id: str, *, by: str, repeats: int = REPEATS) -> Job:
    """Starts the proof beside the version's newest scan and returns its job at once. Raises NotFoundError, and
    UsageError where there is nothing to prove."""
    version = get_version(context.store, version_id)
    dataset = get_dataset(context.store, version.dataset_id)
    _check(context, dataset, version_id, repeats)
    scan = latest_scan(context.store, version_id)
    assert scan is not None
    encoders = encoders_of(dataset, scan)
    own, numbering = _own(context, scan)
    spec = ProofSpec(
        scan.scan_id,
        encoders,
        int(scan.settings.get("folds") or 5),
        int(scan.settings.get("seed") or 0),
        repeats,
        own,
        scan.job_id if own else None,
        numbering,
        about=about(context, dataset, version),
    )
    title = stored(f"Proof of the detectors on {dataset.name}, version {version.number}")
    return submit(context, PROOF, spec, title=title, dataset_id=dataset.dataset_id, by=by)


def encoders_of(dataset: Dataset, scan: Scan) -> tuple[str, ...]:
    """Those that the scan went by, else those of the modality."""
    return tuple(scan.settings.get("encoders") or ()) or task_named(dataset.task).modality.encoders


def _check(context: Context, dataset: Dataset, version_id: str, repeats: int) -> None:
    if not FEWEST_REPEATS <= repeats <= MOST_REPEATS:
        raise UsageError(
            f"Copies cannot be {repeats}.",
            f"Take {FEWEST_REPEATS} to {MOST_REPEATS} for each manner: how far they differ makes the bands.",
        )
    if latest_scan(context.store, version_id) is None:
        raise UsageError(
            f"{dataset.name!r} has not been scanned in this version.",
            f"A proof goes by what a scan found. Run: winnow scan {dataset.name}",
        )


def _own(context: Context, scan: Scan) -> tuple[str | None, Numbering | None]:
    """The name of the scan's copy of the person's own probabilities, where that is still there."""
    name, numbering = scan.settings.get("probabilities"), scan.settings.get("numbering")
    if not name or not (context.queue.folder(scan.job_id).input / str(name)).is_file():
        return None, None
    return str(name), from_json(Numbering, numbering, "numbering") if numbering else None


def _prepare(context: Context, folder: JobFolder) -> None:
    """Writes the version's rows, what people said of them, and the person's own probabilities if there are any."""
    spec = PROOF.spec_of(folder)
    version_id = spec.about.version_id
    write_once(
        folder.input / "rows.parquet",
        lambda path: write_job_rows(context.store, version_id, path, spec.about.labels),
    )
    write_once(folder.input / "verdicts.parquet", lambda path: _write_verdicts(context, version_id, path))
    name, job = spec.probabilities, spec.scan_job
    if name and job:
        write_once(folder.input / name, lambda path: shutil.copyfile(context.queue.folder(job).input / str(name), path))


def _write_verdicts(context: Context, version_id: str, path: Path) -> None:
    told = [one for one in judged(context.store, version_id) if one.action in ("keep", "relabel")]
    ids = pa.array([one.example_id for one in told], pa.int64())
    wrong = pa.array([one.action == "relabel" for one in told], pa.bool_())
    pq.write_table(pa.table({"example_id": ids, "wrong": wrong}), path)


def _foresee(context: Context, folder: JobFolder) -> Foreseen:
    spec = PROOF.spec_of(folder)
    return foresee_proof(context, spec.about.version_id, spec.encoders, spec.repeats)


PROOF = JobKind("proof", ProofSpec, ProofResult, "core.jobs.proof.run", _prepare, foresee=_foresee)
