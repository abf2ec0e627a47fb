"""Which release of Winnow this is. `pyproject.toml` alone says it."""

from __future__ import annotations

import tomllib
from importlib import metadata
from pathlib import Path

_PROJECT_FILE = Path(__file__).resolve().parents[1] / "pyproject.toml"


def release() -> str:
    """`1.2.3`: by the checkout's own `pyproject.toml`, else as the installed package keeps it."""
    if not _PROJECT_FILE.is_file():
        return metadata.version("winnow")
    found: str = tomllib.loads(_PROJECT_FILE.read_text(encoding="utf-8"))["project"]["version"]
    return found
