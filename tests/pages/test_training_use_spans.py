"""The page Train, view Use the model, of a model that finds entities."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.context import Context
from tests.pages.test_training_use import downloaded, settled, told
from tests.used_spans import used_tagger

Open = Callable[..., AppTest]
__all__ = ["told"]


@pytest.fixture(autouse=True)
def run_of_spans(app: Context, tmp_path: Path) -> None:
    used_tagger(app, tmp_path)


def test_a_sentence_has_its_entities_marked_each_with_a_probability(open_at: Open, told: list[dict[str, Any]]) -> None:
    shown = open_at("training", view="use")
    shown.text_area(key="use-text").set_value("the actor scene of bank").run()
    shown = settled(shown, "2 entities")
    drawn = [one.value for one in shown.markdown if "badge" in one.value]
    assert (
        drawn[0] == "the :orange-background[actor scene] :orange-badge[PER] of :blue-background[bank] :blue-badge[LOC]"
    )
    [table] = shown.dataframe
    assert table.value[["words", "type"]].to_numpy().tolist() == [["actor scene", "PER"], ["bank", "LOC"]]
    assert ((table.value["probability"] > 50) & (table.value["probability"] <= 100)).all()
    assert told[-1]["items"] and "alike" in told[-1]["items"][0]["caption"]
    shown.text_area(key="use-text").set_value("the goal of film").run()
    assert "No entities" in "".join(one.value for one in settled(shown, "every word is outside").markdown)


def test_a_file_is_predicted_and_saved_as_json_lines_and_conll(open_at: Open) -> None:
    shown = open_at("training", view="use", use="file")
    shown.file_uploader(key="predict-upload-text").upload("new.csv", b"id,text\n1,a bank\n2,\n", "text/csv").run()
    shown = settled(shown, "about 2 rows")
    shown.button(key="predict-start").click().run()
    shown = settled(shown, "1 without a prediction")
    table = shown.dataframe[-1].value
    assert table["entities"][0].startswith("bank LOC ") and table["reason"][1] == "missing text"
    lines = [json.loads(line) for line in downloaded(shown, "JSON lines").decode().splitlines()]
    assert [(one["start"], one["end"], one["label"]) for one in lines[0]["spans"]] == [(2, 6, "LOC")]
    assert downloaded(shown, "CoNLL columns") == b"a\tO\nbank\tB-LOC\n\n"
    assert downloaded(shown, "CSV").startswith(b"id,text,predicted,confidence,reason,spans")
