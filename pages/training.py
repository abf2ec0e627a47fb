"""Train: fine-tune a model on a version, watch it, measure whether cleaning helped, and use what came of it."""

from __future__ import annotations

from core.ui.parts.choices import switch
from core.ui.parts.problems import shown_errors
from core.ui.shell.frame import open_page
from core.ui.training.effect import effect_view
from core.ui.training.new import new_view
from core.ui.training.runs import runs_view
from core.ui.training.use import use_view

VIEWS = {
    "runs": ("Runs", runs_view),
    "new": ("New run", new_view),
    "effect": ("Did cleaning help?", effect_view),
    "use": ("Use the model", use_view),
}

frame = open_page("Train")
view = switch("View", "view", {name: title for name, (title, _) in VIEWS.items()}, fixed=True)
with shown_errors():
    VIEWS[view][1](frame)
