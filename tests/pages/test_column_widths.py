"""How wide columns are: chosen, in the link, kept for the person, and in a saved view."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.context import Context
from core.records import Dataset
from core.services.export import export_rows
from core.services.lists.asked import rows_listed
from tests.integration.load_support import loaded
from tests.pages.data_page import problems

OpenAt = Callable[..., AppTest]


@pytest.fixture
def news(app: Context, tmp_path: Path) -> Dataset:
    file = tmp_path / "news.csv"
    rows = [f"text number {i},{'xxy'[i % 3]},{i}.5,{i}" for i in range(30)]
    file.write_text("text,label,price,a:wide\n" + "\n".join(rows) + "\n")
    return loaded(app, file, name="news", attributes=("price", "a:wide"))


def widths(shown: AppTest) -> dict[str, object]:
    return {name: one.get("width") for name, one in json.loads(shown.dataframe[0].proto.columns).items()}


def test_a_width_is_chosen_and_kept(app: Context, news: Dataset, open_at: OpenAt) -> None:
    shown = open_at("data", dataset="news")
    shown.session_state["list-columns"] = True
    shown.run()
    shown.multiselect(key="list-columns-narrow").set_value(["text"]).run()
    shown.multiselect(key="list-columns-wide").set_value(["price"]).run()
    assert not problems(shown)
    assert (widths(shown)["example"], widths(shown)["price"]) == (90, 560)
    named = str(shown.query_params["columns"])
    assert "text:narrow" in named and "price:wide" in named
    shown.multiselect(key="list-columns-wide").set_value(["price", "text"]).run()
    assert widths(shown)["example"] == 560 and not shown.multiselect(key="list-columns-narrow").value
    again = open_at("data", dataset="news")
    assert widths(again)["example"] == 560, "kept for the person"


def test_a_link_says_widths_and_a_column_of_such_a_name_is_itself(
    app: Context, news: Dataset, open_at: OpenAt, tmp_path: Path
) -> None:
    found = rows_listed(news, {"columns": "text:narrow,a:wide,price:huge,label:wide"})
    assert [one.name for one in found.columns] == ["text", "a:wide", "label"]
    assert dict(found.widths) == {"text": "narrow", "label": "wide"}
    out = tmp_path / "rows.csv"
    export_rows(app, news, news.latest_version_id, {"columns": "text:narrow,a:wide:narrow"}, "csv", out)
    assert out.read_text().splitlines()[0] == "text,a:wide", "files have no widths"
