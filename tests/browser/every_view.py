"""A workspace with something on every page, and the addresses of all its views: for tests that go everywhere."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from playwright.sync_api import Page, expect

from core.context import Context
from core.records import Dataset, ScanSpec
from core.review.records import Act
from core.services.review.decisions import make_version, record
from core.services.rules.keeping import save_rule
from core.services.scan import run_scan
from core.settings import Workspace
from core.store.datasets import get_dataset
from core.store.maps.points import folder_of_maps, write_points
from tests import crops
from tests.answers import answer_of_mitigation
from tests.browser.review_data import make_digits, make_sounds, opened
from tests.embeddings import keep
from tests.integration.load_support import loaded
from tests.pages import issues_data
from tests.pages.training_data import begin, fail, finish, learn
from tests.runs import finished_run
from tests.used_models import used_run, write_texts

NEWS = {
    "data": ("rows", "rows&row=3", "load", "sql", "classes", "splits", "rejected", "export", "manage", "rows&like=3"),
    "profile": ("balance", "content", "checks", "bias", "drift", "map", "words"),
    "issues": (
        *("", "&panel=types", "&panel=reviews", "&panel=where", "&panel=proof"),
        "&type=near_duplicate",
        "&type=outlier",
        "&type=content&kind=markup",
        "&given=business&suggested=sport",
        "&view=health",
        "&view=rules&rule=early",
    ),
    "review": ("desk", "decisions", "versions"),
    "training": ("runs", "new", "effect", "use"),
    "evaluation": ("matrix", "report", "curves", "groups&split=train", "compare"),
    "story": ("",),
}
OTHERS = (
    "review?dataset=digits&view=desk&show=All+rows",
    "review?dataset=digits&view=grid&show=All+rows",
    "data?dataset=digits&view=rows&row=3",
    "data?dataset=digits&view=rows&like=3",
    "issues?dataset=digits",
    "review?dataset=crops&view=desk&show=All+rows",
    "profile?dataset=crops&view=balance",
    "issues?dataset=crops",
    "evaluation?dataset=crops&view=matrix",
    "evaluation?dataset=crops&view=together",
    "review?dataset=people&view=desk",
    "training?dataset=people&view=new",
    "training?dataset=stories&view=use",
    "data?dataset=entities&view=rows&row=0",
    "profile?dataset=entities&view=spans",
    "issues?dataset=entities&show=All+rows",
    "review?dataset=entities&view=desk&show=All+rows",
    "data?dataset=calls&view=rows&row=3",
    "issues?dataset=calls",
    "review?dataset=calls&view=desk",
    "review?dataset=half&view=desk",
    "data?dataset=half&view=classes",
    "issues?dataset=half&view=rules",
    "profile?dataset=scores&view=balance",
    "review?dataset=scores&view=desk",
    *("profile?dataset=scores&view=bias", "profile?dataset=people&view=map", "profile?dataset=entities&view=map"),
    "data?dataset=news&view=sql&sql=SELECT+desk,+count(*)+AS+words+FROM+rows+GROUP+BY+desk",
    "data?dataset=news&view=sql&as=chart&sql=SELECT+desk,+count(*)+AS+words+FROM+rows+GROUP+BY+desk",
    "data?dataset=stories&view=rows&where=similar+=+the+goal+of+a+match",
)
SLOW = "data?dataset=news&view=rows&where=sql+=+SELECT+example_id+FROM+rows,+range(100000000000)"
"""A filter that is not answered before its time is over."""
FOLDS = {"evaluation?dataset=news&view=groups&split=train&by=desk": "mitigation"}
"""Addresses of which a fold is opened too, by its key."""


def addresses() -> tuple[str, ...]:
    """Of every view of every page: of a dataset with one class a row, then what is different for the other tasks."""
    of_news = [
        f"{page}?dataset=news" + (f"&view={view}" if view and not view.startswith("&") else view)
        for page, views in NEWS.items()
        for view in views
    ]
    return ("", "jobs", *of_news, *OTHERS, *FOLDS)


def unfold(page: Page, address: str) -> None:
    """Opens the fold of the address, if it has one."""
    if address in FOLDS:
        page.locator(f".st-key-{FOLDS[address]} summary").click()
        expect(page.locator(f".st-key-{FOLDS[address]} .stButton").first).to_be_visible()


def fill(folder: Path) -> Workspace:
    """Datasets of every task in `folder/workspace`: scanned, reviewed, corrected, trained and evaluated."""
    make_digits(folder)
    make_sounds(folder)
    with opened(folder) as context:
        _news(context, folder)
        _crops(context, folder)
        _mapped(context, loaded(context, _people(folder), name="people"))
        used_run(context, loaded(context, write_texts(folder / "stories.csv"), name="stories"), folder)
        _entities(context, folder)
        half = _file(folder / "half.csv", "text\nreel one\nreel two\n")
        loaded(context, half, name="half", label=None, classes=("good", "bad"))
        loaded(context, _scores(folder), name="scores")
    return Workspace(folder / "workspace")


def _news(context: Context, folder: Path) -> None:
    """Two versions with a scan of each, three decisions, two runs and one that has failed."""
    first = issues_data.load(context, folder)
    issues_data.scan(context, folder, first, job_id="20260101-000000-scan-aaaaaa")
    acts = [Act(f"k{row}", "keep", row) for row in (0, 1)]
    record(context, first.latest_version_id, "ada", [*acts, Act("k2", "relabel", 2, "sport")])
    make_version(context, first.latest_version_id, "three by hand", "ada")
    news = get_dataset(context.store, first.dataset_id)
    issues_data.scan(context, folder, news, job_id="20260102-000000-scan-abc123")
    save_rule(context, news, news.latest_version_id, "early", ["words < 300"], "tech", "ada")
    save_rule(context, news, news.latest_version_id, "odd", ["desk = uk", "words < 200"], "sport", "ann")
    issues_data.also_near_duplicates(context, {0: (0, 3, 6), 10: (10, 13)})
    issues_data.also_outliers(context)
    issues_data.also_content(context)
    angles = np.arange(news.row_count, dtype=np.float32) / 60
    keep(context, news, "minilm", np.stack([np.cos(angles), np.sin(angles)], 1), list(range(news.row_count)))
    for accuracy in (0.8, 0.9):
        run = begin(context, news)
        learn(context, run)
        finish(context, run, accuracy)
    fail(context, begin(context, news), "The disk is full.")
    answer_of_mitigation(context, news, folder)


def _crops(context: Context, folder: Path) -> None:
    """Labels of several classes, scanned, with a run."""
    dataset = crops.load(context, folder)
    crops.scan(context, folder, dataset)
    chances = np.random.default_rng(0).random((crops.ROWS, len(crops.CLASSES))).astype(np.float32)
    finished_run(context, dataset, chances, ["test"] * crops.ROWS)


def _people(folder: Path) -> Path:
    """A table whose rows are the examples."""
    path = folder / "people.csv"
    rows = [f"{20 + row},{'fm'[row % 2]},{row / 8},{'yes' if row > 20 else 'no'}" for row in range(60)]
    path.write_text("age,sex,weight,label\n" + "\n".join(rows) + "\n")
    return path


def _mapped(context: Context, dataset: Dataset) -> None:
    """With a map by UMAP that was learnt from a part of the rows."""
    path = folder_of_maps(context.store, dataset.dataset_id) / "umap-table-features.parquet"
    places = np.random.default_rng(0).random((dataset.row_count, 2)).astype(np.float32) * 1000
    about = {"method": "umap", "encoder": "table-features", "contents": str(dataset.row_count), "fitted": "40"}
    write_points(path, np.arange(dataset.row_count), places, about)


def _entities(context: Context, folder: Path) -> None:
    """Texts with spans, scanned: one kind of words has two types."""
    people, places = ("Ada", "Grace", "Emmy", "Rosa"), ("Leeds", "Lyon", "Washington", "Turin")
    lines = []
    for row in range(40):
        place = places[row % 4]
        kind = "PER" if row in (2, 6) else "LOC"
        lines += [f"{people[row % 3]}\tB-PER", "saw\tO", f"{place}\tB-{kind}", ""]
    path = _file(folder / "entities.conll", "\n".join(lines) + "\n")
    dataset = loaded(context, path, name="entities")
    run_scan(context, dataset.latest_version_id, ScanSpec(("lexical",), folds=3), "ada")


def _scores(folder: Path) -> Path:
    """Stories with a number each, in two splits and of two sources; one has none."""
    rows = [
        f"Story {row} about {'sport' if row % 2 else 'tech'},{row / 8 if row != 5 else ''},"
        f"{'train' if row % 4 else 'test'},{'uk' if row > 40 else 'us'}"
        for row in range(80)
    ]
    return _file(folder / "scores.csv", "text,rating,split,region\n" + "\n".join(rows) + "\n")


def _file(path: Path, content: str) -> Path:
    path.write_text(content)
    return path
