"""Of a dataset that is always masked no page shows what was planted in its rows, and with the switch off they do."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.context import Context
from core.records import Dataset, Reader, Schema
from core.review.records import Act
from core.services.privacy.always import set_always
from core.services.review.decisions import make_version, record
from core.services.rules.keeping import save_rule
from core.store.datasets import get_dataset
from tests.embeddings import keep
from tests.pages import issues_data
from tests.pages.training_data import begin, finish, learn
from tests.staged import taken_in

PLANTED = "zoe.quill"
MAIL = f"{PLANTED}@planted.net"
SHOWN = (
    *("data?view=rows", "data?view=rows&row=1", "data?view=rows&row=1&like=1", "data?view=rows&words", "data?view=sql"),
    *("issues?", "issues?type=outlier", "issues?type=near_duplicate", "issues?type=content"),
    *("review?view=desk", "review?view=decisions", "review?view=versions"),
    "story?",
)
"""Where it stands as long as nothing is masked."""
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
    *(f"evaluation?view={view}" for view in ("matrix", "report", "groups", "compare")),
    *("home?", "jobs?"),
)
"""The other views, where it may stand or not."""
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
    for _ in range(100):
        said = " ".join(one.value for one in (*shown.caption, *shown.info))
        waits = any(word in said for word in ("…", "is being", "Working", "Running"))
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


def _places(open_at: OpenAt, address: str) -> list[str]:
    sent = b"\0".join(_held(_opened(open_at, address)))
    return [sent[max(0, at - 80) : at + 30].decode(errors="replace") for at in [sent.find(PLANTED.encode())] if at >= 0]


@pytest.mark.slow
def test_no_page_shows_what_is_masked(app: Context, open_at: OpenAt, news: Dataset) -> None:
    bare = [one for one in SHOWN if not _places(open_at, one)]
    assert not bare, "these show it as long as nothing is masked"
    set_always(app, news, True, "ada")
    found = {one: places for one in (*SHOWN, *OTHERS) if (places := _places(open_at, one))}
    assert not found
