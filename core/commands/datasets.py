"""`datasets`: what the workspace holds."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from core.commands.command import Answer, Command, table
from core.services.context import Context
from core.services.issues.listing import latest_scan
from core.store.datasets import list_datasets
from core.store.versions import list_versions


def _arguments(parser: ArgumentParser) -> None:
    del parser


def _run(context: Context, options: Namespace) -> Answer:
    del options
    data, lines = [], []
    for dataset in list_datasets(context.store):
        versions = list_versions(context.store, dataset.dataset_id)
        scan = latest_scan(context, dataset.latest_version_id)
        data.append(
            {
                "name": dataset.name,
                "dataset_id": dataset.dataset_id,
                "task": dataset.task,
                "rows": dataset.row_count,
                "classes": len(dataset.labels),
                "rejected": dataset.rejected_count,
                "source": dataset.source,
                "licence": dataset.licence,
                "created_at": dataset.created_at,
                "created_by": dataset.created_by,
                "versions": [
                    {"number": version.number, "kind": version.kind, "rows": version.row_count, "note": version.note}
                    for version in versions
                ],
                "scan": scan.tier if scan else None,
            }
        )
        lines.append(
            (
                dataset.name,
                dataset.task,
                dataset.row_count,
                len(dataset.labels),
                len(versions),
                scan.tier if scan else None,
            )
        )
    text = table(("name", "task", "rows", "classes", "versions", "newest scan"), lines)
    return Answer(data, text if lines else "No dataset yet. Load one: python -m core load bbc-news")


DATASETS = Command("datasets", "List the workspace's datasets.", _arguments, _run)
