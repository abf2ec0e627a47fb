"""What a page shows when it has nothing to show: what will be there, an example of it, and what to do next."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from core.context import Context
from core.ui.parts.samples import missing_samples, sample_button
from core.ui.shell.pages import link
from core.words import later, say

if TYPE_CHECKING:
    from core.ui.parts.examples import ExampleName


def empty_state(
    title: str,
    text: str,
    *,
    icon: str = "inbox",
    action: Callable[[], None] | None = None,
    shows: ExampleName | None = None,
) -> None:
    """A centred notice. `action` draws the button or link that is the next step; `shows` is what will be here."""
    with st.container(horizontal_alignment="center", gap="xsmall", key=f"empty-{icon}"):
        st.space("small" if shows else "medium")
        st.markdown(f":gray[:material/{icon}:]", width="content")
        st.markdown(f"**{title}**", width="content")
        st.caption(text, width="content", text_alignment="center")
        if action is not None:
            action()
        if shows is None:
            st.space("medium")
        else:
            from core.ui.parts.examples import example  # its charts are not loaded before one is drawn

            example(shows)


WITHOUT_DATASET: dict[str, tuple[str, str, str, ExampleName]] = {
    "Profile": (
        later("How your labels are spread will be here"),
        later("How many rows each class has, what repeats, what is missing, and what the labels are tied to."),
        "bar_chart",
        "balance",
    ),
    "Issues": (
        later("The labels that are probably wrong will be here"),
        later("Every row ranked, with the reason in words, and which class is taken for which."),
        "troubleshoot",
        "suspects",
    ),
    "Review": (
        later("The rows to judge will be here"),
        later("Keep a label or change it with one key; every verdict can be taken back."),
        "rule",
        "desk",
    ),
    "Train": (
        later("Your models will be here"),
        later(
            "A quick retrain trains the last layer of a model that comes with Winnow; a full fine-tune can be watched."
        ),
        "model_training",
        "learning",
    ),
    "Evaluate": (
        later("How good a model is, and where it errs, will be here"),
        later("Every cell opens its rows; two models stand side by side."),
        "grid_on",
        "evaluation",
    ),
    "Story": (
        later("What became of your labels, and whether it paid, will be here"),
        later(
            "How good the model is, what the cleaning brought and what to do next: one link for those who only read."
        ),
        "auto_stories",
        "effect",
    ),
}
"""By the page's title in English: what it says and shows in a workspace that holds no dataset."""


def no_dataset(context: Context, user: str, page: str) -> None:
    """The workspace is empty: what the page will show, one's own data, and the sample that has something to find."""
    title, text, icon, shows = WITHOUT_DATASET[page]
    empty_state(say(title), say(text), icon=icon, action=lambda: _ways_to_begin(context, user), shows=shows)


def _ways_to_begin(context: Context, user: str) -> None:
    with st.container(horizontal=True, horizontal_alignment="center", vertical_alignment="center", gap="small"):
        link("data", say("Load a dataset"), icon=":material/upload:", view="load")
        for sample in missing_samples(context)[:1]:
            sample_button(context, user, sample, say("Try the sample: {title}", title=say(sample.title)))
