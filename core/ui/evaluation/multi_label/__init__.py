"""What the Evaluate page draws where a label is several classes."""

from core.ui.evaluation.multi_label.classes import classes
from core.ui.evaluation.multi_label.head import head
from core.ui.evaluation.multi_label.rows import examples
from core.ui.evaluation.multi_label.tables import tables
from core.ui.evaluation.multi_label.together import missed_and_added

VIEWS = {"matrix": tables, "together": missed_and_added, "report": classes}
"""The views that stand above a list of rows."""

__all__ = ["VIEWS", "examples", "head"]
