"""What is taken along of a story: the link for others, who may read it and nothing else, and the report."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

import streamlit as st

from core.context import Context
from core.records import Dataset, Story
from core.services.export import file_name
from core.services.story.report import story_report
from core.ui import keys
from core.ui.parts.copy_link import LOOPBACK, copy_link, for_this_machine_only
from core.ui.shell.guard import current_user
from core.ui.shell.reading import mark_of
from core.words import in_this_language, say, say_stored


def report_of(context: Context, told: Story) -> Callable[[], str]:
    """What writes the report of a story."""
    return lambda: story_report(context, told, by=current_user())


def take_along(dataset: Dataset, report: Callable[[], str] | None) -> None:
    """The link for others, which is to be read only, and the report as a file, where there is one."""
    address = shared_link(dataset)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="story-take-along"):
        copy_link(
            address,
            key="story-link",
            label=say("Copy link for others"),
            explained=say("Opens this story alone, to be read: no other page, nothing that could be changed."),
        )
        if report is not None:
            st.download_button(
                say("Download report"),
                in_this_language(lambda: report().encode()),
                file_name(f"{dataset.name}-story.html"),
                "text/html",
                icon=":material/download:",
                on_click="ignore",
                key="report-download",
                help=say("Two pages and an appendix in one HTML file: opens offline and prints."),
            )
    if for_this_machine_only(address):
        st.caption(f":material/warning: {say_stored(LOOPBACK)}")


def shared_link(dataset: Dataset) -> str:
    """The address of the story for those who may only read it."""
    return f"{st.context.url or ''}?{urlencode({keys.SHARE: mark_of(dataset)})}"
