"""Whether somebody is told of jobs that have ended, and why not."""

from __future__ import annotations

import streamlit as st

from core.context import Context
from core.services.webhook import webhook
from core.ui.parts.problems import plain
from core.words import say, say_stored


def webhook_line(context: Context) -> None:
    """Nothing where nobody wants to be told and where telling works."""
    told = webhook(context)
    if told is not None and told.problem:
        st.warning(
            plain(
                say(
                    "{host} could not be told of “{job}”: {problem}. The job itself is not affected.",
                    host=told.host,
                    job=say_stored(told.job),
                    problem=say_stored(told.problem),
                )
            ),
            icon=":material/notifications_off:",
        )
