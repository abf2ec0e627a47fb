"""Starts a map by UMAP, and takes it in."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from core.context import Context
from core.jobs.foresight import Foreseen, Work, start
from core.jobs.kind import JobKind
from core.jobs.map.spec import NEIGHBOURS, PAYLOAD, SEED, MapResult, MapSpec
from core.jobs.submit import submit, write_once
from core.queue import JobFolder, Resources
from core.records import EXAMPLE_ID, Dataset, Job
from core.store.maps.points import about_points, contents_as_loaded, folder_of_maps, write_points
from core.store.versions import list_versions
from core.words import stored

METHOD = "umap"


def start_map(
    context: Context,
    dataset: Dataset,
    encoder: str,
    embeddings: Path,
    neighbours: int,
    seed: int,
    by: str,
    *,
    encodes: str = "",
) -> Job:
    """Starts placing the rows of a dataset by the embeddings of an encoder, see `MapSpec`."""
    own = "" if (neighbours, seed) == (NEIGHBOURS, SEED) else f"-{neighbours}-{seed}"
    first = min(list_versions(context.store, dataset.dataset_id), key=lambda one: one.number)
    name = f"{METHOD}-{encoder}{own}"
    spec = MapSpec(
        dataset.dataset_id,
        first.version_id,
        name,
        encoder,
        embeddings,
        context.workspace.media,
        neighbours,
        seed,
        encodes,
    )
    title = stored(f"Map of {dataset.name}")
    return submit(context, MAP, spec, title=title, dataset_id=dataset.dataset_id, by=by)


def _prepare(context: Context, folder: JobFolder) -> None:
    spec = MAP.spec_of(folder)
    write_once(
        folder.input / "rows.parquet",
        lambda path: pq.write_table(
            contents_as_loaded(context.store, spec.dataset_id, PAYLOAD if spec.encodes else None), path
        ),
    )


def _collect(context: Context, job: Job) -> None:
    """Puts the map where the others are, unless a newer job has made it."""
    if job.status != "done":
        return
    folder = context.queue.folder(job.job_id)
    spec = MAP.spec_of(folder)
    path = folder_of_maps(context.store, spec.dataset_id) / f"{spec.name}.parquet"
    if path.is_file() and about_points(path)[1].get("job", "") >= job.job_id:
        return
    made = pq.read_table(folder.output / "map.parquet")
    places = np.stack([made.column(name).to_numpy() for name in "xy"], 1)
    about = {"method": METHOD, "encoder": spec.encoder, "job": job.job_id}
    if result := MAP.result_of(folder):
        about |= {"contents": str(result.contents), "fitted": str(result.fitted)}
    write_points(path, made.column(EXAMPLE_ID).to_numpy(), places, about)


def _foresee(context: Context, folder: JobFolder) -> Foreseen:
    """By how many contents are learnt from; libraries are compiled before the first of them."""
    spec = MAP.spec_of(folder)
    rows = pq.read_metadata(folder.input / "rows.parquet").num_rows
    encoding = Work("encoding", f"umap: encoding {spec.encodes}", rows, 4e-3, warm=2.0)
    fitted = min(rows, spec.fitted)
    fitting = Work("fitting UMAP", "umap: fitting", fitted, 2e-3, warm=10.0)
    placing = Work("placing the rest", "umap: placing", rows - fitted, 2e-4, heavy=True)
    return Foreseen(
        (start("map"), *((encoding,) if spec.encodes else ()), fitting, *((placing,) if rows > fitted else ()))
    )


MAP = JobKind(
    "map",
    MapSpec,
    MapResult,
    "core.jobs.map.run",
    _prepare,
    _collect,
    lambda spec: Resources(device=False),
    _foresee,
)
