"""More like this: from the panel of a row to the rows that are most like it, by the embeddings on disk."""

from __future__ import annotations

import csv
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from streamlit.testing.v1 import AppTest

from core.context import Context
from core.errors import UsageError
from core.records import Dataset
from core.services.export import export_rows
from core.services.rules.keeping import save_rule
from core.services.similar.asked import Alike
from core.services.views import query_of, save_slice
from tests.embeddings import keep
from tests.integration.load_support import loaded
from tests.pages import issues_data
from tests.pages.data_page import problems, words

OpenAt = Callable[..., AppTest]


@pytest.fixture
def news(app: Context, tmp_path: Path) -> Dataset:
    """Ninety scanned texts; the angle of a row's embedding is its number, so that its neighbours in the file are most
    like it."""
    dataset = issues_data.load(app, tmp_path)
    issues_data.scan(app, tmp_path, dataset)
    angles = np.arange(dataset.row_count) * np.pi / 200
    keep(app, dataset, "minilm", np.stack([np.cos(angles), np.sin(angles)], 1).astype(np.float32), list(range(90)))
    return dataset


def compared(shown: AppTest) -> AppTest:
    """Once the rows are compared, which a slow machine does beside the page."""
    for _ in range(100):
        if "Comparing rows" not in words(shown):
            return shown
        time.sleep(0.1)
        shown.run()
    raise AssertionError("they are still being compared")


def listed(shown: AppTest) -> list[int]:
    return [int(row) for row in shown.dataframe[0].value["row"]]


def test_the_rows_most_like_one_are_a_list_as_any_other(news: Dataset, open_at: OpenAt) -> None:
    shown = compared(open_at("data", dataset="news", like=40))
    assert not problems(shown)
    assert listed(shown)[0] == 40 and set(listed(shown)[1:5]) == {38, 39, 41, 42}
    shares = list(shown.dataframe[0].value["similarity"])
    assert shares == sorted(shares, reverse=True) and shares[1] == pytest.approx(np.cos(np.pi / 200), abs=1e-4)
    assert "Most like row 40" in words(shown)
    assert "Compared with 90 rows by the embeddings of minilm" in words(shown)
    shown.selectbox(key="label").select("tech").run()
    compared(shown)
    assert listed(shown)[:3] == [41, 38, 44], "of the rows that the filter keeps"
    assert shown.query_params["like"] in ("40", ["40"])
    shown.selectbox(key="list-order").select_index(0).run()
    assert listed(shown)[:2] == [89, 86]
    shown.button(key="rows-all-again").click().run()
    assert "like" not in shown.query_params


def test_a_row_panel_leads_to_the_rows_like_it(news: Dataset, open_at: OpenAt) -> None:
    for shown, row in ((open_at("data", dataset="news", row=7), 7), (open_at("issues", dataset="news"), 0)):
        assert not problems(shown)
        [link] = [one.proto for one in shown.get("page_link") if one.proto.label == "More like this"]
        assert (link.page, link.query_string) == ("data", f"dataset=news&version=1&like={row}")


def test_a_row_without_an_embedding_says_what_makes_them(app: Context, open_at: OpenAt, tmp_path: Path) -> None:
    issues_data.load(app, tmp_path)
    shown = compared(open_at("data", dataset="news", like=3))
    assert not problems(shown)
    assert "No embedding of this row is on disk" in words(shown)
    assert "which a scan makes and keeps: one with the encoder minilm" in words(shown)
    assert not shown.dataframe


def test_rows_of_tables_have_no_way_there(app: Context, open_at: OpenAt, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    rows = [f"{20 + row},{'fm'[row % 2]},{row / 8},{'yes' if row > 20 else 'no'}" for row in range(60)]
    file.write_text("age,sex,weight,label\n" + "\n".join(rows) + "\n")
    loaded(app, file, name="people")
    shown = open_at("data", dataset="people", row=3)
    assert not problems(shown)
    assert not [one for one in shown.get("page_link") if one.proto.label == "More like this"]
    asked = open_at("data", dataset="people", like=3)
    assert not problems(asked) and "Rows of tables are not compared" in words(asked)


def test_texts_with_entities_have_no_way_there_and_are_not_sent_to_a_scan_that_makes_no_embedding_of_them(
    app: Context, open_at: OpenAt, tmp_path: Path
) -> None:
    file = tmp_path / "people.conll"
    file.write_text("Ada\tB-PER\ncame\tO\n\nGrace\tB-PER\nwent\tO\n\nnobody\tO\n")
    loaded(app, file, name="people")
    shown = open_at("data", dataset="people", row=1)
    assert not problems(shown)
    assert not [one for one in shown.get("page_link") if one.proto.label == "More like this"]
    asked = open_at("data", dataset="people", like=1)
    assert not problems(asked)
    assert "Texts with entities are not compared" in words(asked) and "Scan" not in {one.label for one in asked.button}


def test_a_row_that_is_not_there_is_said(news: Dataset, open_at: OpenAt) -> None:
    shown = open_at("data", dataset="news", like=9999)
    assert "Row 9999 not found in this version" in " ".join(problems(shown))


@pytest.mark.parametrize("asked", [{}, {"order": "example_id desc"}, {"label": "tech", "columns": "example_id,text"}])
def test_the_file_and_the_view_have_exactly_the_list(
    app: Context, news: Dataset, open_at: OpenAt, tmp_path: Path, asked: dict[str, str]
) -> None:
    shown = compared(open_at("data", dataset="news", like=40, **asked))
    shown.session_state["list-views"] = True
    shown.run()
    shown.text_input(key="view-name").input("like forty").run()
    shown.button(key="view-save").click().run()
    query = query_of(app, news, "data", "like forty")
    assert query == {"like": "40", **asked}
    again = compared(open_at("data", dataset="news", **query))
    assert not problems(again)
    out = tmp_path / "like.csv"
    rows = export_rows(app, news, news.latest_version_id, query, "csv", out)
    with out.open() as file:
        lines = list(csv.DictReader(file))
    assert [int(line["example_id"]) for line in lines][:50] == listed(again)[:50]
    assert [round(float(line["similarity"]), 4) for line in lines][:50] == [
        round(one, 4) for one in again.dataframe[0].value["similarity"]
    ][:50]
    assert rows == len(lines) == (30 if "label" in asked else 90)
    if "columns" in asked:
        assert list(lines[0]) == ["similarity", "example_id", "text"]


def test_the_lists_own_download_writes_its_rows_with_their_similarity(
    news: Dataset, open_at: OpenAt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[Path] = []

    def write(context: object, label: str, name: str, made: Callable[[Path], Path], *key: str) -> None:
        written.append(made(tmp_path))

    monkeypatch.setattr("core.ui.lists.tools.download_link", write)
    shown = compared(open_at("data", dataset="news", like=40, label="tech"))
    shown.session_state["list-download"] = True
    shown.run()
    assert not problems(shown)
    assert written[-1].name == "news-v1-like-40.csv"
    with written[-1].open() as file:
        lines = list(csv.DictReader(file))
    assert [int(line["example_id"]) for line in lines] == listed(shown) and float(lines[1]["similarity"]) > 0.99


def test_what_has_no_embedding_cannot_be_written(app: Context, tmp_path: Path) -> None:
    dataset = issues_data.load(app, tmp_path)
    with pytest.raises(UsageError, match="No embedding of row 3"):
        export_rows(app, dataset, dataset.latest_version_id, {"like": "3"}, "csv", tmp_path / "like.csv")


@pytest.fixture
def slowly(app: Context, news: Dataset, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> threading.Event:
    """Of a rule and a slice of rows 3 and 4, which are compared with an example only once this is set."""
    answer, go = tmp_path / "near.parquet", threading.Event()
    pq.write_table(pa.table({"example_id": [3, 4], "similarity": [1.0, 0.9]}), answer)

    def slow(_: Alike, version_id: str, example: str) -> Path:
        assert go.wait(60)
        return answer

    monkeypatch.setattr(Alike, "file", slow)
    go.set()
    save_rule(app, news, news.latest_version_id, "near", ["similar = a refund"], "sport", "ada")
    save_slice(app, news, "near", {"where": "similar = a refund"}, "ada")
    go.clear()
    return go


@pytest.mark.parametrize(
    ("where", "first"), [("rule = near", [3, 4]), ("rule_wrong missing", [0, 1]), ("slice missing", [0, 1])]
)
def test_rows_are_compared_beside_the_page_for_a_rule_or_a_slice_that_asks_for_it(
    slowly: threading.Event, open_at: OpenAt, where: str, first: list[int]
) -> None:
    shown = open_at("data", dataset="news", where=where)
    assert not problems(shown) and not shown.dataframe
    assert "Looking up the" in words(shown)
    slowly.set()
    for _ in range(100):
        if shown.run().dataframe:
            break
        time.sleep(0.1)
    assert not problems(shown)
    assert listed(shown)[:2] == first


def test_the_desk_of_a_rule_waits_for_such_rows_and_stop_leaves_it(slowly: threading.Event, open_at: OpenAt) -> None:
    shown = open_at("review", dataset="news", rule="near")
    assert not problems(shown) and "Looking up the rules" in words(shown)
    shown.button(key="filter-stop").click().run()
    assert not problems(shown) and "rule" not in shown.query_params
    slowly.set()
