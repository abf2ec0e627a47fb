"""The second device is strict where a GPU is, and forgiving nowhere else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch

from core.arrays.device import device


@pytest.fixture(autouse=True)
def _forgiving_again() -> Iterator[None]:
    yield
    torch.ghost.set_sync_debug_mode("default")
    torch.ghost.set_memory_limit(0)


def test_it_is_where_models_run() -> None:
    assert device().type == "ghost" == torch.zeros(2).to(device()).device.type


def test_devices_are_not_mixed() -> None:
    here, there = torch.ones(3), torch.ones(3, device="ghost")
    for mix in (lambda: here + there, lambda: there[torch.tensor([0])], lambda: torch.cat([there, here])):
        with pytest.raises(RuntimeError, match="same device"):
            mix()
    assert (there + torch.tensor(1.0)).tolist() == [2, 2, 2]  # a single number may come from anywhere
    with pytest.raises(TypeError, match="numpy"):
        there.numpy()


def test_memory_is_counted_once_for_all_views_and_runs_out() -> None:
    before = torch.ghost.memory_allocated()
    one = torch.zeros(1000, device="ghost")
    views = [one[10:], one.view(10, 100)]
    assert torch.ghost.memory_allocated() - before == 4000
    torch.ghost.set_memory_limit(before + 6000)
    with pytest.raises(torch.OutOfMemoryError, match="ghost out of memory"):
        torch.zeros(1000, device="ghost")
    del one, views
    assert torch.ghost.memory_allocated() == before
    assert len(torch.zeros(1000, device="ghost")) == 1000


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_products_are_computed_in_half_precision_and_norms_are_not(dtype: torch.dtype) -> None:
    rows = torch.randn(4, 4, device="ghost")
    with torch.autocast("ghost", dtype):
        product = rows @ rows
        assert product.dtype is dtype
        assert torch.nn.functional.layer_norm(product, (4,)).dtype is torch.float32
    assert (rows @ rows).dtype is torch.float32


def test_waiting_for_a_result_is_seen() -> None:
    rows = torch.randn(4, device="ghost")
    before = torch.ghost.waits()
    rows.sum().item()
    rows.cpu()
    assert torch.ghost.waits() == before + 2
    torch.ghost.set_sync_debug_mode("error")
    for wait in (lambda: rows.sum().item(), lambda: rows.nonzero(), lambda: rows[rows > 0], lambda: bool(rows.any())):
        with pytest.raises(RuntimeError, match="synchronizing"):
            wait()


def test_recording_changes_nothing_and_replaying_does_it_on_the_same_tensors() -> None:
    total, step = torch.zeros(2, device="ghost"), torch.ones(2, device="ghost")
    graph = torch.ghost.CUDAGraph()
    with torch.ghost.graph(graph):
        total.add_(step * 2)
    assert total.tolist() == [0, 0]
    graph.replay()
    step.fill_(5)
    graph.replay()
    assert total.tolist() == [12, 12]
    with pytest.raises(RuntimeError, match="not permitted"), torch.ghost.graph(torch.ghost.CUDAGraph()):
        total.sum().item()
