"""Is it good enough? Somebody says what each kind of error costs; the threshold with the lowest cost is worked out."""

from __future__ import annotations

import streamlit as st

from core.charts.costs import cost_by_threshold
from core.context import Context
from core.records import Story
from core.services.story.costs import costs
from core.services.story.words import NO_MODEL, cost_words
from core.ui import keys
from core.ui.chart_files import chart_with_files
from core.ui.parts.choices import pick
from core.ui.parts.pending import settled
from core.ui.parts.problems import plain, shown_errors
from core.ui.url import to_url
from core.words import later, say

ALL_ANSWERS = "all answers"
"""In place of a class; the words are the URL's as well, and a class of that name goes before it."""
USUAL = {keys.FIRST_COST: 5.0, keys.SECOND_COST: 1.0}
MOST = 1e9
OF_ANSWERS = (later("Cost of a wrong answer"), later("Cost of a row left to a person"))
OF_CLASS = (later("Cost of a false alarm"), later("Cost of a miss"))


def threshold(context: Context, told: Story) -> None:
    """What is asked for, and the answer. Nothing of it is kept: it stands in the URL."""
    if told.score is None:
        st.caption(say(NO_MODEL))
        return
    labels, called = told.score.run.labels, told.dataset.called
    titles = {ALL_ANSWERS: say("All classes: answer, or leave to a person")} | {
        name: say("Class: {name}", name=called(name)) for name in labels
    }
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="story-costs"):
        chosen = pick(say("What is decided"), keys.COST_OF, titles, width=300, labelled=True, fixed=True)
        label = chosen if chosen in labels else None
        asked = OF_ANSWERS if label is None else OF_CLASS
        first, second = (_cost(key, say(title)) for key, title in zip(USUAL, asked, strict=True))
    score = told.score
    with shown_errors():
        curve = settled(lambda: costs(context, score.run, score.split, label, first, second))
        if curve is None:
            return
        said = cost_words(curve, None if label is None else called(label), first, second)
        st.markdown(plain(said))
        chart_with_files(
            cost_by_threshold(curve),
            key="story-cost-curve",
            dataset=told.dataset.name,
            name=f"cost-by-threshold-run-{score.run.number}",
            alt=said,
        )
        st.caption(
            say(
                "The band is the 95 % interval of the best threshold. It was chosen on these very rows, which flatters "
                "its cost: the expected one has that taken out, by 1,000 resamples."
            )
        )


def _cost(key: str, title: str) -> float:
    """What the URL says, else the usual; in whatever unit the person thinks."""
    try:
        asked = float(st.query_params.get(key, USUAL[key]))
    except ValueError:
        asked = USUAL[key]
    st.session_state[key] = min(max(asked, 0.0), MOST)
    return float(
        st.number_input(
            title,
            min_value=0.0,
            max_value=MOST,
            step=1.0,
            key=key,
            format="%g",
            width=180,
            on_change=to_url,
            args=(key,),
            help=say("In any unit: money, minutes. Only how the two compare decides the threshold."),
        )
    )
