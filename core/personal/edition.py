"""By what is known that kept results of masking are those of the patterns and rules that hold now."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path


@cache
def edition() -> str:
    """Another wherever something else may be found or stand in its place: a digest of this room's own code."""
    found = sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        found.update(f"{path.name}\0".encode() + path.read_bytes())
    return found.hexdigest()[:16]
