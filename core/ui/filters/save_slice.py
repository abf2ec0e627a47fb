"""What narrows a list of rows, saved under a name: a slice, by which any list can be narrowed then. And the way to a
rule with that condition."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core.context import Context
from core.errors import UsageError
from core.records import Dataset
from core.services.lists.written import write_filters
from core.services.rules.keeping import as_condition, can_have_rules
from core.services.views import MAX_NAME, save_slice
from core.ui.parts.problems import plain, shown_errors
from core.ui.shell.guard import current_user
from core.ui.shell.pages import link
from core.words import say


def rule_link(dataset: Dataset, query: Mapping[str, str]) -> None:
    """The way to a rule with the same condition, where there are rules and it can be one."""
    if not can_have_rules(dataset):
        return
    try:
        where = write_filters(as_condition(dataset, query))
    except UsageError:
        return
    link("issues", say("Make a rule…"), icon=":material/rule:", dataset=dataset.name, view="rules", condition=where)


def slice_button(context: Context, dataset: Dataset, query: Mapping[str, str]) -> None:
    """The way to it, beside the filters in force."""
    box = st.popover(
        say("Save as slice…"),
        icon=":material/bookmark_add:",
        type="tertiary",
        key="list-slice",
        on_change="rerun",
        width="content",
    )
    if not box.open:
        return
    with box, shown_errors():
        st.caption(
            say(
                "A slice is a filter under a name, for all who work on the dataset: a filter of every list, and a line "
                "of its own in Profile and Evaluate."
            )
        )
        st.text_input(say("Name"), key="slice-name", placeholder=say("Name of this slice"), max_chars=MAX_NAME)
        name = " ".join(str(st.session_state.get("slice-name") or "").split())
        taken = name in context.store.slices.names(dataset.dataset_id)
        if st.button(say("Replace it") if taken else say("Save this slice"), key="slice-save", disabled=not name):
            save_slice(context, dataset, name, query, current_user())
            st.success(say("Saved: “slice = {name}” narrows any list.", name=plain(name)), icon=":material/check:")
