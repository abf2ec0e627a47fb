"""The Profile page from top to bottom: which view is open, and that view."""

from __future__ import annotations

from core.ui.parts.choices import switch
from core.ui.profile import balance, bias, checks, content
from core.ui.shell.frame import Frame

VIEW = "view"
VIEWS = {
    "balance": ("Balance", balance.draw),
    "content": ("Content", content.draw),
    "checks": ("Duplicates and gaps", checks.draw),
    "bias": ("Bias", bias.draw),
}


def draw(frame: Frame) -> None:
    """Draws the view that the URL's `?view=` names; only that one is worked out."""
    view = switch("View", VIEW, {name: title for name, (title, _) in VIEWS.items()}, fixed=True)
    VIEWS[view][1](frame)
