"""The pages on labels that are spans: what covers what, the consistency desk, and what models do not do yet."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.context import Context
from core.records import Dataset, Reader, ScanSpec, Schema
from core.review.records import Act
from core.services.review.decisions import record
from core.services.scan import run_scan
from core.services.spans.figures import places, spans_figures
from tests.staged import taken_in

Open = Callable[..., AppTest]
ROWS = [
    ("Ada saw Washington", '[[0,3,"PER"],[8,18,"LOC"]]'),
    ("Washington is far", '[[0,10,"LOC"]]'),
    ("George  Washington\nand *Washington*", '[[0,18,"PER"],[24,34,"ORG"]]'),
    ("Nobody & <b>nothing</b>", "[]"),
]


@pytest.fixture
def names(app: Context, tmp_path: Path) -> Dataset:
    with (tmp_path / "names.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("text", "label"), *ROWS])
    reader = Reader(sql=f"read_csv('{tmp_path / 'names.csv'}', all_varchar=true)")
    return taken_in(app.store, reader, Schema("token-classification", "text", "label"), "names")


def _said(shown: AppTest) -> str:
    assert not shown.exception
    return "\n".join(one.value for kind in (shown.markdown, shown.caption) for one in kind)


def test_spans_are_counted_by_type_in_a_row_and_by_length(app: Context, names: Dataset) -> None:
    found = spans_figures(app, names.latest_version_id, timeout=None)
    assert [(one.name, one.spans, one.rows, one.words) for one in found.types] == [
        ("LOC", 2, 2, 1.0),
        ("PER", 2, 2, 1.5),
        ("ORG", 1, 1, 1.0),
    ]
    assert (found.rows, found.without, found.per_row) == (4, 1, ((0, 1), (1, 1), (2, 2)))
    assert found.outside == pytest.approx(1 - 6 / 13)
    (surface,) = found.surfaces
    assert (surface.words, surface.types) == ("Washington", (("LOC", 2), ("ORG", 1)))
    assert (surface.unmarked, surface.shorter, surface.longer, surface.doubtful) == (0, 0, 1, 1)
    assert (found.surfaces_in_all, found.of_several_types) == (1, 1)


def test_a_row_is_drawn_with_its_spans_coloured_and_lettered(names: Dataset, open_at: Open) -> None:
    shown = open_at("data", dataset="names", view="rows", row=2)
    said = _said(shown)
    assert ":violet-background[" not in said
    assert ":green-background[George  Washington] :green-badge[PER]" in said
    assert "\\*:orange-background[Washington] :orange-badge[ORG]\\*" in said
    assert "George Washington PER, Washington ORG" in said.replace("\\", "")


def test_words_of_several_types_are_made_of_one_in_all_sentences_and_back(
    app: Context, names: Dataset, open_at: Open
) -> None:
    spans_figures(app, names.latest_version_id, timeout=None)
    shown = open_at("profile", dataset="names", view="spans")
    assert "The same words, labelled differently" in _said(shown)
    shown.selectbox(key="choice-consistency-words").set_value("Washington").run()
    assert "1 row" in shown.button(key="consistency-now").label
    shown.button(key="consistency-now").click().run()
    assert "1 row changed to what is suggested" in _said(shown)
    version = names.latest_version_id
    assert _types(app, version, "Washington") == {"LOC"}
    assert [one.label for one in places(app, version, "George Washington")] == ['[[0,18,"PER"],[24,34,"LOC"]]']
    (left,) = spans_figures(app, version, timeout=None).surfaces
    assert (left.doubtful, left.longer) == (0, 1)
    shown.button(key="consistency-undo").click().run()
    assert _types(app, version, "Washington") == {"LOC", "ORG"}


def _types(app: Context, version: str, surface: str) -> set[str]:
    return {one.type for one in places(app, version, surface) if one.standing == "marked"}


@pytest.mark.parametrize(("page", "view"), [("issues", ""), ("training", "new"), ("evaluation", ""), ("story", "")])
def test_every_page_stands(names: Dataset, open_at: Open, page: str, view: str) -> None:
    shown = open_at(page, dataset="names", **({"view": view} if view else {}))
    assert not shown.error
    assert _said(shown)


def test_whether_cleaning_helped_is_asked_once_something_was_cleaned(names: Dataset, open_at: Open) -> None:
    shown = open_at("training", dataset="names", view="effect")
    assert not shown.error
    said = " ".join(str(one.value) for kind in (shown.markdown, shown.caption) for one in kind)
    assert "for labels of this kind yet" not in said and "nothing was cleaned" in said


def test_the_desk_hands_out_rows_that_nothing_has_ranked(app: Context, names: Dataset, open_at: Open) -> None:
    shown = open_at("review", dataset="names", reviewer="ada")
    assert not shown.error
    [desk] = [one.proto for one in shown.get("bidi_component") if one.proto.component_name == "winnow_review_desk"]
    told = json.loads(desk.json)
    assert (told["located"], told["actions"], told["counts"]["left"]) == (True, ["keep", "exclude", "unsure"], 4)
    first, second, *_ = told["items"]
    assert first["tokens"] == [[0, 3], [4, 7], [8, 18]]
    assert first["same"]["Ada"] == []
    assert [(row, places) for row, _, places, _ in first["same"]["Washington"]] == [(1, [[0, 10]]), (2, [[24, 34]])]
    assert "#" not in first["meta"]
    assert second["suggested"] is None
    assert "NaN" not in desk.json


ACTIONS = ["keep", "suggestion", "exclude", "unsure"]


def test_what_a_scan_found_is_edited_where_it_stands_and_named_by_its_words(
    app: Context, names: Dataset, open_at: Open
) -> None:
    run_scan(app, names.latest_version_id, ScanSpec(("lexical",), folds=2), "ada")
    shown = open_at("review", dataset="names", reviewer="ada", show="All rows")
    [desk] = [one.proto for one in shown.get("bidi_component") if one.proto.component_name == "winnow_review_desk"]
    assert json.loads(desk.json)["actions"] == ACTIONS
    issues = open_at("issues", dataset="names", show="All rows")
    near = next(one.value for one in issues.dataframe if "close" in one.value.columns)
    assert "Washington LOC" in set(near["label"]) and not any("8–18" in str(label) for label in near["label"])

    # What is suggested is taken where it is listed, and told by its words too.
    [bar] = [one.proto for one in issues.get("bidi_component") if one.proto.component_name == "winnow_verdict_bar"]
    assert (json.loads(bar.json)["actions"], json.loads(bar.json)["located"]) == (ACTIONS, True)
    row = json.loads(bar.json)["items"][0]["example_id"]
    record(app, names.latest_version_id, "ada", [Act("a", "relabel", row, '[[0,3,"PER"]]')])
    issues = open_at("issues", dataset="names", show="All rows", reviewer="ada")
    [bar] = [one.proto for one in issues.get("bidi_component") if one.proto.component_name == "winnow_verdict_bar"]
    verdict = next(one["verdict"] for one in json.loads(bar.json)["items"] if one["example_id"] == row)
    assert verdict.startswith("Changed to ") and "PER" in verdict and "0–3" not in verdict
    decided = next(one.value["decided"] for one in issues.dataframe if "decided" in one.value.columns)
    assert any("PER" in str(one) and "0–3" not in str(one) for one in decided)


def test_a_list_says_spans_in_words_and_leaves_their_edits_to_the_desk(names: Dataset, open_at: Open) -> None:
    shown = open_at("data", dataset="names", view="rows", layout="cards")
    assert not shown.exception
    [bar] = [one.proto for one in shown.get("bidi_component") if one.proto.component_name == "winnow_verdict_bar"]
    told = json.loads(bar.json)
    assert (told["actions"], told["several"], told["labels"]) == (ACTIONS, False, [])
    assert [one["label"] for one in told["items"]][:2] == ["Ada PER, Washington LOC", "Washington LOC"]


@pytest.mark.parametrize("view", ["spans", "balance", "content", "checks", "bias"])
def test_every_view_of_the_profile_stands(names: Dataset, open_at: Open, view: str) -> None:
    shown = open_at("profile", dataset="names", view=view)
    assert not shown.error
    assert _said(shown)
