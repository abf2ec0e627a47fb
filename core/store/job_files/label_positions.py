"""Labels as the positions of their classes, which is how jobs get them: a relation `names` to join their texts with."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from core.records import Dataset
from core.sql import identifier, literal
from core.store.database import Cursor
from core.targets import Target
from core.tasks import task_named


def register_names(cursor: Cursor, target: Target, classes: Sequence[str], labels: str) -> None:
    """Registers `names`: a label's text `name`, and `class`, its position in `classes` (INTEGER), or the positions of
    its classes, ascending (INTEGER[]), where it may be several; where it is a number, that (DOUBLE). `labels` is a
    query for the texts that occur; one with an unknown class has no place there."""
    numbers = pa.array(range(len(classes)), pa.int32())
    names = pa.table({"class": numbers, "name": pa.array(list(classes), pa.string())})
    cursor.register("names", names)
    if target.number_sql:
        found = cursor.execute(
            f"""SELECT {target.number_sql("name")} AS class, name
                FROM (SELECT DISTINCT name FROM ({labels}) AS t(name) WHERE name IS NOT NULL)"""
        ).to_arrow_table()
        cursor.unregister("names")
        cursor.register("names", found)
    elif target.several:
        # Once per label that occurs and not per row: a million rows have a few thousand of them.
        found = cursor.execute(
            f"""WITH occurring AS (SELECT DISTINCT name FROM ({labels}) AS t(name) WHERE name IS NOT NULL),
                     single AS (SELECT name, unnest({target.classes_sql("name")}) AS one FROM occurring),
                     placed AS (SELECT s.name, list_sort(list(n.class)) AS class FROM single s
                                LEFT JOIN names n ON n.name = s.one GROUP BY s.name HAVING count(*) = count(n.class))
                SELECT coalesce(p.class, []::INTEGER[]) AS class, o.name FROM occurring o
                LEFT JOIN placed p ON p.name = o.name
                WHERE p.name IS NOT NULL OR o.name = {literal(target.label_of(()))}"""
        ).to_arrow_table()
        cursor.unregister("names")
        cursor.register("names", found)


def reviewed_spans_sql(dataset: Dataset, alias: str) -> str:
    """The same of rows as they were loaded, beside what became of them: `spans`, `reviewed_spans`, null for a row that
    review excluded, and `tokens`."""
    if not task_named(dataset.task).target.located:
        return ""
    return f", {alias}.given AS spans, {alias}.reviewed AS reviewed_spans, {_tokens_sql(dataset, alias)}"


def spans_sql(dataset: Dataset, alias: str) -> str:
    """What jobs read of labels that are spans beside their types: `spans`, the label's text, and `tokens`, where its
    source's tokens are; nothing for other labels. Begins with a comma."""
    if not task_named(dataset.task).target.located:
        return ""
    return f", {alias}.label AS spans, {_tokens_sql(dataset, alias)}"


def _tokens_sql(dataset: Dataset, alias: str) -> str:
    tokens = dataset.layout.get("tokens")
    bounds = f"{alias}.{identifier(tokens)}" if tokens else "NULL::VARCHAR"
    return f"CAST({bounds} AS VARCHAR) AS tokens"


def strata_sql(target: Target, rows: str) -> str:
    """A query for a relation's rows with one more column, `stratum`, within which shares are kept: their label `given`
    itself, or, where it may be several classes, the rarest of them as `Target.strata` has it. Whole sets are mostly too
    rare to be shared out: of nine rows that carry the same one, none would be tested. Of numbers, tenths by their size;
    rows of the relation have a `hash`."""
    if target.number_sql:
        return f"SELECT *, ntile(10) OVER (ORDER BY {target.number_sql('given')}, hash) AS stratum FROM {rows}"
    if not target.several:
        return f"SELECT *, given AS stratum FROM {rows}"
    return f"""
        WITH sets AS (SELECT given, count(*) AS rows FROM {rows} GROUP BY given),
             single AS (SELECT given, rows, unnest({target.classes_sql("given")}) AS class FROM sets),
             counted AS (SELECT class, sum(rows) AS rows FROM single GROUP BY class),
             rarest AS (SELECT s.given, arg_min(c.class, (c.rows, c.class)) AS stratum
                        FROM single s JOIN counted c ON c.class = s.class GROUP BY s.given)
        SELECT r.*, f.stratum FROM {rows} r LEFT JOIN rarest f ON f.given = r.given"""
