"""Keeping one row of a group of near-duplicates: of the group that is looked at, or of all; and taking it back."""

from __future__ import annotations

import streamlit as st

from core.context import Context
from core.records import Scan
from core.review.records import ReviewItem
from core.services.issues.listing import Findings
from core.services.review.groups import keep_one, take_back, would_exclude
from core.ui import keys
from core.words import say, say_n

ALL = "keep-one"
"""The key of the box with the act on every group."""


def redraw_after_act() -> None:
    """The buttons stand in the list, which is redrawn by itself; the figures above it change as well."""
    if st.session_state.pop(keys.KEPT_JUST_NOW, False):
        st.rerun()


def keep_one_of_all(context: Context, user: str, found: Findings) -> None:
    """The act on every group, behind a word on what it does."""
    title = say("Keep one of each group")
    box = st.popover(title, icon=":material/filter_1:", key=ALL, on_change="rerun")
    if not box.open:
        return
    with box:
        st.caption(
            say(
                "Every copy that nobody has decided is left out of the next version; the row that stands for its group "
                "stays. It can be taken back."
            )
        )
        conflicting = st.checkbox(
            say("Also of the {n:,} groups with conflicting labels", n=found.about["conflicting"]),
            help=say(
                "There the row that stays carries the most frequent label of its group, which may be the wrong one."
            ),
            key="keep-one-conflicting",
            disabled=not found.about["conflicting"],
        )
        arguments = (context, user, found.scan, found.kind.name, None, conflicting)
        copies, groups = would_exclude(context, found.scan, found.kind.name, conflicting)
        of_groups = say_n("{n:,} group", "{n:,} groups", groups)
        st.button(
            say_n("Exclude {n:,} copy of {groups}", "Exclude {n:,} copies of {groups}", copies, groups=of_groups),
            type="primary",
            on_click=_keep,
            args=arguments,
            key="keep-one-of-all",
            disabled=not copies,
        )


def keep_one_of_group(context: Context, user: str, scan: Scan, issue_type: str, item: ReviewItem) -> None:
    """The act on the group of the row that is looked at; nothing where it has no undecided copies."""
    if not item.copies:
        return
    st.button(
        say_n(
            "Keep one of this group, exclude {n:,} copy",
            "Keep one of this group, exclude {n:,} copies",
            len(item.copies),
        ),
        icon=":material/filter_1:",
        on_click=_keep,
        args=(context, user, scan, issue_type, item.group),
        key="keep-one-of-group",
    )


def excluded(context: Context, user: str, found: Findings) -> None:
    """What the last such act of this session on the version did, and the way back; nothing beside other lists."""
    version_id, client_keys, said = st.session_state.get(keys.KEPT_ONE, (None, (), ""))
    if version_id != found.scan.version_id or "group" not in found.kind.actions:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="kept-one"):
        st.markdown(f":material/check: {said}", width="content")
        if client_keys:
            arguments = (context, user, version_id, client_keys)
            st.button(say("Undo"), icon=":material/undo:", on_click=_take_back, args=arguments, key="kept-one-undo")


def _keep(
    context: Context, user: str, scan: Scan, issue_type: str, group: int | None, conflicting: bool = False
) -> None:
    done = keep_one(context, scan, issue_type, user, group, conflicting)
    groups = say_n("{n:,} group", "{n:,} groups", done.groups)
    parts = [
        say_n(
            "{n:,} copy of {groups} is excluded", "{n:,} copies of {groups} are excluded", len(done.keys), groups=groups
        )
    ]
    if done.conflicting:
        left = say_n(
            "{n:,} group with conflicting labels is left to you",
            "{n:,} groups with conflicting labels are left to you",
            done.conflicting,
        )
        parts.append(left)
    said = say("{sentence}.", sentence=say("; ").join(parts))
    st.session_state[keys.KEPT_ONE] = (scan.version_id, done.keys, said)
    st.session_state[keys.KEPT_JUST_NOW] = True
    st.session_state[ALL] = False  # what came of it stands above the list, which the open box would cover


def _take_back(context: Context, user: str, version_id: str, client_keys: tuple[str, ...]) -> None:
    back = take_back(context, version_id, user, client_keys)
    said = say_n("{n:,} row is back.", "{n:,} rows are back.", back)
    st.session_state[keys.KEPT_ONE] = (version_id, (), said)
