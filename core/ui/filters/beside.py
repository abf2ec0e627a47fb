"""Filters that another process answers: worked out beside the page, which draws its list once they are."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import streamlit as st

from core.context import Context
from core.records import ColumnFilter, RowFilter
from core.store.row_facts import as_of, fact_sql
from core.store.row_facts.similar import SIMILAR
from core.ui.parts.background import result_of
from core.words import stored

_ASKED = (SIMILAR.column,)


def worked_out(context: Context, version_id: str, filters: Iterable[ColumnFilter]) -> None:
    """Ends the run of the page until filters that take a while are worked out; their answers are kept in files. Raises
    what is wrong with one."""
    for one in filters:
        if one.column not in _ASKED or one.how not in ("=", "!="):
            continue
        key = ("filter", version_id, one, as_of(context.store, RowFilter(columns=(one,))))
        if (
            result_of(context, key, partial(fact_sql, context.store, version_id, one), waiting=stored("Comparing rows"))
            is None
        ):
            st.stop()
