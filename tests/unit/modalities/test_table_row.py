"""Rows of a table as jobs see them: cells that become columns, vectors, trees, and a model in a folder."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from core.errors import ModelError, UsageError
from core.modalities import MODALITIES
from core.modalities.encoders import make_encoder
from core.modalities.heavy import heavy_modality
from core.modalities.payloads import Payloads
from core.modalities.table_row.cell import fields, line
from core.modalities.table_row.columns import columns_of, columns_of_cells, kind_of, numbers, texts
from core.modalities.table_row.facts import TABLE_ROW
from core.modalities.table_row.learner import Boosting
from core.modalities.table_row.recipe import MOST_CATEGORIES, Recipe
from core.modalities.table_row.saved import TRUSTED, SavedTrees, vectors
from tests.unit.modalities.corpus import silent, text_payloads

CELLS = (
    {"n": 1, "x": 0.5, "c": "red", "t": "2024-01-01 00:00:00", "b": True, "l": [1]},
    {"n": None, "x": 2, "c": None, "t": "2024-01-02 00:00:00", "b": False, "l": None},
    {"n": 2**60, "x": None, "c": 'a "b"\n', "t": None, "b": None, "l": []},
)


def rows_of(cells: Sequence[dict[str, Any]]) -> Payloads:
    return text_payloads([json.dumps(cell) for cell in cells])


def _flowers(count: int = 120) -> tuple[Payloads, np.ndarray]:
    """Three kinds that differ in a length, a colour and how many petals; some values are missing."""
    chance = np.random.default_rng(0)
    labels = np.arange(count) % 3
    cells = [
        {
            "length": None if place % 11 == 10 else round(float(chance.normal(3 * label, 0.5)), 3),
            "colour": None if place % 13 == 12 else ("red", "white", "blue")[label],
            "noise": round(float(chance.normal()), 3),
        }
        for place, label in enumerate(labels.tolist())
    ]
    return rows_of(cells), labels.astype(np.int64)


def test_cells_become_columns_of_one_type_each() -> None:
    table = columns_of(rows_of(CELLS))
    kinds = [kind_of(table.column(name)) for name in "nxctbl"]
    assert kinds == ["number", "number", "category", "time", "number", None]
    assert numbers(table.column("x")).tolist()[:2] == [0.5, 2.0]
    assert np.isnan(numbers(table.column("n"))[1]) and numbers(table.column("n"))[2] == 2.0**60
    assert numbers(table.column("t"))[1] - numbers(table.column("t"))[0] == 86_400
    assert numbers(table.column("b")).tolist()[:2] == [1, 0]
    assert texts(table.column("c")).to_pylist() == ["red", None, 'a "b"\n']


def test_a_column_that_is_missing_at_first_or_becomes_a_fraction_late_is_still_one_of_numbers() -> None:
    cells = [{"late": None, "n": 1}] * 3000 + [{"late": 7, "n": 1.5}]
    table = columns_of(rows_of(cells))
    assert numbers(table.column("late"))[-1] == 7
    assert numbers(table.column("n"))[[0, -1]].tolist() == [1, 1.5]


def test_values_that_were_read_as_text_are_the_numbers_and_times_that_they_say() -> None:
    typed = columns_of(rows_of([{"a": 1.5, "b": True, "t": "2024-01-01"}, {"a": None, "b": False, "t": "2024-02-01"}]))
    as_text = columns_of_cells(
        ['{"a":" 1.5 ","b":"true","t":"2024-01-01"}', '{"a":"n/a","b":"False","t":"2024-02-01 "}', '{"a":"x"}']
    )
    for name in "abt":
        wanted, found = numbers(typed.column(name)), numbers(as_text.column(name))
        assert np.array_equal(wanted, found[:2], equal_nan=True), name
        assert np.isnan(found[2])


def test_times_with_fractions_of_a_second_are_times() -> None:
    said = ["2020-01-05 10:00:01.250", None, "2020-01-05 10:00:02", "1969-12-31 23:59:59.5"]
    cells = [json.dumps({"at": at, "word": "2020-01-05 10:00:00.5x"}) for at in said]
    found = columns_of_cells(cells)
    assert [kind_of(found[name]) for name in ("at", "word")] == ["time", "category"]
    seconds = numbers(found["at"])
    assert seconds[[0, 2]].tolist() == [1578218401, 1578218402] and np.isnan(seconds[1])
    assert seconds[3] in (-1, 0)
    assert numbers(pa.chunked_array([["2020-01-05 10:00:01.250"]])).tolist() == [1578218401]


def test_vectors_have_length_1_and_their_cosine_is_the_mean_likeness_of_the_columns() -> None:
    payloads = rows_of([{"n": n, "c": c} for n, c in ((0, "a"), (0, "b"), (1, "a"), (None, None), (4, "a"))] * 8)
    encoder = make_encoder("table-features", TABLE_ROW.name)
    found = np.array(encoder.embed(payloads, Path(), silent))
    cosines = found @ found.T
    assert np.allclose(np.diag(cosines), 1, atol=1e-6)
    assert cosines[0, 1] == pytest.approx(0.5, abs=1e-6)  # the category is another
    assert cosines[0, 3] == pytest.approx(0, abs=1e-6)  # nothing is known of it
    assert cosines[0, 2] > cosines[0, 4] > 0.4  # farther in the number
    assert encoder.embed(payloads, Path(), silent) is encoder.embed(payloads, Path(), silent)


def test_a_recipe_is_kept_as_json_and_says_the_same_of_other_rows() -> None:
    recipe = Recipe.of(columns_of(_flowers()[0]))
    again = Recipe.of_plain(json.loads(json.dumps(recipe.plain())))
    assert again == recipe
    other = columns_of_cells(['{"colour":"green","length":9}', '{"unknown":1}', '{"colour":null,"length":null}'])
    found = vectors(other, again)
    assert np.allclose(np.linalg.norm(found, axis=1), 1)
    assert np.array_equal(found[1], found[2])  # columns that are not there are missing


def test_categories_beyond_the_most_frequent_share_places_by_their_names() -> None:
    many = rows_of([{"c": f"name {row % 400}", "n": row} for row in range(800)])
    table = columns_of(many)
    recipe = Recipe.of(table)
    feature = recipe.features[0]
    assert len(feature.categories) == MOST_CATEGORIES
    places = feature.encode(table.column("c")).argmax(1)
    assert np.array_equal(places[:400], places[400:])
    assert len(set(places.tolist())) == MOST_CATEGORIES + 16


def test_columns_that_tell_nothing_are_no_part_of_a_vector() -> None:
    recipe = Recipe.of(columns_of(rows_of([{"gone": None, "list": [row], "n": row, "same": 3} for row in range(5)])))
    assert [one.name for one in recipe.features] == ["n", "same"]
    with pytest.raises(UsageError, match="No column tells"):
        Boosting(rows_of([{"gone": None, "list": [1]}] * 4), 2, 0)


def test_the_near_space_joins_a_row_with_a_rounding_of_it_and_no_other() -> None:
    from core.duplicates.near import near_duplicate_groups

    chance = np.random.default_rng(1)
    values = chance.normal(10, 3, (300, 8))
    cells = [{f"n{column}": float(value) for column, value in enumerate(row)} for row in values]
    cells.append({name: round(value, 2) for name, value in cells[7].items()})
    payloads = rows_of(cells)
    space = heavy_modality(TABLE_ROW).near_space(payloads, Path(), [], silent)
    found = near_duplicate_groups(space, payloads.digests, TABLE_ROW.near_similarity, silent)
    assert found[300] == 7
    assert len(np.unique(found)) == 300


def test_trees_learn_numbers_categories_and_what_is_missing() -> None:
    payloads, labels = _flowers()
    learner = Boosting(payloads, 4, 0)
    rows = np.arange(len(labels))
    fitted = learner.fit(rows[:90], labels[:90], 40)
    found = fitted.probabilities(rows[90:])
    assert found.shape == (30, 4)
    assert np.allclose(found.sum(1), 1, atol=1e-5) and not found[:, 3].any()
    assert (found.argmax(1) == labels[90:]).mean() > 0.9
    assert fitted.rounds == 40 and 1 <= fitted.best_rounds(rows[90:], labels[90:]) <= 40
    assert np.array_equal(learner.fit(rows[:90], labels[:90], 40).probabilities(rows[90:]), found)


def test_without_a_number_of_rounds_what_is_watched_tells_when_to_stop() -> None:
    payloads, labels = _flowers(300)
    learner, rows = Boosting(payloads, 3, 0), np.arange(300)
    fitted = learner.fit(rows[:200], labels[:200], watched=(rows[200:], labels[200:]))
    assert 20 <= fitted.rounds < 500
    assert len(fitted.curves["validation"]) == len(fitted.curves["train"]) == fitted.rounds + 1
    assert learner.fit(rows[:9], labels[:9]).rounds == 50  # too few to keep some of each class back


def test_weights_make_a_rare_class_count() -> None:
    payloads = rows_of([{"n": row % 2, "m": row % 3} for row in range(200)])
    labels = (np.arange(200) % 10 == 0).astype(np.int64)
    learner, rows = Boosting(payloads, 2, 0), np.arange(200)
    plain = learner.fit(rows, labels, 30).probabilities(rows)[:, 1].mean()
    weights = np.where(labels == 1, 9, 1).astype(np.float32)
    assert learner.fit(rows, labels, 30, weights=weights).probabilities(rows)[:, 1].mean() > plain + 0.1


def _saved(folder: Path) -> tuple[Payloads, np.ndarray]:
    payloads, labels = _flowers()
    learner = Boosting(payloads, 3, 0)
    fitted = learner.fit(np.arange(120), labels, 30)
    fitted.save(folder, ("x", "y", "z"), {"from": "a test"})
    return payloads, fitted.probabilities(np.arange(120))


def test_a_saved_model_says_the_same_and_holds_nothing_that_could_run_code(tmp_path: Path) -> None:
    payloads, wanted = _saved(tmp_path)
    opened = heavy_modality(TABLE_ROW).opened(tmp_path)
    cells = payloads.take(np.arange(120))
    found, features = opened.predict(cells)
    assert opened.labels == ("x", "y", "z")
    assert np.allclose(found, wanted, atol=1e-6)
    assert np.allclose(features, vectors(columns_of(payloads), Recipe.of(columns_of(payloads))))
    one, _ = opened.predict([cells[0]])
    assert np.allclose(one[0], wanted[0], atol=1e-6)
    assert opened.predict([])[0].shape == (0, 3)
    assert json.loads((tmp_path / "winnow.json").read_text()) == {"from": "a test"}
    assert not [
        name for name in zipfile.ZipFile(tmp_path / "model.skops").namelist() if name.endswith((".pkl", ".bin"))
    ]


def test_a_file_that_holds_anything_else_is_refused(tmp_path: Path) -> None:
    import functools
    import os

    import skops.io
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import FunctionTransformer

    _saved(tmp_path)
    evil = Pipeline([("columns", FunctionTransformer(functools.partial(os.system, "true"))), ("trees", None)])
    skops.io.dump(evil, tmp_path / "model.skops")
    assert set(skops.io.get_untrusted_types(file=tmp_path / "model.skops")) - set(TRUSTED)
    with pytest.raises(ModelError, match="cannot be read"):
        SavedTrees.of(tmp_path)


@pytest.mark.parametrize("name", ["model.skops", "config.json"])
def test_a_damaged_folder_is_named(tmp_path: Path, name: str) -> None:
    _saved(tmp_path)
    (tmp_path / name).write_bytes(b"{}")
    with pytest.raises(ModelError, match=str(tmp_path)):
        SavedTrees.of(tmp_path)


def test_a_cell_reads_as_a_line_that_says_what_is_missing() -> None:
    cell = json.dumps(CELLS[1] | {"x": 1 / 3, "long": "a word " * 30, "b": True})
    assert line(cell, 300) == (
        "n missing · x 0.333333 · c missing · t 2024-01-02 00:00:00 · b true · l missing · "
        "long a word a word a word a word a word a wor"
    )
    assert len(line(cell, 20)) <= 20
    assert fields(cell)["n"] is None and fields("") == {}


def test_only_this_modality_has_features() -> None:
    assert [one.name for one in MODALITIES.values() if one.features] == [TABLE_ROW.name]
    assert MODALITIES["text"].fields("a text") == {} and MODALITIES["text"].line(" a\n b ", 9) == "a b"
