"""Profile, view Map: the map is drawn beside the page, and an area on it is a filter of the list beneath."""

from __future__ import annotations

import csv
import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import numpy as np
import pytest
from starlette.requests import Request
from streamlit.testing.v1 import AppTest

from core.context import Context
from core.records import Dataset, Reader, Schema
from core.review.records import Act
from core.services.map.colours import coloured
from core.services.map.projections import projections
from core.services.review.decisions import record
from core.store.maps.points import folder_of_maps, write_points
from core.store.versions import get_version
from core.ui.map.route import Shown, _sight, told_row, told_sight
from tests.embeddings import keep
from tests.pages import issues_data
from tests.pages.data_page import problems, words
from tests.runs import finished_run
from tests.staged import taken_in

OpenAt = Callable[..., AppTest]


@pytest.fixture
def news(app: Context, tmp_path: Path) -> Dataset:
    """Ninety scanned texts whose embeddings lie on a line, in the order of their numbers."""
    dataset = issues_data.load(app, tmp_path)
    issues_data.scan(app, tmp_path, dataset)
    line = np.arange(90, dtype=np.float32)
    keep(app, dataset, "minilm", np.stack([line, line * 0], 1), list(range(90)))
    return dataset


def drawn(shown: AppTest) -> AppTest:
    """Once the map is made, which a slow machine does beside the page."""
    for _ in range(100):
        if "Working out the map" not in words(shown):
            return shown
        time.sleep(0.1)
        shown.run()
    raise AssertionError("it is still being made")


def told(shown: AppTest) -> dict[str, Any]:
    """What the component is told."""
    [found] = [one.proto for one in shown.get("bidi_component") if one.proto.component_name == "winnow_map"]
    return dict(json.loads(found.json))


def test_an_area_in_the_link_lists_its_rows(news: Dataset, open_at: OpenAt) -> None:
    shown = drawn(open_at("profile", dataset="news", view="map"))
    assert not problems(shown)
    assert "hold 100% of their variance" in words(shown)
    assert told(shown)["corners"] is None and not shown.dataframe
    area = "map = pca-minilm: -1,-1 101.2,-1 101.2,1 -1,1"
    shown = drawn(open_at("profile", dataset="news", view="map", where=area))
    assert not problems(shown)
    assert told(shown)["corners"] == [[-1, -1], [101.2, -1], [101.2, 1], [-1, 1]]
    assert list(shown.dataframe[0].value["row"]) == list(range(10))
    assert shown.button(key="list-chip-0").label == r"map\: in the drawn area"
    shown.button(key="list-chip-0").click().run()
    assert "where" not in shown.query_params and not shown.dataframe


def test_a_row_that_is_clicked_is_shown_whole_and_judged_there(app: Context, news: Dataset, open_at: OpenAt) -> None:
    shown = drawn(open_at("profile", dataset="news", view="map", row="4"))
    [bar] = [one.proto for one in shown.get("bidi_component") if one.proto.component_name == "winnow_verdict_bar"]
    [row] = json.loads(bar.json)["items"]
    assert (row["example_id"], row["label"], row["verdict"]) == (4, "sport", "")
    record(app, news.latest_version_id, "ada", [Act("k", "keep", 4)])
    [bar] = [one.proto for one in shown.run().get("bidi_component") if "verdict_bar" in one.proto.component_name]
    assert json.loads(bar.json)["items"][0]["verdict"].startswith("Kept as it is")


def test_the_same_area_narrows_every_list(news: Dataset, open_at: OpenAt) -> None:
    drawn(open_at("profile", dataset="news", view="map"))
    for page in ("data", "issues"):
        shown = open_at(page, dataset="news", where="map = pca-minilm: -1,-1 50,-1 50,1 -1,1")
        assert not problems(shown)
        assert sorted(shown.dataframe[0].value["row"]) == [0, 1, 2, 3, 4]


def test_filters_narrow_the_map_as_they_narrow_lists(app: Context, news: Dataset, open_at: OpenAt) -> None:
    area = "map = pca-minilm: -1,-1 101.2,-1 101.2,1 -1,1"
    shown = drawn(open_at("profile", dataset="news", view="map", where=json.dumps(["label = sport", area])))
    assert not problems(shown)
    assert list(shown.dataframe[0].value["row"]) == [1, 4, 7]
    maps = app.beside.kept("maps", dict)
    [drawn_map] = maps._maps.values()  # type: ignore[attr-defined]
    groups = told_sight(app, drawn_map, (40, 20))["groups"]
    assert {one["name"]: one["rows"] for one in groups} == {"sport": 30}, "the area narrows the list alone"


def test_what_is_in_sight_is_told_with_its_groups(app: Context, news: Dataset, open_at: OpenAt) -> None:
    drawn(open_at("profile", dataset="news", view="map"))
    [projection] = projections(app, news)
    version = get_version(app.store, news.latest_version_id)

    def groups(by: str) -> dict[str, int]:
        sight = told_sight(app, Shown(news, version, projection, by), (40, 20))
        return {one["name"]: one["rows"] for one in sight["groups"]}

    assert groups("label") == {"business": 30, "sport": 30, "tech": 30}
    assert groups("issue") == {"Wrong labels": 40, "not flagged": 50}
    scores = groups("score")
    assert list(scores) == ["0.8 – 1", "0.6 – 0.8", "0.4 – 0.6", "0.2 – 0.4", "0 – 0.2"], "what is marked most is last"
    assert set(scores.values()) == {18}
    found = coloured(app, news, version, projection, "score")
    assert found.codes[list(found.example_ids).index(0)] == 4, "the worst row of the list"
    assert groups("split") == {"train": 72, "test": 18}
    assert groups("attribute:desk") == {"uk": 45, "us": 45}
    assert sum(groups("attribute:words").values()) == 90 and len(groups("attribute:words")) == 5
    sure = np.full((90, 3), 0.1, np.float32)
    sure[np.arange(90), np.where(np.arange(90) < 10, 0, np.arange(90) % 3)] = 0.8
    finished_run(app, news, sure[:60], ["test"] * 60)
    assert groups("run:1") == {"predicted right": 54, "predicted wrong": 6, "not predicted, or no label": 30}
    sight = told_sight(app, Shown(news, version, projection, "label"), (40, 20))
    left, bottom, right, top = sight["box"]
    assert (right - left) / (top - bottom) == pytest.approx(2) and left < 0 and right > 1000
    row = told_row(app, Shown(news, version, projection, "label"), 4)
    assert row == {
        "text": "Story 4 about sport",
        "image": None,
        "line": "Story 4 about sport",
        "about": "row 4 · sport",
    }


def test_a_map_by_umap_says_what_came_later_and_can_be_made_anew(app: Context, news: Dataset, open_at: OpenAt) -> None:
    shown = drawn(open_at("profile", dataset="news", view="map"))
    assert shown.button(key="map-umap").label == "Make a map by UMAP"
    path = folder_of_maps(app.store, news.dataset_id) / "umap-minilm.parquet"
    write_points(path, np.arange(60), np.ones((60, 2), np.float32), {"method": "umap", "encoder": "minilm"})
    shown = drawn(open_at("profile", dataset="news", view="map", map="umap-minilm"))
    assert not problems(shown)
    assert "30 of 90 rows are not on it: they had no embedding when it was made. 30 of them have one now" in words(
        shown
    )
    before = told(shown)["address"]
    write_points(path, np.arange(60), np.zeros((60, 2), np.float32), {"method": "umap", "encoder": "minilm"})
    assert told(shown.run())["address"] != before, "it is drawn as it is now"
    assert shown.button(key="map-umap").label == "Make the map by UMAP anew"
    shown.button(key="map-umap").click().run()
    assert not problems(shown)
    [job] = app.queue.of("map", news.dataset_id)
    app.queue.cancel(job.job_id)


def test_nobody_is_told_to_make_a_map_anew_once_its_embeddings_are_gone(
    app: Context, news: Dataset, open_at: OpenAt
) -> None:
    drawn(open_at("profile", dataset="news", view="map"))
    path = folder_of_maps(app.store, news.dataset_id) / "umap-minilm.parquet"
    write_points(path, np.arange(60), np.ones((60, 2), np.float32), {"method": "umap", "encoder": "minilm"})
    shutil.rmtree(app.workspace.arrays / "embeddings")
    shown = drawn(open_at("profile", dataset="news", view="map", map="umap-minilm"))
    assert not problems(shown)
    assert "30 of 90 rows are not on it: they had no embedding when it was made." in words(shown)
    assert "anew" not in words(shown)


def test_embeddings_that_do_not_differ_are_said_to_lie_on_one_spot(
    app: Context, tmp_path: Path, open_at: OpenAt
) -> None:
    dataset = issues_data.load(app, tmp_path)
    keep(app, dataset, "minilm", np.full((90, 3), 0.3, np.float32), list(range(90)))
    shown = drawn(open_at("profile", dataset="news", view="map"))
    assert not problems(shown)
    assert "The embeddings of minilm do not differ: all rows lie on one spot." in words(shown)
    assert "rows are not on it" not in words(shown)
    [projection] = projections(app, dataset)
    sight = told_sight(
        app, Shown(dataset, get_version(app.store, dataset.latest_version_id), projection, "label"), (9, 9)
    )
    assert sight["total"] == 90 and np.isfinite(sight["box"]).all()


@pytest.mark.parametrize(
    ("task", "labels", "groups"),
    [
        ("text-regression", ["1.5", "2.5", "9", ""], {"1.5 – 2.5": 10, "2.5 – 9": 20, "no label": 10}),
        ("multi-label-text", ['["a","b"]', '["a"]', '["b"]', '["a","b"]'], {"a, b": 20, "a": 10, "b": 10}),
    ],
)
def test_labels_of_every_kind_colour_the_map(
    app: Context, open_at: OpenAt, tmp_path: Path, task: str, labels: list[str], groups: dict[str, int]
) -> None:
    with (tmp_path / "rows.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("text", "label"), *((f"text {row}", labels[row % 4]) for row in range(40))])
    schema = Schema(task, "text", "label", None, None, ())
    dataset = taken_in(app.store, Reader(sql=f"read_csv('{tmp_path / 'rows.csv'}', all_varchar=true)"), schema, "rows")
    line = np.arange(40, dtype=np.float32)
    keep(app, dataset, "minilm", np.stack([line, line * 0], 1), list(range(40)))
    assert not problems(drawn(open_at("profile", dataset="rows", view="map")))
    [projection] = projections(app, dataset)
    version = get_version(app.store, dataset.latest_version_id)
    told = told_sight(app, Shown(dataset, version, projection, "label"), (40, 20))
    assert {one["name"]: one["rows"] for one in told["groups"]} == groups


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("cells=4,4", 404),
        ("cells=4", 400),
        ("cells=4,4&box=nan,0,1,1", 400),
        ("cells=4,4&box=1,2", 400),
        ("", 400),
        ("cells=0,5", 400),
        ("cells=4,-1", 400),
    ],
)
def test_what_is_no_part_of_a_map_is_refused(app: Context, query: str, status: int) -> None:
    scope = {"type": "http", "query_string": query.encode(), "path_params": {"token": "none"}, "headers": []}
    assert anyio.run(_sight, Request(scope)).status_code == status


def test_a_dataset_without_embeddings_says_what_makes_them(app: Context, open_at: OpenAt, tmp_path: Path) -> None:
    issues_data.load(app, tmp_path)
    shown = drawn(open_at("profile", dataset="news", view="map"))
    assert not problems(shown)
    assert "The map of your rows will be here" in words(shown)
    assert "Scan" in [one.proto.label for one in shown.get("page_link")]
