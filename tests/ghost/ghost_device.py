"""A second device without hardware, for tests: what fails on a GPU because it stayed on the processor fails here.

torch loads it by itself where this folder is on PYTHONPATH, as it loads any backend from outside (entry point
`torch.backends`). It then is torch's accelerator, `ghost`. Tensors on it keep their data in main memory, and

- an operation that mixes devices fails, as does reading such a tensor as an array;
- memory is counted, and runs out beyond GHOST_MEMORY bytes (or `torch.ghost.set_memory_limit`);
- `torch.autocast("ghost")` computes products in half precision and what needs range in float32;
- a product in half precision sums in float32 and rounds once, as the units of a GPU do;
- waiting for a result is counted, and an error under `torch.ghost.set_sync_debug_mode("error")`;
- work can be recorded and replayed by the names that `torch.cuda` has for it. Recording changes nothing; replaying does
  what was recorded on the same tensors, so that whatever was a Python number when it was recorded stays that number.

Random numbers come from the processor's generator: what is drawn is the same as there.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, wraps
from typing import Any

import torch
import torch.utils._device
from torch.utils.backend_registration import _setup_privateuseone_for_python_backend

aten = torch.ops.aten
NAME = "ghost"
COPIES = {aten._to_copy.default, aten.copy_.default}
WAITS = {
    aten._local_scalar_dense.default,
    aten.nonzero.default,
    aten.masked_select.default,
    aten.equal.default,
    aten._unique2.default,
    aten.unique_dim.default,
}
"""Operations whose result the processor waits for."""
PRODUCTS = {
    aten.mm.default,
    aten.bmm.default,
    aten.addmm.default,
    aten.baddbmm.default,
    aten.mm.out,
    aten.bmm.out,
    aten.addmm.out,
    aten.baddbmm.out,
    aten.convolution.default,
    aten.convolution_backward.default,
}
LOWERED = ("linear", "matmul", "mm", "bmm", "addmm", "baddbmm", "conv2d", "scaled_dot_product_attention")
RAISED = ("softmax.int", "log_softmax.int", "layer_norm", "cross_entropy_loss", "nll_loss", "pow.Tensor_Scalar")


class Ghost(torch.Tensor):
    """A tensor on the device. `data_in_memory` is where its numbers really are."""

    data_in_memory: torch.Tensor

    @staticmethod
    def __new__(cls, data: torch.Tensor) -> Ghost:
        made = torch.Tensor._make_wrapper_subclass(
            cls,
            data.size(),
            strides=data.stride(),
            storage_offset=data.storage_offset(),
            dtype=data.dtype,
            device=torch.device(NAME, 0),
        )
        assert not isinstance(data, Ghost), "its numbers are in memory"
        made.data_in_memory = data
        MEMORY.hold(made, data)
        return made

    def __repr__(self, *, tensor_contents: Any = None) -> str:
        return f"Ghost({self.data_in_memory!r})"

    def numpy(self, *, force: bool = False) -> Any:
        """As of a CUDA tensor."""
        if force:
            return self.detach().cpu().numpy()
        raise TypeError("can't convert ghost:0 device type tensor to numpy. Use Tensor.cpu() first.")

    def tolist(self) -> Any:
        return self.cpu().tolist()

    def __array__(self, dtype: Any = None) -> Any:
        return self.numpy()

    @classmethod
    def __torch_dispatch__(cls, operation: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return run(operation, args, kwargs or {})


def mapped(function: Callable[[Any], Any], value: Any) -> Any:
    """What an operation takes or gives, with `function` applied to all that is in it: it nests in lists and tuples."""
    if type(value) is tuple or type(value) is list:
        return type(value)([mapped(function, one) for one in value])
    return function(value)


def tensors_in(value: Any) -> list[torch.Tensor]:
    """All of them, in order."""
    if type(value) is tuple or type(value) is list:
        return [tensor for one in value for tensor in tensors_in(one)]
    return [value] if isinstance(value, torch.Tensor) else []


class Memory:
    """What the device's tensors take, by storage: views share one."""

    def __init__(self) -> None:
        self.limit = int(os.environ.get("GHOST_MEMORY", "0"))
        self.used = self.peak = 0
        self._holders: dict[int, int] = {}

    def hold(self, ghost: Ghost, data: torch.Tensor) -> None:
        storage = data.untyped_storage()
        key, size = storage._cdata, storage.nbytes()
        if key not in self._holders:
            if self.limit and self.used + size > self.limit:
                free = self.limit - self.used
                raise torch.OutOfMemoryError(f"ghost out of memory. Tried to allocate {size} bytes, {free} are free.")
            self.used += size
            self.peak = max(self.peak, self.used)
        self._holders[key] = self._holders.get(key, 0) + 1
        weakref.finalize(ghost, self._release, key, size, storage).atexit = False

    def _release(self, key: int, size: int, storage: Any) -> None:
        self._holders[key] -= 1
        if not self._holders[key]:
            del self._holders[key]
            self.used -= size


MEMORY = Memory()


class Recording:
    """The work of one graph."""

    def __init__(self) -> None:
        self.steps: list[tuple[Any, Any, Any, Any]] = []
        self._before: dict[int, tuple[torch.Tensor, torch.Tensor]] = {}

    def protect(self, operation: Any, args: Any, kwargs: Any) -> None:
        """Remembers what the operation is about to overwrite."""
        for place, name in written_by(operation):
            for tensor in tensors_in(args[place] if place < len(args) else kwargs.get(name)):
                if id(tensor) not in self._before:
                    self._before[id(tensor)] = (tensor, tensor.clone())

    def undo(self) -> None:
        for tensor, before in reversed(self._before.values()):
            if tensor.shape == before.shape:  # what was made to be filled is nobody's yet
                tensor.copy_(before)
        self._before.clear()


@cache
def written_by(operation: Any) -> list[tuple[int, str]]:
    """Place and name of each argument that the operation writes to."""
    arguments = enumerate(operation._schema.arguments)
    return [(place, one.name) for place, one in arguments if one.alias_info is not None and one.alias_info.is_write]


class State:
    recording: Recording | None = None
    waits = 0
    sync_mode = "default"


def run(operation: Any, args: Any, kwargs: Any) -> Any:
    """One operation: checked, done on what is in memory, and its results put on the device."""
    tensors = tensors_in((args, tuple(kwargs.values())))
    ghosts = [one for one in tensors if isinstance(one, Ghost)]
    strangers = [one for one in tensors if not isinstance(one, Ghost) and one.dim() > 0]
    if operation not in COPIES and ghosts and strangers:
        raise RuntimeError(
            f"Expected all tensors to be on the same device, but found at least two, ghost:0 and cpu, in {operation}"
        )
    target = kwargs.get("device")
    if target is not None:
        target, kwargs = torch.device(target), kwargs | {"device": torch.device("cpu")}
    _check_wait(operation, args, ghosts, target)
    bare_args = mapped(_in_memory, args)
    bare_kwargs = {
        name: mapped(_in_memory, value) for name, value in kwargs.items() if name not in ("non_blocking", "pin_memory")
    }
    recording = State.recording
    if recording is not None:
        recording.protect(operation, bare_args, bare_kwargs)
    work = _rounding_once(operation) if operation in PRODUCTS else operation
    result = work(*bare_args, **bare_kwargs)
    if recording is not None:
        recording.steps.append((work, bare_args, bare_kwargs, result))
    if operation is aten.copy_.default:
        return args[0]
    if not (target.type == NAME if target is not None else bool(ghosts)):
        return result
    same = {id(one.data_in_memory): one for one in ghosts}  # in-place operations give back what they were given

    def on_device(one: Any) -> Any:
        if not isinstance(one, torch.Tensor):
            return one
        return same[id(one)] if id(one) in same else Ghost(one)

    return mapped(on_device, result)


def _in_memory(one: Any) -> Any:
    return one.data_in_memory if isinstance(one, Ghost) else one


@cache
def _rounding_once(product: Any) -> Callable[..., Any]:
    """The product of tensors in half precision by way of float32. A processor without units for it would take thirty
    times as long."""

    def computed(*args: Any, out: Any = None, **kwargs: Any) -> Any:
        half = next((one.dtype for one in tensors_in(args) if one.dtype in (torch.float16, torch.bfloat16)), None)
        into = {} if out is None else {"out": out if half is None else out.float()}
        if half is None:
            return product(*args, **kwargs, **into)
        found = product(*mapped(lambda one: _to(one, torch.float32), args), **kwargs, **into)
        return mapped(lambda one: _to(one, half), found) if out is None else out.copy_(found)

    return computed


def _to(one: Any, dtype: torch.dtype) -> Any:
    return one.to(dtype) if isinstance(one, torch.Tensor) else one


def _check_wait(operation: Any, args: Any, ghosts: list[Ghost], target: torch.device | None) -> None:
    """Counts an operation that the processor has to wait for."""
    to_processor = operation is aten._to_copy.default and target is not None and target.type == "cpu" and bool(ghosts)
    out = operation is aten.copy_.default and not isinstance(args[0], Ghost) and isinstance(args[1], Ghost)
    by_mask = operation in (aten.index.Tensor, aten.index_put_.default) and any(
        isinstance(one, torch.Tensor) and one.dtype is torch.bool for one in args[1]
    )
    if not ghosts or not (to_processor or out or by_mask or operation in WAITS):
        return
    State.waits += 1
    if State.recording is not None:
        raise RuntimeError(f"operation not permitted when stream is capturing: {operation} waits for its result")
    if State.sync_mode == "error":
        raise RuntimeError(f"called a synchronizing ghost operation: {operation}")


class Graph:
    """What `torch.cuda.CUDAGraph` is there."""

    def __init__(self) -> None:
        self._steps: list[tuple[Any, Any, Any, Any]] = []

    def replay(self) -> None:
        with torch.no_grad(), torch.utils._python_dispatch._disable_current_modes():
            for operation, args, kwargs, recorded in self._steps:
                for old, new in zip(tensors_in(recorded), tensors_in(operation(*args, **kwargs)), strict=True):
                    if old is not new and old.shape == new.shape and not _share(old, new):
                        old.copy_(new)


def _share(one: torch.Tensor, other: torch.Tensor) -> bool:
    return one.untyped_storage()._cdata == other.untyped_storage()._cdata


class Stream:
    """Work is done at once, in the order asked: one stream is as good as another."""

    def wait_stream(self, other: Stream) -> None:
        """Nothing to wait for."""


STREAM = Stream()


@contextmanager
def graph(recorder: Graph, pool: Any = None, stream: Any = None) -> Iterator[None]:
    """Records what is done within; nothing of it has happened afterwards."""
    recording = State.recording = Recording()
    drawn = torch.get_rng_state()
    try:
        yield
        recorder._steps = recording.steps
    finally:
        State.recording = None
        recording.undo()
        torch.set_rng_state(drawn)


class Module:
    """`torch.ghost`: what `torch.cuda` is for a GPU."""

    CUDAGraph = Graph
    Stream = Stream
    graph = staticmethod(graph)

    def is_initialized(self) -> bool:
        return True

    def is_available(self) -> bool:
        return True

    def is_bf16_supported(self, including_emulation: bool = True) -> bool:
        return os.environ.get("GHOST_BF16", "1") == "1"

    def current_device(self) -> int:
        return 0

    def device_count(self) -> int:
        return 1

    def set_device(self, device: Any) -> None:
        """There is one."""

    def _is_in_bad_fork(self) -> bool:
        return False

    def manual_seed(self, seed: int) -> None:
        """The processor's generator is seeded by torch itself."""

    manual_seed_all = manual_seed

    def get_rng_state(self, device: Any = None) -> torch.Tensor:
        return torch.get_rng_state()

    def set_rng_state(self, state: torch.Tensor, device: Any = None) -> None:
        torch.set_rng_state(state)

    def get_amp_supported_dtype(self) -> list[torch.dtype]:
        return [torch.float16, torch.bfloat16]

    def get_device_name(self, device: Any = None) -> str:
        return "Ghost"

    def synchronize(self, device: Any = None) -> None:
        State.waits += 1

    def empty_cache(self) -> None:
        """Nothing is kept for later."""

    def memory_allocated(self, device: Any = None) -> int:
        return MEMORY.used

    def max_memory_allocated(self, device: Any = None) -> int:
        return MEMORY.peak

    def reset_peak_memory_stats(self, device: Any = None) -> None:
        MEMORY.peak = MEMORY.used

    def mem_get_info(self, device: Any = None) -> tuple[int, int]:
        total = MEMORY.limit or 1 << 34
        return total - MEMORY.used, total

    def set_memory_limit(self, limit: int) -> None:
        """Bytes; 0: none."""
        MEMORY.limit = limit

    def set_sync_debug_mode(self, mode: str) -> None:
        """`error`: an operation that the processor has to wait for fails; `default`: it is counted."""
        State.sync_mode = mode

    def waits(self) -> int:
        """Operations so far that the processor had to wait for."""
        return State.waits

    def is_current_stream_capturing(self) -> bool:
        return State.recording is not None

    def graph_pool_handle(self) -> tuple[int, int]:
        return 0, 0

    def current_stream(self, device: Any = None) -> Stream:
        return STREAM

    def set_stream(self, stream: Stream) -> None:
        """One stream is as good as another."""


LIBRARIES: list[torch.library.Library] = []
"""Registrations last as long as these."""


def load() -> None:
    """Registers the device; torch calls it when it is imported."""
    if LIBRARIES:
        return
    _setup_privateuseone_for_python_backend(NAME, Module())
    fallback = torch.library.Library("_", "IMPL")
    fallback.fallback(lambda operation, *args, **kwargs: run(operation, args, kwargs), "PrivateUse1")
    fallback.fallback(torch.library.fallthrough_kernel, "AutocastPrivateUse1")
    autocast = torch.library.Library("aten", "IMPL")
    for name in LOWERED:
        autocast.impl(name, _cast(name, None), "AutocastPrivateUse1")
    for name in RAISED:
        autocast.impl(name, _cast(name, torch.float32), "AutocastPrivateUse1")
    LIBRARIES.extend((fallback, autocast))
    torch.inference_mode = _without_gradients
    # transformers asks by this name whether it may look at what a mask holds.
    torch.cuda.is_current_stream_capturing = lambda: State.recording is not None
    torch.utils._device._device_constructors()  # remembers these functions as they are before they are replaced
    for name in ("tensor", "as_tensor"):
        setattr(torch, name, _moved(getattr(torch, name)))


def _without_gradients(mode: Any = True) -> Any:
    """For `torch.inference_mode`, in which views of such tensors cannot be made."""
    if callable(mode):
        return torch.no_grad()(mode)
    return torch.no_grad() if mode else torch.enable_grad()


def _moved(make: Callable[..., torch.Tensor]) -> Callable[..., torch.Tensor]:
    """`make`, which puts numbers onto no device that is written in Python, with the move as a step of its own."""

    @wraps(make)
    def made(*args: Any, device: Any = None, **kwargs: Any) -> torch.Tensor:
        if device is None or torch.device(device).type != NAME:
            return make(*args, device=device, **kwargs)
        return make(*args, **kwargs).to(device)

    return made


def _cast(name: str, dtype: torch.dtype | None) -> Callable[..., Any]:
    """The operation with its floating-point tensors in `dtype`; None: in that of autocast."""
    packet, _, overload = name.partition(".")
    operation = getattr(getattr(aten, packet), overload or "default")

    def cast(one: Any) -> Any:
        wanted = dtype or torch.get_autocast_dtype(NAME)
        eligible = isinstance(one, torch.Tensor) and one.is_floating_point() and one.dtype is not torch.float64
        return one.to(wanted) if eligible and one.device.type == NAME else one

    def casting(*args: Any, **kwargs: Any) -> Any:
        with torch._C._ExcludeDispatchKeyGuard(torch._C.DispatchKeySet(torch._C.DispatchKey.AutocastPrivateUse1)):
            return operation(*mapped(cast, args), **{name: mapped(cast, value) for name, value in kwargs.items()})

    return casting
