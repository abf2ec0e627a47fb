"""The pages on labels that are several classes at once: words instead of texts, and what is missing or extra."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.context import Context
from core.records import Dataset
from core.review.records import Act
from core.services.review.decisions import make_version, record
from core.store.ids import new_id
from tests import crops as data

Open = Callable[..., AppTest]


@pytest.fixture
def crops(app: Context, tmp_path: Path) -> Dataset:
    dataset = data.load(app, tmp_path)
    data.scan(app, tmp_path, dataset)
    return dataset


@pytest.fixture
def reviewed(app: Context, crops: Dataset) -> Dataset:
    """Row 0 gets its suggestion, row 2 none of the classes, row 3 is left out; and a version is made of it."""
    shown = {"given_label": '["grain","wheat"]', "suggested_label": '["corn","grain"]'}
    acts = [Act(new_id(), "relabel", 0, '["corn","grain"]', shown), Act(new_id(), "relabel", 2, "[]")]
    record(app, crops.latest_version_id, "ada", [*acts, Act(new_id(), "exclude", 3)])
    make_version(app, crops.latest_version_id, "sets", "ada")
    return crops


def said(shown: AppTest) -> str:
    return "\n".join(element.value for kind in (shown.markdown, shown.caption, shown.text) for element in kind)


def table(shown: AppTest, column: str) -> Any:
    """The table that has this column; None where a cell is empty."""
    found = next(frame.value for frame in shown.dataframe if column in frame.value.columns)
    return found.astype(object).where(found.notna(), None)


def shows_no_text_form(shown: AppTest) -> bool:
    tables = " ".join(frame.value.to_csv() for frame in shown.dataframe)
    return not shown.exception and '["' not in tables.replace('""', '"') + said(shown) and "[]" not in said(shown)


def test_the_list_says_sets_in_words_and_what_to_add_and_remove(open_at: Open, crops: Dataset) -> None:
    shown = open_at("issues", dataset="crops")
    listed = table(shown, "looks like")
    assert list(listed["given"]) == ["grain, wheat", "corn, grain", "zinc", "barley", "none", "corn, wheat"]
    assert list(listed["looks like"])[:5] == ["+ corn, − wheat", "+ wheat", "− zinc", "+ grain", "+ wheat"]
    assert ":gray-badge[grain] :orange-badge[− wheat] :blue-badge[+ corn]" in said(shown)
    assert list(table(shown, "close")["label"]) == ["corn, grain"]
    assert shows_no_text_form(shown)


def test_each_class_has_a_line_with_its_rows_and_no_matrix_is_drawn(open_at: Open, crops: Dataset) -> None:
    shown = open_at("issues", dataset="crops")
    shown.query_params["panel"] = "where"
    shown.run()
    classes = table(shown, "probably missing")
    assert list(classes["class"]) == ["wheat", "corn", "grain", "zinc", "barley"]
    assert list(classes["probably missing"]) == [2, 1, 2, 0, 0]
    assert list(classes["probably extra"]) == [1, 1, 0, 1, 0]
    assert list(classes["rows"]) == [9] * 5
    assert "wrong" not in classes and "usual" not in classes
    assert not shown.get("plotly_chart")


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ({"given": "grain"}, [0, 1]),
        ({"suggested": "grain"}, [0, 1, 3, 5]),
        ({"missing": "grain"}, [3, 5]),
        ({"extra": "wheat"}, [0]),
        ({"given": "zinc", "show": "All rows"}, [2, *range(8, data.ROWS, 5)]),
        ({"given": "no class", "show": "All rows"}, [4, *range(10, data.ROWS, 5)]),
        ({"given": "no class", "missing": "wheat"}, [4]),
        ({"suggested": "no class"}, [2]),
    ],
)
def test_the_address_narrows_the_list_to_a_class(
    open_at: Open, crops: Dataset, query: dict[str, str], rows: list[int]
) -> None:
    shown = open_at("issues", dataset="crops", **query)
    assert [int(rank) - 1 for rank in table(shown, "#")["#"]] == rows


def test_no_class_is_an_entry_of_the_filter_here_and_on_the_desk(open_at: Open, crops: Dataset) -> None:
    shown = open_at("issues", dataset="crops")
    shown.selectbox(key="given").select("no class").run()
    assert list(table(shown, "#")["given"]) == ["none"]
    assert shown.session_state["given"] == "no class", "the word of the URL"
    assert "no class" not in shown.selectbox(key="missing").options
    queued = open_at("review", dataset="crops", given="no class")
    assert not queued.exception
    assert queued.selectbox(key="given").value == "no class"


def test_a_class_of_that_name_goes_before_the_entry(app: Context, open_at: Open, tmp_path: Path) -> None:
    labels = [("no class",), (), ("corn",)] * (data.ROWS // 3)
    dataset = data.load(app, tmp_path, labels=labels)
    data.scan(app, tmp_path, dataset, labels)
    shown = open_at("issues", dataset="crops", show="All rows", given="no class")
    assert shown.selectbox(key="given").options == ["corn", "no class"]
    assert set(table(shown, "#")["given"]) == {"no class"}


def test_what_was_decided_stands_in_the_list_in_words(open_at: Open, reviewed: Dataset) -> None:
    shown = open_at("issues", dataset="crops", version=1)
    assert list(table(shown, "decided")["decided"])[:4] == ["→ corn, grain", None, "→ none", "exclude"]
    assert shows_no_text_form(shown)


def test_the_decisions_say_what_was_added_and_removed(open_at: Open, reviewed: Dataset) -> None:
    shown = open_at("review", dataset="crops", version=1, view="decisions")
    log = table(shown, "decision")
    assert list(log["decision"]) == ["excluded", "removed zinc", "added corn, removed wheat"]
    assert list(log["label"]) == ["barley", "zinc", "grain, wheat"]
    assert list(log["suggested"]) == [None, None, "corn, grain"]
    assert shows_no_text_form(shown)


def test_a_versions_changes_say_what_was_added_and_removed(open_at: Open, reviewed: Dataset) -> None:
    shown = open_at("review", dataset="crops", version=2, view="versions")
    changed = table(shown, "change")
    assert list(changed["from"]) == ["grain, wheat", "zinc", "barley"]
    assert list(changed["to"]) == ["corn, grain", "none", "(excluded)"]
    assert list(changed["change"]) == ["added corn, removed wheat", "removed zinc", None]
    assert shows_no_text_form(shown)


def test_the_rows_of_a_version_say_their_sets_in_words(open_at: Open, reviewed: Dataset) -> None:
    shown = open_at("data", dataset="crops", version=2, view="rows")
    rows = table(shown, "given")
    assert list(rows["label"])[:3] == ["corn, grain", "corn, grain", "none"]
    assert list(rows["given"])[:3] == ["grain, wheat", None, "zinc"]
    assert shows_no_text_form(shown)
