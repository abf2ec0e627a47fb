"""Review of what a rule proposes: the rows that it would change, with its class as the suggestion; or a random sample
of all that it covers, whose precision holds of all of them."""

from __future__ import annotations

import streamlit as st

from core.context import Context
from core.records import Dataset, Version
from core.services.review.blind import Blind, has_held_out
from core.services.rules.keeping import rule_named
from core.services.rules.proposals import queue_of, sample_of
from core.ui import keys
from core.ui.filters.beside import worked_out
from core.ui.parts.problems import plain
from core.ui.review.blind import blind_switch
from core.ui.review.stage import Mode, stage
from core.ui.shell.pages import link
from core.ui.url import put
from core.words import say


def rule_queue(context: Context, dataset: Dataset, version: Version, user: str, mode: Mode) -> None:
    """Says which rows these are, and hands them out in their order. Raises `NotFoundError` for the rule."""
    rule = rule_named(context, dataset, st.query_params[keys.RULE])
    called = dataset.called(rule.label)
    drawn = keys.SAMPLE in st.query_params
    source = sample_of(rule) if drawn else queue_of(rule, called)
    worked_out(context, version.version_id, source.where.columns, lambda _: put({keys.RULE: None, keys.SAMPLE: None}))
    above = st.container()
    blind = blind_switch(has_held_out(context, version))
    with above, st.container(horizontal=True, vertical_alignment="center", gap="small", key="review-rule"):
        told = say("Rows that rule **{name}** would change to **{label}**", name=plain(rule.name), label=plain(called))
        if drawn:
            told = say("Rows that rule **{name}** covers, in random order", name=plain(rule.name))
        st.markdown(told, width="content")
        link(
            "issues",
            say("Back to the rule"),
            icon=":material/arrow_back:",
            dataset=dataset.name,
            version=version.number,
            view="rules",
            rule=rule.name,
        )
    stage(context, dataset, version, user, lambda: Blind(source) if blind else source, mode)
