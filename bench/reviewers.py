"""Twenty reviewers at once, as the desk calls the services: press to acknowledgement, and press to the next row.

Each reviewer is a thread that judges row after row: the act is taken down, then rows are handed out as for a desk of
which one row was used up. What the browser and the network add is in `bench.review_latency`.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from bench.row import Row
from core.context import Context
from core.records import Dataset, IssueFilter
from core.review.queue import DESK, wanted
from core.review.records import Act
from core.services.issues.listing import latest_scan
from core.services.review.decisions import record
from core.services.review.queue import handing_out
from core.services.review.sources import ScanSource
from core.store.acts.decisions import decision_of
from core.store.ids import new_id
from tests.browser.review_data import make_texts, opened

REVIEWERS = 20
PRESSES = 30
ROWS = 3_000
PAUSE_SECONDS = 0.5


def run() -> list[Row]:
    """p95 of both waits, and how many of the decisions were kept."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        dataset = make_texts(folder, rows=ROWS, texts=[f"Story {row}" for row in range(ROWS)])
        with opened(folder) as context:
            with ThreadPoolExecutor(REVIEWERS) as pool:
                waits = [
                    wait
                    for one in pool.map(lambda who: _review(context, dataset, f"reviewer {who}"), range(REVIEWERS))
                    for wait in one
                ]
            kept = context.ledger.decisions.count(dataset.dataset_id)
    saved, following = [wait[0] for wait in waits], [wait[1] for wait in waits]
    return [
        *_rows("press to acknowledgement", saved, "≤ 250 ms"),
        *_rows("press to the next row", following, ""),
        Row("20 reviewers: decisions kept", kept, "decisions", bound=f"= {REVIEWERS * PRESSES}"),
    ]


def _review(context: Context, dataset: Dataset, reviewer: str) -> list[tuple[float, float]]:
    """Milliseconds from each press to its acknowledgement and to the rows after it."""
    scan = latest_scan(context, dataset.latest_version_id)
    assert scan is not None
    source, version_id = ScanSource(scan, IssueFilter()), dataset.latest_version_id
    in_hand = source.claim(context, version_id, reviewer, wanted(DESK, 0))
    waits = []
    for _ in range(PRESSES):
        time.sleep(PAUSE_SECONDS)
        row, *in_hand = in_hand
        began = time.perf_counter()
        recorded = record(context, version_id, reviewer, [Act(new_id(), "keep", row, instead_of=())])
        saved = time.perf_counter()
        assert not recorded.refused
        with handing_out(context):
            claimed = source.claim(context, version_id, reviewer, wanted(DESK, 0))
            source.items(context, version_id, [one for one in claimed if one not in in_hand])
            source.counts(context, version_id)
        decision_of(context.store, version_id, in_hand)
        waits.append((1000 * (saved - began), 1000 * (time.perf_counter() - began)))
        in_hand = claimed
    return waits


def _rows(what: str, waits: Sequence[float], bound: str) -> list[Row]:
    p95 = quantiles(waits, n=20)[-1]
    return [
        Row(f"20 reviewers: {what}, median", median(waits), "ms"),
        Row(f"20 reviewers: {what}, p95", p95, "ms", bound=bound),
    ]
