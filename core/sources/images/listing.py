"""The columns of the table that a load job of files writes and the store takes in."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from core.modalities import Modality
from core.sources.tabular import FILE_COLUMN, LINE_COLUMN

WHOLE = ("width", "height", "sample_rate", "channels")
"""Measures that are whole numbers."""
KEPT = ("content_hash", "media_id")
"""What is known of a file beside its measures."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The table of a modality's files."""

    modality: Modality

    @property
    def name(self) -> str:
        """The column with a file's name; `label`, `split` and `id` likewise."""
        return f"{self.modality.name}_name"

    @property
    def label(self) -> str:
        return f"{self.modality.name}_label"

    @property
    def split(self) -> str:
        return f"{self.modality.name}_split"

    @property
    def id(self) -> str:
        return f"{self.modality.name}_id"

    @property
    def rows(self) -> pa.Schema:
        """All of them."""
        texts = (self.name, self.label, self.split, self.id, FILE_COLUMN)
        measures = [(name, pa.int32() if name in WHOLE else pa.float64()) for name in self.modality.measures]
        fields = [*((name, pa.string()) for name in texts), (LINE_COLUMN, pa.int64())]
        return pa.schema([*fields, *((name, pa.string()) for name in KEPT), *measures])

    def stored_name(self, attribute: str) -> str:
        """An attribute's column beside these: its own name, unless one of them has it."""
        return f"{attribute}_source" if attribute.lower() in self.rows.names else attribute
