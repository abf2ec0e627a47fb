"""Columns that say nothing new, on rows that have one of each kind."""

from __future__ import annotations

import math

import numpy as np

from core.profile.columns import idle_columns
from core.records import Attribute
from tests.unit.profile.conftest import MakeRows

N = 1200


def attribute(name: str, kind: str = "category") -> Attribute:
    return Attribute(name, name, kind)  # type: ignore[arg-type]


def test_columns_that_say_nothing_new_are_found_and_no_others(make_rows: MakeRows) -> None:
    colour = ["red", "blue", "green", None]
    rows = make_rows(
        {
            "example_id": list(range(N)),
            "label": ["ab"[row % 2] for row in range(N)],
            "none": [None if row % 2 else "" for row in range(N)],
            "nan": [math.nan] * N,
            "same": ["x"] * N,
            "three": [3.0] * (N - 1) + [None],
            "colour": [colour[row % 4] for row in range(N)],
            "again": [colour[row % 4] for row in range(N)],
            "farbe": [{"red": "rot", "blue": "blau", "green": "grün", None: None}[colour[row % 4]] for row in range(N)],
            "shade": [colour[(row * 7 // 3) % 4] for row in range(N)],
            "mostly": ["odd" if row < 4 else "usual" for row in range(N)],
            "often": ["odd" if row < 40 else "usual" for row in range(N)],
            "key": [f"k{row}" for row in range(N)],
            "price": [float(row // 2) for row in range(N)],
        }
    )
    numbers = ("nan", "three", "price")
    found = idle_columns(
        rows,
        [
            attribute(name, "number" if name in numbers else "category")
            for name in ("none", "nan", "same", "three", "colour", "again", "farbe", "shade", "mostly", "often", "key",
                         "price")
        ],
    )  # fmt: skip
    assert [(one.column, one.why, one.of) for one in found] == [
        ("none", "empty", ""),
        ("nan", "empty", ""),
        ("same", "constant", ""),
        ("three", "constant", ""),
        ("again", "copy", "colour"),
        ("farbe", "renamed", "colour"),
        ("mostly", "nearly constant", ""),
        ("key", "unique", ""),
    ]
    assert next(one.share for one in found if one.column == "mostly") == (N - 4) / N


def test_what_is_derived_is_nobodys_column_but_a_copy_of_it_says_nothing_new(make_rows: MakeRows) -> None:
    rows = make_rows(
        {
            "example_id": list(range(N)),
            "label": ["ab"[row % 2] for row in range(N)],
            "n_chars": [float(row % 90) for row in range(N)],
            "length": [float(row % 90) for row in range(N)],
            "gaps": [0.0] * N,
        }
    )
    derived = [Attribute(name, name, "number", derived=True) for name in ("length", "gaps")]
    found = idle_columns(rows, [attribute("n_chars", "number"), *derived])
    assert [(one.column, one.why, one.of) for one in found] == [("n_chars", "copy", "length")]


def test_of_no_rows_and_of_no_columns_nothing_is_said(make_rows: MakeRows) -> None:
    rows = make_rows({"example_id": [1], "label": ["a"], "colour": ["red"]})
    assert idle_columns(rows, []) == ()
    assert idle_columns(rows, [attribute("colour")]) == (), "one row is no constant"


def test_ids_of_few_rows_are_found_and_measurements_that_all_differ_are_none(make_rows: MakeRows) -> None:
    rng = np.random.default_rng(0)
    rows = make_rows(
        {
            "example_id": list(range(120)),
            "label": ["ab"[row % 2] for row in range(120)],
            "code": [f"{one:06x}" for one in rng.choice(2**24, 120, replace=False)],
            "number": [int(one) for one in 5_000 + rng.permutation(400)[:120]],
            "weight": rng.normal(size=120).tolist(),
            "people": [round(one) for one in np.exp(rng.normal(14, 2, 120))],
        }
    )
    numbers = [attribute(name, "number") for name in ("number", "weight", "people")]
    found = idle_columns(rows, [attribute("code"), *numbers])
    assert [(one.column, one.why) for one in found] == [("code", "unique"), ("number", "unique")]
    few = make_rows({"example_id": list(range(20)), "label": ["a"] * 20, "code": [f"c{row}" for row in range(20)]})
    assert idle_columns(few, [attribute("code")]) == (), "twenty values may all differ by chance"


def test_two_columns_whose_values_do_not_repeat_do_not_say_the_same(make_rows: MakeRows) -> None:
    rng = np.random.default_rng(0)
    columns = {f"n{at}": rng.normal(size=60).tolist() for at in range(12)}
    rows = make_rows({"example_id": list(range(60)), "label": ["ab"[row % 2] for row in range(60)], **columns})
    assert idle_columns(rows, [attribute(name, "number") for name in columns]) == ()
