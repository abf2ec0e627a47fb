"""Examples that rows are compared with and that are too long for a link: files by their content, named in filters."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from uuid import uuid4

from core.errors import UsageError
from core.settings import Workspace

LONGEST = 300
"""Characters of a text that stands in a filter itself; a longer one is kept as a file."""
_KEPT = re.compile(r"@([0-9a-f]{16})/([^/\\\0]+)")
_NAME_CHARACTERS = 40
_NAME_BYTES = 255
"""Of a file's name, in UTF-8: more no usual file system takes."""
_SUFFIX_CHARACTERS = 10


def kept_file(workspace: Workspace, path: Path, name: str) -> str:
    """Keeps a copy of a file; what a filter names it by."""
    return kept_content(workspace, path.read_bytes(), name)


def kept_content(workspace: Workspace, content: bytes, name: str) -> str:
    """Keeps a content under a name, cut where it is too long for a file; what a filter names it by: the same for the
    same content and name."""
    digest = hashlib.sha256(content).hexdigest()[:16]
    name = _shortened(name.replace("/", "_").replace("\\", "_").replace("\0", "_").strip(". ") or "file")
    out = workspace.asked / digest / name
    if not out.exists():
        out.parent.mkdir(parents=True, exist_ok=True)
        part = out.parent.parent / f"{uuid4().hex}.part"
        part.write_bytes(content)
        part.replace(out)
    return f"@{digest}/{name}"


def _shortened(name: str) -> str:
    """A name of at most `_NAME_BYTES`; its suffix stays, which says what kind of file it is."""
    if len(name.encode()) <= _NAME_BYTES:
        return name
    suffix = Path(name).suffix
    if len(suffix) > _SUFFIX_CHARACTERS:
        suffix = ""
    room = _NAME_BYTES - len(suffix.encode())
    return name.removesuffix(suffix).encode()[:room].decode("utf-8", "ignore").rstrip(". ") + suffix


def text_asked(workspace: Workspace, text: str) -> str:
    """What a filter names a text by: the text itself where it is short."""
    text = text.strip()
    if len(text) <= LONGEST:
        return text
    return kept_content(workspace, text.encode("utf-8", "replace"), f"{text[:_NAME_CHARACTERS].strip()}….txt")


def file_of(workspace: Workspace, asked: str) -> Path | None:
    """Where the file lies that a filter names; None where it is a text or a path. Raises `UsageError` where it is not
    there any more."""
    found = _KEPT.fullmatch(asked)
    if found is None:
        return None
    path = workspace.asked / found[1] / found[2]
    if found[2] in (".", "..") or not path.is_file():
        raise UsageError(
            f"{found[2]!r}, which rows are to be like, is not here any more.", "It was cleared: choose it anew."
        )
    return path


def example_said(asked: str) -> str:
    """What a filter names, as people read it."""
    found = _KEPT.fullmatch(asked)
    return found[2] if found else asked
