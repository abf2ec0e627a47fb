"""The views of a dataset that a query reads: what each holds, and how it is made."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from core import personal
from core.records import EXAMPLE_ID, LIST, Dataset, Version
from core.sql import identifier, literal
from core.store.acts.in_force import OF_LABEL, asides_sql, standing_sql
from core.store.acts.tag_mirror import TAGGED
from core.store.acts.tags import tag_names
from core.store.database import Database
from core.store.export import exported_sql
from core.store.masked import LABELS, is_masked, masked_sql, names_of, retyped, texts_sql
from core.store.relations import relation
from core.store.scans import latest_scan

VIEWS = ("rows", "issues", "predictions", "decisions", "tags")
"""Their names, in the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class QueryView:
    """One view of a version."""

    name: str
    sql: str
    """Gives its rows, in the workspace's database. Another content has another text."""
    about: str
    """What another content of the same text depends on."""
    bare: str = ""
    """Where it is masked and may have very many texts: the same with the texts as they are."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """The columns that are masked then, each with the name by which that is done."""
    were: Mapping[str, str] = field(default_factory=dict)
    """Of its columns that are texts because they are masked, the types as they were loaded."""

    @property
    def digest(self) -> str:
        return hashlib.sha256(f"{self.sql}\0{self.about}".encode()).hexdigest()[:16]


def views_of(db: Database, dataset: Dataset, version: Version, runs: Mapping[str, int]) -> dict[str, QueryView]:
    """Those of a version by name; `runs` are the numbers of the dataset's runs, by id. All are always there: `issues`
    is empty until the version is scanned. Of a dataset that is always masked they have masked texts alone."""
    rows = f"{exported_sql(dataset, relation(db, version.version_id), 'parquet', named=True)} ORDER BY {EXAMPLE_ID}"
    scan = latest_scan(db, version.version_id)
    issues = f"""SELECT {EXAMPLE_ID}, issue_type, score, is_issue, given_label, suggested_label, rank FROM issues
                 WHERE scan_id = {literal(scan.scan_id if scan else "")}"""
    numbers = ", ".join(f"({literal(run)}, {number})" for run, number in runs.items()) or "('', 0)"
    predictions = f"""SELECT n.run, p.{EXAMPLE_ID}, p.split, p.predicted, p.confidence
                      FROM predictions p JOIN (VALUES {numbers}) n(run_id, run) USING (run_id)"""
    decisions = f"""SELECT d.{EXAMPLE_ID}, d.action, d.new_label, d.reviewer, d.decided_at, v.number AS version, d.note,
                           nullif(d.shown->>'{LIST}', 'label') AS list
                    FROM (SELECT * FROM {standing_sql(db, version.version_id, unsure=True)}
                          UNION ALL
                          SELECT * EXCLUDE (aside) FROM {asides_sql(db, version.version_id)}
                          WHERE action <> 'ask' AND NOT ({OF_LABEL})) d
                    JOIN versions v USING (version_id)"""
    numbered = db.tag_numbers()
    named = [(numbered[dataset.dataset_id, name], name) for name in tag_names(db, dataset.dataset_id)]
    listed = ", ".join(f"({number}, {literal(name)})" for number, name in named) or "(-1, '')"
    tags = f"SELECT {EXAMPLE_ID}, n.tag FROM {TAGGED} g JOIN (VALUES {listed}) n(tag_number, tag) USING (tag_number)"
    texts = {"rows": rows, "issues": issues, "predictions": predictions, "decisions": decisions, "tags": tags}
    masked_as, bare, masked, were = "", "", dict[str, str](), dict[str, str]()
    if is_masked(db, dataset.dataset_id):
        masked_as, said = f" {personal.edition()}", names_of(dataset)
        with db.cursor() as cursor:
            for name, labels in (("rows", LABELS), ("decisions", ("action", "new_label")), ("tags", ())):
                described = cursor.execute(f"DESCRIBE {texts[name]}").fetchall()
                columns = [(str(one), str(kind)) for one, kind, *_ in described]
                if name == "rows":
                    bare, masked = texts_sql(texts[name], columns, labels, said)
                    were = {one: kind for one, kind in columns if one in masked and retyped(kind)}
                texts[name] = masked_sql(cursor, texts[name], columns, labels, said)
    about = {"rows": f"{dataset.derived_ready}", "tags": f"{db.newest_tag()}"}
    views = {name: QueryView(name, texts[name], about.get(name, "") + masked_as) for name in VIEWS}
    return views | {"rows": replace(views["rows"], bare=bare, texts=masked, were=were)}


def columns_of(db: Database, view: QueryView) -> list[tuple[str, str]]:
    """A view's columns with their types."""
    return [(str(name), str(kind)) for name, kind, *_ in db.fetch(f"DESCRIBE {view.sql}")]


def quoted(name: str) -> str:
    """A column as a query has to write it."""
    plain = name.replace("_", "a").isalnum() and not name[:1].isdigit() and name == name.lower() and name.isascii()
    return name if plain else identifier(name)
