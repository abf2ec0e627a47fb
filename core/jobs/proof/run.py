"""A job that proves the detectors on planted errors: `python -m core.jobs.proof.run FOLDER`.

spec.json   a `ProofSpec`
input/      rows.parquet, as of a scan; verdicts.parquet: example_id, wrong (whether people changed the label); and the
            person's own probabilities, where the scan had some
"""

from __future__ import annotations

import time

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from core.arrays.device import device, device_name
from core.duplicates.neighbourhood import Neighbourhood
from core.errors import UsageError
from core.heads.user_probabilities import Numbering, read_probabilities
from core.issues.signals import Probabilities
from core.jobs.clusters import find_clusters, kept_together
from core.jobs.entry import run
from core.jobs.proof.bed import Bed
from core.jobs.proof.prove import prove
from core.jobs.proof.spec import ProofResult, ProofSpec
from core.jobs.rows import Rows, read_rows
from core.modalities.encoders import make_encoder
from core.modalities.fitted import Learner
from core.modalities.heavy import heavy_modality
from core.queue import JobFolder, ProgressWriter
from core.targets.arrays import distinct, unlabelled
from core.tasks import task_named
from core.words import stored

STAGE = "planted copies"
FEWEST_ROWS = 60
"""Fewer rows have no room for errors that could be told from each other."""


def main(folder: JobFolder, progress: ProgressWriter) -> ProofResult:
    """Encodes what is not kept, plants, ranks and counts."""
    begun = time.monotonic()
    spec = folder.spec_as(ProofSpec)
    classes = len(spec.about.labels)
    rows = read_rows(folder, spec.about.task, spec.about.media, classes)
    told = np.flatnonzero(~unlabelled(rows.labels))
    if len(told) < FEWEST_ROWS or len(distinct(rows.labels[told])[0]) < 2:
        raise UsageError(
            f"The version has {len(told):,} labelled rows: too few to plant errors in.",
            f"A proof needs at least {FEWEST_ROWS} with at least two different labels.",
        )
    bed = _bed(folder, progress, spec, rows, told)
    found = prove(bed, spec.repeats, progress.stage(STAGE))
    return ProofResult(
        len(told),
        found.planted,
        found.left_out,
        found.own_errors,
        found.reviewed,
        found.found,
        int(bed.right.sum()),
        int(bed.wrong.sum()),
        found.decided,
        _notes(spec),
        round(time.monotonic() - begun, 2),
        device_name(device()),
    )


def _bed(folder: JobFolder, progress: ProgressWriter, spec: ProofSpec, rows: Rows, told: NDArray[np.int64]) -> Bed:
    modality, arrays = task_named(spec.about.task).modality, spec.about.arrays
    encoders = [make_encoder(name, modality.name) for name in spec.encoders]
    clusters = kept_together(find_clusters(modality, rows.payloads, arrays, progress, encoders), rows.payloads)
    embeddings = {}
    for encoder in encoders:
        progress.update(f"{encoder.name}: encoding", 0)
        embedded = encoder.embed(rows.payloads, arrays, progress.stage(f"{encoder.name}: encoding"))
        embeddings[encoder.name] = np.asarray(embedded[told])
    progress.update("neighbours", 0)
    nearest = Neighbourhood(list(embeddings.values())[-1], progress.stage("neighbours")).everyone
    right, wrong = _verdicts(folder, rows)
    return Bed(
        rows.labels[told],
        len(spec.about.labels),
        clusters[told],
        embeddings,
        nearest,
        right[told],
        wrong[told],
        spec.folds,
        spec.seed,
        _learner(spec, rows, told),
        _own(folder, spec, rows, told),
        folder.path,
    )


def _verdicts(folder: JobFolder, rows: Rows) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(n,) whose label people have confirmed, and whose they have changed."""
    table = pq.read_table(folder.input / "verdicts.parquet")
    wrong = np.isin(rows.example_ids, table.filter(table.column("wrong")).column("example_id").to_numpy())
    known = pq.read_table(folder.input / "rows.parquet", columns=["known"]).column("known")
    return np.asarray(known.to_numpy(zero_copy_only=False), bool) & ~wrong, wrong


def _learner(spec: ProofSpec, rows: Rows, told: NDArray[np.int64]) -> Learner | None:
    modality = task_named(spec.about.task).modality
    if not modality.fine_tuning.at_once:
        return None
    return heavy_modality(modality).learner(rows.payloads.subset(told), len(spec.about.labels), spec.seed)


def _own(folder: JobFolder, spec: ProofSpec, rows: Rows, told: NDArray[np.int64]) -> Probabilities | None:
    if not spec.probabilities:
        return None
    path = folder.input / spec.probabilities
    numbering = spec.numbering or Numbering(len(rows))
    return read_probabilities(path, rows.example_ids, list(spec.about.labels), rows.labels, numbering)[told]


def _notes(spec: ProofSpec) -> tuple[str, ...]:
    notes = []
    if spec.probabilities:
        notes.append(
            stored(
                "Your own probabilities were not made anew for the copies: they have not learnt the planted errors, "
                "so that they look better here than they would be on labels that they learn from."
            )
        )
    return tuple(notes)


if __name__ == "__main__":
    run(main)
