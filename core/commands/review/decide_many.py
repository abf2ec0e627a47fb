"""The part of `decide` that does one thing to every row that a filter keeps, or takes such an act back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from core.commands.command import Answer
from core.commands.parameters import dataset_version
from core.context import Context
from core.errors import UsageError
from core.records import BulkAction, Dataset, IssueFilter, PredictionFilter, RowFilter, Version
from core.review.many import Doing, said
from core.services.issues.listing import required_scan, type_of
from core.services.lists.asked import FILTERS, issues_listed, predictions_listed, rows_listed
from core.services.lists.written import write_filters
from core.services.review.among import Among, OfRun, OfScan, OfVersion
from core.services.review.many import Plan, carry_out, plan, take_back
from core.services.review.moved import moved_words
from core.store.predicted.columns import PROBABLY_WRONG
from core.targets import Target
from core.tasks import target_of
from core.typed import to_json

_BY_NUMBER = 'Take --where with numbers, such as "label >= 10" or with --run "off_by >= 3".'
FEW_NUMBERS = 10
"""More kinds of change of labels that are numbers are told all in one."""


def decide_many(
    context: Context,
    name: str,
    reviewer: str,
    act: BulkAction,
    to: str | None,
    *,
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
    also_decided: bool,
    dry_run: bool,
) -> Answer:
    """Does it, or says what it would do. Raises `UsageError` where nothing narrows and `all_rows` is not said, and for
    options that do not go together."""
    dataset, version = dataset_version(context, name)
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
    among: Among
    if run is not None:
        if flagged or words is not None or label is not None or any(of_scan.values()):
            raise UsageError("With --run go --split, --where, --true and --predicted.", "Leave the others out.")
        among = _of_run(context, dataset, version, run, split or "test", true_label, predicted, query)
    elif flagged or act == "suggestion" or any(of_scan.values()):
        scan = required_scan(context, version.version_id, name)
        narrowed = issues_listed(dataset, query)
        rows = replace(rows, columns=narrowed.rows)
        kind = type_of(scan, issue_type).name
        among = OfScan(scan, IssueFilter(kind, True, given, suggested, rows=rows, columns=narrowed.added))
    else:
        among = OfVersion(version.version_id, replace(rows, columns=rows_listed(dataset, query).rows))
    doing = Doing(act, to)
    planned = plan(context, among, doing, reviewer, also_decided=also_decided)
    target = target_of(dataset)
    data = _data(name, planned)
    if dry_run:
        return Answer({**data, "act": None}, _text(name, planned, target))
    described = [*(["flagged"] if flagged else []), *(f"{key} {value}" for key, value in chosen.items()), *where]
    done = carry_out(context, planned, reviewer, " · ".join(described) or "all rows")
    left = f"; {done.left_alone:,} were decided by somebody meanwhile and left alone" if done.left_alone else ""
    return Answer(
        {**data, "act": done.act.act_id, "written": done.rows},
        f"{_rows(done.rows)} of {name} {said(planned.doing, target)}, for version {version.number}{left}. "
        f"To take it back: decide {name} --undo {done.act.act_id}",
    )


def undo_many(context: Context, name: str, act_id: str, reviewer: str) -> Answer:
    """Takes an act on many rows back whole."""
    dataset, _ = dataset_version(context, name)
    known = context.ledger.bulk.by_id(act_id)
    if known is not None and known.dataset_id != dataset.dataset_id:
        raise UsageError(f"The act {act_id} was on another dataset.", "Name that one.")
    done = take_back(context, act_id, reviewer)
    data = {"dataset": name, "act": done.act.act_id, "undoes": act_id, "written": done.rows}
    return Answer(data, f"{_rows(done.rows)} of {name} taken back.")


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


def _data(name: str, planned: Plan) -> dict[str, object]:
    return {
        "dataset": name,
        "version": planned.version.number,
        "matching": planned.matching,
        "rows": planned.rows,
        "decided": planned.decided,
        "unchanged": planned.nothing,
        "changes": [{"from": one.before, "to": one.after, "rows": one.rows} for one in planned.changes],
        **({} if planned.moved is None else {"numbers": to_json(planned.moved)}),
    }


def _text(name: str, planned: Plan, target: Target) -> str:
    def words(label: str | None, none: str) -> str:
        return none if label is None else target.words(label)

    lines = [f"{_rows(planned.rows)} of {planned.matching:,} of {name} would be {said(planned.doing, target)}."]
    moved = planned.moved
    if moved is not None and (not planned.changes or len(planned.changes) > FEW_NUMBERS):
        without = planned.rows - moved.rows
        lines.append(f"  {moved.rows:,} from {moved_words(moved, said(planned.doing, target))}")
        lines += [f"  {without:,} without a label"] if without else []
    for one in planned.changes if len(lines) == 1 else ():
        after = words(one.after, "excluded") if one.after != one.before else said(planned.doing, target)
        lines.append(f"  {words(one.before, 'no label')} → {after}: {one.rows:,}")
    if planned.decided and not planned.also_decided:
        lines.append(f"{_rows(planned.decided)} with a verdict left alone (--also-decided takes them in).")
    if planned.nothing:
        lines.append(f"{_rows(planned.nothing)} with nothing to change.")
    return "\n".join(lines)


def _rows(count: int) -> str:
    return f"{count:,} row{'' if count == 1 else 's'}"
