"""The maps that there are of a dataset, and the one by principal components, which is made when it is asked for.

A map is of the rows as they were loaded, so that all versions of a dataset share it, and what is drawn on it stays
where it is.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np

from core.arrays.cosines import Held
from core.arrays.principal import Axes, fit
from core.context import Context
from core.modalities.payloads import digests
from core.progress import Report
from core.records import Dataset
from core.services.similar.nearest import kept_folders
from core.store.maps.points import about_points, contents_as_loaded, folder_of_maps, maps_of, write_points
from core.tasks import task_named

PCA = "pca"


@dataclass(frozen=True, slots=True)
class Projection:
    """A map."""

    name: str
    """As links and filters name it: method and encoder, `pca-minilm`."""
    method: str
    encoder: str
    path: Path
    rows: int
    """That lie on it."""
    explained: float = 0.0
    """Of principal components: the share of the variance, in 0–1, that both have together."""
    written: int = 0
    """When its file was written, in ns: a map made anew has the same name and maybe as many rows."""
    contents: int = 0
    """Of UMAP: different rows that lie on it."""
    fitted: int = 0
    """So many of these it has learnt from; the others were placed amid them."""


def projections(context: Context, dataset: Dataset) -> list[Projection]:
    """The maps that have been made, those by principal components first."""
    return [_read(path) for path in maps_of(context.store, dataset.dataset_id)]


def principal(context: Context, dataset: Dataset, report: Report) -> Projection | None:
    """The map by the principal components of the best encoder that has embeddings of the dataset; None where none has.

    It is made at the first call. Rows that get an embedding later are put where the same axes have them, so that
    nothing else moves; where those before them did not differ at all, axes are found anew. Not for the script thread:
    seconds for a million rows.
    """
    modality, places = task_named(dataset.task).modality, folder_of_maps(context.store, dataset.dataset_id)
    wanted = None
    for encoder, folder in kept_folders(context.workspace.arrays / "embeddings", modality):
        path, shards = places / f"{PCA}-{encoder}.parquet", _stamp(folder)
        said = about_points(path)[1] if path.is_file() else {}
        if said.get("shards") == shards:
            return _read(path)
        if wanted is None:
            table = contents_as_loaded(context.store, dataset.dataset_id)
            example_ids = table.column("example_id").to_numpy().astype(np.int64)
            wanted = digests(table.column("content_hash"))
        held = Held.of(folder, wanted)
        if not held.parts:
            continue
        if "axes" in said and any((axes := _axes_said(said["axes"])).explained):
            placed = axes.placed(held, report)
        else:
            axes, placed = fit(held, report)
        about = {"method": PCA, "encoder": encoder, "shards": shards, "axes": _say_axes(axes)}
        write_points(path, example_ids, placed, about)
        return _read(path)
    return None


def embeddings_of(context: Context, dataset: Dataset, of: Projection) -> Path:
    """The folder of the embeddings that a map was made of."""
    folders = dict(kept_folders(context.workspace.arrays / "embeddings", task_named(dataset.task).modality))
    return folders[of.encoder]


def _read(path: Path) -> Projection:
    rows, said = about_points(path)
    explained = sum(_axes_said(said["axes"]).explained) if "axes" in said else 0.0
    return Projection(
        path.stem,
        said.get("method", ""),
        said.get("encoder", ""),
        path,
        rows,
        explained,
        path.stat().st_mtime_ns,
        int(said.get("contents", 0)),
        int(said.get("fitted", 0)),
    )


def _stamp(folder: Path) -> str:
    """Which shards there are: what is added is noticed without reading any."""
    return sha256(" ".join(sorted(one.name for one in folder.glob("*.digests.npy"))).encode()).hexdigest()[:32]


def _say_axes(axes: Axes) -> str:
    return json.dumps(
        {
            "mean": axes.mean.tolist(),
            "directions": axes.directions.tolist(),
            "scale": axes.scale,
            "shift": axes.shift.tolist(),
            "explained": axes.explained,
        }
    )


def _axes_said(text: str) -> Axes:
    said = json.loads(text)
    mean, directions, shift = (np.asarray(said[name], np.float64) for name in ("mean", "directions", "shift"))
    first, second = said["explained"]
    return Axes(mean, directions, float(said["scale"]), shift, (float(first), float(second)))
