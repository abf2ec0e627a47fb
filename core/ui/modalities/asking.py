"""What every modality says while a run's model is asked."""

from __future__ import annotations

from core.context import Context
from core.records import Run
from core.services.prediction.playground import is_ready
from core.words import stored


def waiting(context: Context, run: Run) -> str:
    """How long the answer takes, in words."""
    return stored("asking the model") if is_ready(context, run) else stored("starting the model, which takes about 3 s")
