"""Of a dataset that is always masked no page shows what was planted in its rows, no file that a page offers has it,
and neither has what is asked beside a page; with the switch off they do."""

from __future__ import annotations

import csv
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
from streamlit.elements.lib.mutable_expander_container import ExpanderContainer
from streamlit.elements.lib.mutable_popover_container import PopoverContainer
from streamlit.testing.v1 import AppTest

from core.context import Context
from core.jobs.resident.spec import Answer
from core.records import Dataset, Reader, Schema
from core.review.records import Act
from core.services.map.colours import colours
from core.services.map.projections import principal
from core.services.prediction import playground
from core.services.privacy.always import set_always
from core.services.profile.figures import Values, distribution
from core.services.profile.report import whole_profile
from core.services.review.decisions import make_version, record
from core.services.rules.keeping import save_rule
from core.store.datasets import get_dataset
from core.store.versions import get_version
from core.ui.map.route import Shown, told_row, told_sight
from core.ui.parts import downloads
from tests.embeddings import keep
from tests.pages import issues_data
from tests.pages.training_data import begin, finish, learn
from tests.pages.waiting import said, until
from tests.staged import taken_in

PLANTED = "zoe.quill"
MAIL = f"{PLANTED}@planted.net"
SHOWN = (
    *("data?view=rows", "data?view=rows&row=1", "data?view=rows&row=1&like=1", "data?view=rows&words", "data?view=sql"),
    *("issues?", "issues?type=outlier", "issues?type=near_duplicate", "issues?type=content"),
    *("review?view=desk", "review?view=decisions", "review?view=versions"),
    *("story?", "evaluation?view=matrix"),
)
"""Where it stands as long as nothing is masked, in a file or on the page itself."""
OTHERS = (
    *("data?view=export", "data?view=classes", "data?view=splits", "data?view=manage", "data?view=rejected"),
    *(
        "issues?view=rules&rule=early",
        "issues?view=health",
        "issues?panel=types",
        "issues?panel=where",
        "review?view=grid",
    ),
    *(f"profile?view={view}" for view in ("balance", "content", "checks", "drift", "map", "words")),
    *(f"evaluation?view={view}" for view in ("report", "groups", "compare")),
    *("home?", "jobs?"),
)
"""The other views, where it may stand or not."""
WITH_FILES = (
    *(one for one in SHOWN if one not in ("data?view=rows&row=1", "review?view=desk", "issues?type=near_duplicate")),
    *("data?view=export", "issues?view=health", "profile?view=words"),
)
"""Whose boxes are opened, and whose files are saved."""
FILES = (
    *("news-v2.csv", "news-v2-like-1.csv", "news-v2-query.csv", "news-v2-label.csv", "news-v2-outlier.csv"),
    *("news-v2-content.csv", "news-decisions.csv", "news-v2-changes.csv", "news-story.html", "news-run-1-test.html"),
    "news-run-1-test.csv",
)
"""In which it stands as long as nothing is masked."""
OpenAt = Callable[..., AppTest]


@pytest.fixture
def news(app: Context, tmp_path: Path) -> Dataset:
    """Every row of which has it in its text, in a column and in its own id."""
    path = tmp_path / "news.csv"
    with path.open("w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["key", "text", "label", "split", "desk", "words", "contact"])
        for row in range(issues_data.ROWS):
            label, split = issues_data.LABELS[row % 3], "test" if row % 5 == 0 else "train"
            text = f"{MAIL} writes story {row} about {label}"
            lines.writerow([f"{row} {MAIL}", text, label, split, "uk" if row % 2 else "us", row * 10, f"{row} {MAIL}"])
    schema = Schema("text", "text", "label", "split", "key", ("desk", "words", "contact"))
    first = taken_in(app.store, Reader(sql=f"read_csv('{path}')"), schema, "news")
    issues_data.scan(app, tmp_path, first, job_id="20260101-000000-scan-aaaaaa")
    record(app, first.latest_version_id, "ada", [Act("k0", "keep", 0), Act("k2", "relabel", 2, "sport")])
    make_version(app, first.latest_version_id, "by hand", "ada")
    made = get_dataset(app.store, first.dataset_id)
    issues_data.scan(app, tmp_path, made)
    save_rule(app, made, made.latest_version_id, "early", ["words < 300"], "tech", "ada")
    issues_data.also_near_duplicates(app, {0: (0, 3, 6), 10: (10, 13)})
    issues_data.also_outliers(app)
    issues_data.also_content(app)
    angles = np.arange(made.row_count, dtype=np.float32) / 60
    keep(app, made, "minilm", np.stack([np.cos(angles), np.sin(angles)], 1), list(range(made.row_count)))
    run = begin(app, made)
    learn(app, run)
    finish(app, run, 0.8)
    record(app, made.latest_version_id, "ada", [Act("k5", "relabel", 5, "sport")])
    return made


def _opened(open_at: OpenAt, address: str) -> AppTest:
    page, _, query = address.partition("?")
    asked = dict(one.partition("=")[::2] for one in query.split("&") if one)
    if asked.pop("words", None) is not None:
        asked["filters"] = "text contains writes"
    if asked.get("view") == "sql":
        asked["sql"] = "SELECT * FROM rows"
    shown = open_at(page, **({} if page in ("home", "jobs") else {"dataset": "news"}), **asked)
    for _ in range(300):
        said = " ".join(one.value for one in (*shown.caption, *shown.info))
        waits = shown.get("progress") or any(word in said for word in ("…", "is being", "Working", "Running"))
        there = shown.dataframe if asked.get("view") == "sql" else shown.header if page == "story" else True
        if there and not waits:
            break
        time.sleep(0.1)
        shown.run()
    assert not shown.exception and not shown.error, (address, shown.exception, shown.error)
    return shown


def _held(shown: AppTest) -> Iterator[bytes]:
    """All that the browser gets of a page."""

    def inside(block: Any) -> Iterator[bytes]:
        for node in block.children.values():
            if hasattr(node, "children"):
                yield from inside(node)
            if (proto := getattr(node, "proto", None)) is not None:
                yield proto.SerializeToString()

    for place in shown._tree.children.values():
        yield from inside(place)


class Boxes:
    """Boxes that a click opens, and the files that a page offers while they are open, each with what makes it."""

    def __init__(self, app: Context, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self._offers, self._folder = downloads._offers(app)._offers, folder
        self._buttons: list[tuple[str, Any]] = []
        self.open = False
        for kind in (ExpanderContainer, PopoverContainer):
            patch.setattr(kind, "open", property(lambda _: self.open, lambda _, value: None))
        button = st.download_button

        def kept(label: str, data: Any, file_name: str = "", *args: Any, **options: Any) -> bool:
            self._buttons.append((file_name or label, data))
            return button(label, data, file_name or None, *args, **options)

        patch.setattr(st, "download_button", kept)

    def forget(self, opened: bool) -> None:
        self.open = opened
        self._buttons.clear()
        self._offers.clear()

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Each as it is saved, with its name before what is in it."""
        for name, data in self._buttons:
            made = data() if callable(data) else data
            yield name, name.encode() + (made.read() if hasattr(made, "read") else made)
        for place, one in enumerate(self._offers.values()):
            folder = self._folder / str(place)
            folder.mkdir(exist_ok=True)
            yield one.name, one.name.encode() + one.make(folder).read_bytes()
            shutil.rmtree(folder)


@pytest.fixture
def boxes(app: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Boxes:
    return Boxes(app, tmp_path, monkeypatch)


def _places(open_at: OpenAt, address: str, boxes: Boxes) -> dict[str, str]:
    """What stands around it on the page and in its files, by their names."""
    boxes.forget(address in WITH_FILES)
    sent = {"": b"\0".join(_held(_opened(open_at, address))), **dict(boxes.files())}
    found = {name: (one, one.find(PLANTED.encode())) for name, one in sent.items()}
    return {
        name: one[max(0, at - 80) : at + 30].decode(errors="replace") for name, (one, at) in found.items() if at >= 0
    }


@pytest.mark.slow
def test_no_page_and_no_file_of_one_shows_what_is_masked(
    app: Context, open_at: OpenAt, news: Dataset, boxes: Boxes
) -> None:
    bare = {one: _places(open_at, one, boxes) for one in SHOWN}
    assert not [one for one in SHOWN if "" not in bare[one]], "these show it as long as nothing is masked"
    in_files = {name for places in bare.values() for name in places if name}
    assert set(FILES) <= in_files, "these have it as long as nothing is masked"
    set_always(app, news, True, "ada")
    found = {one: places for one in (*SHOWN, *OTHERS) if (places := _places(open_at, one, boxes))}
    assert not found


def test_a_file_of_many_rows_says_that_they_are_masked_first(
    app: Context, open_at: OpenAt, news: Dataset, boxes: Boxes, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_always(app, news, True, "ada")
    boxes.forget(True)
    assert "masks these rows before" not in said(_opened(open_at, "data?view=rows"))
    monkeypatch.setattr("core.ui.lists.tools.HERE", 10)
    assert "masks these rows before" in said(_opened(open_at, "data?view=rows"))


def test_what_a_map_says_of_a_row_and_of_its_colours_is_masked(app: Context, news: Dataset) -> None:
    version = get_version(app.store, news.latest_version_id)
    projection = principal(app, news, lambda done, total: None)
    assert projection is not None

    def sent() -> str:
        drawn = [Shown(news, version, projection, by) for by in colours(app, news, version)]
        return str([told_row(app, drawn[0], 1), *(told_sight(app, one, (40, 20)) for one in drawn)])

    assert PLANTED in sent()
    set_always(app, news, True, "ada")
    assert PLANTED not in sent()


def test_what_a_model_says_of_an_example_has_rows_like_it_masked(
    app: Context, open_at: OpenAt, news: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Held:
        def ask(self, *asked: object) -> Answer:
            return Answer((0.7, 0.2, 0.1), ((0, 0.9), (3, 0.8)))

        def holds(self, model: Path) -> bool:
            return True

    monkeypatch.setattr(playground, "_resident", lambda context: Held())
    [run] = app.ledger.runs.of(news.dataset_id)
    model = app.queue.folder(run.run_id).output / "model"
    model.mkdir(parents=True)
    (model / "config.json").write_text("{}")

    def told() -> bytes:
        shown = open_at("training", view="use", dataset="news")
        shown.text_area(key="use-text").set_value("a story about tech").run()
        return b"\0".join(_held(until(shown, lambda page: "predicted with a probability" in said(page))))

    assert PLANTED.encode() in told()
    set_always(app, news, True, "ada")
    assert PLANTED.encode() not in told()


def test_values_of_a_category_are_masked_in_figures_pickers_and_captions(
    app: Context, open_at: OpenAt, tmp_path: Path, boxes: Boxes
) -> None:
    path = tmp_path / "calls.csv"
    with path.open("w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["text", "label", "agent"])
        for row in range(120):
            agent = MAIL if row % 4 else "other.quill@planted.net" if row % 8 else "desk"
            lines.writerow([f"Call {row}", issues_data.LABELS[row % 3], agent])
    schema = Schema("text", "text", "label", None, None, ("agent",))
    calls = taken_in(app.store, Reader(sql=f"read_csv('{path}')"), schema, "calls")
    [agent] = [one for one in calls.attributes if one.name == "agent"]
    assert agent.kind == "category"
    boxes.forget(True)
    addresses: tuple[dict[str, str], ...] = (
        {"page": "profile", "view": "content", "column": agent.column},
        {"page": "profile", "view": "bias", "column": agent.column, "chosen": f'{{"group-{agent.column}-groups":0}}'},
        {"page": "profile", "view": "drift", "between": "order", "column": agent.column},
        {"page": "data", "view": "rows", "where": f"agent = {MAIL}"},
    )

    def planted(asked: dict[str, str]) -> str:
        shown = until(
            open_at(asked["page"], dataset="calls", **{key: one for key, one in asked.items() if key != "page"}),
            lambda page: asked["page"] == "data" or bool(page.get("plotly_chart")),
        )
        assert not shown.exception
        sent = b"\0".join(_held(shown))
        at = sent.find(b"quill@planted")
        return "" if at < 0 else sent[max(0, at - 80) : at + 30].decode(errors="replace")

    assert all(planted(one) for one in addresses[:2]), "these show it as long as nothing is masked"
    set_always(app, calls, True, "ada")
    assert [planted(one) for one in addresses] == [""] * len(addresses)
    found = distribution(app, calls.latest_version_id, agent, timeout=None)
    assert isinstance(found, Values)
    assert dict(found.shown) == {MAIL: "[email]", "other.quill@planted.net": "[email] (2)"}
    assert "quill" not in str(whole_profile(app, calls.latest_version_id, lambda done, total: None)["attributes"])
