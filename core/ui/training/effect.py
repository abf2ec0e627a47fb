"""Train, view Did cleaning help?: what would be compared, the comparison under way, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.context import Context
from core.errors import UsageError
from core.records import ARMS, CleaningEffect, Dataset, EffectStrategy, ReviewedRows, Version
from core.services.cleaning_effect import (
    FEWEST_SEEDS,
    MOST_SEEDS,
    SEEDS,
    STRATEGIES,
    check_rows,
    newest_job,
    preview_effect,
    start_cleaning_effect,
    strategies_of,
)
from core.services.runs.forecast_time import time_of_effect
from core.services.runs.time_in_words import of_work
from core.tasks import task_named
from core.ui.parts.background import result_of, this_minute
from core.ui.parts.empty import empty_state
from core.ui.parts.ending import under_way
from core.ui.parts.problems import plain, shown_errors
from core.ui.shell.pages import link
from core.ui.training.effect_result import result, title_of
from core.words import later, say, say_stored


def comparison_under_way(context: Context, version: Version) -> bool:
    """Follows the version's comparison, or says why the last one gave no result; whether one is under way."""
    return under_way(
        context,
        newest_job(context, version),
        say("**Measuring whether cleaning helped**"),
        "effect",
        keeps=say("Ends at its next step. A full fine-tune saves, so that it can go on later."),
    )


def answers(found: Sequence[CleaningEffect], dataset: Dataset) -> None:
    """The newest, unless an earlier one was chosen beneath it."""
    by_id = {effect.effect_id: effect for effect in found}
    key = f"effect-{found[0].effect_id}"
    result(by_id[st.session_state.get(key, found[0].effect_id)], dataset)
    if len(found) > 1:
        st.selectbox(say("Earlier results"), list(by_id), format_func=lambda name: title_of(by_id[name]), key=key)


def compare_labels(context: Context, dataset: Dataset, version: Version, user: str, *, again: bool) -> None:
    """What would be compared, the two settings, one button."""
    rows = result_of(
        context,
        ("effect rows", version.version_id),
        lambda: preview_effect(context, version.version_id),
        waiting=later("Counting what review has changed"),
    )
    if rows is None:
        return
    try:
        check_rows(version, rows)
    except UsageError as error:
        _nothing_to_compare(dataset, error)
        return
    if again:
        with st.expander(say("Measure again"), icon=":material/replay:"):
            _form(context, dataset, version, user, rows)
        return
    st.markdown(say("**Did cleaning help?**"))
    st.caption(
        say(
            "Trains models on the labels as given, on the reviewed labels, and on as many random changes, "
            "several of each, and scores all of them on the test split."
        )
    )
    with st.container(border=True, key="effect-form"):
        _form(context, dataset, version, user, rows)


def _form(context: Context, dataset: Dataset, version: Version, user: str, rows: dict[str, ReviewedRows]) -> None:
    for split, words in (("train", say("rows to learn from")), ("test", say("test rows"))):
        st.markdown(plain(_changes(rows[split], words)))
    offered = strategies_of(task_named(dataset.task))
    strategy = (
        offered[0]
        if len(offered) == 1
        else st.radio(
            say("Strategy"),
            offered,
            format_func=lambda name: say(STRATEGIES[name][0]),
            captions=[say(STRATEGIES[name][1]) for name in offered],
            key="effect-strategy",
        )
    )
    seeds = st.number_input(
        say("Seeds"),
        FEWEST_SEEDS,
        MOST_SEEDS,
        SEEDS,
        help=say(
            "Models per kind of labels, each on a resample of the training rows of its own. More make the "
            "intervals narrower."
        ),
        key="effect-seeds",
        width=170,
    )
    st.caption(say("Trains {models} models.", models=len(ARMS) * seeds))
    _time(context, version, int(seeds), strategy, rows)
    if st.button(say("Measure"), type="primary", icon=":material/play_arrow:", key="effect-start"):
        with shown_errors():
            start_cleaning_effect(context, version.version_id, seeds=int(seeds), strategy=strategy, by=user, rows=rows)
            st.rerun()


def _time(
    context: Context, version: Version, seeds: int, strategy: EffectStrategy, rows: dict[str, ReviewedRows]
) -> None:
    found = result_of(
        context,
        ("effect time", version.version_id, seeds, strategy, this_minute()),
        lambda: time_of_effect(context, version.version_id, seeds, strategy, rows),
        waiting=later("Estimating the time"),
    )
    if found is not None:
        st.caption(plain(of_work(found)))


def _changes(rows: ReviewedRows, words: str) -> str:
    return say(
        "{changed:,} of {rows:,} {words} changed in review: {relabelled:,} relabelled, {excluded:,} excluded",
        changed=rows.changed,
        rows=rows.rows,
        words=words,
        relabelled=rows.relabelled,
        excluded=rows.excluded,
    )


def _nothing_to_compare(dataset: Dataset, error: UsageError) -> None:
    name = dataset.name
    empty_state(
        plain(say_stored(error.message)),
        plain(say_stored(error.hint)),
        icon="rule",
        action=lambda: link("review", say("Review"), icon=":material/arrow_forward:", dataset=name),
        shows="effect",
    )
