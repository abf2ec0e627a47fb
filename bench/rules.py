"""Rules on a million rows: what one comes to before it is saved, what five come to together, lists by them, and all
that one proposes accepted.

Run alone: `python -m bench rules`. Every figure is worked out anew: nothing that a page keeps is asked for.
"""

from __future__ import annotations

import time
from functools import partial

from bench.large import large_dataset, p95, page_of
from bench.row import Row
from core.context import Context
from core.records import Dataset
from core.review.records import Act
from core.services.lists.asked import row_filter
from core.services.review.decisions import record
from core.services.review.many import carry_out, plan
from core.services.rules.figures import previewed, told_of
from core.services.rules.keeping import rule_named, save_rule
from core.services.rules.proposals import OfRule, name_and_version, proposed
from core.store.versions import get_version

JUDGED = 1_000
RULES = (
    ("dear", ["price > 90"], 0),
    ("one shop", ["shop = shop 7"], 1),
    ("region and split", ["region = region 3", "split = test"], 2),
    ("cheap", ["price < 3"], 1),
    ("words", ["text contains story 77"], 0),
)


def run() -> list[Row]:
    with large_dataset() as (context, dataset):
        return _measured(context, dataset)


def _measured(context: Context, dataset: Dataset) -> list[Row]:
    version = get_version(context.store, dataset.latest_version_id)
    version_id = version.version_id
    record(context, version_id, "bench", [Act(f"k{row}", "keep", 900 * row) for row in range(JUDGED)])

    def label(place: int) -> str:
        return dataset.labels[place % len(dataset.labels)]

    one = {
        name: p95(partial(previewed, context, dataset, version, "tried", where, label(place)))
        for name, where, place in RULES
    }
    for name, where, place in RULES:
        save_rule(context, dataset, version_id, name, where, label(place), "bench")
    five = p95(lambda: told_of(context, version_id))
    asked = ("rule = dear", "rule_conflict present", "rule_right = dear")
    lists = [p95(page_of(context, version_id, row_filter(dataset, {"where": where}))) for where in asked]
    dear = rule_named(context, dataset, "dear")
    review = p95(page_of(context, version_id, proposed(dear)))
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
