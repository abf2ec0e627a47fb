"""A job that proves the detectors on planted errors: `python -m core.jobs.proof.run FOLDER`.

spec.json   a `ProofSpec`
input/      rows.parquet, as of a scan; verdicts.parquet: example_id, wrong (whether people changed the label); and the
            person's own probabilities, where the scan had some
"""

from __future__ import annotations

import time
from collections.abc import Collection

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from core.arrays.device import device, device_name
from core.duplicates.neighbourhood import Neighbourhood
from core.errors import UsageError
from core.heads.token_probabilities import read_token_probabilities
from core.heads.user_probabilities import Numbering, read_probabilities
from core.issues.signals import LabelledWords, Probabilities
from core.jobs.clusters import find_clusters, kept_together
from core.jobs.entry import run
from core.jobs.proof.bed import Bed
from core.jobs.proof.prove import prove
from core.jobs.proof.spans import SpanBed
from core.jobs.proof.spec import ProofResult, ProofSpec, manners_of
from core.jobs.rows import Rows, read_rows, read_spans
from core.modalities.encoder import WordEncoder
from core.modalities.encoders import make_encoder
from core.modalities.fitted import Learner
from core.modalities.heavy import heavy_modality
from core.modalities.text.word_shapes import forms_and_shapes
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
    located = task_named(spec.about.task).target.located
    differ = bool(rows.labels[told].any()) if located else len(distinct(rows.labels[told])[0]) > 1
    if len(told) < FEWEST_ROWS or not differ:
        raise UsageError(
            f"The version has {len(told):,} labelled rows: too few to plant errors in.",
            f"A proof needs at least {FEWEST_ROWS} with at least two different labels.",
        )
    bed = (_span_bed if located else _bed)(folder, progress, spec, rows, told)
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
        _notes(spec, [one.manner for one in found.found]),
        round(time.monotonic() - begun, 2),
        device_name(device()),
    )


def _bed(folder: JobFolder, progress: ProgressWriter, spec: ProofSpec, rows: Rows, told: NDArray[np.int64]) -> Bed:
    modality, arrays = task_named(spec.about.task).modality, spec.about.arrays
    encoders = [make_encoder(name, modality.name) for name in spec.encoders]
    near = find_clusters(modality, rows.payloads, arrays, progress, encoders)
    clusters = kept_together(near, rows.payloads, told)
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


def _span_bed(
    folder: JobFolder, progress: ProgressWriter, spec: ProofSpec, rows: Rows, told: NDArray[np.int64]
) -> SpanBed:
    modality, arrays, types = task_named(spec.about.task).modality, spec.about.arrays, spec.about.labels
    encoders = [make_encoder(name, modality.name) for name in spec.encoders]
    near = find_clusters(modality, rows.payloads, arrays, progress, encoders)
    clusters = kept_together(near, rows.payloads, told)
    texts = rows.payloads.take(slice(None))
    spans = read_spans(folder, texts)
    labels = np.concatenate([np.zeros(0, np.int64), *spans.labels(types)])
    forms, shapes = forms_and_shapes(texts, spans.bounds, spans.offsets)
    kept = spans.told[np.repeat(np.arange(len(rows)), np.diff(spans.offsets))]
    vectors: dict[str, NDArray[np.float16] | None] = {}
    labelled, bounds_of = rows.payloads.subset(told), [spans.bounds[row] for row in told]
    for encoder in encoders:
        stage = f"{encoder.name}: encoding"
        progress.update(stage, 0)
        vectors[encoder.name] = None
        if isinstance(encoder, WordEncoder):
            vectors[encoder.name] = encoder.words(labelled, bounds_of, arrays, progress.stage(stage))
    own = None
    if spec.probabilities:
        path, counts = folder.input / spec.probabilities, np.diff(spans.offsets)
        own = np.asarray(read_token_probabilities(path, rows.example_ids, counts, types, labels), np.float32)[kept]
    bounds = np.concatenate([np.zeros((0, 2), np.int64), *spans.bounds])
    nothing = np.zeros((len(labels), len(types) + 1), np.float32)
    words = LabelledWords(texts, spans.spans, spans.offsets, bounds, labels, nothing, np.zeros(len(labels), bool))
    right, wrong = _verdicts(folder, rows)
    return SpanBed(
        labels[kept],
        words.among(told),
        types,
        clusters[told],
        forms[kept],
        shapes[kept],
        vectors,
        right[told],
        wrong[told],
        spec.folds,
        spec.seed,
        own,
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


def _notes(spec: ProofSpec, planted: Collection[str]) -> tuple[str, ...]:
    manners = manners_of(task_named(spec.about.task))
    empty = [title for name, (title, _) in manners.items() if name not in planted]
    notes = [stored(f"These labels leave nothing to plant in the manner “{title}”.") for title in empty]
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
