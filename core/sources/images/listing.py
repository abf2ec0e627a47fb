"""The columns of the table that an image load job writes and the store takes in."""

from __future__ import annotations

import pyarrow as pa

from core.sources.tabular import FILE_COLUMN, LINE_COLUMN

NAME, LABEL, SPLIT, ID = "image_name", "image_label", "image_split", "image_id"
MEASURES = ("width", "height", "brightness", "contrast")
ROWS = pa.schema(
    [
        (NAME, pa.string()),
        (LABEL, pa.string()),
        (SPLIT, pa.string()),
        (ID, pa.string()),
        (FILE_COLUMN, pa.string()),
        (LINE_COLUMN, pa.int64()),
        ("content_hash", pa.string()),
        ("media_id", pa.string()),
        ("width", pa.int32()),
        ("height", pa.int32()),
        ("brightness", pa.float64()),
        ("contrast", pa.float64()),
    ]
)


def stored_name(attribute: str) -> str:
    """An attribute's column beside these: its own name, unless one of them has it."""
    return f"{attribute}_source" if attribute.lower() in ROWS.names else attribute
