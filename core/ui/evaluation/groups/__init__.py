"""Evaluate, view Groups: whether a run is wrong more often for some rows than for others, by the groups of an
attribute, and class by class. A click on a group opens its wrong rows."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from core.context import Context
from core.profile.shares import MIN_GROUP_ROWS
from core.services.evaluation.groups import by_attributes, in_groups
from core.store.datasets import get_dataset
from core.ui.evaluation.choice import AnyShown
from core.ui.evaluation.groups.attributes import accuracy, attributes
from core.ui.evaluation.groups.classes import classes
from core.ui.evaluation.groups.mitigation import mitigation
from core.ui.evaluation.groups.rows import wrong_rows
from core.ui.evaluation.groups.slices import slices
from core.ui.parts.empty import empty_state
from core.ui.parts.pending import settled
from core.ui.shell.pages import link
from core.ui.shell.reading import reading
from core.words import say


def groups(context: Context, shown: AnyShown) -> None:
    """Which attribute it depends on; the groups of one; what becomes of each class there; the rows behind."""
    found = settled(lambda: by_attributes(context, shown.run, shown.split, shown.labels_from))
    if found is None:
        return
    # With the attributes that were derived just now.
    shown = replace(shown, dataset=get_dataset(context.store, shown.dataset.dataset_id))
    compared = [one for one in found if one.outcomes.accuracy.ends is not None]
    if not compared:
        _nothing()
        slices(context, shown)
        if context.store.slices.names(shown.dataset.dataset_id):
            wrong_rows(context, shown, None, None, None)
        return
    left, right = st.columns([5, 6], gap="large")
    with left:
        crossed = attributes(shown, compared, len(found) - len(compared))
    each = settled(lambda: in_groups(context, shown.run, shown.split, crossed, shown.labels_from))
    if each is None:
        return
    with right:
        group = accuracy(shown, each.found.outcomes)
    slices(context, shown)
    label = classes(shown, each)
    mitigation(context, shown, crossed)
    wrong_rows(context, shown, each.found.outcomes, group, label)


def _nothing() -> None:
    empty_state(
        say("No groups to compare"),
        say(
            "Groups are the values of columns beside example and label, such as an author or a source, and lengths or "
            "sizes. None of them has two groups of at least {n} rows in this split.",
            n=MIN_GROUP_ROWS,
        ),
        icon="balance",
        shows="ties",
        action=None
        if reading()
        else lambda: link("data", say("Load it with more columns"), icon=":material/upload:", view="load"),
    )


__all__ = ["groups"]
