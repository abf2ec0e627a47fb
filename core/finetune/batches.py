"""Which examples a step sees: batches of similar length, as a pure function of seed, epoch and step.

Nothing has to be remembered to go on where a run was stopped: any step of any epoch can be asked for.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

WINDOW_BATCHES = 64
"""Examples are sorted by length within windows of so many batches: within a batch lengths are then nearly equal, and
what goes into a batch together still changes from epoch to epoch."""


def epoch_steps(
    lengths: NDArray[np.int64], batch: int, batches_per_step: int, seed: int, epoch: int
) -> list[list[NDArray[np.int64]]]:
    """The steps of an epoch, each a list of at most `batches_per_step` batches, each the positions of at most `batch`
    examples. Every example is in exactly one.

    `lengths` (n,) is what padding depends on; where all are equal the batches are plainly random.
    """
    random = np.random.default_rng((seed, epoch))
    order = random.permutation(len(lengths))
    window = batch * WINDOW_BATCHES
    windows = [order[start : start + window] for start in range(0, len(order), window)]
    ordered = [part[np.argsort(-lengths[part], kind="stable")] for part in windows]
    batches = [part[start : start + batch] for part in ordered for start in range(0, len(part), batch)]
    shuffled = [batches[index] for index in random.permutation(len(batches))]
    return [shuffled[start : start + batches_per_step] for start in range(0, len(shuffled), batches_per_step)]


def steps_per_epoch(rows: int, batch: int, batches_per_step: int) -> int:
    """How many steps `epoch_steps` gives for so many examples."""
    whole, rest = divmod(rows, batch * WINDOW_BATCHES)
    batches = whole * WINDOW_BATCHES + -(-rest // batch)
    return -(-batches // batches_per_step)


def step_seed(seed: int, step: int, position: int) -> int:
    """The seed of the dropout of what starts at example `position` of a step: independent of who computes it."""
    return int(np.random.SeedSequence((seed, step, position)).generate_state(1, np.uint64)[0] >> 1)
