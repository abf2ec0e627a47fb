"""Verdicts on many of a million rows: one act on 100,000 of them, and its undo.

Run alone: `python -m bench many`. An act is from its confirmation until it stands in the ledger and counts and
lists show it; the time of the processor is told too, which others who are busy lengthen less. Beside it stand the same
verdicts taken down as those of a screen are, one record for each, 1,000 at a time.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bench.large import load_large
from bench.row import Row
from core.context import Context
from core.records import Dataset
from core.review.many import Doing
from core.review.records import Act
from core.services.context import open_context
from core.services.lists.asked import row_filter
from core.services.review.among import OfVersion
from core.services.review.decisions import counts, record
from core.services.review.many import carry_out, plan, take_back
from core.settings import Workspace
from core.store.datasets import get_dataset
from core.store.ids import new_id
from core.store.rows import count_and_page_of_ids, get_rows

DECIDED = 100_000
AT_ONCE = 1_000
TIMES = 3
DOINGS = (Doing("relabel", "class 49"), Doing("exclude"), Doing("keep"))
BOUND = "≤ 2 s"
SCREEN = "as a screen's verdicts, 1,000 at a time"


def run() -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="winnow-bench-") as folder:
        workspace = Workspace(Path(folder) / "workspace").create()
        context = open_context(workspace)
        load_large(context, Path(folder))
        context.close()
        return measured(workspace)


def measured(workspace: Workspace) -> list[Row]:
    """Medians; each time a ledger without an act begins it."""
    seconds = defaultdict[str, list[float]](list)
    for _ in range(TIMES):
        context = open_context(workspace)
        try:
            dataset = get_dataset(context.store, "large")
            context.ledger.forget(dataset.dataset_id)
        finally:
            context.close()
        context = open_context(workspace)
        try:
            _measure(context, dataset, seconds)
        finally:
            context.close()
    found = {name: statistics.median(each) for name, each in seconds.items()}

    def busy(*names: str) -> str:
        return "processor time " + ", beside it ".join(f"{found[f'{name}, busy']:.2f} s" for name in names)

    rows = f"{DECIDED:,} of 1M rows in one act"
    return [
        Row(f"change the label of {rows}", found["relabel"], "s", bound=BOUND, note=busy("relabel")),
        Row(
            *(f"exclude {rows}", found["exclude"], "s", found["singly"], SCREEN),
            bound=BOUND,
            note=busy("exclude", "singly"),
        ),
        Row(f"keep {rows}", found["keep"], "s", bound=BOUND, note=busy("keep")),
        Row(
            *("take such an act back", found["undo"], "s", found["undo singly"], SCREEN),
            bound=BOUND,
            note=busy("undo", "undo singly"),
        ),
    ]


def _measure(context: Context, dataset: Dataset, seconds: dict[str, list[float]]) -> None:
    version_id = dataset.latest_version_id
    among = OfVersion(version_id, row_filter(dataset, {"where": f"example_id < {DECIDED}"}))
    decided = row_filter(dataset, {"where": "decision present"})

    def timed(name: str, work: Callable[[], object]) -> None:
        began, busy = time.perf_counter(), time.process_time()
        work()
        counts(context, version_id, None)
        _, found = count_and_page_of_ids(context.store, version_id, decided, 500)
        get_rows(context.store, version_id, found[:50])
        seconds[name].append(time.perf_counter() - began)
        seconds[f"{name}, busy"].append(time.process_time() - busy)

    for doing in DOINGS:
        planned, act_id = plan(context, among, doing, "bench"), new_id()
        timed(doing.action, partial(carry_out, context, planned, "bench", "the first", act_id))
        timed("undo", partial(take_back, context, act_id, "bench"))
    timed("singly", partial(_singly, context, version_id, lambda row: Act(f"k{row}", "exclude", row)))
    timed(
        "undo singly",
        partial(_singly, context, version_id, lambda row: Act(f"u{row}", "undo", row, undoes_key=f"k{row}")),
    )


def _singly(context: Context, version_id: str, act: Callable[[int], Act]) -> None:
    for first in range(0, DECIDED, AT_ONCE):
        record(context, version_id, "bench", [act(row) for row in range(first, first + AT_ONCE)])
