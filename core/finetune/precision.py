"""Which numbers a fine-tune computes with, by what was asked for and what its device has. Imports no torch: the page
says it before the start, and the job does it."""

from __future__ import annotations

from typing import Literal

from core.records import MixedPrecision
from core.words import say

Precision = Literal["no", "fp16", "bf16"]
Capability = tuple[int, int]
"""CUDA's compute capability of a GPU: major and minor number."""
AMPERE = 8
"""Major compute capability from which NVIDIA's GPUs have bfloat16 and TensorFloat-32 (CUDA C++ Programming Guide,
"Compute Capabilities")."""


def followed_precision(wanted: MixedPrecision, config: MixedPrecision) -> MixedPrecision:
    """What is asked for by a run's own setting beside that of the accelerate config it follows, which counts where the
    run's own is left to `auto`."""
    return config if wanted == "auto" else wanted


def chosen_precision(wanted: MixedPrecision, capability: Capability | None) -> Precision:
    """What was asked for where the device can do it, else what it is good at. None: the device is the CPU."""
    if wanted == "no" or capability is None:
        return "no"
    return "fp16" if wanted == "fp16" or capability[0] < AMPERE else "bf16"


def in_words(wanted: MixedPrecision, capability: Capability | None) -> str:
    """`chosen_precision` and why, as a part of a sentence."""
    if capability is None:
        return "float32" if wanted in ("auto", "no") else say("float32: {wanted} needs a GPU", wanted=wanted)
    chosen = chosen_precision(wanted, capability)
    if chosen == "no":
        if capability[0] >= AMPERE:
            return say("float32, as asked for, tf32 for matrix products: the GPU has it")
        return say("float32, as asked for")
    if chosen == "fp16":
        if capability[0] >= AMPERE:
            return say("fp16 mixed precision with loss scaling, as asked for")
        return say("fp16 mixed precision with loss scaling: the GPU has no bf16")
    return say("bf16 mixed precision and tf32 for other matrix products: the GPU has them")
