"""Issues, view Rules: what rules there are and what each comes to, the one that is chosen, and a new one."""

from __future__ import annotations

import streamlit as st

from core.context import Context
from core.records import Dataset, Version
from core.services.rules.figures import RulesTold, count_again, rules_told
from core.services.rules.keeping import can_have_rules
from core.ui import keys
from core.ui.parts.empty import empty_state
from core.ui.parts.pending import settled
from core.ui.rules.form import rule_form
from core.ui.rules.links import rows_link
from core.ui.rules.one import chosen_rule, retired_rules
from core.ui.rules.table import rule_picture, rule_table
from core.ui.rules.words import not_counted_words, rows_words
from core.words import say, say_n


def rules_view(context: Context, dataset: Dataset, version: Version, user: str) -> None:
    """All of it. Where labels are no classes of whole rows, why there are no rules."""
    if not can_have_rules(dataset):
        empty_state(
            say("Rules are for labels of one class"),
            say(
                "Here a label is a number, spans, or several classes. Change many rows by a filter instead: “All N "
                "rows…” above a list."
            ),
            icon="rule",
        )
        return
    told = settled(lambda: rules_told(context, version.version_id))
    if told is None:
        return
    if told.rules:
        _heading(told)
        _not_counted(context, told)
        rule_picture(told)
        chosen = rule_table(told)
        if chosen is not None:
            chosen_rule(context, dataset, version, user, told, chosen)
    else:
        empty_state(
            say("A rule proposes a label for many rows at once"),
            say(
                "A condition and the class that it says: where “text contains refund”, it is “billing”. It shows how "
                "many rows it covers, where rules conflict and how often people agreed; nothing changes until somebody "
                "accepts it."
            ),
            icon="rule",
        )
    asked = keys.CONDITION in st.query_params
    with st.expander(say("New rule"), icon=":material/add:", expanded=not told.rules or asked):
        rule_form(context, dataset, version, user)
    retired_rules(context, dataset, version, user, told)


def _heading(told: RulesTold) -> None:
    """How much all rules cover together."""
    share = told.covered / max(1, told.version.row_count)
    count = len(told.rules)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="rules-head"):
        st.markdown(f"**{say_n('{n} rule', '{n} rules', count)}**", width="content")
        about = (told.dataset, told.version)
        covered = say("{rows} covered ({share:.1%})", rows=rows_words(told.covered), share=share)
        rows_link(*about, covered, told.covered, "all", "rule present")
        if told.unlabelled:
            without = say("{rows} of them without a label", rows=rows_words(told.unlabelled))
            rows_link(*about, without, told.unlabelled, "all", "rule present", "label missing")
        said = say("{rows} in conflict", rows=rows_words(told.conflicts))
        rows_link(*about, said, told.conflicts, "all", "rule_conflict present")


def _not_counted(context: Context, told: RulesTold) -> None:
    """The rules that are in none of the figures, why, and another try."""
    if not told.not_counted:
        return
    st.warning(not_counted_words(told.not_counted), icon=":material/warning:")
    if st.button(say("Count again"), icon=":material/refresh:", type="tertiary", key="rules-again"):
        count_again(context, told.version.version_id)
        st.rerun()
