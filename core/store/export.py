"""A version, a list of issues, or a job's rows as a file, written by DuckDB without passing through Python."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from core import personal
from core.files import whole
from core.modalities import WORDS
from core.modalities.contract import DERIVED
from core.records import Dataset, IssueFilter, RowOrder
from core.sql import identifier, literal, recast
from core.store.acts.as_decided import as_decided
from core.store.acts.in_force import in_list_sql, known_sql
from core.store.acts.tags import tags_column
from core.store.database import Cursor, Database
from core.store.datasets import get_dataset
from core.store.filters import ISSUE_COLUMNS
from core.store.ingest.stage import NOT_IN_PARQUET
from core.store.issues import BY_RANK, issue_condition, issue_order
from core.store.job_files.label_positions import register_names, spans_sql
from core.store.masked import HERE, LABELS, masked_sql, names_of, texts_sql
from core.store.names import examples_table
from core.store.relations import relation
from core.store.scans import get_scan
from core.store.versions import get_version
from core.targets import Target
from core.tasks import task_named

Format = Literal["csv", "parquet", "jsonl", "json"]

_OPTIONS: Mapping[str, str] = {
    "csv": "FORMAT csv, HEADER true",
    "parquet": "FORMAT parquet, COMPRESSION zstd",
    "jsonl": "FORMAT json",
    "json": "FORMAT json, ARRAY true",
}
_PACKED: Mapping[str, str] = {".gz": ", COMPRESSION gzip", ".zst": ", COMPRESSION zstd"}
"""By the ending of the file's name."""
FORMULA = r"^'*[=+\-@\t\r]"
"""What a spreadsheet would take for the start of a formula, and what looks like such text escaped: with an apostrophe
before either, taking one off on the way in gives back exactly what was there."""
NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
"""What begins like a formula and is none, which an apostrophe would make another value for every other program."""
_TEXTS = ("VARCHAR", "BLOB")
_DECIMAL, _DIGITS = re.compile(r"DECIMAL\((\d+)"), 15
"""More digits than a DOUBLE holds, which is what readers of JSON take a number for."""
_ISSUE = ("score", "is_issue", "given_label", "suggested_label", "rank")
_VERDICT = ("verdict", "verdict_label", "verdict_by", "verdict_version", "verdict_note")
WHOLE_LIST = IssueFilter(flagged_only=False)
"""Every row of a scan's list, flagged or not."""


def export_rows(
    db: Database,
    version_id: str,
    out: Path,
    format: Format,  # noqa: A002
    plain: bool = False,
    named: bool = False,
    labels_as: Format | None = None,
    raw: bool = False,
) -> Path:
    """Writes every row of a version: row id, the source's own, text or media, given label, label, split, attributes
    and tags. Labels of several classes are lists and numbers are numbers, in CSV their text form. `named`: with the
    names of the label's classes behind it, where classes have any. `labels_as`: labels as files of
    another format have them. `raw`: see `copy_query`."""
    dataset = get_dataset(db, get_version(db, version_id).dataset_id)
    rows = relation(db, version_id)
    taken = [*task_named(dataset.task).modality.exported, "given_label", "label", "split"]
    taken += [attribute.column for attribute in dataset.attributes]
    tags = tags_column(db, dataset.dataset_id, "r.example_id", ["source_id", *taken])
    sql = f"{exported_sql(dataset, rows, labels_as or format, named, tags)} ORDER BY example_id"
    return copy_query(db, sql, out, format, plain=plain, raw=raw)


def exported_sql(dataset: Dataset, rows: str, format: Format, named: bool, also: Sequence[str] = ()) -> str:  # noqa: A002
    """A query for rows with the columns that `export_rows` writes, over a relation that has them, and `also` others."""
    task = task_named(dataset.task)
    lists = task.target.several and format != "csv"
    labels = [f"{label_in_file(task.target, name, format)} AS {name}" for name in ("given_label", "label")]
    attributes = [identifier(attribute.column) for attribute in dataset.attributes]
    labels += [_names_sql(dataset, lists)] if named and dataset.names else []
    taken = [*task.modality.exported, "given_label", "label", "split", *attributes]
    own_id = [_source_id(dataset, taken)] if dataset.id_column else []
    columns = ["example_id", *own_id, *task.modality.exported, *labels, "split", *attributes, *also]
    return f"SELECT {', '.join(columns)} FROM {rows} r"


def own_id_in_file(dataset: Dataset) -> str:
    """What the column of the source's own row ids is called in a file of a version."""
    attributes = [one.column for one in dataset.attributes]
    taken = [*task_named(dataset.task).modality.exported, "given_label", "label", "split", *attributes]
    return _source_id_name(dataset, taken) or "source_id"


def label_in_file(target: Target, value: str, format: str) -> str:  # noqa: A002
    """SQL for a label of which an expression gives the text form, as a file of that format has it."""
    if format == "csv" or not (target.several or target.numeric):
        return value
    return (target.listed_sql or target.classes_sql)(value)


def _names_sql(dataset: Dataset, lists: bool) -> str:
    """A label's classes under their names, as a text with commas between them or as a list."""
    names = ", ".join(f"{literal(code)}: {literal(name)}" for code, name in dataset.names.items())
    called = f"coalesce(list_extract(map_extract(MAP {{{names}}}, x), 1), x)"
    found = f"list_transform({task_named(dataset.task).target.classes_sql('label')}, lambda x: {called})"
    taken = {attribute.column for attribute in dataset.attributes}
    title = next(name for name in ("label_name", "label_name_of_class", "_label_name") if name not in taken)
    shown = found if lists else f"array_to_string({found}, ', ')"
    return f"{shown} AS {title}"


def export_issues(
    db: Database,
    scan_id: str,
    out: Path,
    format: Format,  # noqa: A002
    top: int | None = None,
    where: IssueFilter = WHOLE_LIST,
    order: RowOrder = BY_RANK,
    plain: bool = False,
    kinds: bool = False,
) -> Path:
    """Writes a scan's list as it is sorted: all rows that the filter keeps, or the `top` first of them. With the
    verdict that holds on each row, if one does: what, by whom, on which version, the label given and the note; of a
    type that has `kinds` with those."""
    scan = get_scan(db, scan_id)
    condition, parameters = issue_condition(db, scan, where)
    of_kinds = [f"{ISSUE_COLUMNS['kinds'][0]} AS kinds"] if kinds else []
    columns = [*(f"i.{name}" for name in _ISSUE), *of_kinds, f"r.{WORDS}", *_VERDICT]
    source_id = _source_id(get_dataset(db, scan.dataset_id), [*_ISSUE, WORDS, *_VERDICT])
    holds = in_list_sql(db, scan.version_id, literal(where.issue_type or scan.types[0]), unsure=True)
    sql = f"""SELECT i.example_id, r.{source_id}, {", ".join(columns)}
              FROM issues i JOIN {relation(db, scan.version_id)} r ON r.example_id = i.example_id
              LEFT JOIN (SELECT d.example_id, d.action AS verdict, d.new_label AS verdict_label,
                                d.reviewer AS verdict_by, v.number AS verdict_version, d.note AS verdict_note
                         FROM {holds} d JOIN versions v USING (version_id)) d
                  ON d.example_id = i.example_id
              WHERE {condition} ORDER BY {issue_order(db, scan, order)} {"" if top is None else f"LIMIT {int(top)}"}"""
    labels = ("given_label", "suggested_label", "verdict", "verdict_label", "kinds")
    return copy_query(db, sql, out, format, parameters, plain, labels=labels)


KEPT = "kept_"
"""How the columns of texts that are kept with rows begin in what jobs read; no other column does."""


def kept_texts(dataset: Dataset) -> dict[str, str]:
    """The columns that are kept with the rows and may hold what is somebody's, as `write_job_rows` writes them → as
    people know them: the source's own row ids, attributes of texts, and of numbers and dates those whose names say so;
    what is derived of the example is none."""
    own = {f"{KEPT}source_id": dataset.id_column} if dataset.id_column else {}
    texts = [
        one
        for one in dataset.attributes
        if not one.derived and (one.kind not in ("number", "time") or personal.tells(one.name))
    ]
    return own | {f"{KEPT}{one.column}": one.name for one in texts}


def write_job_rows(
    db: Database,
    version_id: str,
    out: Path,
    labels: Sequence[str],
    decided: bool = False,
    kept: Sequence[str] = (),
) -> Path:
    """Writes what a job works on, by row id: `example_id`, `content_hash`, `label` (INTEGER, position in `labels`, or
    INTEGER[] where a label may be several classes; null for none), `split`, `text`, `media_id`, `known` (a person has
    confirmed the label), `before` (the label as it was loaded, where that was another one); of labels
    that are spans also what `spans_sql` has, of files what their load has measured. `decided`: with what is decided on
    the version as if it were applied. `kept`: those of `kept_texts` that are wanted too."""
    out.parent.mkdir(parents=True, exist_ok=True)
    dataset = get_dataset(db, get_version(db, version_id).dataset_id)
    rows = as_decided(db, version_id) if decided else relation(db, version_id)
    spans = spans_sql(dataset, "r")
    measures = _measures_sql(dataset)
    texts = "".join(f", CAST(r.{identifier(one.removeprefix(KEPT))} AS VARCHAR) AS {identifier(one)}" for one in kept)
    with db.cursor() as cursor:
        register_names(
            cursor,
            task_named(dataset.task).target,
            labels,
            f"SELECT label FROM {rows} UNION SELECT given_label FROM {rows}",
        )
        cursor.execute(
            f"""COPY (SELECT r.example_id, r.content_hash, n.class AS label, r.split, r.text, r.media_id,
                             r.example_id IN {known_sql(db, version_id, decided)} AS known,
                             CASE WHEN r.given_label <> r.label THEN g.class END AS before{spans}{measures}{texts}
                      FROM {rows} r LEFT JOIN names n ON n.name = r.label
                      LEFT JOIN names g ON g.name = r.given_label
                      WHERE r.label IS NULL OR n.name IS NOT NULL ORDER BY r.example_id)
                TO {literal(str(out))} (FORMAT parquet)"""
        )
    return out


def _measures_sql(dataset: Dataset) -> str:
    """What a load has measured of files, and the derived attributes that a scan asks for, by the modality's own names;
    those that there are. Begins with a comma."""
    modality, columns = task_named(dataset.task).modality, {one.column for one in dataset.attributes}
    measured = [f", r.{identifier(name)}" for name in modality.measures if name in columns]
    derived = {one.name.removesuffix(" (derived)"): one.column for one in dataset.attributes if one.derived}
    asked = [(derived.get(one.name), one.column) for one in modality.derived if one.column in modality.asked]
    return "".join((*measured, *(f", r.{identifier(own)} AS {DERIVED}{name}" for own, name in asked if own)))


def export_file(db: Database, parquet: Path, out: Path, format: Format, plain: bool = False) -> Path:  # noqa: A002
    """Writes a Parquet file's rows, in their order, in another format."""
    return copy_query(db, f"SELECT * FROM read_parquet({literal(str(parquet))})", out, format, plain=plain)


def _source_id(dataset: Dataset, others: Sequence[str]) -> str:
    """The source's own row id under its own name, unless another column of the file has that name."""
    own = _source_id_name(dataset, others)
    return "source_id" if own is None else f"source_id AS {identifier(own)}"


def _source_id_name(dataset: Dataset, others: Sequence[str]) -> str | None:
    taken = {"example_id", *(name.strip('"').lower() for name in others)}
    own = dataset.id_column
    return None if own is None or own.lower() in taken else own


def copy_query(
    db: Database,
    sql: str,
    out: Path,
    format: str,  # noqa: A002
    parameters: Sequence[Any] = (),
    plain: bool = False,
    raw: bool = False,
    of: str = "",
    labels: Collection[str] = LABELS,
) -> Path:
    """Writes a query's rows; in CSV with an apostrophe before what a spreadsheet would run, unless they are to be
    `plain`. Rows of a dataset that is always masked have the kind of personal data in place of it, unless
    they stay here, `raw`: all that is written of rows names the table of the examples, or is `of` a dataset;
    columns of `labels` stay as they are."""
    out.parent.mkdir(parents=True, exist_ok=True)
    hidden = "" if raw else next((one for one in db.masked() if one == of or examples_table(one) in sql), "")
    said = names_of(get_dataset(db, hidden)) if hidden else {}
    if hidden and db.apart is not None and _many(db, sql, parameters):
        with db.cursor() as cursor:
            bare, texts = texts_sql(sql, _described(cursor, sql, parameters), labels, said)
        with db.apart(lambda path: copy_query(db, bare, path, "parquet", parameters, raw=True), texts) as rows:
            return copy_query(db, f"SELECT * FROM read_parquet({literal(str(rows))})", out, format, (), plain, raw=True)
    with db.cursor() as cursor:
        columns = _described(cursor, sql, parameters)
        if hidden:
            sql = masked_sql(cursor, sql, columns, labels, said)
            columns = _described(cursor, sql, parameters)
        sql = recast(sql, {name: other for name, kind in columns if (other := _fitted(kind, format))})
        if format == "csv" and not plain:
            sql = _escaped(sql, columns)
        with whole(out) as part:
            options = _OPTIONS[format] + _PACKED.get(out.suffix, "")
            cursor.execute(f"COPY ({sql}) TO {literal(str(part))} ({options})", parameters)
    return out


def _many(db: Database, sql: str, parameters: Sequence[Any]) -> bool:
    """Whether so many rows are masked apart."""
    found = db.fetch_one(f"SELECT count(*) FROM (SELECT 1 FROM ({sql}) LIMIT {HERE + 1})", parameters)
    return found is not None and found[0] > HERE


def _described(cursor: Cursor, sql: str, parameters: Sequence[Any]) -> list[tuple[str, str]]:
    return [(str(name), str(kind)) for name, kind, *_ in cursor.execute(f"DESCRIBE {sql}", parameters).fetchall()]


def _fitted(kind: str, format: str) -> str | None:  # noqa: A002
    """The type as which a format's readers get the values of this one as they are; None where they do anyway."""
    if format == "parquet":
        return "VARCHAR" if NOT_IN_PARQUET.search(kind) else None
    if format == "csv":  # the shortest text of a FLOAT is another number to whoever reads it as a DOUBLE
        return "DOUBLE" if kind == "FLOAT" else None
    digits = _DECIMAL.match(kind)
    return "VARCHAR" if digits and int(digits[1]) > _DIGITS else None


def _escaped(sql: str, columns: Sequence[tuple[str, str]]) -> str:
    """Puts an apostrophe before any text, column names too, that a spreadsheet would run as a formula."""
    shown = []
    for name, kind in columns:
        value = identifier(name)
        if kind in _TEXTS:
            text = f"CAST({value} AS VARCHAR)"
            formula = f"regexp_matches({text}, {literal(FORMULA)}) AND NOT regexp_matches({text}, {literal(NUMBER)})"
            value = f"CASE WHEN {formula} THEN '''' || {text} ELSE {text} END"
        header = f"'{name}" if re.match(FORMULA, name) and not re.match(NUMBER, name) else name
        shown.append(f"{value} AS {identifier(header)}")
    return f"SELECT {', '.join(shown)} FROM ({sql})"
