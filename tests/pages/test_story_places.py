"""Story: each figure's rows open in the list of the page where they are worked on, and these are just as many."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.context import Context
from core.records import Dataset, RowFilter
from core.review.many import Doing
from core.review.records import Act
from core.services.review.among import OfVersion
from core.services.review.decisions import record
from core.services.review.many import carry_out, plan
from core.store.datasets import get_dataset
from tests.pages import issues_data as data
from tests.pages.test_evaluation import links
from tests.pages.test_evaluation_multi_label import TEST, cables, guessed  # noqa: F401
from tests.pages.test_story import listing, news, settled, words  # noqa: F401
from tests.runs import finished_run

Open = Callable[..., AppTest]
PAGES = {"Open in Issues": "issues", "Open the log": "review", "Open in Evaluate": "evaluation"}
COUNTED = re.compile(r"\**([\d,]+) (?:flagged )?(?:rows?|decisions?)\b")


def behind(open_at: Open, dataset: str, name: str) -> tuple[int, str, dict[str, str]]:
    """How many rows the story lists under that name, and the page and the query of the link to them."""
    shown = settled(open_at("story", dataset=dataset, behind=name))
    listing(shown, "label")
    total = next(one.value for one in shown.markdown if re.fullmatch(r"\*\*[\d,]+ rows?\*\*", one.value))
    [(page, query)] = [(PAGES[label], query) for label, query in links(shown).items() if label in PAGES]
    return int(total.strip("* rows")), page, query


def listed(open_at: Open, page: str, query: dict[str, str]) -> int:
    """How many rows the list at a link says that it has."""
    shown = open_at(page, **query)
    for _ in range(100):
        assert not shown.exception and not shown.error
        said = [one.value for kind in (shown.markdown, shown.caption) for one in kind]
        found = [match for one in said if (match := COUNTED.match(one)) and ("list" in page or len(one) < 200)]
        if found and any(len(one.value) for one in shown.dataframe):
            return [int(match[1].replace(",", "")) for match in found][-1]
        time.sleep(0.05)
        shown.run()
    raise AssertionError(f"it was never listed: {words(shown)}")


@pytest.fixture
def reviewed(news: Dataset, app: Context) -> Dataset:  # noqa: F811
    """As `news`, after an act on many rows of version 2, one of them judged otherwise since; and a decision of version
    1 that was taken back."""
    rows = RowFilter(example_ids=tuple(range(40, 52)))
    carry_out(app, plan(app, OfVersion(news.latest_version_id, rows), Doing("keep"), "bob"), "bob", "some")
    record(app, news.latest_version_id, "bob", [Act("again", "unsure", 40)])
    record(app, news.latest_version_id, "bob", [Act("first", "relabel", 60, "tech")])
    record(app, news.latest_version_id, "bob", [Act("back", "undo", 60)])
    record(app, news.latest_version_id, "bob", [Act("other", "relabel", 61, "tech")])
    return news


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("flagged-1", data.FLAGGED),
        ("errors", 6),
        ("worst-0", 6),
        ("suspects", 2),
        ("decided-1-relabel-bob", 1),
        ("decided-2-keep-bob", 11),
        ("decided-2-relabel-bob", 1),
    ],
)
def test_a_figures_rows_open_in_their_list_just_as_many(reviewed: Dataset, open_at: Open, name: str, rows: int) -> None:
    total, page, query = behind(open_at, "news", name)
    assert total == rows
    assert listed(open_at, page, query) == rows


def test_flagged_rows_open_in_issues_those_settled_in_an_earlier_version_too(
    reviewed: Dataset, app: Context, open_at: Open, tmp_path: Path
) -> None:
    data.scan(app, tmp_path, get_dataset(app.store, "news"), job_id="20260102-000000-scan-abc124")
    total, page, query = behind(open_at, "news", "flagged-2")
    assert total > 0
    assert listed(open_at, page, query) == total


@pytest.mark.parametrize("name", ["errors", "worst-0", "worst-1", "worst-2"])
def test_so_they_do_where_a_row_has_several_classes(
    app: Context,
    cables: Dataset,  # noqa: F811
    open_at: Open,
    name: str,
) -> None:
    wrong = [(10, "wheat"), (10, "corn"), (20, "wheat"), (20, "corn"), (30, "wheat"), (39, "ship")]
    finished_run(app, cables, guessed(*wrong), ["test" if row in TEST else "train" for row in range(TEST[-1] + 1)])
    total, page, query = behind(open_at, "cables", name)
    assert page == "evaluation" and total > 0
    assert listed(open_at, page, query) == total


def test_errors_on_doubtful_labels_go_to_the_desk_and_all_errors_come_back(reviewed: Dataset, open_at: Open) -> None:
    _, page, query = behind(open_at, "news", "suspects")
    assert query["doubtful"] == "yes"
    shown = open_at(page, **query)
    for _ in range(100):
        if "Review these" in links(shown):
            break
        time.sleep(0.05)
        shown.run()
    assert links(shown)["Review these"]["doubtful"] == "yes"
    desk = open_at("review", **links(shown)["Review these"])
    assert not desk.exception and "on labels that a scan doubts" in words(desk)
    shown.button(key="evaluation-doubtful").click().run()
    assert "doubtful" not in shown.query_params
    assert "**6 rows** predicted wrong" in words(shown)
