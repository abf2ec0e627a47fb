"""What can be wrong with an example as it is, whatever its label: plain facts. How it is found is a modality's heavy
half's business."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

COMMON = 0.2
"""What a larger share of a dataset's examples has is how the dataset is, and nothing that is wrong with one of them."""
SPREADS = 3.5
"""An example is unlike the others where it lies so many times their spread from what is usual."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that can be wrong with an example."""

    name: str
    """As evidence, addresses and the command line have it; no other modality has a fault of that name."""
    title: str
    """In a word or two."""
    rule: str
    """When an example has it, in a sentence."""
    reason: Callable[[float, float, str], str]
    """A row's reason in words: of what was measured, of what is usual in the dataset, and of what was found in it."""
