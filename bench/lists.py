"""Lists of a million rows, filtered and sorted by any column: what the Data and the Issues list wait for.

Each of 20 questions is asked of each list through the services that its page calls, five times right after the
workspace was opened and five times later; nothing that an earlier question left is used. Then the pages themselves are
run again with each question in their address, until the rows are there.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import duckdb
from streamlit.testing.v1 import AppTest

from bench.large import load_large
from bench.pages import PAGES
from bench.row import Row
from core.context import Context
from core.records import Dataset, Scan
from core.services.context import open_context
from core.services.issues import listing
from core.services.lists.asked import issue_filter, issues_listed, row_filter, rows_listed
from core.settings import Workspace
from core.store.datasets import get_dataset
from core.store.issues import BY_RANK
from core.store.rows import count_and_page_of_ids, get_rows, page_rows
from core.store.scans import add_tier, latest_scan
from core.ui.issues import list as issue_list
from core.ui.lists import row_list

TIMES = 5
BOUND_MS = 300
LONGEST_SECONDS = 60
"""A page that shows no rows by then never will."""
KEPT: Path | None = None
"""A folder in which the rows stay for another run."""

Question = Mapping[str, str]
"""The parameters of a link to a list."""

DATA: Mapping[str, Question] = {
    "as loaded": {},
    "row, downwards": {"order": "example_id desc"},
    "text": {"order": "text"},
    "text, downwards": {"order": "text desc"},
    "label": {"order": "label"},
    "label, downwards": {"order": "label desc"},
    "split": {"order": "split"},
    "category": {"order": "region"},
    "category of many values, downwards": {"order": "shop desc"},
    "number": {"order": "price"},
    "number, downwards": {"order": "price desc"},
    "date": {"order": "day"},
    "of a class": {"label": "class 3"},
    "of a split": {"split": "test"},
    "with words": {"words": "story 777"},
    "with rare words": {"words": "of 123456 and"},
    "number of at least": {"where": "price >= 95"},
    "of a category, by number": {"where": "shop = shop 7", "order": "price desc"},
    "of a class, by text": {"label": "class 3", "order": "text"},
    "with words, by number": {"words": "more more", "order": "price"},
}
ISSUES: Mapping[str, Question] = {
    "worst first": {},
    "all, worst first": {"show": "All rows"},
    "score, downwards": {"show": "All rows", "order": "score desc"},
    "row": {"show": "All rows", "order": "example_id"},
    "given": {"show": "All rows", "order": "given_label"},
    "given, downwards": {"show": "All rows", "order": "given_label desc"},
    "looks like": {"show": "All rows", "order": "suggested_label"},
    "flagged first": {"show": "All rows", "order": "is_issue desc"},
    "text": {"show": "All rows", "order": "text"},
    "number, downwards": {"show": "All rows", "order": "price desc"},
    "date": {"show": "All rows", "order": "day"},
    "category": {"show": "All rows", "order": "region"},
    "flagged, by text": {"order": "text"},
    "flagged, by number": {"order": "price"},
    "of a pair": {"given": "class 3", "suggested": "class 30"},
    "with words": {"words": "story 777"},
    "score below": {"show": "All rows", "where": "score < 0.01"},
    "number of at least": {"show": "All rows", "where": "price >= 95"},
    "of a category, by number": {"show": "All rows", "where": "shop = shop 7", "order": "price desc"},
    "undecided": {"show": "Undecided"},
}

WHY = {
    "given_probability": 0.1,
    "suggested_probability": 0.8,
    "given_threshold": 0.7,
    "suggested_threshold": 0.7,
    "neighbours": [1, 2, 3],
    "similarities": [0.9, 0.8, 0.7],
}


def run() -> list[Row]:
    """p50 and p95 over all questions, just opened and warm, and of the pages; each question on standard error."""
    with tempfile.TemporaryDirectory(prefix="winnow-bench-") as folder:
        root = (KEPT or Path(folder)) / "workspace"
        os.environ["WINNOW_WORKSPACE"] = str(root)
        made = root.exists()
        context = open_context(Workspace(root).create())
        if not made:
            load_large(context, root.parent)
            _scan(context, root.parent)
        context.close()
        return [*_services("Data", DATA, _data_page), *_services("Issues", ISSUES, _issues_page), *_pages()]


def _scan(context: Context, folder: Path) -> None:
    """A scan's list as its job leaves it, with scores at random: every twelfth row flagged."""
    dataset = get_dataset(context.store, "large")
    path = folder / "issues.parquet"
    with duckdb.connect() as connection:
        connection.execute("SELECT setseed(0.25)")
        connection.execute(
            f"""COPY (
                SELECT row_number() OVER () - 1 AS example_id, 'label' AS issue_type, score::FLOAT AS score,
                       score < 1.0 / 12 AS is_issue, (list_position($labels, label) - 1)::INTEGER AS given,
                       ((list_position($labels, label) + (score * 7)::INTEGER) % len($labels))::INTEGER AS suggested,
                       $why AS why,
                       row_number() OVER (ORDER BY score) AS rank
                FROM (SELECT label, random() AS score FROM read_parquet('{folder / "rows.parquet"}'))
            ) TO '{path}' (FORMAT parquet)""",
            {"labels": list(dataset.labels), "why": json.dumps(WHY)},
        )
    summary = {"tier": "lexical", "rows": dataset.row_count, "flagged": dataset.row_count // 12, "untold": "bench"}
    add_tier(
        context.store,
        job_id="20260101-000000-scan-abc123",
        dataset_id=dataset.dataset_id,
        version_id=dataset.latest_version_id,
        tier="lexical",
        tier_order=0,
        settings={"labels": list(dataset.labels)},
        summary=summary
        | {"share_wrong": {"estimate": 0.08, "low": 0.07, "high": 0.09}, "curve": [], "classes": [], "joint": []}
        | {"encoders": [], "temperature": 1.0, "log_loss": 0.2, "accuracy": 0.9, "folds": 5, "clusters": 0}
        | {"seconds": {}, "notes": []},
        by="bench",
        issues_parquet=path,
        final=True,
    )


def _data_page(context: Context, dataset: Dataset, query: Question) -> None:
    """What the list of rows reads for its first page."""
    store, version_id = context.store, dataset.latest_version_id
    where, order = row_filter(dataset, query), rows_listed(dataset, query).order
    if not query:
        page_rows(store, version_id, where, row_list.PAGE_ROWS)
    else:
        _, found = count_and_page_of_ids(store, version_id, where, row_list.SORTED_AT_ONCE, 0, order)
        get_rows(store, version_id, found[: row_list.PAGE_ROWS])


def _issues_page(context: Context, dataset: Dataset, query: Question) -> None:
    """What the list of a scan reads for its first page."""
    scan = _scan_of(context, dataset)
    where, order = issue_filter(dataset, None, query), issues_listed(dataset, query).order
    if order == BY_RANK:
        listing.page(context, scan, where, issue_list.PAGE_ROWS, 0)
    else:
        together = issue_list.PAGES_AT_ONCE * issue_list.PAGE_ROWS
        _, ranks = listing.ranks(context, scan, where, order, together, 0)
        listing.lines_of(context, scan, where, ranks[: issue_list.PAGE_ROWS])


def _scan_of(context: Context, dataset: Dataset) -> Scan:
    found = latest_scan(context.store, dataset.latest_version_id)
    assert found is not None, "it was taken in"
    return found


def _services(
    name: str, questions: Mapping[str, Question], ask: Callable[[Context, Dataset, Question], None]
) -> list[Row]:
    cold: dict[str, list[float]] = {question: [] for question in questions}
    warm: dict[str, list[float]] = {question: [] for question in questions}
    for _ in range(TIMES):
        for question, query in questions.items():
            context = _opened()
            try:
                dataset = get_dataset(context.store, "large")
                cold[question].append(_milliseconds(partial(ask, context, dataset, query)))
            finally:
                context.close()
    context = _opened()
    try:
        dataset = get_dataset(context.store, "large")
        for _ in range(TIMES + 1):
            for question, query in questions.items():
                with context.store.write():
                    pass  # what was remembered is asked anew
                warm[question].append(_milliseconds(partial(ask, context, dataset, query)))
    finally:
        context.close()
    warm = {question: times[1:] for question, times in warm.items()}
    return [*_rows(f"{name} list, just opened", cold), *_rows(f"{name} list, warm", warm)]


def _opened() -> Context:
    return open_context(Workspace(Path(os.environ["WINNOW_WORKSPACE"])))


def _pages() -> list[Row]:
    """From an address to its rows, as the browser has the page run until they are there; then the page run again."""
    from core.ui.shell.context import app_context, close_contexts

    app_context()
    rows: list[Row] = []
    try:
        for name, questions, above in (("data", DATA, "row"), ("issues", ISSUES, "#")):
            until: dict[str, list[float]] = {}
            again: dict[str, list[float]] = {}
            for question, query in questions.items():
                page = AppTest.from_file(str(PAGES / f"{name}.py"), default_timeout=120)
                for key, value in {"dataset": "large", **query}.items():
                    page.query_params[key] = value
                start = time.perf_counter()
                page.run()
                while not any(above in frame.value.columns for frame in page.dataframe):
                    assert not page.exception, page.exception
                    assert time.perf_counter() - start < LONGEST_SECONDS, f"{name}: no rows {question}"
                    time.sleep(0.01)
                    page.run()
                until[question] = [1000 * (time.perf_counter() - start)]
                again[question] = [_milliseconds(page.run) for _ in range(TIMES)]
            rows += [*_rows(f"page {name}, opened at it", until, ""), *_rows(f"page {name}, run again", again)]
    finally:
        close_contexts()
    return rows


def _rows(name: str, found: Mapping[str, Sequence[float]], bound: str = f"≤ {BOUND_MS} ms") -> list[Row]:
    times = sorted(one for each in found.values() for one in each)
    slowest = sorted(found, key=lambda question: -statistics.median(found[question]))
    said = ", ".join(f"{question} {statistics.median(found[question]):,.0f}" for question in slowest)
    print(f"{name}, ms: {said}", file=sys.stderr)
    p95 = times[round(0.95 * (len(times) - 1))]
    return [
        Row(f"{name}: p50", statistics.median(times), "ms"),
        Row(f"{name}: p95", p95, "ms", bound=bound, note=f"slowest: {slowest[0]}"),
    ]


def _milliseconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)
