"""What reweighting or resampling would change for the groups that are shown: asked for, followed, and its answer."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.context import Context
from core.records import Attribute
from core.services.evaluation.mitigation import newest_answer, newest_job, possible, start_mitigation
from core.services.evaluation.mitigation_words import WHAT
from core.services.runs.forecast_time import time_of_mitigation
from core.services.runs.time_in_words import of_work
from core.ui.evaluation.choice import AnyShown
from core.ui.evaluation.groups.mitigation_result import mitigation_result
from core.ui.parts.background import result_of, this_minute
from core.ui.parts.ending import under_way
from core.ui.parts.problems import plain, shown_errors
from core.ui.shell.guard import current_user
from core.ui.shell.reading import reading
from core.words import later, say


def mitigation(context: Context, shown: AnyShown, attributes: Sequence[Attribute]) -> None:
    """Of the groups of an attribute, or of several together; nothing where labels are several classes each."""
    if not possible(shown.dataset):
        return
    section = st.expander(
        say("What would reweighting change?"), icon=":material/balance:", key="mitigation", on_change="rerun"
    )
    if not section.open:
        return
    with section:
        columns = [one.column for one in attributes]
        job = newest_job(context, shown.truth, columns)
        running = under_way(context, job, say("**Comparing models**"), "mitigation")
        answer = newest_answer(context, shown.truth, columns)
        if answer is not None:
            mitigation_result(context, shown, attributes, answer)
        if not running and not reading():
            _form(context, shown, attributes, again=answer is not None)
        elif answer is None and not running:
            st.caption(say("Nobody has asked this yet of these groups."))


def _form(context: Context, shown: AnyShown, attributes: Sequence[Attribute], *, again: bool) -> None:
    if not again:
        st.caption(say(WHAT))
    pressed = st.button(
        say("Compare again") if again else say("Compare"),
        type="secondary" if again else "primary",
        icon=":material/play_arrow:",
        key="mitigation-start",
    )
    time = result_of(
        context,
        ("mitigation time", shown.truth.version_id, this_minute()),
        lambda: time_of_mitigation(context, shown.dataset, shown.truth.version_id),
        waiting=later("Estimating the time"),
    )
    if time is not None:
        st.caption(plain(of_work(time)))
    if pressed:
        with shown_errors():
            start_mitigation(context, shown.truth.version_id, attributes, by=current_user())
            st.rerun()
