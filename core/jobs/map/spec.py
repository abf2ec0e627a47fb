"""What a job that makes a map is asked for, and what it returns."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

NEIGHBOURS, SEED = 15, 0
PAYLOAD = "payload"
"""The column of the job's rows with what is encoded."""
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
    """The folder of the encoder's shards; of all arrays where the job encodes the rows itself."""
    media: Path
    neighbours: int = NEIGHBOURS
    seed: int = SEED
    encodes: str = ""
    """The modality of examples that the job encodes itself, since scans keep no embedding of theirs."""
    fitted: int = FITTED
    """Of more contents so many are learnt from."""


@dataclass(frozen=True, slots=True)
class MapResult:
    """What was made."""

    rows: int
    """That lie on the map."""
    contents: int
    """Different ones among them."""
    fitted: int
    """Of these: those that UMAP learnt from; the others were placed amid them."""
