"""Which rows an act on many is for, by the options of a command: of the dataset, of a scan's list or of a run's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import click

from core.commands.parameters import where_option
from core.context import Context
from core.errors import UsageError
from core.issues import ISSUE_TYPES
from core.records import Dataset, IssueFilter, PredictionFilter, RowFilter, Version
from core.services.issues.listing import required_scan, type_of
from core.services.lists.asked import FILTERS, issues_listed, predictions_listed, rows_listed
from core.services.lists.written import write_filters
from core.services.review.among import Among, OfRun, OfScan, OfVersion
from core.store.predicted.columns import PROBABLY_WRONG
from core.tasks import target_of

_BY_NUMBER = 'Take --where with numbers, such as "label >= 10" or with --run "off_by >= 3".'
_OPTIONS = (
    click.option("--all", "all_rows", is_flag=True, help="every row, where no other option narrows"),
    click.option("--label", metavar="CLASS", help="rows of that class"),
    click.option("--split", metavar="S", help="rows of that split"),
    click.option("--words", metavar="WORDS", help="rows in which every one of these words occurs"),
    click.option("--flagged", is_flag=True, help="rows that the newest scan flagged"),
    click.option("--type", "issue_type", type=click.Choice(list(ISSUE_TYPES)), help="flagged with that issue"),
    click.option("--given", metavar="CLASS", help="flagged rows that have been given that class"),
    click.option("--suggested", metavar="CLASS", help="flagged rows that look like that class"),
    where_option,
    click.option(
        "--run",
        metavar="R",
        help="rows that this run predicts wrong, in --split (test by default); "
        "of numbers those probably wrong themselves",
    ),
    click.option("--true", "true_label", metavar="CLASS", help="with --run: rows of that class"),
    click.option("--predicted", metavar="CLASS", help="with --run: rows that it takes for that class"),
)


def rows_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say which rows: what `rows_asked` takes by name."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def rows_asked(
    context: Context,
    dataset: Dataset,
    version: Version,
    *,
    suggests: bool = False,
    all_rows: bool,
    label: str | None,
    split: str | None,
    words: str | None,
    flagged: bool,
    issue_type: str | None,
    given: str | None,
    suggested: str | None,
    where: tuple[str, ...],
    run: str | None,
    true_label: str | None,
    predicted: str | None,
) -> tuple[Among, str]:
    """The rows, and which these are in words; `suggests`: those that the scan suggests something for. Raises
    `UsageError` where nothing narrows and `all_rows` is not said, and for options that do not go together."""
    of_rows = {"label": label, "split": split, "words": words}
    of_scan = {"type": issue_type, "given": given, "suggested": suggested}
    of_run = {"run": run, "true": true_label, "predicted": predicted}
    chosen = {key: value for key, value in (of_rows | of_scan | of_run).items() if value is not None}
    query = {FILTERS: write_filters(where)}
    if not (chosen or flagged or all_rows or where):
        raise UsageError("No option says which rows.", "Narrow them, see --help, or add --all for every row.")
    if run is None and (true_label or predicted):
        raise UsageError("--true and --predicted are about what a run predicts.", "Add --run R.")
    if target_of(dataset).numeric and (true_label or predicted):
        raise UsageError("--true and --predicted name classes, and labels are numbers.", _BY_NUMBER)
    rows = RowFilter(label=label, split=split, text=words)
    described = [*(["flagged"] if flagged else []), *(f"{key} {value}" for key, value in chosen.items()), *where]
    among: Among
    if run is not None:
        if flagged or words is not None or label is not None or any(of_scan.values()):
            raise UsageError("With --run go --split, --where, --true and --predicted.", "Leave the others out.")
        among = _of_run(context, dataset, version, run, split or "test", true_label, predicted, query)
    elif flagged or suggests or any(of_scan.values()):
        scan = required_scan(context, version.version_id, dataset.name)
        narrowed = issues_listed(dataset, query)
        rows = replace(rows, columns=narrowed.rows)
        kind = type_of(scan, issue_type).name
        among = OfScan(scan, IssueFilter(kind, True, given, suggested, rows=rows, columns=narrowed.added))
    else:
        among = OfVersion(version.version_id, replace(rows, columns=rows_listed(dataset, query).rows))
    return among, " · ".join(described) or "all rows"


def _of_run(
    context: Context,
    dataset: Dataset,
    version: Version,
    run: str,
    split: str,
    true_label: str | None,
    predicted: str | None,
    query: Mapping[str, str],
) -> OfRun:
    """Rows that are right are none that one act is for, unless a cell is named. Of numbers none is right or wrong by
    itself: those whose label is probably wrong, unless a filter says which."""
    found = context.ledger.runs.get(dataset.dataset_id, run)
    listed = predictions_listed(dataset, query)
    if target_of(dataset).numeric:
        where = PredictionFilter(split, columns=() if listed.rows or listed.added else (PROBABLY_WRONG,))
    elif target_of(dataset).several:
        where = PredictionFilter(split, correct=False, missed=true_label, added=predicted)
    else:
        whole_cell = true_label is not None and predicted is not None
        where = PredictionFilter(split, true_label, predicted, None if whole_cell else False)
    narrowed = replace(where, rows=RowFilter(columns=listed.rows), columns=(*where.columns, *listed.added))
    return OfRun(found, narrowed, "newest", version.version_id)
