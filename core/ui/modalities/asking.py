"""What every modality says while a run's model is asked."""

from __future__ import annotations

from core.records import Run
from core.services.prediction.playground import is_ready
from core.ui.shell.frame import Frame


def waiting(frame: Frame, run: Run) -> str:
    """How long the answer takes, in words."""
    return "asking the model" if is_ready(frame.context, run) else "starting the model, which takes about 3 s"
