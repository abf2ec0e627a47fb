"""What a job that makes a map is asked for, and what it returns."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

NEIGHBOURS, SEED = 15, 0
FITTED = 50_000
"""Of more contents so many, drawn by their digests, are learnt from; the others are placed amid them."""


@dataclass(frozen=True, slots=True)
class MapSpec:
    """A map by UMAP of all rows of a dataset, as they were loaded."""

    dataset_id: str
    version_id: str
    """The load."""
    name: str
    """Of the map."""
    encoder: str
    embeddings: Path
    """The folder of the encoder's shards."""
    media: Path
    neighbours: int = NEIGHBOURS
    seed: int = SEED


@dataclass(frozen=True, slots=True)
class MapResult:
    """What was made."""

    rows: int
    """That lie on the map."""
    contents: int
    """Different ones among them."""
    fitted: int
    """Of these: those that UMAP learnt from; the others were placed amid them."""
