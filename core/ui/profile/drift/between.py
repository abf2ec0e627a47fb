"""What the Drift view compares: splits, stretches of the file, or the version and another one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from core.context import Context
from core.profile.drift.sides import HERE, THERE, Side
from core.profile.records import MISSING, SplitBalance
from core.records import Dataset, Version, split_said
from core.services.profile.drift import Between, comparable
from core.ui import keys
from core.ui.parts.choices import switch
from core.ui.profile.parts import no_splits
from core.ui.url import optional_from_url, optional_to_url
from core.words import later, say

_KINDS = {
    "splits": later("Between splits"),
    "order": later("Along the file"),
    "other": later("With another version or dataset"),
}


def chosen_between(context: Context, dataset: Dataset, version: Version, splits: SplitBalance) -> Between | None:
    """What the person asks for; None, and what to do, where there is nothing to compare."""
    has_splits = len([one for one in splits.splits if one != MISSING]) > 1
    kinds = {name: say(title) for name, title in _KINDS.items()}
    ordered = kinds if has_splits else {name: kinds[name] for name in ("order", "splits", "other")}
    kind = switch(say("What is compared"), keys.BETWEEN, ordered)
    if kind == "splits" and not has_splits:
        no_splits(dataset, version)
        return None
    if kind != "other":
        return Between("splits" if kind == "splits" else "order")
    others = comparable(context, dataset, version)
    if not others:
        st.caption(say("There is no other version, and no other dataset of such examples: load the later file as one."))
        return None
    optional_from_url(keys.AGAINST, list(others), next(iter(others)))
    other = st.selectbox(
        say("Compared with"),
        list(others),
        key=keys.AGAINST,
        format_func=lambda one: version_named(*others[one]),
        on_change=optional_to_url,
        args=(keys.AGAINST, next(iter(others))),
        width=360,
    )
    return Between("other", str(other))


def version_named(dataset: Dataset, version: Version) -> str:
    """A version among those of other datasets."""
    return say("{dataset}, version {number}", dataset=dataset.name, number=version.number)


def side_said(
    context: Context, dataset: Dataset, version: Version, between: Between, sides: Sequence[Side]
) -> Callable[[str], str]:
    """Says the name of a side."""
    if between.kind == "splits":
        return split_said
    if between.kind == "order":
        stretches = {
            one.name: say("rows {first:,} – {last:,}", first=one.first or 0, last=one.last or 0) for one in sides
        }
        return lambda name: stretches.get(name, name)
    others = comparable(context, dataset, version)
    there = version_named(*others[between.other]) if between.other in others else between.other
    named = {HERE: version_named(dataset, version), THERE: there}
    return lambda name: named.get(name, name)
