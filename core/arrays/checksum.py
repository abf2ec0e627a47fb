"""Checksums of files that are written once: whether one is still as it was written."""

from __future__ import annotations

import json
import mmap
from pathlib import Path

import xxhash

from core.files import whole

_SUMS = "sums.json"
"""Beside the folder `output` of a job: the checksum of each file in it by its path there."""


def checksum(file: Path) -> str:
    """Of the content, 128 bits; some gigabytes a second."""
    if not file.stat().st_size:
        return str(xxhash.xxh3_128_hexdigest(b""))
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return str(xxhash.xxh3_128_hexdigest(content))


def write_sums(output: Path) -> None:
    """Writes down the checksums of all that a job has made."""
    sums = {str(path.relative_to(output)): checksum(path) for path in sorted(output.rglob("*")) if path.is_file()}
    with whole(output.with_name(_SUMS)) as part:
        part.write_text(json.dumps(sums), encoding="utf-8")


def changed(file: Path, output: Path) -> str:
    """What is wrong with a file of a job's output, where that is known: an empty text otherwise, and for a job of
    before there were checksums."""
    try:
        sums = json.loads(output.with_name(_SUMS).read_text(encoding="utf-8"))
        known = sums.get(str(file.relative_to(output)))
        return "it is not as it was written" if known is not None and checksum(file) != known else ""
    except (OSError, ValueError, AttributeError):
        return ""
