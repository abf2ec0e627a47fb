"""Personal data of all rows of a list masked: a look at what that does, then a dataset of its own that has it so."""

from __future__ import annotations

import streamlit as st

from core.context import Context
from core.errors import WinnowError
from core.personal import BY_NAME, KINDS, MANNERS, Masking
from core.personal.mask import Manner
from core.personal.model import installed
from core.records import Dataset, Version
from core.services.privacy.masking import Look, look, names_were_looked_for, start_masking
from core.services.review.among import Among, asked_as_of
from core.ui.parts.background import result_of
from core.ui.parts.pending import drawn_in_dialog
from core.ui.parts.problems import show_error, shown_errors
from core.ui.shell.pages import link
from core.words import later, say, say_n, stored

TITLE = later("Mask personal data…")


def masking(
    context: Context, dataset: Dataset, version: Version, user: str, key: str, among: Among | None = None
) -> None:
    """How it is masked, what that does to the first rows, and the button that makes the dataset: of all rows of the
    version, in which those are masked that `among` asks for, or all."""
    started = f"{key}-started"
    st.caption(
        say(
            "A dataset of its own, of this version's rows, labels and splits, with something else in place of "
            "personal data in texts, columns of texts and ids. Verdicts, tags and the names of labels go along; "
            "rules, slices, scans and runs do not. This dataset stays as it is."
        )
    )
    if among is not None:
        st.caption(say("Only the rows of this list are masked in it: all others come as they are."))
    manner: Manner = st.radio(
        say("In its place"),
        list(MANNERS),
        format_func=lambda one: say(MANNERS[one]),
        key=f"{key}-manner",
    )
    kinds = st.multiselect(
        say("Kinds"),
        [one.name for one in KINDS],
        format_func=lambda name: say(BY_NAME[name].title),
        placeholder=say("All kinds"),
        key=f"{key}-kinds",
    )
    names = st.checkbox(
        say("Names of people and places too (English, slower)"),
        value=installed() and names_were_looked_for(context, version.version_id),
        disabled=not installed(),
        key=f"{key}-names",
        help=say("By a model of English that misses some. Those beside a title or a naming word are always masked."),
    )
    if names:
        st.caption(say("They come on top of what the look below shows: they are looked for while it is made."))
    name = st.text_input(say("Name of the dataset"), placeholder=f"{dataset.name} masked", key=f"{key}-name")
    how = Masking(manner, tuple(kinds))
    about = ("mask look", version.version_id, how)
    if among is None:
        with shown_errors():
            found = result_of(
                context, about, lambda: look(context, version, how), waiting=stored("Looking at the first rows")
            )
            if found is not None:
                _draw(found)
    else:
        work = context.beside.answers("looks at masks", 2, kept=4)
        drawn_in_dialog(
            lambda: work.ask(
                (*about, asked_as_of(context, among)),
                stored("Looking at the first rows"),
                lambda report: look(context, version, how, among),
            ),
            _draw,
        )
    if st.button(say("Make the masked dataset"), icon=":material/visibility_off:", key=f"{key}-start"):
        try:
            job = start_masking(context, dataset, version, how, user, name=name, names=names, among=among)
        except WinnowError as error:
            show_error(error)
        else:
            st.session_state[started] = (version.version_id, job.job_id)
    if st.session_state.get(started, ("",))[0] == version.version_id:
        st.success(say("It is being made, and appears among the datasets when it is done."), icon=":material/check:")
        link("jobs", say("Jobs"), icon=":material/arrow_forward:", icon_position="right")


def _draw(found: Look) -> None:
    """What it does to the first rows: how many, of what, and some before and after."""
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
        st.text(f"{row}: {before}\n→ {after}", width="stretch")
