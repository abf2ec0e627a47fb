"""Tags on a million rows: one act on 100,000 of them and its undo, one row at the desk, lists narrowed by a tag.

Run alone: `python -m bench tags`. An act is from the look at what would change to the list that shows it.
"""

from __future__ import annotations

import statistics
from functools import partial

from bench.large import TIMES, large_dataset, page_of, seconds
from bench.row import Row
from core.context import Context
from core.records import Dataset
from core.services.lists.asked import row_filter
from core.services.review.among import OfVersion
from core.services.tags.tagging import OneTag, carry_out, plan_tag, record_tags, take_back
from core.store.versions import get_version

TAGGED = 100_000
AT_THE_DESK = 300
FILTERS = ("tag = many", "tag = few", "tag != many", "tag missing", "tag present")


def run() -> list[Row]:
    with large_dataset() as (context, dataset):
        return _measured(context, dataset)


def _measured(context: Context, dataset: Dataset) -> list[Row]:
    version = get_version(context.store, dataset.latest_version_id)
    among = OfVersion(version.version_id, row_filter(dataset, {"where": f"example_id < {TAGGED}"}))
    act = ""

    def put() -> None:
        nonlocal act
        act = carry_out(context, plan_tag(context, among, "many", puts=True), "bench", "the first").act_id
        context.store.newest_tag()

    def undo() -> None:
        take_back(context, act, "bench")
        context.store.newest_tag()

    put_s, undo_s = seconds(put), seconds(undo)
    put()

    def one(at: int) -> None:
        record_tags(context, version, "bench", [OneTag(f"k{at}", 7 * at, "few", True)])

    at_desk = [seconds(partial(one, at)) for at in range(AT_THE_DESK)]
    pages = sorted(
        seconds(page_of(context, version.version_id, row_filter(dataset, {"where": where})))
        for where in FILTERS
        for _ in range(TIMES)
    )
    return [
        Row(f"tag {TAGGED:,} of 1M rows in one act", put_s, "s", bound="≤ 2 s"),
        Row("take it back", undo_s, "s", bound="≤ 2 s"),
        Row("tag one row at the desk", 1000 * statistics.median(at_desk), "ms"),
        Row("a list of 1M rows by a tag, p95", 1000 * pages[int(0.95 * len(pages))], "ms", bound="≤ 300 ms"),
    ]
