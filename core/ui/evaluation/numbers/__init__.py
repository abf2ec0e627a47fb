"""What the Evaluate page draws where labels are numbers."""

from __future__ import annotations

from collections.abc import Sequence

from streamlit.delta_generator import DeltaGenerator

from core.context import Context
from core.records import Run
from core.ui.evaluation.choice import ShownNumbers
from core.ui.evaluation.curves import how_it_learnt
from core.ui.evaluation.head import answers_in_sight, take_along
from core.ui.evaluation.numbers.compare import comparison
from core.ui.evaluation.numbers.groups import by_groups
from core.ui.evaluation.numbers.head import head
from core.ui.evaluation.numbers.parts import parts_of_the_range
from core.ui.evaluation.numbers.residuals import residuals
from core.ui.evaluation.numbers.rows import examples
from core.ui.parts.choices import view_switch
from core.words import later, say

NUMBER_VIEWS = {
    "residuals": later("Residuals"),
    "range": later("Parts of the range"),
    "groups": later("By attribute"),
    "curves": later("Curves"),
    "compare": later("Compare with another run"),
}


def number_page(context: Context, shown: ShownNumbers, runs: Sequence[Run], tools: DeltaGenerator) -> None:
    """The answer at once, and the view that is chosen; what can be taken along goes to `tools`."""
    head(shown)
    answers_in_sight(context, shown)
    view = view_switch({name: say(title) for name, title in NUMBER_VIEWS.items()}, always_named=True)
    with tools:
        take_along(context, shown)
    if view == "residuals":
        residuals(shown)
        examples(context, shown)
    elif view == "range":
        parts_of_the_range(shown)
        examples(context, shown)
    elif view == "groups":
        by_groups(context, shown)
    elif view == "curves":
        how_it_learnt(context, shown.dataset, shown.run)
    elif view == "compare":
        comparison(context, shown, runs)


__all__ = ["number_page"]
