"""What the `datasets` library writes beside its columns: class names and image features, read without the library."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pyarrow as pa


def features(schema: pa.Schema) -> Mapping[str, Any]:
    """The `datasets` features in an Arrow schema's metadata; empty where there are none."""
    raw = (schema.metadata or {}).get(b"huggingface")
    if not raw:
        return {}
    try:
        return dict(json.loads(raw).get("info", {}).get("features") or {})
    except (ValueError, AttributeError):
        return {}


def class_names(schema: pa.Schema) -> dict[str, tuple[str, ...]]:
    """Columns of class numbers, or of lists of them, with their class names."""
    one_each = {name: _element(feature) for name, feature in features(schema).items()}
    return {
        name: tuple(map(str, feature["names"]))
        for name, feature in one_each.items()
        if isinstance(feature, dict) and feature.get("_type") == "ClassLabel" and feature.get("names")
    }


def _element(feature: Any) -> Any:
    """What a list holds, of which the library has had three spellings; anything else as it is."""
    if isinstance(feature, list) and len(feature) == 1:
        return feature[0]
    if isinstance(feature, dict) and feature.get("_type") in ("Sequence", "List", "LargeList"):
        return feature.get("feature")
    return feature


def simplified(kind: pa.DataType) -> bool:
    """Whether a nested type is the `{bytes, path}` pair that `datasets` stores an image as."""
    return bool(pa.types.is_struct(kind)) and {kind.field(i).name for i in range(kind.num_fields)} == {"bytes", "path"}
