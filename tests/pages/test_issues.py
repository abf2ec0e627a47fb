from __future__ import annotations

import json
import time
from pathlib import Path
from urllib.parse import parse_qsl

import numpy as np
import pytest

from core.context import Context
from core.records import Dataset
from core.services.privacy.always import set_always
from core.store.acts import decisions
from tests.integration.load_support import loaded
from tests.pages import issues_data as data
from tests.pages.issues_page import Open, decide, list_key, ranks, table, texts
from tests.runs import finished_run
from tests.used_models import write_images, write_texts


def test_the_list_shows_the_worst_rows_of_the_flagged_ones_first(open_at: Open, scanned: Dataset) -> None:
    shown = open_at("issues", dataset="news")
    assert ranks(shown) == list(range(1, 26))
    assert "**40 rows**, worst first" in texts(shown)


def test_the_second_page_follows_the_first(open_at: Open, scanned: Dataset) -> None:
    shown = open_at("issues", dataset="news")
    shown.session_state[list_key(shown).split("-table")[0]] = 2
    shown.run()
    assert ranks(shown) == list(range(26, 41))


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ({"show": "All rows"}, 90),
        ({"given": "sport"}, 13),
        ({"given": "sport", "suggested": "business"}, 0),
        ({"given": "sport", "suggested": "tech"}, 13),
        ({"words": "story sport"}, 13),
        ({"words": "story 3 about"}, 13),
        ({"split": "test"}, 8),
        ({"score_below": "0.1"}, 9),
        ({"attribute": "desk", "value": "uk"}, 20),
        ({"attribute": "words", "at_least": "100", "less_than": "200"}, 10),
    ],
)
def test_a_link_narrows_the_list(open_at: Open, scanned: Dataset, query: dict[str, str], rows: int) -> None:
    shown = open_at("issues", dataset="news", **query)
    assert not shown.exception
    assert (f"**{rows} rows**, worst first") in texts(shown)


def test_a_scan_of_two_issue_types_offers_the_choice(open_at: Open, app: Context, scanned: Dataset) -> None:
    assert not [box for box in open_at("issues", dataset="news").selectbox if box.key == "type"]
    data.also_outliers(app)
    assert ranks(open_at("issues", dataset="news"))[:3] == [1, 2, 3]
    shown = open_at("issues", dataset="news", type="outlier")
    assert not shown.exception
    assert shown.selectbox(key="type").value == "outlier"
    assert "50 rows" in texts(shown)
    assert "row 89" in texts(shown)
    assert "Mean distance to the nearest examples: 0.90, 3.0 times what is usual" in texts(shown).replace("\\", "")
    assert not any("looks like" in frame.value.columns for frame in shown.dataframe)
    assert not any("probably wrong" in button.label for button in shown.button)


def test_content_is_listed_with_what_is_wrong_and_narrowed_to_one_kind_of_it(
    open_at: Open, app: Context, scanned: Dataset
) -> None:
    data.also_content(app)
    shown = open_at("issues", dataset="news", type="content")
    assert list(table(shown, "what is wrong")["what is wrong"]) == ["too short · markup left over", "markup left over"]
    said = texts(shown).replace("\\", "")
    assert "Too short: 1 word; 95 % of the texts here have 6 or more. Markup left over: 1 tag or entity" in said
    assert "markup left over 2 · too short 1; usual here, so not flagged: unreadable characters 31%" in said
    assert "suggested" not in [box.key for box in shown.selectbox]  # nothing is ever suggested
    shown.selectbox(key="kind").select("too_short").run()
    assert ranks(shown) == [1]
    assert "**too short**: It has a fourth of the usual number of words or fewer" in texts(shown)
    assert shown.query_params["kind"] == "too_short"
    by_link = open_at("issues", dataset="news", type="content", kind="markup")
    assert ranks(by_link) == [1, 2]
    labels = open_at("issues", dataset="news", kind="markup")  # of a type that has no kinds it says nothing
    assert len(ranks(labels)) == 25


def test_a_scan_of_the_first_release_opens_and_says_what_it_did_not_look_for(open_at: Open, scanned: Dataset) -> None:
    shown = open_at("issues", dataset="news", panel="types")
    assert "did not look for near-duplicates or outliers" in texts(shown)
    assert "**40 rows**, worst first" in texts(shown)


def test_the_box_of_types_says_each_title_with_how_many_rows_it_flags(
    open_at: Open, app: Context, scanned: Dataset
) -> None:
    data.also_outliers(app)
    box = open_at("issues", dataset="news").selectbox(key="type")
    assert box.options == ["Wrong labels (40)", "Outliers (50)"]
    assert box.proto.placeholder == "Wrong labels (40)"


@pytest.mark.parametrize(("modality", "opens"), [("text", "table"), ("image", "grid")])
def test_a_list_of_images_opens_as_a_grid_and_one_of_texts_as_a_table(
    open_at: Open, app: Context, tmp_path: Path, modality: str, opens: str
) -> None:
    made = write_images(tmp_path / "pictures") if modality == "image" else write_texts(tmp_path / "texts.csv")
    dataset = loaded(app, made, name="mine")
    data.scan(app, tmp_path, dataset)
    even = np.full((dataset.row_count, len(dataset.labels)), 1 / len(dataset.labels), np.float32)
    finished_run(app, dataset, even, ["test"] * dataset.row_count)
    issues = open_at("issues", dataset="mine")
    assert not issues.exception and issues.segmented_control(key="layout").value == opens
    evaluated = open_at("evaluation", dataset="mine")
    for _ in range(100):
        if evaluated.metric:
            break
        time.sleep(0.05)
        evaluated.run()
    assert not evaluated.exception and evaluated.segmented_control(key="layout").value == opens


def test_one_of_a_group_is_kept_in_one_act_and_taken_back_in_one(open_at: Open, app: Context, scanned: Dataset) -> None:
    data.also_near_duplicates(app, {0: (0, 3, 6), 10: (10, 13), 20: (20, 21)}, conflicting=(20,))
    shown = open_at("issues", dataset="news", type="near_duplicate")
    assert not shown.exception
    assert "3 groups, 1 with conflicting labels; exact copies: 4" in texts(shown).replace("\\", "")
    assert "**4 rows**, worst first" in texts(shown)
    shown.button(key="keep-one-of-group").click().run()
    assert not shown.exception
    assert "2 copies of 1 group are excluded" in texts(shown)
    shown.session_state["keep-one"] = True
    shown.run()
    act = shown.button(key="keep-one-of-all")
    assert act.label == "Exclude 1 copy of 1 group", "how many, before it is done"
    act.click().run()
    assert "keep-one-of-all" not in [one.key for one in shown.button], "the box is closed"
    assert "1 copy of 1 group is excluded; 1 group with conflicting labels is left to you" in texts(shown)
    assert [one.example_id for one in decisions.in_force(app.store, scanned.latest_version_id)] == [3, 6, 13]
    shown.button(key="kept-one-undo").click().run()
    assert [one.example_id for one in decisions.in_force(app.store, scanned.latest_version_id)] == [3, 6]
    assert "1 row is back" in texts(shown)


def test_undecided_leaves_out_what_somebody_has_judged(open_at: Open, app: Context, scanned: Dataset) -> None:
    decide(app, scanned, example_id=0)
    shown = open_at("issues", dataset="news", show="Undecided")
    assert ranks(shown)[0] == 2


def test_the_decided_rows_are_one_click_from_their_number(open_at: Open, app: Context, scanned: Dataset) -> None:
    assert "0 of the flagged decided" in texts(open_at("issues", dataset="news"))
    decide(app, scanned, example_id=0)
    decide(app, scanned, example_id=89)  # that the scan does not flag
    shown = open_at("issues", dataset="news")
    (opens,) = [each.proto for each in shown.get("page_link") if "1 of the flagged decided" in each.proto.label]
    assert opens.page == "issues"
    assert ranks(open_at("issues", **dict(parse_qsl(opens.query_string)))) == [1]


def test_a_decided_row_says_what_was_decided(open_at: Open, app: Context, scanned: Dataset) -> None:
    decide(app, scanned, example_id=0)
    assert table(open_at("issues", dataset="news"), "#")["decided"][0] == "→ tech"


def test_the_worst_row_is_explained_until_another_is_picked(open_at: Open, scanned: Dataset) -> None:
    shown = open_at("issues", dataset="news")
    assert "Story 0 about business" in texts(shown)
    shown.session_state[list_key(shown)] = {"selection": {"rows": [], "columns": [], "cells": [(3, "given")]}}
    shown.run()
    assert not shown.exception
    assert "Story 3 about business" in texts(shown)


def test_the_explanation_gives_both_probabilities_thresholds_and_five_neighbours(
    open_at: Open, scanned: Dataset
) -> None:
    shown = open_at("issues", dataset="news")
    evidence = table(shown, "probability")
    assert list(evidence["label"]) == ["business", "sport"]
    assert list(evidence["usual"]) == [0.71, 0.82]
    neighbours = table(shown, "close")
    assert list(neighbours["label"]) == ["sport"] * 5
    assert neighbours["example"][0] == "Story 1 about sport"


def test_clear_lifts_every_filter(open_at: Open, scanned: Dataset) -> None:
    shown = open_at("issues", dataset="news", given="sport", words="story")
    next(button for button in shown.button if button.label == "Clear").click().run()
    assert "**40 rows**, worst first" in texts(shown)


def test_labels_that_look_like_markup_are_shown_as_text(open_at: Open, app: Context, tmp_path: Path) -> None:
    odd = data.load(app, tmp_path, "odd", names=("*bold*", "[link](http://x)", "$x$"))
    data.scan(app, tmp_path, odd)
    shown = open_at("issues", dataset="odd")
    assert not shown.exception
    assert ":blue-badge[\\*bold\\*]" in texts(shown)
    assert "[link](http" not in texts(shown)


def test_what_is_personal_in_a_text_is_quoted_beside_it(app: Context, open_at: Open, scanned: Dataset) -> None:
    why = {"kinds": ["name"], "counts": [1], "place_kinds": ["name"], "starts": [0], "stops": [7]}
    with app.store.write() as cursor:
        cursor.execute(
            """INSERT INTO issues SELECT scan_id, example_id, 'personal_data', 0.1, true, given_label, NULL, ?, 1
               FROM issues WHERE issue_type = 'label' AND example_id = 4""",
            [json.dumps(why)],
        )
    data._add_found(app, {"personal_data": {"flagged": 1, "kinds": {"name": 1}}})
    shown = open_at("issues", dataset="news", type="personal_data")
    assert not shown.exception
    assert any("name of a person: “Story 4”" in one.value.replace("\\", "") for one in shown.markdown)
    set_always(app, scanned, True, "ada")
    shown = open_at("issues", dataset="news", type="personal_data")
    assert not shown.exception and not any("“Story" in one.value for one in shown.markdown)


def test_where_nothing_is_flagged_one_click_ranks_all(app: Context, open_at: Open, scanned: Dataset) -> None:
    with app.store.write() as cursor:
        cursor.execute("UPDATE issues SET is_issue = false")
        cursor.execute("UPDATE scans SET summary = json_merge_patch(summary, '{\"flagged\": 0}')")
    shown = open_at("issues", dataset="news")
    assert "No row is flagged." in texts(shown)
    shown.button(key="issues-rank-all").click().run()
    assert not shown.exception and ranks(shown) == list(range(1, 26))
    assert shown.query_params["show"] == "All rows"


def test_the_act_on_all_rows_begins_with_what_their_list_is_for(app: Context, open_at: Open, scanned: Dataset) -> None:
    data.also_content(app)
    for query, first, suggests in (({}, "suggestion", True), ({"type": "content"}, "exclude", False)):
        shown = open_at("issues", dataset="news", **query)
        (key,) = [one.key for one in shown.button if one.key and "issues-many" in one.key and one.key.endswith("-all")]
        shown.button(key=key).click().run()
        assert not shown.exception
        (box,) = [one for one in shown.selectbox if one.label == "What to do"]
        assert box.value == first and ("Take suggestion" in box.options) is suggests
