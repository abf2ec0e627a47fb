"""The views of Evaluate that are the same whether a label is one class or several."""

from __future__ import annotations

from collections.abc import Sequence

from core.context import Context
from core.records import Run
from core.ui.evaluation.choice import AnyShown
from core.ui.evaluation.compare import comparison
from core.ui.evaluation.curves import class_curves, how_it_learnt
from core.ui.evaluation.groups import groups
from core.words import later

EITHER = {
    "curves": later("Curves"),
    "groups": later("Groups"),
    "compare": later("Compare with another run"),
}


def either_view(context: Context, shown: AnyShown, runs: Sequence[Run], view: str) -> None:
    """One of them, if it is one."""
    if view == "curves":
        class_curves(context, shown)
        how_it_learnt(context, shown.dataset, shown.run)
    elif view == "groups":
        groups(context, shown)
    elif view == "compare":
        comparison(context, shown, runs)
