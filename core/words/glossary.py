"""The glossary, as `docs/glossary.md` has it: what the words of the pages mean, in a line each. Its Chinese is in the
catalogue like any other text, so that there is one list of terms."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PLACE = "docs/glossary.md"
ABOUT = "glossary"
"""What tells its words apart from the same ones elsewhere: `say(term, ABOUT)`."""
_LINE = re.compile(r"\| ([^|]+?) \| (.+?) \|")


@cache
def terms(project: Path = Path(__file__).parents[2]) -> tuple[tuple[str, str], ...]:
    """Each term with what it means, in English; none where the documents are not installed."""
    return tuple((term, line) for _, term, line in numbered(project))


def numbered(project: Path) -> Iterator[tuple[int, str, str]]:
    """The same with the number of its line in the file."""
    file = project / PLACE
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    for number, line in enumerate(lines, 1):
        found = _LINE.fullmatch(line.strip())
        if found and found[1] != "word":
            yield number, found[1], found[2]
