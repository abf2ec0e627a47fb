"""Which numbers to compute with: in half the bits where the processor has units for it, while sums stay in float32."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import torch
from torch.nn import functional


def inference_dtype(where: torch.device) -> torch.dtype:
    """bfloat16 where the device multiplies matrices in it, else float32: for models that are only run."""
    return torch.bfloat16 if _multiplies_bfloat16(where) else torch.float32


def _multiplies_bfloat16(where: torch.device) -> bool:
    """Not where it is only emulated, which is slower than float32."""
    if where.type == "cpu":
        features = torch.cpu.get_capabilities()
        return bool(features.get("amx_bf16") or features.get("avx512_bf16")) and _quicker_in_bfloat16()
    if where.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    supported = getattr(getattr(torch, where.type, None), "is_bf16_supported", None)
    return bool(supported and supported())


@cache
def _quicker_in_bfloat16() -> bool:
    """Whether torch makes use of the CPU's units, by the clock: where it does not, which depends on its build and on
    the machine, bfloat16 takes many times as long as float32."""
    return layer_seconds(torch.bfloat16) < layer_seconds(torch.float32)


def layer_seconds(dtype: torch.dtype, tokens: int = 64, width: int = 384) -> float:
    """What a layer of a small text model takes on the CPU, the best of three times."""
    hidden, weight, bias = (torch.ones(size, dtype=dtype) for size in ((tokens, width), (width, 3 * width), 3 * width))
    seen, taken = hidden.new_empty(tokens, 3 * width), []
    with torch.inference_mode():
        for _ in range(4):
            start = time.perf_counter()
            # (3, texts, heads, length, width of a head)
            parts = torch.addmm(bias, hidden, weight, out=seen).view(4, tokens // 4, 3, 12, -1).permute(2, 0, 3, 1, 4)
            functional.scaled_dot_product_attention(parts[0], parts[1], parts[2])
            taken.append(time.perf_counter() - start)
    return min(taken[1:])


@contextmanager
def fast_products(to_bfloat16: bool = True) -> Iterator[None]:
    """Within, products of float32 matrices may round their factors to TensorFloat-32, and to bfloat16 where that is
    allowed. Elsewhere than on such units nothing changes. Heads fitted in bfloat16 gave the same average precision to
    three digits, in half the time."""
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("medium" if to_bfloat16 else "high")
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(before)
