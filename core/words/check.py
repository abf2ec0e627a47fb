"""What the catalogues lack or have too much of, as entries and sentences."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

from core.words.catalogue import Entry, entries, key_of
from core.words.marks import Mark, marks
from core.words.stored import PLACEHOLDER


def lacking(code: str, within: Sequence[str] = ("",)) -> list[Mark]:
    """Marked texts of files whose path begins so that the catalogue does not have, each once."""
    known = {entry.key for entry in entries(code) if entry.said}
    found: dict[str, Mark] = {}
    for mark in marks():
        key = key_of(mark.text, mark.about)
        if key not in known and mark.file.startswith(tuple(within)):
            found.setdefault(key, mark)
    return list(found.values())


def unused(code: str) -> list[Entry]:
    """Entries whose text nothing in the code says any more."""
    said = {(key_of(mark.text, mark.about), mark.many) for mark in marks()}
    keys = {key for key, _ in said}
    return [
        entry
        for entry in entries(code)
        if (entry.key not in keys if not entry.many else (entry.key, entry.many) not in said)
    ]


def wrong(code: str) -> list[str]:
    """Entries with other placeholders than their text, and texts that two files translate differently."""
    found, first = [], dict[str, Entry]()
    for entry in entries(code):
        if entry.said and not _names(entry.said) <= _names(entry.text) | _names(entry.many):
            found.append(f"{entry.file}: “{entry.said}” has other placeholders than “{entry.text}”.")
        if entry.said and _names(entry.text) - _names(entry.said):
            found.append(f"{entry.file}: “{entry.said}” lacks a placeholder of “{entry.text}”.")
        other = first.setdefault(entry.key, entry)
        if other.said != entry.said:
            found.append(f"“{entry.text}” is “{other.said}” in {other.file} and “{entry.said}” in {entry.file}.")
    return found


def as_entries(found: Iterable[Mark]) -> str:
    """These texts as entries of a .po file, to be pasted and translated."""
    blocks = []
    for mark in found:
        lines = [f"#: {mark.file}:{mark.line}"]
        lines += [f"msgctxt {_quoted(mark.about)}"] if mark.about else []
        lines += [f"msgid {_quoted(mark.text)}"]
        lines += [f"msgid_plural {_quoted(mark.many)}", 'msgstr[0] ""'] if mark.many else ['msgstr ""']
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def _names(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(re.sub(r"\{\{|\}\}", "", text)))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
