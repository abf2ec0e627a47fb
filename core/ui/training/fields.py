"""One widget per setting of a fine-tune, made from the registry. Knows no setting by name."""

from __future__ import annotations

import math
from typing import Any

import streamlit as st

from core.finetune.settings import Setting
from core.ui.parts.paths import checked
from core.words import say

WIDTH = 170


def field(setting: Setting, default: Any) -> Any:
    """Draws the setting and returns what was said; nothing said is the setting's own default.

    `default` is what an empty field will become, and stands in it.
    """
    key = f"train-{setting.name}"
    if setting.kind == "choice":
        usual = setting.choices.index(setting.default)
        return st.selectbox(say(setting.title), setting.choices, usual, help=say(setting.help), key=key, width=WIDTH)
    if setting.kind == "string":
        typed = st.text_input(
            say(setting.title), placeholder=say("none"), help=say(setting.help), key=key, width=2 * WIDTH
        )
        return checked(typed.strip())
    whole = setting.kind == "whole"
    kind = int if whole else float
    step = 1 if whole or not default else 10.0 ** math.floor(math.log10(default))
    said = st.number_input(
        say(setting.title),
        value=None,
        step=kind(step),
        format="%d" if whole else "%g",
        placeholder=f"{default:g}" if default is not None else "",
        help=say(setting.help),
        key=key,
        width=WIDTH,
    )
    return setting.default if said is None else kind(said)
