"""Who may see a page. Runs first on every page, since each page file can be reached by its own address.

What is asked for beside the pages (the socket, uploads, files) meets the same rules in `core.ui.shell.door`.
"""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Container
from ipaddress import ip_address

import streamlit as st

from core.ui import keys
from core.words import later, say

REFUSED = later("Winnow is open to its own machine only, since nobody has to sign in.")
NEXT_STEP = later(
    "Next step: add an `[auth]` section to `.streamlit/secrets.toml`, then restart it; "
    "or start it with `-- --i-know` where everybody who can reach it may use it."
)
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
"""What a reverse proxy adds: then the address is the proxy's, and says nothing of the visitor."""


def require_access() -> None:
    """Stops the page unless this visitor may see it: signed in where `[auth]` is set up, else on this machine. Says on
    every page where others could reach it without a sign-in."""
    if sign_in_set_up():
        if not st.user.get("is_logged_in", False):
            _ask_to_sign_in()
    elif not let_in(st.context.ip_address, st.context.headers):
        st.error(say(REFUSED), icon=":material/lock:")
        st.caption(say(NEXT_STEP))
        st.stop()
    elif not alone():
        st.warning(say(exposed()), icon=":material/lock_open:")


def let_in(address: str | None, headers: Container[object]) -> bool:
    """Whether a visitor is let in where nobody signs in: from this machine itself, or all are on purpose."""
    return i_know() or (not any(name in headers for name in _FORWARDED) and from_this_machine(address))


def from_this_machine(address: str | None) -> bool:
    """Whether a client's address is loopback; Streamlit gives None for it, and no text at all without a client."""
    return not isinstance(address, str) or ip_address(address).is_loopback


def i_know() -> bool:
    """Whether whoever started the server said that everybody who can reach it may use it."""
    return "--i-know" in sys.argv[1:] or os.environ.get("WINNOW_I_KNOW") == "1"


def alone() -> bool:
    """Whether only somebody at this machine can use the server: it owns the files that the server can read."""
    return not sign_in_set_up() and not i_know() and _bound_to_loopback()


def of_its_owner() -> bool:
    """Whether nobody but the account that started the server can use it: alone, and other accounts of the machine are
    asked for the token."""
    return alone() and os.environ.get("WINNOW_TOKEN") != ""


def _bound_to_loopback() -> bool:
    """Whether the server listens on this machine only. Without an address it listens everywhere."""
    address = st.get_option("server.address") or "0.0.0.0"  # noqa: S104
    try:
        return address == "localhost" or ip_address(address).is_loopback
    except ValueError:
        return False


def exposed() -> str:
    """Who else could reach the server, in words."""
    if i_know():
        return later("Everybody who can reach this machine over the network can use Winnow: nobody has to sign in.")
    return later("Winnow listens on the network and nobody has to sign in: visitors from other machines are refused.")


def current_user() -> str:
    """The signed-in e-mail, else the name kept in the session or the URL, else the operating system's user."""
    if sign_in_set_up():
        return str(st.user.get("email") or st.user.get("name") or "signed in")
    named = st.session_state.get(keys.REVIEWER) or st.query_params.get(keys.REVIEWER)
    return str(named or default_user())


def default_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "reviewer"


def signed_in() -> bool:
    """Whether the name comes from a sign-in, so that it cannot be edited."""
    return sign_in_set_up()


def sign_in_set_up() -> bool:
    """Whether visitors have to sign in."""
    return bool(st.secrets.load_if_toml_exists() and "auth" in st.secrets)


def _ask_to_sign_in() -> None:
    st.title("Winnow")
    st.caption(say("Sign in to see the datasets of this workspace."))
    st.button(say("Sign in"), type="primary", icon=":material/login:", on_click=st.login)
    st.stop()
