"""Evaluate, view Residuals: predicted against labelled, and what is left over. A click on a mark opens its row."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.charts.residuals import against_labels, against_predicted
from core.ui import keys
from core.ui.chart_files import chart_with_files
from core.ui.evaluation.choice import ShownNumbers
from core.ui.parts.cells import clicked_mark
from core.ui.url import put
from core.words import say

DRAWN = 2_000
"""Marks at most: the rows that are farthest off, and others drawn evenly."""
WORST = 500


def chosen_row(shown: ShownNumbers) -> int | None:
    """The id of the row that the URL names, where it is one of the split."""
    asked = st.query_params.get(keys.ROW, "")
    return int(asked) if asked.isdecimal() and int(asked) in shown.found.example_ids else None


def residuals(shown: ShownNumbers) -> None:
    """Both pictures side by side."""
    found, chosen = shown.found, chosen_row(shown)
    places = drawn(found.worst)
    labels, predicted = found.true[places].tolist(), found.predicted[places].tolist()
    rows = found.example_ids[places].tolist()
    pictures = (
        ("predicted", against_labels, say("Predicted number by labelled one")),
        ("residuals", against_predicted, say("Labelled less predicted by predicted number")),
    )
    for column, (name, draw, title) in zip(st.columns(2, gap="medium"), pictures, strict=True):
        key = f"numbers-{name}-{shown.run.number}-{chosen}"
        with column:
            st.caption(f"**{title}**")
            chart_with_files(
                draw(labels, predicted, rows, chosen),
                key=key,
                dataset=shown.dataset.name,
                name=f"{name}-run-{shown.run.number}",
                columns={"row": rows, "labelled": labels, "predicted": predicted},
                on_select=lambda key=key: _clicked(key, chosen),  # type: ignore[misc]
                alt=say("{title}; the list of rows beneath says the same", title=title),
            )
    if len(places) < found.rows:
        said = say(
            "{n:,} of {rows:,} rows are drawn: the farthest off, and others evenly", n=len(places), rows=found.rows
        )
        st.caption(said)


def drawn(worst: np.ndarray) -> np.ndarray:
    """Positions of the rows that are drawn, of `worst` (n,), which has all of them, the farthest off first."""
    if len(worst) <= DRAWN:
        return np.sort(worst)
    others = worst[np.linspace(WORST, len(worst) - 1, DRAWN - WORST).astype(np.int64)]
    return np.sort(np.concatenate([worst[:WORST], others]))


def _clicked(key: str, chosen: int | None) -> None:
    """A click opens the row, a click on the chosen one lifts that again."""
    mark = clicked_mark(st.session_state[key])
    if mark is not None:
        put({keys.ROW: None if mark[0] == chosen else str(mark[0])})
