"""What the slices of a dataset hold, beside its classes: rows, share of all, and the classes in them."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.charts.histogram import figure
from core.context import Context
from core.records import Dataset, Version
from core.services.evaluation.slices import in_slice
from core.services.profile.slices import SliceProfile, slice_profiles
from core.ui.parts.pending import settled
from core.ui.parts.problems import plain
from core.ui.profile.parts import CHOICE, Opened, choices_to_url, heading, lift_others, numbers, share_column
from core.words import later, say, say_stored

CLASSES = 5
"""Classes that the table has a column of: the most frequent of the version."""
LISTED = 12
_SLICE = f"{CHOICE}-classes-slice"
"""A class that is chosen lifts it, and it lifts the class."""


def slices_view(context: Context, dataset: Dataset, version: Version) -> Opened | None:
    """Nothing where nobody saved one; the rows of the slice that is picked."""
    found = settled(lambda: slice_profiles(context, version.version_id))
    if not found:
        return None
    classes = list(found[0].labels)[:CLASSES]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        heading(say("Slices"), _said(found))
        st.space("stretch")
        numbers(dataset, version, later("slices"), _columns(dataset, found), key="balance-slices")
    names = [one.name for one in found]
    asked = st.session_state.get(_SLICE)
    at = names.index(asked) if asked in names else None
    key = f"balance-slices-{hash((version.version_id, tuple(names), at)):x}"
    problems = [plain(say_stored(one.problem)) for one in found]
    st.dataframe(
        {
            "slice": [one.name or say("all rows") for one in found],
            "rows": [one.rows for one in found],
            "share": [one.share for one in found],
            **{f"of {label}": [_share(one, label) for one in found] for label in classes},
            **(_numbers(found) if found[0].mean else {}),
            **({"remark": problems} if any(problems) else {}),
        },
        hide_index=True,
        height="content" if len(found) <= LISTED else 38 + 35 * LISTED,
        column_config={
            "slice": st.column_config.Column(say("slice")),
            "rows": st.column_config.NumberColumn(say("rows", "column"), format="localized", width=80),
            "share": share_column(say("share"), say("Of all rows of the version."), 120),
            "mean": st.column_config.Column(say("mean label")),
            "interval": st.column_config.Column(say("95 % interval")),
            "median": st.column_config.Column(say("median label")),
            "remark": st.column_config.Column(say("remark")),
            **{
                f"of {label}": share_column(
                    dataset.called(label), say("Share of the slice's rows that have the class."), 120
                )
                for label in classes
            },
        },
        key=key,
        on_select=lambda: _picked(key, names),
        selection_mode="single-row",
        selection_default={"selection": {"rows": [] if at is None else [at]}},
        alt=say("Rows and classes of each slice"),
    )
    if len(found[0].labels) > CLASSES:
        st.caption(say("The {n} largest classes; the numbers have all.", n=CLASSES))
    name = "" if at is None else names[at]
    return Opened(in_slice(name), lambda: say("slice {name}", name=name)) if name else None


def _picked(key: str, names: Sequence[str]) -> None:
    rows = st.session_state[key]["selection"]["rows"]
    st.session_state[_SLICE] = names[rows[0]] or None if rows else None  # of all rows none are opened
    lift_others("classes", _SLICE)
    choices_to_url()


def _said(found: tuple[SliceProfile, ...]) -> str:
    if found[0].labels:
        return say("{n}, with the share of each class", n=len(found) - 1)
    return say("{n}, with the mean and median of the labels", n=len(found) - 1) if found[0].mean else ""


def _numbers(found: tuple[SliceProfile, ...]) -> dict[str, list[object]]:
    return {
        "mean": [one.mean and figure(one.mean.estimate) for one in found],
        "interval": [one.mean and f"{figure(one.mean.low)} – {figure(one.mean.high)}" for one in found],
        "median": [None if one.median is None else figure(one.median) for one in found],
    }


def _share(one: SliceProfile, label: str) -> float | None:
    return one.labels.get(label, 0) / one.rows if one.rows else None


def _columns(dataset: Dataset, found: tuple[SliceProfile, ...]) -> dict[str, list[object]]:
    columns: dict[str, list[object]] = {
        later("slice"): [one.name for one in found],
        later("rows", "column"): [one.rows for one in found],
        later("share"): [round(one.share, 6) for one in found],
    }
    for label in found[0].labels:
        name = dataset.called(label)
        columns[f"{name} rows" if name in columns else name] = [one.labels.get(label, 0) for one in found]
    if found[0].mean:
        columns |= {
            later("mean label"): [one.mean and one.mean.estimate for one in found],
            later("low"): [one.mean and one.mean.low for one in found],
            later("high"): [one.mean and one.mean.high for one in found],
            later("median label"): [one.median for one in found],
        }
    return columns
