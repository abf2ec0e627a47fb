"""Data, view Export: a dataset of the version's rows with personal data masked, after a look at what that does."""

from __future__ import annotations

import streamlit as st

from core.context import Context
from core.errors import WinnowError
from core.personal import BY_NAME, KINDS, MANNERS, Masking
from core.personal.mask import Manner
from core.personal.model import installed
from core.records import Dataset, Version
from core.services.privacy.masking import Look, can_mask_as_dataset, look, start_masking
from core.tasks import task_named
from core.ui.parts.background import result_of
from core.ui.parts.problems import plain, show_error, shown_errors
from core.ui.shell.pages import link
from core.words import say, say_n, stored

STARTED = "mask-started"


def mask_form(context: Context, dataset: Dataset, version: Version, user: str) -> None:
    """How personal data is masked, what that does to the first rows, and the button that makes the dataset. Nothing
    where examples are no texts."""
    if not can_mask_as_dataset(task_named(dataset.task)):
        return
    with st.container(border=True, key="mask-form"):
        st.markdown(f"**{say('Mask personal data: a dataset without it')}**")
        st.caption(
            say(
                "A dataset of its own, of this version's rows, labels and splits, with something else in place of "
                "personal data in texts, columns of texts and ids. This dataset stays as it is."
            )
        )
        manner: Manner = st.radio(
            say("In its place"),
            list(MANNERS),
            format_func=lambda one: say(MANNERS[one]),
            key="mask-manner",
        )
        kinds = st.multiselect(
            say("Kinds"),
            [one.name for one in KINDS],
            format_func=lambda name: say(BY_NAME[name].title),
            placeholder=say("All kinds"),
            key="mask-kinds",
        )
        names = st.checkbox(
            say("Names of people and places too (English, slower)"),
            disabled=not installed(),
            key="mask-names",
            help=say(
                "By a model of English that misses some. Those beside a title or a naming word are always masked."
            ),
        )
        name = st.text_input(say("Name of the dataset"), placeholder=f"{dataset.name} masked", key="mask-name")
        how = Masking(manner, tuple(kinds))
        with shown_errors():
            _shown(context, version, how)
        if st.button(say("Make the masked dataset"), icon=":material/visibility_off:", key="mask-start"):
            try:
                job = start_masking(context, dataset, version, how, user, name=name, names=names)
            except WinnowError as error:
                show_error(error)
            else:
                st.session_state[STARTED] = (version.version_id, job.job_id)
        if st.session_state.get(STARTED, ("",))[0] == version.version_id:
            st.success(
                say("It is being made, and appears among the datasets when it is done."), icon=":material/check:"
            )
            link("jobs", say("Jobs"), icon=":material/arrow_forward:", icon_position="right")


def _shown(context: Context, version: Version, how: Masking) -> None:
    """What it does to the first rows: how many, of what, and some before and after."""
    found: Look | None = result_of(
        context,
        ("mask look", version.version_id, how),
        lambda: look(context, version, how),
        waiting=stored("Looking at the first rows"),
    )
    if found is None:
        return
    said = say_n(
        "Of the first {n:,} row {changed:,} would be masked.",
        "Of the first {n:,} rows {changed:,} would be masked.",
        found.looked_at,
        changed=found.changed,
    )
    held = " · ".join(f"{say(BY_NAME[kind].title)} {places:,}" for kind, places in found.kinds.items())
    st.caption(f"{said} {held}")
    for example_id, before, after in found.examples:
        row = say("row {row}", row=example_id)
        st.markdown(f":small[{row}] {plain(before)}  \n:material/arrow_forward: {plain(after)}")
