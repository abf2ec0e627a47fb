"""Work on a device that is recorded once and then replayed: CUDA graphs, so that a step costs one launch and not
hundreds.

On a fast GPU a step on short texts takes as long as the processor needs to launch its kernels, whatever their size.
Replaying a graph launches all of them at once (NVIDIA, Getting Started with CUDA Graphs, 2019; the rules for what may
be recorded are those of `torch.cuda.graph`).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import torch

from core.arrays.device import module_of
from core.arrays.memory import ran_out
from core.words import stored

Work = Callable[[], None]
"""Reads and writes tensors that stay where they are, and waits for no result."""


class Graphs:
    """The recorded work of one device, by a key for everything about it that is no tensor: shapes, sizes.

    Work is done as it is the first time that its key comes up, which also warms up what must not be recorded, is
    recorded the second time, and replayed from then on. Where the device cannot record, or recording fails, it is done
    as it is every time.
    """

    def __init__(self, device: torch.device, note: Callable[[str], None], able: bool = True) -> None:
        """`able`: whether the work can be recorded at all."""
        self._module: Any = module_of(device) if able and device.type != "cpu" else None
        if not hasattr(self._module, "CUDAGraph"):
            self._module = None
        self._note = note
        self._pool: Any = None if self._module is None else self._module.graph_pool_handle()
        self._seen: set[Hashable] = set()
        self._graphs: dict[Hashable, Any] = {}

    @property
    def recording(self) -> bool:
        """Whether work is recorded here at all."""
        return self._module is not None

    def run(self, key: Hashable, work: Work) -> None:
        """Does the work."""
        graph = self._graphs.get(key)
        if graph is None and key in self._seen and self.recording:
            graph = self._recorded(key, work)
        if graph is None:
            work()
            self._seen.add(key)
        else:
            graph.replay()

    def forget(self) -> None:
        """Drops what was recorded, with the memory that it holds."""
        self._graphs.clear()
        self._seen.clear()
        if self.recording:
            self._pool = self._module.graph_pool_handle()

    def _recorded(self, key: Hashable, work: Work) -> Any:
        graph = self._module.CUDAGraph()
        try:
            with self._module.graph(graph, pool=self._pool, stream=self._module.current_stream()):
                work()
        except (RuntimeError, MemoryError) as error:
            if ran_out(error):
                raise
            self._note(
                stored(f"Steps are launched kernel by kernel: they could not be recorded ({_first_line(error)}).")
            )
            self.forget()
            self._module = None
            return None
        self._graphs[key] = graph
        return graph


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0]
