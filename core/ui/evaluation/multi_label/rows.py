"""The rows behind a cell of a class's table, behind a pair of classes, or all that are not wholly right."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core.context import Context
from core.records import PredictionFilter
from core.store.predicted.columns import SUREST
from core.ui import keys
from core.ui.evaluation.choice import SET_KEYS, ShownSets, named_in_url
from core.ui.evaluation.class_box import class_box
from core.ui.evaluation.doubtful import lift_button, on_doubtful, only_doubtful
from core.ui.evaluation.row_list import counted, is_narrowed, list_bar, list_of, narrowed, rows_table
from core.ui.evaluation.rows import SORTED_SO
from core.ui.parts.problems import plain
from core.ui.url import put
from core.words import say, say_n

OTHERS = (keys.FOUND, keys.WITHOUT)
"""What a choice in a box does not go together with."""
CELLS = {keys.WITHOUT: (0, 0), keys.ADDED: (0, 1), keys.MISSED: (1, 0), keys.FOUND: (1, 1)}
"""Where each key's rows are counted in a class's table."""


def chosen_classes(shown: ShownSets) -> dict[str, str]:
    """The classes that the URL names, by what they are in the rows: found, missed, added, without."""
    asked = named_in_url(shown.dataset, SET_KEYS)
    return {key: name for key, name in asked.items() if name in shown.found.labels}


def choose_classes(**names: str) -> None:
    """Puts a cell, a pair or, with nothing, all errors into the URL, and what else it has then. For callbacks."""
    put(dict.fromkeys(SET_KEYS) | names)


def rows_filter(split: str, chosen: Mapping[str, str]) -> PredictionFilter:
    """The rows of what is chosen; of nothing, those that are wrong."""
    if not chosen:
        return PredictionFilter(split, correct=False)
    return PredictionFilter(
        split,
        found=chosen.get(keys.FOUND),
        missed=chosen.get(keys.MISSED),
        added=chosen.get(keys.ADDED),
        without=chosen.get(keys.WITHOUT),
    )


def examples(context: Context, shown: ShownSets) -> None:
    """The rows of what is chosen, the surest first."""
    chosen = chosen_classes(shown)
    if len(chosen) > 1 and set(chosen) != {keys.MISSED, keys.ADDED}:
        # Only these two go together on this page; a link that names others means its first.
        chosen = dict(list(chosen.items())[:1])
    tools, listed = list_of(context, shown)
    codes = {key: shown.dataset.coded(name) for key, name in chosen.items()}
    where = on_doubtful(context, shown, narrowed(rows_filter(shown.split, codes), listed))
    if where is None:
        return
    whole = not is_narrowed(listed) and not only_doubtful()
    total = _total(shown, chosen) if whole else counted(context, shown, where)
    if total is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="evaluation-rows-bar"):
        st.markdown(f"{_title(total, chosen)}{say(SORTED_SO) if listed.order == SUREST else ''}", width="content")
        class_box(say("Missed class"), keys.MISSED, chosen.get(keys.MISSED), shown.found.labels, OTHERS)
        class_box(say("Added class"), keys.ADDED, chosen.get(keys.ADDED), shown.found.labels, OTHERS)
        if chosen:
            st.button(say("All errors"), icon=":material/close:", type="tertiary", on_click=choose_classes)
        lift_button()
    list_bar(tools, listed, shown, where, total, chosen)
    among = ", ".join(f"{key} {name}" for key, name in chosen.items()) or "all errors"
    key = f"evaluation-rows-{hash((shown.run.run_id, where, shown.labels_from)):x}"
    rows_table(context, shown, where, total, key, among=among)


def _total(shown: ShownSets, chosen: Mapping[str, str]) -> int:
    """How many rows `rows_filter` leaves: read off the counts."""
    found = shown.found
    place = {key: found.labels.index(name) for key, name in chosen.items()}
    if len(place) > 1:
        return int(found.missed_and_added[place[keys.MISSED], place[keys.ADDED]])
    for key, one in place.items():
        return int(found.tables[one][CELLS[key]])
    return found.rows - found.right


def _title(total: int, chosen: Mapping[str, str]) -> str:
    rows = say_n("**{n:,} row**", "**{n:,} rows**", total)
    named = {key: f"**{plain(name)}**" for key, name in chosen.items()}
    if len(named) > 1:
        return say(
            "{rows} with {missed} missed and {added} wrongly added",
            rows=rows,
            missed=named[keys.MISSED],
            added=named[keys.ADDED],
        )
    for key, name in named.items():
        said = {
            keys.FOUND: say("{rows} of {name} predicted as it", rows=rows, name=name),
            keys.MISSED: say("{rows} of {name} not predicted as it", rows=rows, name=name),
            keys.ADDED: say("{rows} wrongly predicted as {name}", rows=rows, name=name),
            keys.WITHOUT: say("{rows} rightly not predicted as {name}", rows=rows, name=name),
        }
        return said[key]
    return say("{rows} wrong in one class or more", rows=rows)
