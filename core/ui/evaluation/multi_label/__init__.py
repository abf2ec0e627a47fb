"""What the Evaluate page draws where a label is several classes, or spans."""

from __future__ import annotations

from collections.abc import Mapping

from core.context import Context
from core.tasks import target_of
from core.ui.evaluation import spans
from core.ui.evaluation.choice import ShownSets
from core.ui.evaluation.either import EITHER
from core.ui.evaluation.head import answers_in_sight
from core.ui.evaluation.multi_label.classes import classes
from core.ui.evaluation.multi_label.head import head
from core.ui.evaluation.multi_label.rows import examples
from core.ui.evaluation.multi_label.tables import tables
from core.ui.evaluation.multi_label.together import missed_and_added
from core.words import later

SET_VIEWS = {
    "matrix": later("Matrix per class"),
    "together": later("Missed and added"),
    "report": later("Classes"),
    **EITHER,
}
SPAN_VIEWS = {"entities": later("Entities"), "report": later("Types of rows"), **EITHER}
_DRAWN = {"matrix": tables, "together": missed_and_added, "report": classes}
"""The views that stand above a list of rows."""


def top(context: Context, shown: ShownSets) -> Mapping[str, str]:
    """The answer at once; returns the titles of the views by their names."""
    if target_of(shown.dataset).located:
        spans.head(context, shown)
        return SPAN_VIEWS
    head(shown)
    answers_in_sight(context, shown)
    return SET_VIEWS


def view_of(context: Context, shown: ShownSets, view: str) -> None:
    """One of the views, if it is drawn here."""
    if view == "entities":
        spans.entities(context, shown)
    elif view in _DRAWN:
        _DRAWN[view](shown)
        examples(context, shown)


__all__ = ["top", "view_of"]
