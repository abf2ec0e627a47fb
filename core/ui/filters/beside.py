"""Filters that another process answers: worked out beside the page, which draws its list once they are."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Sequence

import streamlit as st

from core.context import Context
from core.records import ColumnFilter, RowFilter
from core.services.sql.ask import stoppable
from core.store.row_facts import as_of, fact_sql
from core.store.row_facts.rule import OF_RULES
from core.store.row_facts.similar import SIMILAR
from core.store.row_facts.slice import SLICE
from core.store.row_facts.sql import SQL
from core.ui.parts.background import forget, result_of
from core.words import say, stored

_WAITING = {
    SIMILAR.column: stored("Comparing rows"),
    SQL.column: stored("Running the query"),
    SLICE.column: stored("Looking up the slice"),
    **{one.column: stored("Looking up the rules") for one in OF_RULES},
}
"""By the column of a filter that may take seconds, what is done meanwhile."""
_OF_OTHERS = {SLICE.column, *(one.column for one in OF_RULES)}
"""Filters that are made of others, without a value of all of them."""


def worked_out(context: Context, version_id: str, filters: Sequence[ColumnFilter], lift: Callable[[int], None]) -> None:
    """Ends the run of the page until filters that may take seconds are worked out; their answers are kept in files.
    Meanwhile one can be stopped, which `lift`s it, by its place. Raises what is wrong with one."""
    for place, one in enumerate(filters):
        if one.column not in _WAITING or (one.how in ("missing", "present") and one.column not in _OF_OTHERS):
            continue
        key = ("filter", version_id, one, as_of(context.store, RowFilter(columns=(one,))))
        stopped = _under_way(context).setdefault(key, threading.Event())

        def work(one: ColumnFilter = one, stopped: threading.Event = stopped) -> tuple[str, list[object]]:
            with stoppable(stopped.is_set):
                return fact_sql(context.store, version_id, one)

        if result_of(context, key, work, waiting=_WAITING[one.column]) is None:
            st.button(
                say("Stop"),
                icon=":material/stop_circle:",
                key="filter-stop",
                help=say("Stop, and remove this filter"),
                on_click=_stop,
                args=(context, key, lift, place),
            )
            st.stop()
        _under_way(context).pop(key, None)


def _stop(context: Context, key: Hashable, lift: Callable[[int], None], place: int) -> None:
    stopped = _under_way(context).pop(key, None)
    if stopped is not None:
        stopped.set()
    forget(context, key)
    lift(place)


def _under_way(context: Context) -> dict[Hashable, threading.Event]:
    """What ends the work of a filter, by its question."""
    return context.beside.kept("filters under way", dict[Hashable, threading.Event])
