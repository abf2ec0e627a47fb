"""The answer at once where a label is several classes: three figures with their intervals, three more in a line."""

from __future__ import annotations

import streamlit as st

from core.services.evaluation.words import percent
from core.ui import keys
from core.ui.evaluation.choice import ShownSets
from core.ui.evaluation.head import errs_most, figure, what, what_it_cannot_tell
from core.words import say


def head(shown: ShownSets) -> None:
    """Which model, how good, where it errs most, and what the figures cannot tell."""
    found = shown.found
    what(shown)
    with st.container(horizontal=True, gap="large", border=True, key="evaluation-figures"):
        figure(say("Micro F1"), found.micro_f1, say("F1 of every class of every row together"))
        figure(say("Macro F1"), found.macro_f1, say("F1 averaged over the classes, each as one"))
        figure(say("Subset accuracy"), found.accuracy, say("of the rows have all classes right"))
        errs_most(shown, keys.MISSED)
    st.caption(_others(shown))
    what_it_cannot_tell(shown)


def _others(shown: ShownSets) -> str:
    found = shown.found
    samples = found.averages["samples avg"].f1
    parts = [
        say("F1 averaged over the rows: {samples}", samples=percent(samples)),
        say(
            "Hamming loss, the share of answers that are wrong: {hamming_loss}",
            hamming_loss=percent(found.hamming_loss),
        ),
    ]
    if found.log_loss is not None:
        parts.append(say("log loss: {log_loss:.4f} nats an answer", log_loss=found.log_loss))
    return " · ".join(parts)
