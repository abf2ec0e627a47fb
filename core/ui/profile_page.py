"""The Profile page from top to bottom: which view is open, and that view."""

from __future__ import annotations

from core.ui import profile_balance, profile_bias, profile_checks, profile_content
from core.ui.choices import switch
from core.ui.frame import Frame

VIEW = "view"
VIEWS = {
    "balance": ("Balance", profile_balance.draw),
    "content": ("Content", profile_content.draw),
    "checks": ("Duplicates and gaps", profile_checks.draw),
    "bias": ("Bias", profile_bias.draw),
}


def draw(frame: Frame) -> None:
    """Draws the view that the URL's `?view=` names; only that one is worked out."""
    view = switch("View", VIEW, {name: title for name, (title, _) in VIEWS.items()}, fixed=True)
    VIEWS[view][1](frame)
