"""Which release of Winnow this is. `pyproject.toml` alone says it."""

from __future__ import annotations

import tomllib
from importlib import metadata

from core.settings import PROJECT

_PROJECT_FILE = PROJECT / "pyproject.toml"


def release() -> str:
    """`1.2.3`: by the checkout's own `pyproject.toml`, else as the installed package keeps it."""
    if not _PROJECT_FILE.is_file():
        return metadata.version("winnow")
    found: str = tomllib.loads(_PROJECT_FILE.read_text(encoding="utf-8"))["project"]["version"]
    return found
