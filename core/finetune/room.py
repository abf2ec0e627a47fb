"""How much of the disk a fine-tune takes at most, said before it starts. Imports no torch.

A checkpoint has what learns and AdamW's two moments of it, all in float32: 12 bytes per parameter. The one before stays
until the next is whole, and so do the best weights. At the end the model is written while the last checkpoint is still
there. See `core.finetune.checkpoint`.
"""

from __future__ import annotations

from core.finetune.memory.estimate import Load, trained_parameters
from core.finetune.memory.sizes import Sizes
from core.records import TrainSpec

CHECKPOINT, WEIGHTS = 12, 4
"""Bytes per parameter that learns: of a checkpoint, of the best weights alone."""
ROW = 100
"""Bytes of a row of the predictions but for its probabilities, about."""


def disk_needed(sizes: Sizes, spec: TrainSpec, load: Load, rows: int) -> int:
    """Bytes in the run's folder at its peak; `rows` is how many it reads."""
    trained, model = trained_parameters(sizes, spec, load), 4 * sizes.parameters
    learning = 2 * (CHECKPOINT + WEIGHTS) * trained
    saving = (CHECKPOINT + WEIGHTS) * trained + model
    return max(learning, saving) + results_needed(rows, load.classes)


def results_needed(rows: int, classes: int) -> int:
    """Bytes of the predictions and probabilities of so many rows."""
    return rows * (4 * classes + ROW)
