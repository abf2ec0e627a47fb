"""The line of figures above the ranked list: share of wrong labels, rows flagged, rows left. Each opens its rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.records import Dataset, Scan, Version
from core.services.issues.flags import worst_rows
from core.services.issues.listing import Findings
from core.services.lists.asked import DECIDED, SHOW, TYPE
from core.tasks import target_of
from core.ui.lists.how_many import in_words
from core.ui.lists.issue_filter import ALL, UNDECIDED, choose
from core.ui.lists.review_counts import settled_before
from core.ui.parts.problems import plain
from core.ui.shell.pages import count
from core.words import later, say, say_stored

MEANT = later(
    "Rows that the scan flags. Those with a verdict on this version are among them, whether it was given before the "
    "scan or after it, and are counted apart as decided. A verdict of an earlier version stands: its row is not "
    "flagged again."
)
TIERS = later(
    "A scan looks in tiers. The first goes by the words of a text, the pixels of an image or the spectrogram of a "
    "sound, and takes seconds; the next ones go by meaning, with a larger model, and rank better. A model that is "
    "fine-tuned for each fold comes last where one was asked for, and may rank a little better or worse than the one "
    "before it."
)
COVERS = later(
    "At least: what the scan's model disagrees with however sure it is. At most: what it disagrees with, but of the "
    "rows that are hardest for it no more than one in three. Where it is unsure it cannot be told whose fault it is, "
    "so the estimate lies between."
)


def figures(
    dataset: Dataset, version: Version, found: Findings, again: Callable[[], None] | None, worst: int | None = None
) -> None:
    """The line of figures: each is a button that opens its rows. `again` draws what starts another scan; None while a
    better tier is on its way. `worst`: how many rows count as flagged by choice."""
    review, scan = found.review, found.scan
    rows = int(scan.summary["rows"])
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="issue-figures", border=True):
        if "share_wrong" in found.about:
            _share(found.about)
        with _figure(later("flagged", "figure"), f"{review.flagged:,}", choose, say(MEANT)):
            st.caption(_held(found, worst) or say("{share:.1%} of the rows", share=review.flagged / max(1, rows)))
        numbers, numeric = found.about.get("numbers"), target_of(dataset).numeric
        _figure(later("rows scanned", "figure"), f"{rows:,}", _choose_all).caption(
            say("nine of ten within ± {half:.3g}", half=numbers["half"])
            if numbers
            else say("a number each")
            if numeric
            else say("{n:,} classes", n=len(dataset.labels))
        )
        with _figure(later("left to judge", "figure"), f"{review.left:,}", _choose_undecided):
            _decided_of(dataset, version, found)
        _result(scan, scanning=again is None)
        st.space("stretch")
        if again is not None:
            with st.popover(say("Scan again"), icon=":material/refresh:", type="tertiary"):
                again()
    if found.about.get("untold"):
        st.caption(plain(say_stored(str(found.about["untold"]))))


def _held(found: Findings, worst: int | None) -> str:
    """How many of the flagged rows are wrong, where the scan can tell. What it expects is of rows that nobody had
    decided before it: it says so where others are flagged too."""
    if "curve" not in found.about:
        return ""
    flagged = found.review.flagged
    open_ = flagged if worst is not None else min(flagged, int(found.about["flagged"]))
    length = worst_rows(found.scan, open_)
    if length is None or open_ == flagged:
        return in_words(length)
    told = say("about {wrong:,.0f} of {rows:,} wrong", wrong=length.wrong, rows=open_)
    return say("{told}, {n:,} decided before the scan", told=told, n=flagged - open_)


def _share(about: Mapping[str, Any]) -> None:
    share, untold = about["share_wrong"], about.get("untold")
    between = f"{share['low']:.1%} – {share['high']:.1%}"
    if untold:
        _figure(later("how many are wrong", "figure"), say("Cannot be told:"), choose).caption(
            say("{between} is possible", between=between)
        )
    else:
        _figure(later("probably wrong", "figure"), f"{share['estimate']:.1%}", choose).caption(
            say("{between}, 95 % interval", between=between), help=say(COVERS)
        )


def _figure(name: str, value: str, on_click: Callable[[], None], means: str = "") -> DeltaGenerator:
    """The figure, which opens its rows; returns the place below it. `means`: what counts, where that is to be said."""
    place = st.container(gap=None, width="content")
    label = f"**{value}** {say(name, 'figure')}"
    place.button(label, type="tertiary", on_click=on_click, key=f"figure-{name}", help=means or say("Show the rows"))
    return place


def _decided_of(dataset: Dataset, version: Version, found: Findings) -> None:
    """How many flagged rows of the list have a verdict, which opens them; and those of earlier versions."""
    review = found.review
    here: dict[str, str | int] = {"dataset": dataset.name, "version": version.number, TYPE: found.kind.name}
    count(review.flagged - review.left, later("{n:,} of the flagged decided"), "issues", **here, **{SHOW: DECIDED})
    settled_before(review)


def _choose_undecided() -> None:
    choose(show=UNDECIDED)


def _choose_all() -> None:
    choose(show=ALL)


def _result(scan: Scan, scanning: bool) -> None:
    """Which tier this is, and what it was weighed from."""
    encoders = scan.summary.get("encoders", ())
    weights = [f"{one['name']} {one['weight']:.0%}" for one in encoders] if len(encoders) > 1 else []
    unfinished = say(
        "a quick first look, a better one follows" if scanning else "a quick first look: the scan ended early"
    )
    last = say("the last step of the scan")
    with st.container(gap=None, width="content"):
        st.markdown(f":blue-badge[{plain(scan.tier)}] :small[{last if scan.final else unfinished}]", help=say(TIERS))
        when = say("{day:%d %b %Y, %H:%M}", day=scan.created_at)
        st.caption(" · ".join([*weights, when, plain(scan.created_by)]))
