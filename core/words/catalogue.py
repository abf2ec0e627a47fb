"""A language's catalogue: the gettext files (.po) in the folder of that name, read as they are."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Entry:
    """One text of a catalogue."""

    text: str
    """In English."""
    many: str
    """In English for several; empty where it does not count."""
    about: str
    said: str
    """In the language, which has one form for one and for several; empty where it is not translated."""
    file: str

    @property
    def key(self) -> str:
        return key_of(self.text, self.about)


def key_of(text: str, about: str = "") -> str:
    """By what a text is found: as gettext makes one key of both."""
    return f"{about}\x04{text}" if about else text


@cache
def catalogue(code: str) -> Mapping[str, str]:
    """Key → the text in that language; empty for English. A text that is not translated is absent."""
    return {entry.key: entry.said for entry in entries(code) if entry.said}


def entries(code: str) -> Iterator[Entry]:
    """Every entry of every file of that language."""
    for path in sorted((FOLDER / code).glob("*.po")):
        yield from read(path.read_text(encoding="utf-8"), path.name)


def read(content: str, file: str) -> Iterator[Entry]:
    """The entries of one file, with empty lines between them. Raises ValueError, with the line, for what is none."""
    fields: dict[str, str] = {}
    field = ""
    for number, raw in enumerate([*content.splitlines(), ""], 1):
        line = raw.strip()
        if line.startswith("#"):
            continue
        if not line:
            if fields.get("msgid"):  # the file's head has none
                yield _entry(fields, file)
            fields = {}
            continue
        word, _, quoted = ("", "", line) if line.startswith('"') else line.partition(" ")
        field = word or field
        if (word and word in fields) or field not in _FIELDS or not quoted.startswith('"'):
            raise ValueError(f"{file}, line {number}: {line} is no line of an entry, or an empty line before it lacks.")
        fields[field] = fields.get(field, "") + str(ast.literal_eval(quoted))


_FIELDS = ("msgctxt", "msgid", "msgid_plural", "msgstr", "msgstr[0]")


def _entry(fields: Mapping[str, str], file: str) -> Entry:
    said = fields.get("msgstr") or fields.get("msgstr[0]", "")
    return Entry(fields["msgid"], fields.get("msgid_plural", ""), fields.get("msgctxt", ""), said, file)
