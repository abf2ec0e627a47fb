"""What the server says at its start: where it is opened, and who else could reach it."""

from __future__ import annotations

import logging
import sys

import streamlit as st
from streamlit.web.server.server_util import get_display_address, get_url

from core.ui.shell.guard import alone, exposed, sign_in_set_up
from core.ui.shell.token import FIELD, token


def announce() -> None:
    """Writes the link, and warns where the server can be reached without a sign-in. Asks nobody for the address."""
    word = token()
    sys.stdout.write(f"\n  Winnow is open at {address()}{f'/?{FIELD}={word}' if word else ''}\n\n")
    sys.stdout.flush()
    if not sign_in_set_up() and not alone():
        logging.getLogger("winnow").warning("%s", exposed())


def address() -> str:
    """Where a browser on this machine opens the server."""
    return get_url(get_display_address(st.get_option("server.address") or "localhost"))
