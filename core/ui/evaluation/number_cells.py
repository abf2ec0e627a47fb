"""What a list of predicted rows says of each where labels are numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from core.issues.contract import rounded
from core.records import Example, PredictedRow
from core.services.evaluation.words import off_words
from core.store.predicted.columns import SUSPECT
from core.targets.number.form import worth
from core.ui.lists.verdict_bar import Seen
from core.words import say


def number_seen(run: int, row: PredictedRow, example: Example) -> Seen:
    """A row as it is judged: what is suggested is the prediction, in as many digits as it is worth."""
    predicted, half = float(row.predicted), row.confidence
    number, around = rounded(predicted, half)
    caption = say("predicted {number} ± {around}", number=number, around=around)
    why = off_words(predicted, half, float(row.label))
    return Seen(example, worth(predicted, half), caption=caption, why=why, tier=f"run {run}")


def number_values(found: Sequence[PredictedRow]) -> Mapping[str, Sequence[object]]:
    """The columns that the list adds to its rows."""
    true, predicted = ([float(getattr(row, name)) for row in found] for name in ("label", "predicted"))
    residual = [one - other for one, other in zip(true, predicted, strict=True)]
    suspect = [abs(off) > SUSPECT * row.confidence for off, row in zip(residual, found, strict=True)]
    return {
        "label": true,
        "predicted": predicted,
        "confidence": [row.confidence for row in found],
        "residual": residual,
        "off_by": [abs(off) for off in residual],
        "suspect": [say("probably wrong") if one else None for one in suspect],
    }


def number_formats() -> Mapping[str, Callable[[str], Any]]:
    """How these are drawn."""
    number, text = st.column_config.NumberColumn, st.column_config.TextColumn
    return {
        "label": partial(number, format="%.6g"),
        "predicted": partial(number, format="%.6g"),
        "confidence": partial(number, format="%.3g", help=say("Half of the interval that holds nine labels of ten.")),
        "residual": partial(number, format="%+.4g"),
        "off_by": partial(number, format="%.4g", help=say("How far the label lies from what is predicted.")),
        "suspect": partial(
            text,
            help=say("Twice as far off as the interval reaches: such a label is probably wrong itself."),
        ),
    }
