"""What every target says of itself in plain facts. Light: the web process reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """What a label is. Whatever it is, it is stored as text in the column `label`, VARCHAR."""

    name: str
    read: Callable[[str, str, str], str]
    """SQL for the text form of a source's column: (its name, the name as an identifier, its DuckDB type), NULL where it
    has no label. Raises SchemaError where a column of that type cannot hold labels."""
    classes: Callable[[Iterable[str]], tuple[str, ...]]
    """The classes that labels are made of, in the order of their indices."""
    objection: Callable[[str, Set[str]], str]
    """Why a text is no label of a dataset with these classes; empty where it is one."""
    strata: Callable[[Sequence[str]], NDArray[np.int64]]
    """(n,) the group of each label within which a stratified split keeps its shares."""
    problem_type: str
    """As a transformers config calls it."""
    answer: str
    """Python that prints what a saved model's `logits` (1, k) say: the end of a modality's snippet."""
    heavy: str
    """The dotted module of its heavy half, see `core.targets.heavy`. Only jobs import it."""
