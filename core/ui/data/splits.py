"""Data, view Splits: the class counts of each part, and making new parts as a new version."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core.context import Context
from core.errors import UsageError, WinnowError
from core.records import ENDED, Dataset, Version, splits_in_order
from core.services.lists.asked import FILTERS
from core.services.lists.written import write_filters
from core.services.profile.figures import numbers_of_labels
from core.services.splits import split_counts, split_sizes, start_split
from core.tasks import target_of
from core.ui import keys
from core.ui.live import live
from core.ui.numbers.spread import spread_table
from core.ui.parts.cells import clicked_cell
from core.ui.parts.labels import attribute_said, split_said
from core.ui.parts.pending import settled
from core.ui.parts.problems import plain, show_error
from core.ui.shell.strip import progress_text, state_of
from core.ui.url import put
from core.words import later, say, stored

METHODS = {
    "stratified": later("Stratified: every class in the same shares"),
    "leak-safe": later("Leak-safe: duplicates and near-duplicates stay in one part"),
    "grouped": later("Grouped: rows that share a value stay in one part"),
    "random": later("Random"),
}
OF_NUMBERS = {"stratified": later("Stratified: small and large numbers in the same shares")}
PARTS = {later("train"): 80, later("validation"): 10, later("test"): 10}
"""Default shares in percent."""
MAX_ROWS = 2_000
"""Classes listed; the table scrolls."""


def classes_by_part(context: Context, dataset: Dataset, version: Version) -> None:
    """The parts as they are."""
    if target_of(dataset).numeric:
        _numbers_by_part(context, version)
        return
    counts = split_counts(context, version.version_id)
    parts = splits_in_order({part for by_part in counts.values() for part in by_part})
    st.markdown(f"**{say('Classes in each part')}**")
    if parts in ([], [None]):
        st.caption(say("This version has no splits."))
        return
    rows = sorted(counts.items(), key=lambda item: -sum(item[1].values()))[:MAX_ROWS]
    columns: dict[str, list[object]] = {say("class"): [dataset.called(label) for label, _ in rows]}
    for part in parts:
        columns[_named(part)] = [by_part.get(part, 0) for _, by_part in rows]
    titles = {_named(part): part for part in parts}
    key = f"splits-{version.version_id}"

    def picked() -> None:
        cell = clicked_cell(st.session_state[key])
        if cell is not None:
            _open(rows[cell[0]][0], cell[1] in titles, titles.get(cell[1]))

    st.dataframe(
        columns,
        hide_index=True,
        key=key,
        on_select=picked,
        selection_mode="single-cell",
        alt=say("Rows of each class in each split"),
    )
    sizes = split_sizes(context, version.version_id)
    several = say(" · a row counts in each of its classes") if target_of(dataset).several else ""
    st.caption(" · ".join(f"{plain(_named(part))}: {sizes.get(part, 0):,}" for part in parts) + several)


def _open(label: str, narrowed: bool, part: str | None) -> None:
    """The rows of a class, where `narrowed` those of one part."""
    without = write_filters(["split missing"]) if narrowed and part is None else None
    put({keys.VIEW: "rows", keys.LABEL: label, keys.SPLIT: part if narrowed else None, FILTERS: without})


def _numbers_by_part(context: Context, version: Version) -> None:
    """Where labels are numbers: how they are spread in each part."""
    st.markdown(f"**{say('Labels in each part')}**")
    sizes = split_sizes(context, version.version_id)
    found = settled(lambda: numbers_of_labels(context, version.version_id))
    if not set(sizes) - {None}:
        st.caption(say("This version has no splits."))
        return
    if found is not None:
        spread_table(found)
    st.caption(" · ".join(f"{plain(_named(part))}: {rows:,}" for part, rows in sizes.items()))


def _named(part: str | None) -> str:
    return split_said(part) if part else say("no part")


def split_form(context: Context, dataset: Dataset, version: Version, user: str) -> None:
    """How to make new parts, and the button that makes them."""
    st.markdown(f"**{say('Make new splits')}**")
    numeric = target_of(dataset).numeric
    method = st.radio(
        say("Method"),
        list(METHODS),
        format_func=lambda one: say(OF_NUMBERS.get(one, METHODS[one]) if numeric else METHODS[one]),
        key="split-method",
    )
    group = None
    if method == "grouped":
        names = {attribute.column: attribute_said(dataset, attribute.name) for attribute in dataset.attributes}
        group = st.selectbox(say("Group by"), list(names), format_func=names.__getitem__, key="split-group")
    with st.container(horizontal=True):
        shares = {
            part: st.number_input(f"{say(part)} %", 0, 100, share, step=5, key=f"split-{part}", width=110)
            for part, share in PARTS.items()
        }
    seed = st.number_input(
        say("Seed"), 0, 2**31 - 1, 0, key="split-seed", width=110, help=say("The same seed, the same parts.")
    )
    if st.button(say("Make a version with these splits"), type="primary", key="split-start"):
        _start(context, version, user, method, shares, seed, group)
    st.caption(say("The current version stays as it is."))


def _start(
    context: Context, version: Version, user: str, method: str, percent: Mapping[str, int], seed: int, group: str | None
) -> None:
    if sum(percent.values()) != 100:
        raise UsageError(f"The shares add up to {sum(percent.values())} %.", "Make them 100 % in all.")
    shares = {part: value / 100 for part, value in percent.items() if value}
    job = start_split(context, version.version_id, method, shares, seed, group, user)
    st.session_state[keys.SPLIT_JOB] = job.job_id
    st.rerun()


def follow_split(context: Context) -> bool:
    """Whether the splits asked for are still being made; opens the new version when they are."""
    job_id = st.session_state.get(keys.SPLIT_JOB)
    if job_id is None:
        return False
    job = context.queue.get(job_id)
    if job.status not in ENDED or (job.status == "done" and job.kind == "groups" and not job.collected):
        live(context, lambda: _wait(context, job_id), lambda: state_of(context.queue.get(job_id)), key="split")
        return True
    del st.session_state[keys.SPLIT_JOB]
    if job.status == "done":
        st.session_state.pop(keys.LAST_VERSION, None)
        st.query_params.pop(keys.VERSION, None)
        st.rerun()
    show_error(WinnowError(job.error or stored(f"Making the splits was {job.status}."), "No version was made."))
    return False


def _wait(context: Context, job_id: str) -> None:
    job = context.queue.get(job_id)
    if job.status in ENDED and (job.collected or job.kind != "groups" or job.status != "done"):
        st.rerun()
    st.caption(
        f":material/progress_activity: {say('making the splits: {progress}', progress=plain(progress_text(job)))}"
    )
