"""Lists of rows as files, with the filter, the order and the columns that somebody looks at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from core.modalities import WORDS
from core.records import Dataset, IssueFilter, ListColumn, PredictionFilter, RowFilter, RowOrder
from core.sql import identifier, literal
from core.store.acts.in_force import in_list_sql
from core.store.acts.tags import tags_column
from core.store.database import Database
from core.store.datasets import get_dataset
from core.store.export import Format, copy_query, label_in_file
from core.store.filters import ISSUE_COLUMNS, sorted_by, where_sql
from core.store.issues import issue_condition, issue_order
from core.store.masked import LABELS
from core.store.predicted.columns import added_columns, prediction_order
from core.store.predictions import prediction_condition, predictions_joined
from core.store.relations import relation
from core.store.rows import BY_ROW
from core.store.scans import get_scan
from core.store.search.rank import BEST, scores_sql, words_asked
from core.store.versions import get_version
from core.tasks import task_named

_VERDICT = "CASE WHEN new_label IS NULL THEN action ELSE '→ ' || new_label END AS verdict"
_ADDED = (*LABELS, "suggested_label", "predicted", "verdict", "kinds")
"""Of the columns that a list adds to its rows those that hold labels and other words of Winnow."""


def export_issue_list(
    db: Database,
    scan_id: str,
    out: Path,
    format: Format,  # noqa: A002
    where: IssueFilter,
    order: RowOrder,
    columns: Sequence[ListColumn],
    top: int | None = None,
    plain: bool = False,
) -> Path:
    """Writes the rows of a scan's list that the filter keeps, or the `top` first of them, as they are sorted, with
    these columns."""
    scan = get_scan(db, scan_id)
    condition, parameters = issue_condition(db, scan, where)
    added = {name: sql for name, (sql, _) in ISSUE_COLUMNS.items()} | {"verdict": "d.verdict"}
    selected = _selected(db, columns, added, get_dataset(db, scan.dataset_id), format)
    verdicts, of_list = "", literal(where.issue_type or scan.types[0])
    if any(one.column == "verdict" and one.added for one in columns):
        verdicts = f"""LEFT JOIN (SELECT example_id, {_VERDICT} FROM {in_list_sql(db, scan.version_id, of_list)}) d
                       ON d.example_id = i.example_id"""
    sql = f"""SELECT {selected} FROM issues i JOIN {relation(db, scan.version_id)} r ON r.example_id = i.example_id
              {verdicts} WHERE {condition} ORDER BY {issue_order(db, scan, order)}
              {"" if top is None else f"LIMIT {int(top)}"}"""
    return copy_query(db, sql, out, format, parameters, plain, labels=_labels(columns))


def export_spans(
    db: Database,
    scan_id: str,
    out: Path,
    format: Format,  # noqa: A002
    top: int | None,
    where: IssueFilter,
    plain: bool = False,
) -> Path:
    """Writes a line for each span of the rows that the filter keeps, given or missing, the most doubtful first, or the
    `top` first of them; of flagged rows only those of which something else is suggested."""
    scan = get_scan(db, scan_id)
    condition, parameters = issue_condition(db, scan, where)
    lists = {
        "start": ("span_start", "BIGINT"),
        "stop": ("span_stop", "BIGINT"),
        WORDS: ("span_text", "VARCHAR"),
        "given_label": ("span_given", "VARCHAR"),
        "suggested_label": ("span_suggested", "VARCHAR"),
        "suggested_start": ("span_suggested_start", "BIGINT"),
        "suggested_stop": ("span_suggested_stop", "BIGINT"),
        "score": ("span_score", "FLOAT"),
    }
    # Lists of one row that are unnested together stay side by side.
    unnested = ", ".join(
        f"""unnest(from_json(i.why -> '{name}', '["{kind}"]')) AS {identifier(column)}"""
        for column, (name, kind) in lists.items()
    )
    changed = "(given_label <> suggested_label OR start <> suggested_start OR stop <> suggested_stop)"
    kept = f"WHERE {changed}" if where.flagged_only else ""
    sql = f"""SELECT row, start, stop, {WORDS}, given_label, suggested_label, score, {changed} AS is_issue,
                     suggested_start, suggested_stop
              FROM (SELECT i.example_id AS row, i.rank, {unnested} FROM issues i WHERE {condition}) {kept}
              ORDER BY score, rank, start {"" if top is None else f"LIMIT {int(top)}"}"""
    return copy_query(db, sql, out, format, parameters, plain, labels=("given_label", "suggested_label"))


def export_list(
    db: Database,
    version_id: str,
    out: Path,
    format: Format,  # noqa: A002
    where: RowFilter,
    order: RowOrder,
    columns: Sequence[ListColumn],
    plain: bool = False,
    similar: Mapping[int, float] | None = None,
) -> Path:
    """Writes the rows of a version that the filter keeps, as they are sorted, with these columns. `similar`: only these
    rows, with how alike each is to another one in the column `similarity`, in their order where none is chosen."""
    dataset = get_dataset(db, get_version(db, version_id).dataset_id)
    rows = relation(db, version_id)
    condition, parameters = where_sql(db, version_id, where, dataset, rows)
    selected = _selected(db, columns, {"similarity": "k.similarity"}, dataset, format)
    join = ""
    if order == BEST:
        join = f"LEFT JOIN {scores_sql(db, version_id, words_asked(where))} m ON m.example_id = r.example_id"
        by = "m.score DESC NULLS LAST, r.example_id"
    else:
        by = sorted_by(order, dataset, "r.")
    if similar is not None:
        join += """ JOIN (SELECT unnest(?::BIGINT[]) AS example_id, unnest(?::DOUBLE[]) AS similarity,
                               unnest(range(?)) AS place) k ON k.example_id = r.example_id"""
        parameters = [*parameters, [*similar], [*similar.values()], len(similar)]
        by = "k.place" if order == BY_ROW else by
    sql = f"SELECT {selected} FROM (SELECT * FROM {rows} WHERE {condition}) r {join} ORDER BY {by}"
    return copy_query(db, sql, out, format, parameters, plain, labels=_labels(columns))


def export_predictions(
    db: Database,
    run_id: str,
    dataset: Dataset,
    truth: str,
    out: Path,
    format: Format,  # noqa: A002
    where: PredictionFilter,
    order: RowOrder,
    columns: Sequence[ListColumn],
    plain: bool = False,
) -> Path:
    """Writes what a run predicts of the rows that the filter keeps, as they are sorted, with these columns."""
    target = task_named(dataset.task).target
    condition, parameters = prediction_condition(db, run_id, where, truth, target.classes_sql, dataset)
    added = {name: sql for name, (sql, _) in added_columns(target).items()}
    added |= {"label": "t.label", "predicted": "p.predicted"}
    sql = f"""SELECT {_selected(db, columns, added, dataset, format, "t")} FROM {predictions_joined(truth)}
              WHERE {condition} ORDER BY {prediction_order(order, dataset)}"""
    return copy_query(db, sql, out, format, parameters, plain, labels=_labels(columns))


def _labels(columns: Sequence[ListColumn]) -> list[str]:
    """What the columns that hold labels are called in a file."""
    return [one.name for one in columns if one.column in (_ADDED if one.added else LABELS)]


def _selected(
    db: Database,
    columns: Sequence[ListColumn],
    added: Mapping[str, str],
    dataset: Dataset,
    format: str,  # noqa: A002
    alias: str = "r",
) -> str:
    """The columns in SQL, under their names in files. Labels of several classes are lists and numbers
    are numbers, in CSV their text form. Tags stand last, where a row of the dataset has any."""
    shown, target = [], task_named(dataset.task).target
    for one in columns:
        value = added[one.column] if one.added else f"{alias}.{identifier(one.column)}"
        labels = one.column in ("label", "given_label", "suggested_label", "predicted")
        if labels:
            value = label_in_file(target, value, format)
        shown.append(f"{value} AS {identifier(one.name)}")
    shown += tags_column(db, dataset.dataset_id, f"{alias}.example_id", [one.name for one in columns])
    return ", ".join(shown)
