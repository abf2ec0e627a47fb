"""Sessions that may read one page about one dataset and nothing else: those that were opened by a shared link.

The link has a mark that is made of what is to be read, the dataset's id and a secret of the workspace, so that it opens
this page of this dataset and no other. A session that was opened by one stays so to its end, whatever it asks for:
navigation has no page for it that is not for readers, and each of these stops before it reads anything.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from typing import Literal, NoReturn

import streamlit as st

from core.records import Dataset
from core.ui import keys
from core.ui.parts.problems import plain
from core.ui.shell.glossary import glossary_button
from core.ui.shell.language import language_switch
from core.ui.shell.token import secret
from core.words import later, say

MARK_CHARACTERS = 32
Readable = Literal["story", "evaluation"]
NOTHING: Mapping[Readable, str] = {
    "story": later("There is no story behind this link."),
    "evaluation": later("There is no evaluation behind this link."),
}


def mark_of(dataset: Dataset, what: Readable = "story") -> str:
    """What the shared link of a dataset's page has in it."""
    digest = hmac.new(secret().encode(), f"{what} of {dataset.dataset_id}".encode(), hashlib.sha256)
    return digest.hexdigest()[:MARK_CHARACTERS]


def reading() -> bool:
    """Whether this session may only read; it is from the moment that it comes by a shared link."""
    if keys.SHARE in st.query_params:
        st.session_state.setdefault(keys.READING, st.query_params[keys.SHARE])
    return keys.READING in st.session_state


def title_to_read(datasets: Iterable[Dataset], what: Readable) -> Dataset:
    """The header of a page that is read: the name of the dataset whose shared link opened the session. Stops the page
    for a link of none that is there."""
    mark = str(st.session_state.get(keys.READING, ""))
    found = next((one for one in datasets if hmac.compare_digest(mark_of(one, what).encode(), mark.encode())), None)
    if found is None:
        st.error(say(NOTHING[what]), icon=":material/link_off:")
        st.caption(say("Next step: ask whoever sent it for the link again; the dataset may have been deleted."))
        st.stop()
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="page-header"):
        st.title(plain(found.name), anchor=False, width="content")
        st.badge(say("to be read"), icon=":material/visibility:", color="gray")
        st.space("stretch")
        with st.popover("English · 中文", icon=":material/translate:", type="tertiary"):
            language_switch()
            glossary_button()
    return found


def refuse_readers() -> NoReturn:
    """Stops a page that is not for those who may only read."""
    st.error(say("This link opens one page about one dataset, to be read."), icon=":material/lock:")
    st.caption(say("Next step: open the link again as it was sent, or ask whoever sent it."))
    st.stop()
