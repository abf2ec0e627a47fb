"""Train: fine-tune a model on a version, watch it, measure whether cleaning helped, and use what came of it."""

from __future__ import annotations

from core.ui.choices import switch
from core.ui.frame import open_page
from core.ui.problems import shown_errors
from core.ui.training_effect import effect_view
from core.ui.training_new import new_view
from core.ui.training_runs import runs_view
from core.ui.training_use import use_view

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
