"""Review of what a scan has found: which views there are for it, and its queue, narrowed by the filters of the list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import streamlit as st

from core.context import Context
from core.records import Dataset, IssueFilter, Scan, Version
from core.services.issues.listing import latest_scan
from core.services.review.blind import Blind, has_held_out
from core.services.review.rows_source import UNLABELLED
from core.services.review.sources import HELD_OUT, ScanSource, Source
from core.store.versions import nothing_labelled
from core.ui import keys
from core.ui.lists.issue_filter import FLAGGED, filter_bar
from core.ui.modalities import drawing_of
from core.ui.parts.empty import empty_state
from core.ui.parts.labels import target_of
from core.ui.review.blind import blind_switch
from core.ui.review.next_steps import scan_and_train
from core.ui.review.rows import rows_queue
from core.ui.review.stage import Mode, stage
from core.words import later, say

View = Literal["desk", "grid", "decisions", "versions"]
_VIEWS: dict[View, str] = {
    "desk": later("Desk"),
    "grid": later("Grid"),
    "decisions": later("Decisions"),
    "versions": later("Versions"),
}
_NOT_FILTERS = (keys.DATASET, keys.VERSION, keys.REVIEWER, keys.VIEW, keys.LANGUAGE_ASKED)
"""What the URL may say without narrowing the queue."""


def views_of(dataset: Dataset) -> Mapping[View, str]:
    """The views with their titles: a grid is for what can be judged at a glance."""
    has_grid = drawing_of(dataset).has_grid
    return {name: say(title) for name, title in _VIEWS.items() if name != "grid" or has_grid}


def not_scanned(context: Context, dataset: Dataset, version: Version, user: str, mode: Mode) -> None:
    """Where nothing is ranked: a scan, or a model of it as it is; of labels that are spans or numbers, the rows as they
    come;
    where nothing is labelled yet, the rows in random order."""
    if target_of(dataset).located or target_of(dataset).numeric:
        rows_queue(context, dataset, version, user, mode)
        return
    if nothing_labelled(context.store, version.version_id):
        _unlabelled_queue(context, dataset, version, user, mode)
        return
    empty_state(
        say("Version {number} has not been scanned", number=version.number),
        say("A scan ranks the labels that are probably wrong; the desk hands them out worst first."),
        icon="troubleshoot",
        shows="desk",
        action=lambda: scan_and_train(context, dataset, version, user),
    )


def _unlabelled_queue(context: Context, dataset: Dataset, version: Version, user: str, mode: Mode) -> None:
    st.caption(
        say(
            "Rows without a label, in random order. Once two classes have some rows, make a version and scan it: the "
            "others then come with a suggestion."
        )
    )
    stage(context, dataset, version, user, lambda: UNLABELLED, mode)


def queue_filter(context: Context, dataset: Dataset, scan: Scan) -> IssueFilter:
    """Which of the scan's rows are handed out; open where the URL narrows them."""
    narrowed = any(value != FLAGGED for name, value in st.query_params.items() if name not in _NOT_FILTERS)
    with st.expander(say("Narrow the queue"), icon=":material/filter_list:", expanded=narrowed):
        return filter_bar(context, dataset, scan)


def scan_queue(context: Context, dataset: Dataset, version: Version, user: str, where: IssueFilter, mode: Mode) -> None:
    """Hands out the rows of the version's best scan, the worst first."""
    of_labels = where.issue_type in (None, "label")
    blind = of_labels and where.rows.split in (None, *HELD_OUT) and blind_switch(has_held_out(context, version))

    def best_by_now() -> Source | None:
        scan = latest_scan(context, version.version_id)
        if scan is None:
            return None
        source = ScanSource(scan, where)
        return Blind(source) if blind else source

    stage(context, dataset, version, user, best_by_now, mode)
