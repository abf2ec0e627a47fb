"""Which data are taken for rows of a table, and which stay texts or images."""

from __future__ import annotations

import pytest

from core.records import Schema
from core.sources.guess import describe, guess

ROWS = 40


def _guess(columns: dict[str, tuple[str, list[object]]]) -> Schema:
    names = list(columns)
    rows = list(zip(*(values for _, values in columns.values()), strict=True))
    described = describe(names, [kind for kind, _ in columns.values()], rows)
    return guess(described, [dict(zip(names, row, strict=True)) for row in rows])


NUMBERS = ("DOUBLE", [row / 7 for row in range(ROWS)])
WHOLE = ("BIGINT", [row % 9 for row in range(ROWS)])
COLOURS = ("VARCHAR", [["red", "blue"][row % 2] for row in range(ROWS)])
CLASSES = ("VARCHAR", ["abc"[row % 3] for row in range(ROWS)])
KEYS = ("BIGINT", list(range(ROWS)))
PEOPLE = ("VARCHAR", [f"Miss Anna{row} Maria Smith" for row in range(ROWS)])
SENTENCES = ("VARCHAR", [f"the train number {row} was late again today" for row in range(ROWS)])


def test_numbers_and_categories_with_a_label_are_features() -> None:
    found = _guess({"id": KEYS, "size": NUMBERS, "count": WHOLE, "colour": COLOURS, "class": CLASSES})
    kept = ("size", "count", "colour")
    assert found == Schema("tabular-classification", "", "class", None, "id", kept, features=kept)


def test_the_label_is_the_last_category_where_none_is_named_so() -> None:
    found = _guess({"size": NUMBERS, "count": WHOLE, "colour": COLOURS, "species": CLASSES})
    assert (found.task, found.label, found.features) == (
        "tabular-classification",
        "species",
        ("size", "count", "colour"),
    )


def test_a_split_is_no_feature() -> None:
    split = ("VARCHAR", ["train", "test"] * (ROWS // 2))
    found = _guess({"size": NUMBERS, "count": WHOLE, "colour": COLOURS, "split": split, "class": CLASSES})
    assert (found.split, "split" in found.features) == ("split", False)


def test_other_labels_of_the_rows_and_what_was_derived_stay_attributes() -> None:
    more = {"given_label": CLASSES, "missing_values": WHOLE, "label": CLASSES}
    found = _guess({"size": NUMBERS, "count": WHOLE, "colour": COLOURS, **more})
    assert found.features == ("size", "count", "colour")
    assert found.attributes == ("size", "count", "colour", "given_label", "missing_values")


@pytest.mark.parametrize("ids", ["example_id", "row_id", "source_id"])
def test_the_numbers_that_an_export_gives_its_rows_are_no_feature(ids: str) -> None:
    numbers = ("BIGINT", list(range(len(KEYS[1]))))
    found = _guess({ids: numbers, "id": KEYS, "size": NUMBERS, "count": WHOLE, "colour": COLOURS, "class": CLASSES})
    assert (found.id, found.features) == ("id", ("size", "count", "colour"))


@pytest.mark.parametrize(
    "columns",
    [
        {"text": COLOURS, "size": NUMBERS, "count": WHOLE, "more": WHOLE, "label": CLASSES},
        {"c0": SENTENCES, "size": NUMBERS, "count": WHOLE, "more": WHOLE, "other": NUMBERS, "label": CLASSES},
        {"c0": PEOPLE, "size": NUMBERS, "count": WHOLE, "label": CLASSES},
        {"c0": SENTENCES, "label": CLASSES},
        {"c0": COLOURS, "label": CLASSES},
        {
            "c0": ("VARCHAR", [f"火车{row}号今天又晚点了很多" for row in range(ROWS)]),
            "n": WHOLE,
            "m": WHOLE,
            "label": CLASSES,
        },
    ],
    ids=["named text", "sentences", "names beside little else", "two columns", "one category", "without blanks"],
)
def test_where_a_column_may_be_a_text_it_is_one_as_before(columns: dict[str, tuple[str, list[object]]]) -> None:
    found = _guess(columns)
    assert (found.task, found.payload, found.features) == ("text-classification", next(iter(columns)), ())


def test_names_among_many_other_columns_are_one_more_feature() -> None:
    others = {"a": NUMBERS, "b": WHOLE, "c": COLOURS, "d": WHOLE}
    found = _guess({"name": PEOPLE, **others, "survived": ("BIGINT", [row % 2 for row in range(ROWS)])})
    assert found.task == "tabular-classification"


def test_images_with_attributes_stay_images() -> None:
    paths = ("VARCHAR", [f"pictures/{row}.png" for row in range(ROWS)])
    found = _guess({"file": paths, "width": WHOLE, "height": WHOLE, "camera": COLOURS, "label": CLASSES})
    assert (found.task, found.payload) == ("image-classification", "file")


TAGS = ("VARCHAR", ['["a","b"]', '["b"]', "[]", '["a"]'] * (ROWS // 4))
FLAGS = ("BIGINT", [row % 2 for row in range(ROWS)])


def test_a_column_of_lists_is_several_classes_of_a_row() -> None:
    found = _guess({"size": NUMBERS, "count": WHOLE, "colour": COLOURS, "tags": TAGS})
    assert (found.task, found.label, found.label_columns) == ("multi-label-tabular", "tags", ())
    assert found.features == ("size", "count", "colour")


def test_columns_of_0_and_1_are_features_unless_somebody_says_that_they_are_classes() -> None:
    found = _guess({"size": NUMBERS, "count": WHOLE, "wet": FLAGS, "dry": FLAGS, "class": CLASSES})
    assert (found.task, found.label, "wet" in found.features) == ("tabular-classification", "class", True)
    found = _guess({"size": NUMBERS, "count": WHOLE, "more": NUMBERS, "wet": FLAGS, "dry": FLAGS})
    assert (found.task, found.label_columns) == ("tabular-classification", ())
