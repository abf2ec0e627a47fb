"""Rules on a million rows: what one comes to before it is saved, what five come to together, lists by them, and all
that one proposes accepted.

Run alone: `python -m bench rules`. Every figure is worked out anew: nothing that a page keeps is asked for.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bench.pages import load_large
from bench.row import Row
from core.context import Context
from core.records import Dataset, RowFilter
from core.review.records import Act
from core.services.context import open_context
from core.services.lists.asked import row_filter
from core.services.review.decisions import record
from core.services.review.many import carry_out, plan
from core.services.rules.figures import previewed, told_of
from core.services.rules.keeping import rule_named, save_rule
from core.services.rules.proposals import OfRule, name_and_version, proposed
from core.settings import Workspace
from core.store.datasets import get_dataset
from core.store.rows import count_and_page_of_ids, get_rows
from core.store.versions import get_version

TIMES = 20
JUDGED = 1_000
RULES = (
    ("dear", ["price > 90"], 0),
    ("one shop", ["shop = shop 7"], 1),
    ("region and split", ["region = region 3", "split = test"], 2),
    ("cheap", ["price < 3"], 1),
    ("words", ["text contains story 77"], 0),
)


def run() -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="winnow-bench-") as folder:
        context = open_context(Workspace(Path(folder) / "workspace").create())
        try:
            load_large(context, Path(folder))
            return _measured(context, get_dataset(context.store, "large"))
        finally:
            context.close()


def _measured(context: Context, dataset: Dataset) -> list[Row]:
    version = get_version(context.store, dataset.latest_version_id)
    version_id = version.version_id
    record(context, version_id, "bench", [Act(f"k{row}", "keep", 900 * row) for row in range(JUDGED)])

    def label(place: int) -> str:
        return dataset.labels[place % len(dataset.labels)]

    one = {
        name: _p95(partial(previewed, context, dataset, version, "tried", where, label(place)))
        for name, where, place in RULES
    }
    for name, where, place in RULES:
        save_rule(context, dataset, version_id, name, where, label(place), "bench")
    five = _p95(lambda: told_of(context, version_id))
    asked = ("rule = dear", "rule_conflict present", "rule_right = dear")
    lists = [_p95(_page(context, version_id, row_filter(dataset, {"where": where}))) for where in asked]
    dear = rule_named(context, dataset, "dear")
    review = _p95(_page(context, version_id, proposed(dear)))
    among = OfRule(version_id, dear)
    began = time.perf_counter()
    planned = plan(context, among, among.doing, "bench")
    counted = time.perf_counter() - began
    began = time.perf_counter()
    done = carry_out(context, planned, "bench", name_and_version(dear))
    written = time.perf_counter() - began
    return [
        Row("figures of one rule on 1M rows by a column, p95", 1000 * one["dear"], "ms", bound="≤ 300 ms"),
        Row("the same by two columns, p95", 1000 * one["region and split"], "ms", bound="≤ 300 ms"),
        Row("the same by a word, p95", 1000 * one["words"], "ms"),
        Row("figures of five rules together, p95", 1000 * five, "ms"),
        Row("a list by a rule, p95", 1000 * lists[0], "ms", bound="≤ 300 ms"),
        Row("a list of the rows in conflict of five rules, p95", 1000 * lists[1], "ms"),
        Row("a list of the rows on which a rule was right, p95", 1000 * lists[2], "ms", bound="≤ 300 ms"),
        Row("a list of what a rule proposes, p95", 1000 * review, "ms"),
        Row(f"count what accepting a rule changes ({planned.rows:,} rows)", counted, "s"),
        Row(f"accept it ({done.rows:,} rows)", written, "s"),
    ]


def _page(context: Context, version_id: str, where: RowFilter) -> Callable[[], object]:
    def page() -> object:
        _, found = count_and_page_of_ids(context.store, version_id, where, 500)
        return get_rows(context.store, version_id, found[:50])

    return page


def _p95(work: Callable[[], object]) -> float:
    """Seconds, after one try that does not count."""
    work()
    found = []
    for _ in range(TIMES):
        began = time.perf_counter()
        work()
        found.append(time.perf_counter() - began)
    return sorted(found)[int(0.95 * TIMES) - 1]
