"""`map`: where the rows of a dataset lie in two dimensions."""

from __future__ import annotations

from typing import Any

import click

from core.commands.command import Answer, command, person, table
from core.commands.parameters import dataset_version, version_argument
from core.commands.progress import ProgressLine
from core.context import Context
from core.errors import UsageError
from core.jobs.map.spec import NEIGHBOURS, SEED
from core.progress import unheard
from core.services.map.projections import PCA, Projection, principal, projections
from core.services.map.umap import run_umap
from core.services.similar.nearest import can_compare


@command
@version_argument
@click.option("--umap", is_flag=True, help="make one by UMAP, which keeps what is alike together")
@click.option(
    "--neighbours", type=int, default=NEIGHBOURS, show_default=True, metavar="N", help="of each row, for UMAP"
)
@click.option("--seed", type=int, default=SEED, show_default=True, metavar="N", help="for UMAP: the same, the same map")
def map_command(context: Context, name: str, umap: bool, neighbours: int, seed: int) -> Answer:
    """Make the maps of a dataset's rows that Profile → Map shows, and list them."""
    dataset, _ = dataset_version(context, name)
    if can_compare(dataset):
        principal(context, dataset, unheard)
    if umap:
        with ProgressLine() as line:
            run_umap(context, dataset, person(), line.show, neighbours=neighbours, seed=seed)
    known = projections(context, dataset)
    if not known:
        raise UsageError(
            f"{dataset.name!r} has no embeddings to make a map of.",
            f"Run: python -m core {'scan' if can_compare(dataset) else 'map --umap'} {dataset.name}",
        )
    return Answer({"dataset": dataset.name, "maps": [_said(one) for one in known]}, _text(dataset.row_count, known))


def _said(one: Projection) -> dict[str, Any]:
    explained = {"explained": one.explained} if one.explained else {}
    learnt = {"contents": one.contents, "fitted": one.fitted} if one.contents else {}
    return {"name": one.name, "method": one.method, "encoder": one.encoder, "rows": one.rows, **explained, **learnt}


def _text(rows: int, known: list[Projection]) -> str:
    lines = [(one.name, one.encoder, f"{one.rows:,} of {rows:,}", _how_true(one)) for one in known]
    return table(("map", "embeddings", "rows", "what it holds"), lines)


def _how_true(one: Projection) -> str:
    if one.method == PCA:
        return f"{one.explained:.1%} of the variance" if one.explained else "nothing: the embeddings do not differ"
    return f"learnt from {one.fitted:,} of {one.contents:,} different rows" if one.contents else ""
