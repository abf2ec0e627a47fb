"""Looks at a query's tree before anything of it runs: what is not known to be harmless is refused.

The tree is DuckDB's own (`json_serialize_sql`, which takes SELECT alone). Every table is one of the views or a name
that the query itself makes, every function stands on a list, and so does every kind of node.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from core.errors import UsageError
from core.store.query.functions import FUNCTIONS, TABLE_FUNCTIONS
from core.words import stored

Node = Mapping[str, Any]

_EXPRESSIONS = frozenset(
    {
        "BETWEEN",
        "CASE",
        "CAST",
        "COLLATE",
        "COLUMN_REF",
        "COMPARISON",
        "CONJUNCTION",
        "CONSTANT",
        "FUNCTION",
        "LAMBDA",
        "OPERATOR",
        "POSITIONAL_REFERENCE",
        "STAR",
        "SUBQUERY",
        "WINDOW",
    }
)
_QUERIES = frozenset({"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE"})
_TABLES = frozenset(
    {"BASE_TABLE", "TABLE_FUNCTION", "SUBQUERY", "JOIN", "EXPRESSION_LIST", "EMPTY", "PIVOT", "SHOW_REF"}
)
_SHOWN = frozenset({"SUMMARY", "DESCRIBE"})
"""What SUMMARIZE and DESCRIBE are in the tree, with the query that they are of; SHOW, of a catalogue, has none."""
_REST = frozenset(
    {
        "ORDER_MODIFIER",
        "LIMIT_MODIFIER",
        "LIMIT_PERCENT_MODIFIER",
        "DISTINCT_MODIFIER",
        "ORDER_DEFAULT",
        "ASCENDING",
        "DESCENDING",
    }
)
DEPTH = 250
"""How deeply an expression may be nested; a chain of operators is nested too."""
DEEP = "expression depth"
"""In DuckDB's words of more."""
_SCHEMAS = ("", "main")
"""Of functions; those of operators are named."""
_NO_NAMES: tuple[str, ...] = ()
_HINT = stored("A query is one SELECT over the views. The list of the views has their columns.")


def views_in(statements: Node, views: Collection[str], pivots: bool = False) -> list[str]:
    """The views that a serialized query reads, in their order; `pivots`: whether its text has the word PIVOT. Raises
    `UsageError` for what a query may not have."""
    said = statements.get("statements") or []
    if statements.get("error"):
        raise _unread(statements, pivots)
    if len(said) != 1:
        raise UsageError(f"This is {len(said):,} statements, and a query is one SELECT.", "Send one at a time.")
    look = _Look(views)
    look.at(said[0], _NO_NAMES)
    return [view for view in views if view in look.used]


def too_deep() -> UsageError:
    """What is said in place of DuckDB's words of that: they advise a setting, which nobody may change."""
    return UsageError(
        f"The query is nested too deeply: {DEPTH} levels are the most, and each operator of a chain is one.",
        "Write it with less nesting, such as IN in place of many OR.",
    )


def _unread(answer: Node, pivots: bool) -> UsageError:
    said = str(answer.get("error_message")).strip().splitlines()[0].rstrip(".!")
    if "Only SELECT statements" in said:
        only = stored("Only a SELECT may be asked: nothing can be changed, attached, loaded, set or called here.")
        return UsageError(only, _PIVOT if pivots else _HINT)
    if answer.get("error_type") != "parser":
        return UsageError(f"DuckDB cannot read a part of the query, and says: {said}.", _HINT)
    return too_deep() if DEEP in said else UsageError(f"The query cannot be read: {said}.", _HINT)


_PIVOT = stored("PIVOT needs the values that become columns: PIVOT rows ON label IN ('a', 'b') USING count(*).")


class _Look:
    def __init__(self, views: Collection[str]) -> None:
        self.views = views
        self.used: set[str] = set()

    def at(self, node: object, names: tuple[str, ...]) -> None:
        """A part of the tree, where these names are tables that the query makes."""
        if isinstance(node, list):
            for one in node:
                self.at(one, names)
        elif isinstance(node, dict):
            self.node(node, names)

    def node(self, node: Node, names: tuple[str, ...]) -> None:
        kind = node.get("type")
        if "class" in node:
            self.expression(node)
        elif "cte_map" in node:
            self.query(node, names)
            return
        elif isinstance(kind, str) and kind in _TABLES:
            self.table(node, names)
        elif isinstance(kind, str) and kind not in _REST and not kind.endswith("_TYPE_INFO"):
            raise _refused(kind.lower().replace("_", " "))
        for inner in node.values():
            self.at(inner, names)

    def query(self, node: Node, names: tuple[str, ...]) -> None:
        """A query after those before it (`WITH`), each of which knows the ones before it; of one that repeats, the part
        that does knows the query itself too."""
        if node.get("type") not in _QUERIES:
            raise _refused(str(node.get("type")).lower().replace("_", " "))
        for entry in node["cte_map"].get("map", ()):
            self.at(entry["value"], names)
            names = (*names, str(entry["key"]).lower())
        own = (str(node["cte_name"]).lower(),) if node.get("cte_name") else ()
        for key, inner in node.items():
            if key != "cte_map":
                self.at(inner, (*names, *own) if key == "right" else names)

    def expression(self, node: Node) -> None:
        if node["class"] not in _EXPRESSIONS:
            raise _refused(str(node["class"]).lower().replace("_", " "))
        if node["class"] in ("FUNCTION", "WINDOW"):
            self.function(node, FUNCTIONS)

    def function(self, node: Node, allowed: Collection[str]) -> None:
        name = str(node.get("function_name", "")).lower()
        if node.get("catalog") or node.get("schema", "") not in _SCHEMAS or name not in allowed:
            raise UsageError(
                f"A query may not call {name!r}.",
                "DuckDB's functions of texts, numbers, times and lists may be called, and its aggregates; none that "
                "reads a file, a setting or a catalogue, or makes a long text.",
            )

    def table(self, node: Node, names: tuple[str, ...]) -> None:
        if node["type"] == "TABLE_FUNCTION":
            self.function(node.get("function") or {}, TABLE_FUNCTIONS)
            return
        if node["type"] == "SHOW_REF":
            if node.get("table_name") or not node.get("query") or node.get("show_type") not in _SHOWN:
                raise _refused("show")
            return
        if node["type"] != "BASE_TABLE":
            return
        name, bare = str(node.get("table_name", "")).lower(), not node.get("catalog_name") and not node["schema_name"]
        if bare and name in names:
            return
        if not bare or name not in self.views:
            said = ".".join(str(node[key]) for key in ("catalog_name", "schema_name", "table_name") if node.get(key))
            raise UsageError(f"There is no view {said!r}.", f"A query reads the views {', '.join(self.views)}.")
        self.used.add(name)


def _refused(what: str) -> UsageError:
    return UsageError(f"A query may not have this: {what}.", _HINT)
