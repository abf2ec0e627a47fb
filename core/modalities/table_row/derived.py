"""The attribute that is made from a row: how much of it is missing."""

from __future__ import annotations

from typing import Final

from core.modalities.contract import Derived
from core.words import later

DERIVED: Final = (
    Derived(
        later("missing values"),
        "missing_values",
        "number",
        "len(list_filter(json_extract(text, '$.*'), lambda value: CAST(value AS VARCHAR) = 'null'))",
    ),
)
