"""The guess that rows have several classes: what is taken for it, and what is left to one class as ever."""

from __future__ import annotations

from typing import Any

import pytest

from core.records import Schema
from core.sources.guess import describe, guess
from core.tasks import TASKS

MULTI, ONE = "multi-label-text", "text-classification"
TOXIC = ["toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate"]
SETS = ['["a", "b"]', '["a"]', "[]", '["b", "c"]', '["c"]', '["a"]']


def _guess(types: dict[str, str] | None = None, **columns: list[Any]) -> Schema:
    rows = list(zip(*columns.values(), strict=True))
    kinds = [(types or {}).get(name, _kind(values)) for name, values in columns.items()]
    described = describe(list(columns), kinds, rows)
    return guess(described, [dict(zip(columns, row, strict=True)) for row in rows])


def _kind(values: list[Any]) -> str:
    return {bool: "BOOLEAN", int: "BIGINT", float: "DOUBLE"}.get(type(values[0]), "VARCHAR")


def _texts(rows: int) -> list[str]:
    return [f"a comment that somebody wrote, number {number}" for number in range(rows)]


def _flags(names: list[str], rows: int = 6) -> dict[str, list[Any]]:
    return {name: [int(row % (place + 2) == 0) for row in range(rows)] for place, name in enumerate(names)}


def test_the_columns_of_the_toxic_comments_are_their_classes() -> None:
    found = _guess(id=[f"{n:04}" for n in range(6)], comment_text=_texts(6), **_flags(TOXIC))
    assert (found.task, found.payload, found.label, found.label_columns) == (MULTI, "comment_text", None, tuple(TOXIC))
    assert (found.id, found.attributes) == ("id", ())


def test_a_class_that_no_row_of_the_preview_has_is_one_of_them() -> None:
    found = _guess(text=_texts(6), **_flags(["spam", "rude"]), threat=[0] * 6)
    assert found.label_columns == ("spam", "rude", "threat")


@pytest.mark.parametrize("values", [[True, False] * 3, [1.0, 0.0] * 3, ["0", "1"] * 3])
def test_truth_values_fractions_and_texts_of_0_and_1_count(values: list[Any]) -> None:
    assert _guess(text=_texts(6), spam=values, rude=values).label_columns == ("spam", "rude")


@pytest.mark.parametrize(
    ("columns", "label"),
    [
        ({"label": [0, 1] * 3, "spam": [1, 0] * 3, "rude": [0, 0, 1] * 2}, "label"),  # a column that is called a label
        ({"source": ["web", "print"] * 3, "spam": [1, 0] * 3, "rude": [0, 1] * 3}, "source"),  # texts of few values
        ({"spam": [1, 0] * 3}, "spam"),  # one column alone
        ({"spam": [1, 0] * 3, "is_reply": [0, 0, 1] * 2, "has_url": [1, 1, 0] * 2}, "has_url"),  # properties
        ({"spam": [0, 1] * 3, "stars_given": [1, 2] * 3}, "stars_given"),  # more than 0 and 1
    ],
)
def test_one_class_is_guessed_as_ever_beside_columns_of_0_and_1(columns: dict[str, list[Any]], label: str) -> None:
    found = _guess(text=_texts(6), **columns)
    assert (found.task, found.label, found.label_columns) == (ONE, label, ())


@pytest.mark.parametrize("name", ["label", "labels", "tags", "topics", "genres"])
@pytest.mark.parametrize("kind", ["VARCHAR[]", "VARCHAR"])
def test_a_column_of_lists_by_name_is_the_label(name: str, kind: str) -> None:
    found = _guess({name: kind}, text=_texts(6), **{name: SETS})
    assert (found.task, found.payload, found.label, found.label_columns) == (MULTI, "text", name, ())


def test_lists_whose_texts_come_again_are_the_label_where_nothing_else_is() -> None:
    assert _guess(text=_texts(6), what=SETS).label == "what"
    found = _guess(text=_texts(6), what=SETS, source=["web", "print"] * 3)
    assert (found.task, found.label) == (ONE, "source")


@pytest.mark.parametrize(
    "values",
    [
        ['["a", "a"]', '["a"]'] * 3,  # tags of words: one comes twice
        [f'["only {row}"]' for row in range(6)],  # texts that come once
        ['["' + "x" * 101 + '"]'] * 6,
        ["[0.25, 0.5]"] * 6,
        ["a, b"] * 6,
        ["['a' 'b']"] * 6,  # as numpy writes an array
        ['{"a": 1}'] * 6,
    ],
)
def test_what_holds_no_classes_makes_no_task_of_several(values: list[Any]) -> None:
    assert _guess(text=_texts(6), what=values).task == ONE


def test_lists_as_pandas_writes_them_into_csv_are_lists() -> None:
    found = _guess(text=_texts(6), tags=[one.replace('"', "'") for one in SETS])
    assert (found.task, found.label) == (MULTI, "tags")


def test_a_delimiter_is_never_guessed() -> None:
    found = _guess(text=_texts(6), tags=["a;b", "a", "b;c", "c", "a;c", "b"])
    assert (found.task, found.label_delimiter) == (ONE, "")


def test_a_label_of_one_class_comes_before_a_column_of_lists() -> None:
    found = _guess(text=_texts(6), category=["x", "y"] * 3, tags=SETS)
    assert (found.task, found.label, found.attributes) == (ONE, "category", ("tags",))


def test_lists_are_not_taken_for_the_texts() -> None:
    found = _guess(body=["short"] * 5 + ["brief"], label=[f'["{"long " * 9}{row % 2}"]' for row in range(6)])
    assert (found.payload, found.label) == ("body", "label")


def test_what_a_task_of_several_classes_predicts_is_found_in_a_file_of_texts() -> None:
    columns = describe(["n", "text"], ["BIGINT", "VARCHAR"], [(1, "a text"), (2, "another")])
    found = guess(columns, [{"n": 1, "text": "a text"}, {"n": 2, "text": "another"}], among=(TASKS[MULTI],))
    assert (found.task, found.payload) == (MULTI, "text")


@pytest.mark.parametrize(
    ("column", "suffix", "task"), [("image", "png", "multi-label-image"), ("clip", "wav", "multi-label-audio")]
)
def test_files_are_guessed_like_texts(column: str, suffix: str, task: str) -> None:
    found = _guess(**{column: [f"{n}.{suffix}" for n in range(6)]}, **_flags(["cat", "dog"]))
    assert (found.task, found.payload, found.label, found.label_columns) == (task, column, None, ("cat", "dog"))
