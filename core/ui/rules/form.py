"""A rule is made or changed: its condition, its class, and what it would come to before it is saved."""

from __future__ import annotations

import streamlit as st

from core.context import Context
from core.errors import WinnowError
from core.records import Dataset, Rule, Version
from core.services.lists.columns import row_columns
from core.services.lists.facts import fact_columns
from core.services.lists.written import filter_texts, in_one_line
from core.services.rules.figures import Preview, preview
from core.services.rules.keeping import MAX_NAME, save_rule, texts_of
from core.ui import keys
from core.ui.lists.acts.confirmed import first_lines
from core.ui.modalities import line_of
from core.ui.parts.labels import words_of
from core.ui.parts.pending import settled
from core.ui.parts.problems import plain, show_error, shown_errors
from core.ui.rules.words import not_counted_words, rows_words, share_words
from core.ui.url import put
from core.words import say

LINE_CHARACTERS = 110
SAVED = "rules-saved"
"""How many rules were saved in this session. The next one has fields of its own: a browser keeps what stands in those
that it knows."""
COLUMNS = 12
"""Columns that are named beneath the box."""


def rule_form(context: Context, dataset: Dataset, version: Version, user: str, rule: Rule | None = None) -> None:
    """The fields, and beneath them what the rule would come to; `rule` is the one to be changed."""
    saved = int(st.session_state.get(SAVED, 0))
    key = f"rule-new-{saved}" if rule is None else f"rule-{rule.act_id}"
    left, right = st.columns([3, 2], gap="medium")
    with left:
        condition = st.text_area(
            say("Condition: a filter on each line, all of them have to hold"),
            _given(dataset, rule),
            key=f"{key}-where",
            placeholder=say("such as the ones beneath"),
            height=110,
        )
        _how(dataset)
    with right:
        name = rule.name if rule is not None else _name(key)
        labels = list(dataset.labels)
        label = st.selectbox(
            say("Class that it says"),
            labels,
            index=None if rule is None or rule.label not in labels else labels.index(rule.label),
            key=f"{key}-label",
            format_func=dataset.called,
            placeholder=say("Choose"),
        )
        place = st.container()
    where = [text.strip() for text in (condition or "").split("\n") if text.strip()]
    found = None
    if where and label is not None and (rule is None or _changed(dataset, rule, where, label)):
        found = _tried(context, dataset, version, name, where, label, key)
    with place:
        ready = found is not None and bool(name.strip())
        title = say("Save rule") if rule is None else say("Save as version {number}", number=rule.number + 1)
        if st.button(title, type="primary", icon=":material/save:", key=f"{key}-save", disabled=not ready):
            with shown_errors():
                made = save_rule(context, dataset, version.version_id, name, where, label or "", user)
                put({keys.RULE: made.name, keys.CONDITION: None})
                st.session_state[SAVED] = saved + 1
                st.rerun()
        if not where or label is None:
            st.caption(say("With a condition and a class, what it would come to stands beneath, before it is saved."))


def _changed(dataset: Dataset, rule: Rule, where: list[str], label: str) -> bool:
    """Whether it would be another rule: what it is as it stands is said above."""
    return (where, label) != (_given(dataset, rule).split("\n"), rule.label)


def _name(key: str) -> str:
    return (
        st.text_input(
            say("Name"), key=f"{key}-name", placeholder=say("Name of this rule, such as refunds"), max_chars=MAX_NAME
        )
        or ""
    )


def _given(dataset: Dataset, rule: Rule | None) -> str:
    """What stands in the box at first: the rule's condition, or the filter that somebody came with."""
    texts = filter_texts(st.query_params.get(keys.CONDITION, "")) if rule is None else texts_of(rule)
    columns = row_columns(dataset)
    return "\n".join(in_one_line(text, [*columns, *fact_columns(columns)]) for text in texts)


def _how(dataset: Dataset) -> None:
    names = [one.name for one in row_columns(dataset)]
    listed = ", ".join(f"`{name}`" for name in names[:COLUMNS])
    more = "" if len(names) <= COLUMNS else " …"
    st.caption(
        say(
            "Such as `text contains refund`, `match = late refund`, `slice = short ones`, `tag = to ask`, "
            "`sql = length(text) > 300`. Columns: {columns}",
            columns=f"{listed}{more}",
        )
    )


def _tried(
    context: Context, dataset: Dataset, version: Version, name: str, where: list[str], label: str, key: str
) -> Preview | None:
    """What it would come to; None while that is counted, and where it is no rule, which is said."""
    try:
        found = settled(lambda: preview(context, dataset, version, name, where, label))
    except WinnowError as error:
        show_error(error)
        return None
    if found is not None:
        _draw(dataset, found, key)
    return found


def _draw(dataset: Dataset, found: Preview, key: str) -> None:
    counts, words = found.counts, words_of(dataset)
    parts = [
        say("**{rows}** covered ({share:.1%})", rows=rows_words(counts.rows), share=found.coverage),
        say("{n:,} have the label already", n=counts.same),
        say("**{n:,}** would change", n=counts.open),
    ]
    precision = found.precision
    if precision is not None:
        agreed = say("people agreed on {right:,} of {n:,}", right=precision.right, n=precision.judged)
        parts.append(f"{agreed}: {share_words(precision)}")
    with st.container(key=f"{key}-tried", border=True, gap="xsmall"):
        st.markdown(" · ".join(parts))
        conflicts = [one for one in found.against if one.conflict]
        if conflicts:
            named = ", ".join(f"{plain(one.second)} ({one.rows:,})" for one in conflicts)
            st.markdown(f":material/warning: {say('Conflicts with {rules}', rules=named)}")
        if found.not_counted:
            st.markdown(f":material/warning: {not_counted_words(found.not_counted)}")
        lines = [
            f"{row.example_id}: {words(row.label) or say('no label')} · {line_of(dataset, row, LINE_CHARACTERS)}"
            for row in found.first
        ]
        if lines:
            first_lines(say("First rows that would change") if counts.open else say("First rows"), lines)
