"""A job that asks what mitigation would change: `python -m core.jobs.mitigation.run FOLDER`.

spec.json   a `MitigationSpec`
input/      rows.parquet, as of a scan; groups.parquet: example_id and the position of its group, of the rows in one;
            names.parquet: name of each group, and whether it has enough rows to be judged
output/     predicted.parquet: example_id, group, and the position of the class that each arm predicts
"""

from __future__ import annotations

import time

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from core.arrays.device import device, device_name
from core.errors import UsageError
from core.files import whole
from core.jobs.clusters import find_clusters, kept_together
from core.jobs.entry import run
from core.jobs.mitigation.compare import Judged, compared
from core.jobs.mitigation.refit import refitted
from core.jobs.mitigation.spec import ARMS, MitigationResult, MitigationSpec, OfGroup
from core.jobs.mitigation.weights import NO_GROUP
from core.jobs.rows import Rows, read_rows
from core.modalities.encoders import make_encoder
from core.queue import JobFolder, ProgressWriter
from core.targets.arrays import unlabelled
from core.tasks import task_named

HEADS, INTERVALS = "fitting heads", "intervals"
FEWEST_ROWS = 60
"""Fewer rows have no two groups that could be told from each other."""


def main(folder: JobFolder, progress: ProgressWriter) -> MitigationResult:
    """Encodes what is not kept, fits the heads of all arms over the same folds, and compares."""
    begun = time.monotonic()
    spec = folder.spec_as(MitigationSpec)
    labels = spec.about.labels
    rows = read_rows(folder, spec.about.task, spec.about.media, len(labels))
    told = np.flatnonzero(~unlabelled(rows.labels))
    names = pq.read_table(folder.input / "names.parquet")
    large = np.asarray(names.column("judged").to_numpy(zero_copy_only=False), bool)
    groups = _groups(folder, rows.example_ids[told])
    _check(rows.labels[told], large)
    arms = tuple(ARMS)
    predicted, trained = _predicted(folder, progress, spec, rows, told, np.where(_among(groups, large), groups, -1))
    _write(folder, rows.example_ids[told], groups, predicted)
    judged = Judged(rows.labels[told], predicted, groups, large, len(labels))
    found = compared(judged, arms, labels, progress.stage(INTERVALS))
    sizes = np.bincount(groups[groups >= 0], minlength=len(large)).tolist()
    listed = zip(names.column("name").to_pylist(), sizes, large.tolist(), strict=True)
    return MitigationResult(
        len(told),
        int((groups == NO_GROUP).sum()),
        trained,
        tuple(OfGroup(*one) for one in listed),
        found,
        round(time.monotonic() - begun, 2),
        device_name(device()),
    )


def _check(labels: NDArray[np.int64], large: NDArray[np.bool_]) -> None:
    if len(labels) < FEWEST_ROWS or len(np.unique(labels)) < 2:
        raise UsageError(
            f"The version has {len(labels):,} labelled rows: too few to compare groups.",
            f"At least {FEWEST_ROWS} of at least two classes are needed.",
        )
    if large.sum() < 2:
        raise UsageError(
            f"{large.sum():,} of its groups have enough rows to be compared.",
            "Choose an attribute with two groups of at least 30 labelled rows.",
        )


def _groups(folder: JobFolder, example_ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """(n,) the group of each of these rows, which are by row id."""
    table = pq.read_table(folder.input / "groups.parquet")
    ids = table.column("example_id").to_numpy()
    found = np.full(len(example_ids), NO_GROUP, np.int64)
    at = np.searchsorted(example_ids, ids)
    known = (at < len(example_ids)) & (example_ids[np.minimum(at, len(example_ids) - 1)] == ids)
    found[at[known]] = table.column("group").to_numpy()[known]
    return found


def _among(groups: NDArray[np.int64], large: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(n,) whether a row is in a group that takes part."""
    return (groups >= 0) & large[np.maximum(groups, 0)]


def _predicted(
    folder: JobFolder,
    progress: ProgressWriter,
    spec: MitigationSpec,
    rows: Rows,
    told: NDArray[np.int64],
    groups: NDArray[np.int64],
) -> tuple[NDArray[np.int64], int]:
    modality, arrays = task_named(spec.about.task).modality, spec.about.arrays
    encoder = make_encoder(spec.encoder, modality.name)
    near = find_clusters(modality, rows.payloads, arrays, progress, [encoder])
    clusters = kept_together(near, rows.payloads, told)
    stage = f"{encoder.name}: encoding"
    progress.update(stage, 0)
    embeddings = np.asarray(encoder.embed(rows.payloads, arrays, progress.stage(stage))[told])
    done = 0.0

    def step() -> None:
        nonlocal done
        done += 0.03 * (1 - done)
        progress.update(HEADS, done, 1.0)

    progress.update(HEADS, 0)
    return refitted(
        embeddings,
        rows.labels[told],
        groups,
        clusters[told],
        len(spec.about.labels),
        tuple(ARMS),
        folds=spec.folds,
        seed=spec.seed,
        scratch=folder.path,
        on_step=step,
    )


def _write(
    folder: JobFolder, example_ids: NDArray[np.int64], groups: NDArray[np.int64], predicted: NDArray[np.int64]
) -> None:
    columns = {"example_id": example_ids, "group": groups.astype(np.int32)}
    columns |= {arm: one.astype(np.int32) for arm, one in zip(ARMS, predicted, strict=True)}
    with whole(folder.output / "predicted.parquet") as part:
        pq.write_table(pa.table(columns), part)


if __name__ == "__main__":
    run(main)
