"""Which texts the code says: found in its source, so that nobody keeps a list. For the check of the catalogues."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from core.words.glossary import ABOUT, PLACE, numbered
from core.words.script import texts

PROJECT = Path(__file__).parents[2]
PARTS = ("core", "pages", "app.py")
"""Where there are words."""
_MARKS = ("say", "say_n", "later", "stored")
_ONLY_TYPED = ("core/commands/", "core/__main__.py", "core/together/")
"""Errors that the command line alone tells, which is in English."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A text that is marked, and where."""

    text: str
    many: str
    about: str
    file: str
    line: int


def marks(project: Path = PROJECT) -> Iterator[Mark]:
    """Every marked text: the arguments of `say`, `say_n`, `later` and `stored`, messages and hints of errors, and `t`
    and `tn` of JavaScript and of templates of HTML; the glossary."""
    for line, term, meaning in numbered(project):
        yield from (Mark(text, "", ABOUT, PLACE, line) for text in (term, meaning))
    for part in PARTS:
        place = project / part
        for path in sorted(place.rglob("*")) if place.is_dir() else (place,):
            name = path.relative_to(project).as_posix()
            if path.suffix == ".py" and not name.startswith("core/words/"):
                yield from _of_python(path.read_text(encoding="utf-8"), name)
            elif path.suffix in (".js", ".html") and path.name != "words.js":
                source = path.read_text(encoding="utf-8")
                yield from (Mark(one, many, "", name, 1) for one, many in texts(source))


def _of_python(source: str, file: str) -> Iterator[Mark]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = _called(node.func)
        if name in _errors() and not file.startswith(_ONLY_TYPED):
            for argument in node.args[:2]:
                yield from (
                    Mark(text, "", "", file, node.lineno) for text in _texts(argument, made=True) if " " in text
                )
        elif name in _MARKS and node.args:
            rest = [_texts(one, made=False) for one in node.args[1:2]]
            second = rest[0][0] if rest and rest[0] else ""
            many, about = (second, "") if name == "say_n" else ("", second)
            for text in _texts(node.args[0], made=name == "stored"):
                yield Mark(text, many, about, file, node.lineno)


@cache
def _errors() -> frozenset[str]:
    """The names of errors that people are meant to read."""
    source = ast.parse((PROJECT / "core" / "errors.py").read_text(encoding="utf-8"))
    return frozenset(node.name for node in source.body if isinstance(node, ast.ClassDef))


def _called(function: ast.expr) -> str:
    return (
        function.id if isinstance(function, ast.Name) else function.attr if isinstance(function, ast.Attribute) else ""
    )


def _texts(node: ast.expr, *, made: bool) -> list[str]:
    """The texts that an expression may be; of an f-string (where it may be `made` by one) its template."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return [*_texts(node.body, made=made), *_texts(node.orelse, made=made)]
    if made and isinstance(node, ast.JoinedStr):
        return [_template(node)]
    return []


def _template(node: ast.JoinedStr) -> str:
    """`Scan of {name}, version {number}`: each value by the last name in it, or by a number behind that."""
    parts: list[str] = []
    taken: set[str] = set()
    for part in node.values:
        if isinstance(part, ast.Constant):
            parts.append(str(part.value))
        elif isinstance(part, ast.FormattedValue):
            name = first = _name(part.value)
            number = 1
            while name in taken:
                number += 1
                name = f"{first}{number}"
            taken.add(name)
            parts.append(f"{{{name}}}")
    return "".join(parts)


def _name(value: ast.expr) -> str:
    if isinstance(value, ast.Name):
        return value.id
    if isinstance(value, ast.Attribute):
        return value.attr
    if isinstance(value, ast.Call) and value.args:
        return _name(value.args[-1])
    if isinstance(value, ast.Call):
        return _name(value.func.value) if isinstance(value.func, ast.Attribute) else _called(value.func)
    return _name(value.value) if isinstance(value, ast.Subscript) else "value"
