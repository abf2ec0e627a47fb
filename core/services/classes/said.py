"""Names and guidelines as people write them down: `CODE=NAME`, or a file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from core.errors import UsageError
from core.targets.spelling import unknown_class

_CODES = ("class", "code", "label", "id")
_NAMES = ("name", "title")
_GUIDELINES = ("guideline", "guidelines", "description", "meaning")
_FORMS = (
    'Give a CSV file with the columns class, name and guideline, or JSON: {"0": "negative"} or '
    '{"0": {"name": "negative", "guideline": "Complaints."}}.'
)

Said = tuple[dict[str, str], dict[str, str]]
"""Names and guidelines by class."""


def of_words(words: Iterable[str], labels: Collection[str], option: str) -> dict[str, str]:
    """`0=negative` by class; a class may have an equals sign in it. Raises UsageError for what is no such thing."""
    found: dict[str, str] = {}
    for one in words:
        places = [place for place, character in enumerate(one) if character == "="]
        place = next((place for place in places if one[:place] in labels), places[0] if places else -1)
        if place < 0:
            raise UsageError(f"{option}: {one!r} has no equals sign.", "Write it as CODE=TEXT, such as 0=negative.")
        code = one[:place]
        if code not in labels:
            raise UsageError(f"{option}: {unknown_class(code, frozenset(labels))}", "Name a class by its code.")
        if code in found:
            raise UsageError(f"{option}: class {code!r} is named twice.", "Say it once.")
        found[code] = one[place + 1 :]
    return found


def of_file(path: Path) -> Said:
    """What a CSV or JSON file says. Raises UsageError for one that cannot be read."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}.", _FORMS) from error
    return of_json(text) if path.suffix.lower() == ".json" else of_csv(text)


def of_json(text: str) -> Said:
    """An object of names, or of objects with a name and a guideline, by class."""
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise UsageError(f"The names of classes are no JSON: {error}.", _FORMS) from error
    if not isinstance(found, Mapping):
        raise UsageError("The names of classes are no JSON object.", _FORMS)
    names: dict[str, str] = {}
    guidelines: dict[str, str] = {}
    for code, said in found.items():
        parts = said if isinstance(said, Mapping) else {"name": said}
        for key, into in (("name", names), ("guideline", guidelines)):
            value = parts.get(key)
            if value is not None and not isinstance(value, str):
                raise UsageError(f"The {key} of class {code!r} is no text: {value!r}.", _FORMS)
            if value is not None:
                into[code] = value
    return names, guidelines


def of_csv(text: str) -> Said:
    """A line for each class, with its code, name and guideline by the names of the columns. An empty cell says
    nothing of the class."""
    reader = csv.DictReader(io.StringIO(text))
    header = {name.strip().lower(): name for name in reader.fieldnames or ()}
    code, name, guideline = (
        next((header[one] for one in known if one in header), None) for known in (_CODES, _NAMES, _GUIDELINES)
    )
    if code is None or (name is None and guideline is None):
        raise UsageError(f"The names of classes have the columns {', '.join(header) or '(none)'}.", _FORMS)
    names: dict[str, str] = {}
    guidelines: dict[str, str] = {}
    for line in reader:
        for column, into in ((name, names), (guideline, guidelines)):
            value = (line.get(column) or "").strip() if column else ""
            if value:
                into[(line[code] or "").strip()] = value
    return names, guidelines
