"""The consistency desk: words that are no entity in some places, or have longer or shorter ones there."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.context import Context
from core.records import Dataset, Reader, Schema
from core.services.spans.figures import edge_sentences, places, retyped, spans_figures
from core.ui.spans import edges
from tests.staged import taken_in

Open = Callable[..., AppTest]
ROWS = [
    ("Ada left New York", '[[0,3,"PER"],[9,17,"LOC"]]'),
    ("New  York is big, said Ada", '[[0,9,"LOC"],[23,26,"PER"]]'),
    ("in New York , ask Ada", '[[18,21,"PER"]]'),
    ("New York City and Adam", '[[0,13,"LOC"]]'),
    ("New York City sleeps", '[[0,8,"LOC"]]'),
    ("New York, unlabelled", None),
    ("我在北京, 北京很大", '[[2,4,"LOC"]]'),
]


@pytest.fixture
def cities(app: Context, tmp_path: Path) -> Dataset:
    with (tmp_path / "cities.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("text", "label"), *ROWS])
    reader = Reader(sql=f"read_csv('{tmp_path / 'cities.csv'}', all_varchar=true)")
    return taken_in(app.store, reader, Schema("token-classification", "text", "label"), "cities")


def test_every_place_of_words_is_held_against_the_spans_there(app: Context, cities: Dataset) -> None:
    found = {one.words: one for one in spans_figures(app, cities.latest_version_id, timeout=None).surfaces}
    york = found["New York"]
    assert (york.types, york.unmarked, york.shorter, york.longer, york.doubtful) == ((("LOC", 3),), 1, 0, 1, 1)
    whole = found["New York City"]
    assert (whole.types, whole.unmarked, whole.shorter, whole.longer, whole.doubtful) == ((("LOC", 1),), 0, 1, 0, 1)
    assert (found["北京"].types, found["北京"].unmarked) == ((("LOC", 1),), 1)
    assert "Ada" not in found  # in the text of Adam it is no word
    for surface in found.values():
        there = [one.standing for one in places(app, cities.latest_version_id, surface.words)]
        counts = [there.count(one) for one in ("marked", "none", "shorter", "longer")]
        assert counts == [surface.spans, surface.unmarked, surface.shorter, surface.longer]


def test_words_at_the_edges_are_counted_by_side(app: Context, cities: Dataset, open_at: Open) -> None:
    found = spans_figures(app, cities.latest_version_id, timeout=None)
    assert found.of_other_bounds == 2, "New York and New York City"
    assert [(one.word, one.side, one.within, one.beside) for one in found.edges] == [("City", "last", 1, 1)]
    shown = open_at("profile", dataset="cities", view="spans")
    assert not shown.exception
    table = next(one.value for one in shown.dataframe if "just outside" in one.value.columns)
    assert table.values.tolist() == [["City", "at the end", 1, 1]]


def test_each_count_of_a_word_at_the_edges_opens_its_sentences(
    app: Context, cities: Dataset, open_at: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = spans_figures(app, cities.latest_version_id, timeout=None)
    for edge in found.edges:
        for within, count in ((True, edge.within), (False, edge.beside)):
            there = edge_sentences(app, cities.latest_version_id, edge.word, edge.side, within, timeout=None)
            assert isinstance(there, tuple) and len(there) == count
            assert {one.text[one.start : one.stop] for one in there} == {"City"}
            assert [one.example_id for one in there] == [3 if within else 4]
    for column, row, text in (
        ("just outside", 4, "New York ⟦City⟧ sleeps"),
        ("part of the entity", 3, "New York ⟦City⟧ and Adam"),
    ):
        state: dict[str, object] = {"edges-list": {"selection": {"rows": [], "columns": [], "cells": [(0, column)]}}}
        with monkeypatch.context() as patch:
            patch.setattr(edges.st, "session_state", state)
            edges._clicked(found.edges)
        chosen = {key.removeprefix("choice-"): value for key, value in state.items() if key.startswith("choice-")}
        assert chosen == {"edges-word": "last City", "edges-which": column}
        shown = open_at("profile", dataset="cities", view="spans", chosen=json.dumps(chosen))
        assert not shown.exception
        sentences = [one.value for one in shown.dataframe if "sentence" in one.value.columns][-1]
        assert sentences.values.tolist() == [[row, "LOC", text]]


def test_what_takes_the_place_of_longer_and_shorter_spans(app: Context, cities: Dataset) -> None:
    version = cities.latest_version_id
    york = {one.example_id: one for one in places(app, version, "New York")}
    assert retyped(version, [york[2], york[3]], "LOC").rows == (
        (2, '[[3,11,"LOC"],[18,21,"PER"]]'),
        (3, '[[0,8,"LOC"]]'),
    )
    assert retyped(version, [york[0], york[1]], "LOC").rows == ()
    assert retyped(version, [york[0]], "").rows == ((0, '[[0,3,"PER"]]'),)
    (short,) = [one for one in places(app, version, "New York City") if one.standing == "shorter"]
    assert (short.covered, retyped(version, [short], "ORG").rows) == ("New York", ((4, '[[0,13,"ORG"]]'),))


def test_places_in_no_entity_are_marked_in_one_act_that_leaves_longer_ones(
    app: Context, cities: Dataset, open_at: Open
) -> None:
    spans_figures(app, cities.latest_version_id, timeout=None)
    shown = open_at("profile", dataset="cities", view="spans")
    shown.selectbox(key="choice-consistency-words").set_value("New York").run()
    assert not shown.exception
    assert shown.query_params["chosen"] == '{"consistency-words":"New York"}'
    said = "\n".join(one.value for one in shown.caption)
    assert "LOC 3, in no entity 1, in a longer one 1" in said.replace("\\", "")
    table = next(one.value for one in shown.dataframe if "sentence" in one.value.columns)
    assert list(table["type"])[:2] == ["in no entity", "in a longer one: New York City, LOC"]
    assert "1 row" in shown.button(key="consistency-now").label
    shown.button(key="consistency-now").click().run()
    labels = {one.example_id: one.label for one in places(app, cities.latest_version_id, "New York")}
    assert (labels[2], labels[3]) == ('[[3,11,"LOC"],[18,21,"PER"]]', '[[0,13,"LOC"]]')
