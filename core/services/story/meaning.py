"""What the classes of a dataset mean, shown by typical rows of each, and by its guideline where one is written down."""

from __future__ import annotations

from core.context import Context
from core.records import ClassMeaning, Dataset, Run, Scan, Version
from core.store.relations import relation
from core.store.rows import get_rows
from core.store.telling import story as store
from core.tasks import target_of

TYPICAL = 3
TOLD = 200
"""Classes that are shown by examples, the largest first."""


def meanings(
    context: Context, dataset: Dataset, version: Version, run: Run | None, scan: Scan | None
) -> tuple[ClassMeaning, ...]:
    """The classes of a version, largest first, each with up to `TYPICAL` rows: those that a model is surest of and
    right about; where there is none, those whose label a scan doubts least; else the first."""
    target, rows = target_of(dataset), relation(context.store, version.version_id)
    sizes = store.class_sizes(context.store, rows, target.classes_sql)
    labelled = max(1, store.labelled_rows(context.store, rows))
    chosen = list(sizes)[:TOLD]
    typical = _typical(context, rows, dataset, run, scan, chosen)
    examples = {
        one.example_id: one
        for one in get_rows(context.store, version.version_id, sorted({row for ids in typical.values() for row in ids}))
    }
    return tuple(
        ClassMeaning(
            dataset.called(name),
            dataset.guidelines.get(name, ""),
            sizes[name],
            sizes[name] / labelled,
            tuple(examples[row] for row in typical.get(name, ()) if row in examples),
        )
        for name in chosen
    )


def _typical(
    context: Context, rows: str, dataset: Dataset, run: Run | None, scan: Scan | None, names: list[str]
) -> dict[str, tuple[int, ...]]:
    """The best that is known of each class."""
    classes_sql = target_of(dataset).classes_sql
    found: dict[str, tuple[int, ...]] = {}
    if run is not None:
        found |= store.typical_of_run(context.store, run.run_id, rows, classes_sql, TYPICAL)
    if scan is not None and any(name not in found for name in names):
        found = {**store.typical_of_scan(context.store, scan.scan_id, rows, classes_sql, TYPICAL), **found}
    if any(name not in found for name in names):
        found = {**store.first_of_classes(context.store, rows, classes_sql, TYPICAL), **found}
    return {name: found[name] for name in names if name in found}
