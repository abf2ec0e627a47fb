"""Tasks that do not fit what a source holds are refused in a sentence that names the value and what to do; what fits
oddly is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from core.errors import SchemaError, UsageError
from core.records import Preview, Schema
from core.sources.fitting import fit
from core.sources.guess import describe, guess
from core.targets.multi_label.facts import MULTI_LABEL
from core.tasks import TASKS, task_named

ROWS = 40
PNG = b"\x89PNG\r\n\x1a\n"
COLUMNS: Mapping[str, tuple[str, Sequence[Any]]] = {
    "text": ("VARCHAR", [f"the train number {row} was late again today." for row in range(ROWS)]),
    "word": ("VARCHAR", ["red", "blue"] * (ROWS // 2)),
    "colour": ("VARCHAR", ["blue", "green"] * (ROWS // 2)),
    "size": ("DOUBLE", [row / 7 for row in range(ROWS)]),
    "count": ("BIGINT", [row % 9 for row in range(ROWS)]),
    "more": ("BIGINT", [row % 5 for row in range(ROWS)]),
    "image": ("VARCHAR", [f"pictures/{row}.png" for row in range(ROWS)]),
    "sound": ("VARCHAR", [f"{row}.wav" for row in range(ROWS)]),
    "plain": ("VARCHAR", [f"cars/{row}" for row in range(ROWS)]),
    "bytes": ("BLOB", [PNG] * ROWS),
    "class": ("VARCHAR", [("sports", "politics", "art")[row % 3] for row in range(ROWS)]),
    "listed": ("VARCHAR", [('["a","b"]', '["b"]', "[]")[row % 3] for row in range(ROWS)]),
    "joined": ("VARCHAR", [("a; b", "b", "c; a")[row % 3] for row in range(ROWS)]),
    "tags": ("VARCHAR", ['["B-PER","O"]', '["O","O"]'] * (ROWS // 2)),
    "tokens": ("VARCHAR", ['["Ada","sleeps"]', '["it","rains"]'] * (ROWS // 2)),
    "stars": ("VARCHAR", [str(row % 5 + 1) for row in range(ROWS)]),
}
TEXTS, TABLE = ("text", "class"), ("size", "count", "word", "class")


def _found(names: Sequence[str]) -> Preview:
    rows = list(zip(*(COLUMNS[name][1] for name in names), strict=True))
    columns = describe(names, [COLUMNS[name][0] for name in names], rows)
    listed = tuple(dict(zip(names, row, strict=True)) for row in rows)
    return Preview("csv", columns, listed, guess(columns, listed))


def _fit(names: Sequence[str], task: str, **said: Any) -> tuple[Schema, tuple[str, ...]]:
    """As if somebody had chosen the task, and the roles that are `said`."""
    found = _found(names)
    schema = replace(guess(found.columns, found.rows, [task_named(task)], ROWS), task=task, **said)
    return fit(found, schema)


@pytest.mark.parametrize(
    ("names", "task", "said", "wrong", "instead"),
    [
        (TEXTS, "image-classification", {}, "Column 'text' holds values such as 'the train number 0 was late again to",
         "take task text-classification"),
        (TEXTS, "audio-classification", {}, "which task audio-classification cannot read", "task text-classification"),
        (TEXTS, "multi-label-image", {}, "Column 'text' holds values", "take task text-classification"),
        (TABLE, "image-classification", {"payload": "size"}, "'size' holds values such as '0.0', which task image",
         "take task tabular-classification"),
        (("image", "class"), "audio-classification", {}, "'image' holds values such as 'pictures/0.png'",
         "take task image-classification"),
        (("sound", "class"), "image-classification", {}, "'sound' holds values such as '0.wav'",
         "take task audio-classification"),
        (("bytes", "class"), "text-classification", {"payload": "bytes"}, "Column 'bytes' holds bytes, which task text",
         "another column"),
        (TEXTS, "token-classification", {}, "needs tags or spans, and column 'class' holds 'sports'",
         "a tag for each word (B-PER O) or with spans of characters ([[0,5,\"PER\"]]), or take task"),
        (("text",), "token-classification", {"label": None}, "and no column holds such", "task text-classification"),
        (("text", "stars"), "token-classification", {"label": "stars"}, "column 'stars' holds '1'", "text-classif"),
        (TEXTS, "text-regression", {"label": "class"}, "needs a number in each row, and column 'class' holds 'sports'",
         "task text-classification"),
        (TABLE, "tabular-regression", {"label": "class", "features": ("size",)}, "column 'class' holds 'sports'",
         "task tabular-classification"),
        (TEXTS, "tabular-classification", {"features": ("text",), "label": "class"}, "needs columns of numbers or "
         "categories, and 'text' holds texts that hardly repeat, such as 'the train", "a task of texts"),
        (("text", "joined"), "multi-label-text", {"label": "joined"}, "'joined' holds texts such as 'a; b', and "
         "nothing says what stands between two classes", "--label-delimiter ';'"),
    ],
    ids=lambda one: one if isinstance(one, str) and one in TASKS else "",
)  # fmt: skip
def test_what_makes_no_sense_is_refused_with_the_value_and_what_to_do(
    names: Sequence[str], task: str, said: Mapping[str, Any], wrong: str, instead: str
) -> None:
    with pytest.raises(SchemaError) as raised:
        _fit(names, task, **said)
    assert wrong in raised.value.message
    assert instead in raised.value.hint


@pytest.mark.parametrize(
    ("names", "task", "said", "told"),
    [
        (TEXTS, "multi-label-text", {"label": "class"}, "'class' has one value in each row, such as 'sports'"),
        (("text", "count"), "multi-label-text", {"label": "count"}, "'count' has one value in each row, such as '0'"),
        (TABLE, "multi-label-tabular", {"label": "class"}, "Task tabular-classification says the same."),
        (TEXTS, "multi-label-text", {"label": "class", "label_delimiter": ";"}, "';' stands in none of the first"),
        (("text", "listed"), "text-classification", {"label": "listed"}, "each list is read as one class"),
        (("image", "class"), "text-classification", {"payload": "image"}, "'image' names files, such as 'pictures/0"),
        (TABLE, "text-classification", {"payload": "size"}, "'size' holds no texts but values such as '0.0'"),
    ],
)
def test_what_is_odd_is_allowed_and_said(names: Sequence[str], task: str, said: Mapping[str, Any], told: str) -> None:
    _, notes = _fit(names, task, **said)
    assert len(notes) == 1 and told in notes[0]


@pytest.mark.parametrize(
    ("names", "task", "said"),
    [
        (TEXTS, "text-classification", {}),
        (TABLE, "tabular-classification", {}),
        (("text", "listed"), "multi-label-text", {"label": "listed"}),
        (("text", "joined"), "multi-label-text", {"label": "joined", "label_delimiter": ";"}),
        (("image", "class"), "image-classification", {}),
        (("plain", "class"), "image-classification", {"payload": "plain"}),
        (("bytes", "class"), "image-classification", {}),
        (("tokens", "tags"), "token-classification", {}),
        (("text", "stars"), "text-regression", {"label": "stars"}),
        (("text",), "token-classification", {"label": None, "classes": ("PER",)}),
        (("text", "word", "class"), "tabular-classification", {"features": ("text", "word"), "label": "class"}),
    ],
)
def test_what_fits_is_read_as_it_is(names: Sequence[str], task: str, said: Mapping[str, Any]) -> None:
    schema, notes = _fit(names, task, **said)
    assert notes == () and schema.task == task


def test_one_value_in_each_row_becomes_a_set_of_one_class() -> None:
    schema, _ = _fit(TEXTS, "multi-label-text", label="class")
    assert MULTI_LABEL.classes_in(schema, {"class": "art, old and new"}) == ("art, old and new",)
    assert "CAST" in MULTI_LABEL.read(replace(schema, label="count"), {"count": "BIGINT"}).label


@pytest.mark.parametrize(
    ("name", "why", "instead"),
    [
        ("audio-token-classification", "spans are stretches of texts", "What there is: audio-classification, multi-"),
        ("image-spans", "no task 'image-spans': spans are stretches of texts, and nothing else has any", "image-class"),
        ("tabular-ner", "spans are stretches of texts", "What there is: tabular-classification, multi-label-tabular"),
        ("image-regression", "numbers are labels of texts and of rows of tables alone", "multi-label-image"),
        ("speech-regression", "numbers are labels of texts and of rows of tables alone", "audio-classification"),
        ("text-clasification", "Task 'text-clasification' not found.", "Did you mean 'text-classification'?"),
        ("text-ner", "Task 'text-ner' not found.", "Did you mean 'token-classification'?"),
        ("object-detection", "Task 'object-detection' not found.", "There are: text-classification, "),
    ],
)
def test_a_pair_that_is_none_says_why(name: str, why: str, instead: str) -> None:
    with pytest.raises(UsageError) as raised:
        task_named(name)
    assert why in raised.value.message
    assert instead in raised.value.hint
