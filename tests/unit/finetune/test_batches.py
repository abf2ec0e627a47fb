"""Batches of similar length: every example once, and any step of any epoch found again."""

from __future__ import annotations

import numpy as np
import pytest

from core.finetune.batches import epoch_steps, step_seed, steps_per_epoch

LENGTHS = np.random.default_rng(0).integers(3, 200, 1000)


@pytest.mark.parametrize(("batch", "together"), [(8, 1), (8, 3), (32, 2), (7, 1), (2000, 1), (1, 4)])
def test_every_example_is_in_exactly_one_batch_of_an_epoch(batch: int, together: int) -> None:
    steps = epoch_steps(LENGTHS, batch, together, seed=3, epoch=1)
    assert len(steps) == steps_per_epoch(len(LENGTHS), batch, together)
    assert all(len(step) <= together and all(len(rows) <= batch for rows in step) for step in steps)
    assert sorted(row for step in steps for rows in step for row in rows) == list(range(1000))


def test_batches_hold_texts_of_similar_length_so_that_little_is_padded() -> None:
    batches = [rows for step in epoch_steps(LENGTHS, 8, 1, seed=0, epoch=0) for rows in step]
    padded = sum(LENGTHS[rows].max() * len(rows) for rows in batches)
    assert padded < 1.05 * LENGTHS.sum()


def test_an_epoch_can_be_asked_for_again_and_differs_from_the_next() -> None:
    first, again, following = (epoch_steps(LENGTHS, 8, 1, seed=5, epoch=epoch) for epoch in (2, 2, 3))
    assert all(np.array_equal(one[0], other[0]) for one, other in zip(first, again, strict=True))
    assert not all(set(one[0]) == set(other[0]) for one, other in zip(first, following, strict=True))


def test_dropout_is_seeded_by_what_is_computed_and_not_by_who_computes_it() -> None:
    seeds = {step_seed(seed, step, position) for seed in (0, 1) for step in range(20) for position in range(20)}
    assert len(seeds) == 800
    assert step_seed(0, 3, 8) == step_seed(0, 3, 8) < 2**63
