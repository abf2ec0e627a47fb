"""Who may see a page. Runs first on every page, since each page file can be reached by its own address."""

from __future__ import annotations

import getpass
from ipaddress import ip_address

import streamlit as st

from core.ui import keys


def require_access() -> None:
    """Stops the page unless this visitor may see it: signed in where `[auth]` is set up, else on this machine."""
    if _sign_in_set_up():
        if not st.user.get("is_logged_in", False):
            _ask_to_sign_in()
    elif not from_this_machine(st.context.ip_address):
        st.error("Winnow is open to its own machine only, since nobody has to sign in.", icon=":material/lock:")
        st.caption("Next step: add an `[auth]` section to `.streamlit/secrets.toml`, then restart it.")
        st.stop()


def from_this_machine(address: str | None) -> bool:
    """Whether a client's address is loopback; Streamlit gives None for it, and no text at all without a client."""
    return not isinstance(address, str) or ip_address(address).is_loopback


def current_user() -> str:
    """The signed-in e-mail, else the name kept in the session or the URL, else the operating system's user."""
    if _sign_in_set_up():
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
    return _sign_in_set_up()


def _sign_in_set_up() -> bool:
    return bool(st.secrets.load_if_toml_exists() and "auth" in st.secrets)


def _ask_to_sign_in() -> None:
    st.title("Winnow")
    st.caption("Sign in to see the datasets of this workspace.")
    st.button("Sign in", type="primary", icon=":material/login:", on_click=st.login)
    st.stop()
