"""What a tag may be called."""

from __future__ import annotations

from collections.abc import Iterable

from core.errors import UsageError
from core.records import MAX_TAG
from core.words import stored


def checked_tag(name: str, known: Iterable[str] = ()) -> str:
    """A tag as it is kept: without spaces around, and as one of those that are known where it is the same but for
    capitals. Raises `UsageError` for what is none."""
    tidied = " ".join(name.split())
    if not tidied or len(tidied) > MAX_TAG or not tidied.isprintable() or "," in tidied:
        raise UsageError(stored(f"{name!r} is no tag."), stored(f"Take 1 to {MAX_TAG} characters, without commas."))
    known = tuple(known)
    return tidied if tidied in known else next((one for one in known if one.casefold() == tidied.casefold()), tidied)
