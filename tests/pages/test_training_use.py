"""The page Train, view Use the model: one example, a whole file, and the model itself."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from core.context import Context
from core.records import Run
from core.services.prediction.predict import predictions
from core.ui.parts.downloads import ROUTE, offer
from core.ui.shell.context import app_context
from tests.images import png
from tests.integration.load_support import loaded
from tests.pages.test_training import links, words
from tests.used_models import used_run, write_images, write_texts

Open = Callable[..., AppTest]
PATIENCE = 60.0


@pytest.fixture
def news(app: Context, tmp_path: Path) -> Run:
    return used_run(app, loaded(app, write_texts(tmp_path / "t.csv"), name="news"), tmp_path)


def settled(shown: AppTest, text: str) -> AppTest:
    """The page once it says so."""
    deadline = time.monotonic() + PATIENCE
    while text not in words(shown):
        assert time.monotonic() < deadline, words(shown)
        time.sleep(0.2)
        shown.run()
    return shown


def downloaded(shown: AppTest, label: str) -> bytes:
    [address] = [one.proto.url for one in shown.get("link_button") if label in one.proto.label]
    answer = TestClient(Starlette(routes=[ROUTE])).get(address)
    assert answer.status_code == 200 and "attachment" in answer.headers["content-disposition"]
    return answer.content


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the browser is told to draw as tiles or cards, the newest last."""
    found: list[dict[str, Any]] = []
    monkeypatch.setattr("core.ui.verdict_bar.mount", lambda key, data: found.append(dict(data)))
    return found


def test_without_a_finished_run_it_leads_to_the_form(app: Context, tmp_path: Path, open_at: Open) -> None:
    loaded(app, write_texts(tmp_path / "t.csv"), name="news")
    shown = open_at("training", view="use")
    assert "There is no model to use yet" in words(shown)
    assert links(shown)["Train one"] == ("training", "view=new&dataset=news&version=1")


def test_a_text_gets_probabilities_and_the_training_examples_like_it(
    news: Run, open_at: Open, told: list[dict[str, Any]]
) -> None:
    shown = open_at("training", view="use")
    assert (shown.query_params["run"], shown.query_params["use"]) == ("1", "one")
    shown.text_area(key="use-text").set_value("bank market shares").run()
    assert "starting the model" in words(shown) or "predicted with" in words(shown)
    shown = settled(shown, "predicted with a probability of")
    [table] = shown.dataframe
    assert set(table.value["class"]) == set(news.labels)
    assert table.value["probability"].sum() == pytest.approx(100, abs=1e-3)
    nearest = told[-1]["items"][0]
    assert (nearest["words"], nearest["label"], nearest["caption"]) == ("bank market shares", "money", "1.00 alike")


def test_the_link_to_a_row_shows_it_whole(news: Run, open_at: Open) -> None:
    shown = open_at("data", dataset="news", view="rows", row=3)
    assert "row 3 · label: **money**" in words(shown)
    shown.button(key="rows-unnamed").click().run()
    assert "row 3 · label" not in words(shown)
    assert "Row 99 not found" in words(open_at("data", dataset="news", view="rows", row=99))


def test_an_image_gets_its_answer_and_a_broken_one_its_reason(
    app: Context, tmp_path: Path, open_at: Open, told: list[dict[str, Any]]
) -> None:
    used_run(app, loaded(app, write_images(tmp_path / "pictures"), name="pictures"), tmp_path)
    shown = open_at("training", view="use")
    shown.file_uploader(key="use-image").upload("0.png", png(0, 32, 32), "image/png").run()
    shown = settled(shown, "predicted with a probability of")
    assert told[-1]["items"][0]["caption"] == "1.00 alike"
    assert told[-1]["items"][0]["thumbnail"].startswith("data:image/webp")
    shown.file_uploader(key="use-image").upload("bad.png", b"no image", "image/png").run()
    assert "bad.png cannot be used: unreadable image" in words(settled(shown, "bad.png cannot be used"))


def test_a_file_is_predicted_in_a_job_and_its_results_can_be_saved(
    app: Context, news: Run, tmp_path: Path, open_at: Open
) -> None:
    shown = open_at("training", view="use", use="file")
    content = b"id,text\n=1,bank shares\n2,\n"
    shown.file_uploader(key="predict-upload-text").upload("new.csv", content, "text/csv").run()
    shown = settled(shown, "about 2 rows")
    column = next(box for box in shown.selectbox if box.label == "Column with the texts")
    assert column.value == "text"
    assert "on this machine, by what is usual" in words(settled(shown, "Takes about "))
    shown.button(key="predict-start").click().run()
    [job] = predictions(app, news, 5)
    assert job.title == "Predict new.csv with run 1 of news"
    shown = settled(shown, "1 without a prediction")
    first_rows = shown.dataframe[-1].value
    assert list(first_rows["id"]) == ["=1", "2"] and first_rows["reason"][1] == "missing text"
    saved = downloaded(shown, "CSV").decode()
    assert saved.startswith("id,text,predicted,confidence,reason,") and "\n'=1,bank shares," in saved
    assert downloaded(shown, "Parquet").startswith(b"PAR1")
    assert not list(app.workspace.uploads.glob("tmp*"))


def test_the_model_is_saved_as_a_zip_from_the_disk(app: Context, news: Run, open_at: Open) -> None:
    shown = open_at("training", view="use")
    with ZipFile(io.BytesIO(downloaded(shown, "Download model"))) as archive:
        assert "news-run-1/config.json" in archive.namelist()
    assert 'from_pretrained("news-run-1")' in shown.code[0].value
    assert not list(app.workspace.uploads.glob("tmp*"))
    assert TestClient(Starlette(routes=[ROUTE])).get("/download/guessed").status_code == 404


def test_an_address_belongs_to_the_workspace_that_offers_it(
    app: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def offered(context: Context) -> str:
        return offer(context, "a.txt", lambda folder: tmp_path / "a.txt", "a")

    (tmp_path / "a.txt").write_text("here")
    address, client = offered(app), TestClient(Starlette(routes=[ROUTE]))
    assert address == offered(app)
    assert client.get(address).text == "here"
    monkeypatch.setenv("WINNOW_WORKSPACE", str(tmp_path / "another"))
    assert client.get(address).status_code == 404
    assert offered(app_context()) != address
