"""`datasets`: what the workspace holds."""

from __future__ import annotations

import click

from core.commands.command import Answer, command, table
from core.context import Context
from core.records import Dataset
from core.services.issues.listing import latest_scan
from core.services.privacy.copies import copies_of, copy_of, named
from core.services.trash import empty
from core.store.datasets import list_datasets
from core.store.telling.class_lists import class_list
from core.store.versions import get_version, list_versions
from core.typed import JsonObject


@command
@click.option(
    "--empty-trash",
    type=click.FloatRange(min=0),
    metavar="DAYS",
    help="delete for good what has lain in the trash for so many days; 0: all that lies there",
)
def datasets_command(context: Context, empty_trash: float | None) -> Answer:
    """List the workspace's datasets, or empty the trash."""
    if empty_trash is not None:
        gone = empty(context, empty_trash)
        return Answer({"deleted": gone}, f"{len(gone):,} datasets of the trash are deleted for good.")
    found = [_data(context, dataset) for dataset in list_datasets(context.store)]
    if not found:
        return Answer(found, "No dataset yet. Load one: python -m core load bbc-news")
    columns = ("name", "task", "rows", "classes", "versions", "scan")
    lines = [[_cell(one[column]) for column in columns] for one in found]
    return Answer(found, table((*columns[:-1], "newest scan"), lines))


def _cell(value: object) -> object:
    """A list by its length."""
    return len(value) if isinstance(value, list) else value


def _data(context: Context, dataset: Dataset) -> JsonObject:
    scan = latest_scan(context, dataset.latest_version_id)
    origin = copy_of(context, dataset)
    of = named(context, origin.of_dataset) if origin else None
    return {
        "name": dataset.name,
        "dataset_id": dataset.dataset_id,
        "task": dataset.task,
        "rows": dataset.row_count,
        "classes": len(class_list(context.store, get_version(context.store, dataset.latest_version_id))),
        "rejected": dataset.rejected_count,
        "source": dataset.source,
        "licence": dataset.licence,
        "created_at": dataset.created_at,
        "created_by": dataset.created_by,
        "versions": [
            {
                "number": version.number,
                "kind": version.kind,
                "rows": version.row_count,
                "note": version.note,
                "classes": class_list(context.store, version),
            }
            for version in list_versions(context.store, dataset.dataset_id)
        ],
        "scan": scan.tier if scan else None,
        "masked_copy_of": origin and {"dataset": of.name if of else origin.of_name, "version": origin.of_number},
        "masked_copies": [
            {"dataset": made.name, "version": one.of_number} for one, made in copies_of(context, dataset)
        ],
    }
