"""Labels that are numbers: what is one, its one text form, and the groups of a stratified split."""

from __future__ import annotations

import math
import random
import struct

import duckdb
import numpy as np
import pytest

from core.errors import SchemaError
from core.records import Schema
from core.targets.number.facts import NUMBER, read
from core.targets.number.form import number_in, text_sql, worth, worth_sql, written

SCHEMA = Schema("text-regression", "text", "score")


def _read(values: list[object], kind: str) -> list[tuple[str | None, str | None]]:
    """(label, fault) of each value of a column of that type."""
    reading = read(SCHEMA, {"score": kind})
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE given (place INTEGER, score {kind})")
        connection.executemany("INSERT INTO given VALUES (?, ?)", list(enumerate(values)))
        return connection.execute(f"SELECT {reading.label}, {reading.fault} FROM given ORDER BY place").fetchall()


def test_python_and_the_store_write_every_number_alike_and_lose_nothing() -> None:
    chance = random.Random(1)
    drawn = [struct.unpack("d", struct.pack("Q", chance.getrandbits(64)))[0] for _ in range(20_000)]
    powers = [sign * part * 10.0**power for power in range(-25, 25) for part in (1, 1.5, 0.3) for sign in (1, -1)]
    numbers = [one for one in [*drawn, *powers, 0.0, -0.0, 2.0**53, 5e-324] if math.isfinite(one)]
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE given AS SELECT unnest(?) AS x", [numbers])
        found = connection.execute(f"SELECT x, {text_sql('x')} FROM given").fetchall()
    assert len(found) == len(numbers)
    assert all(text == written(number) and float(text) == number for number, text in found)
    assert [written(one) for one in (3.0, -0.0, 1e15, 0.1, 1e-7)] == ["3", "0", "1000000000000000.0", "0.1", "1e-07"]


def test_python_and_the_store_round_a_prediction_alike() -> None:
    chance = random.Random(2)
    drawn = [(chance.gauss(0, 10.0 ** chance.randint(-8, 12)), 10.0 ** chance.uniform(-9, 9)) for _ in range(20_000)]
    short = [(one / 1000, half) for one in range(-3_000, 3_000, 7) for half in (0.0, 0.02, 0.1, 1.0, 10.0, 250.0)]
    pairs = [*drawn, *short, (8.5, 10.0), (1e300, 1e-30), (-0.2, 10.0)]
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE given AS SELECT unnest(?) AS x, unnest(?) AS half", [*zip(*pairs, strict=True)]
        )
        found = connection.execute(f"SELECT x, half, {worth_sql('x', 'half')} FROM given").fetchall()
    assert [text for *_, text in found] == [worth(number, half) for number, half, _ in found]
    assert [worth(*one) for one in ((8.5, 10.0), (1234.0, 250.0), (3.14159, 0.1))] == ["8", "1230", "3.14"]


def test_texts_that_are_numbers_are_labels_missing_ones_are_none_and_others_say_why() -> None:
    read_as = dict(
        zip(
            ("3.50", " 2 ", "+1e3", "", "n/a", "NaN", "3,5", "5 stars", "inf", "1e999", "1_0"),
            _read(["3.50", " 2 ", "+1e3", "", "n/a", "NaN", "3,5", "5 stars", "inf", "1e999", "1_0"], "VARCHAR"),
            strict=True,
        )
    )
    assert [read_as[one] for one in ("3.50", " 2 ", "+1e3")] == [("3.5", None), ("2", None), ("1000", None)]
    assert {read_as[one] for one in ("", "n/a", "NaN")} == {(None, None)}
    for text in ("3,5", "5 stars", "inf", "1e999", "1_0"):
        assert read_as[text] == (None, f"no finite number: column score: {text}")


def test_columns_of_numbers_are_read_as_they_are_written() -> None:
    assert _read([0.1, 3.0, None, math.nan, math.inf], "DOUBLE") == [
        ("0.1", None),
        ("3", None),
        (None, None),
        (None, None),
        (None, "no finite number: column score: inf"),
    ]
    assert _read([0.1], "FLOAT") == [("0.1", None)]
    assert _read([7], "UTINYINT") == [("7", None)]
    assert _read(["3.1400"], "DECIMAL(9,4)") == [("3.14", None)]


@pytest.mark.parametrize("kind", ["BOOLEAN", "DATE", "DOUBLE[]", "STRUCT(a DOUBLE)"])
def test_a_column_of_no_numbers_is_refused(kind: str) -> None:
    with pytest.raises(SchemaError, match="which are no numbers"):
        read(SCHEMA, {"score": kind})


def test_what_people_write_is_forgiven_or_told_why_not() -> None:
    assert (NUMBER.tidied(" 3.50 "), NUMBER.tidied("1e2"), NUMBER.tidied("3,5")) == ("3.5", "100", "3,5")
    assert NUMBER.objection("3.5", frozenset()) == ""
    assert "no finite number" in NUMBER.objection("3,5", frozenset())
    assert NUMBER.objection("3.50", frozenset()).endswith("write it as 3.5.")
    assert [number_in(one) for one in ("nan", "inf", "", "0x10", "٣")] == [None] * 5


def test_labels_go_into_arrays_and_back() -> None:
    labels = ["3.5", None, "-2"]
    numbers = NUMBER.encode(labels, ())
    assert numbers.dtype == np.float64 and np.isnan(numbers[1])
    assert NUMBER.decode(numbers, ()) == labels


def test_strata_are_tenths_by_size_and_equal_numbers_stay_together() -> None:
    numbers = np.random.default_rng(0).permutation(1_000)
    groups = NUMBER.strata([str(one) for one in numbers])
    assert np.bincount(groups).tolist() == [100] * 10
    assert max(numbers[groups == 0]) < min(numbers[groups == 9])
    few = NUMBER.strata(["1"] * 90 + ["2"] * 10)
    assert set(few[:90]) == {0} and set(few[90:]) == {1}
    assert NUMBER.strata([]).shape == (0,)
    halves = NUMBER.strata(["1", None, "2", None, "3"])
    assert halves[1] == halves[3] > max(halves[[0, 2, 4]])
