"""Reruns of the pages at a million rows: what a person waits for after a click, and what is worked out beside it.

Run alone: `python -m bench pages`. Beside it stands pandas doing the same count on the same rows, already in memory.
"""

from __future__ import annotations

import os
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
from streamlit.testing.v1 import AppTest

from bench.large import load_large, seconds
from bench.row import Row
from core.context import Context
from core.modalities.text.facts import TEXT
from core.services.profile import figures as profile
from core.store.datasets import get_dataset

RERUNS = 20
PAGES = Path(__file__).resolve().parents[1] / "pages"


def run() -> list[Row]:
    """One row per view of the Profile page, and one per answer that is worked out beside it on the first visit."""
    with tempfile.TemporaryDirectory(prefix="winnow-bench-") as folder:
        os.environ["WINNOW_WORKSPACE"] = str(Path(folder) / "workspace")
        from core.ui.shell.context import app_context, close_contexts

        context = app_context()
        try:
            frame = pd.read_parquet(load_large(context, Path(folder)))
            return [*_first_visits(context, frame), *_reruns()]
        finally:
            close_contexts()


def _first_visits(context: Context, frame: pd.DataFrame) -> list[Row]:
    """Each answer once, with nothing kept; medians have no meaning here, since a second call is answered at once."""
    dataset = get_dataset(context.store, "large")
    derived = seconds(lambda: profile.derived(context, dataset.dataset_id, None))
    dataset = get_dataset(context.store, "large")
    version_id = dataset.latest_version_id
    length = profile.attribute_of(dataset, "text_length")
    frame["text_length"] = frame["text"].str.len()
    asked: dict[str, tuple[Callable[[], Any], Callable[[], Any]]] = {
        "class balance": (
            lambda: profile.class_balance(context, version_id, None),
            lambda: frame["label"].value_counts(),
        ),
        "splits": (
            lambda: profile.split_balance(context, version_id, None),
            lambda: pd.crosstab(frame["split"], frame["label"]),
        ),
        "duplicates": (
            lambda: profile.duplicates(context, version_id, None),
            lambda: frame.groupby("text")["label"].agg(["size", "nunique"]),
        ),
        "text lengths": (
            lambda: profile.distribution(context, version_id, length, None),
            lambda: frame["text_length"].describe(),
        ),
        "group × label": (
            lambda: profile.group_shares(context, version_id, [profile.attribute_of(dataset, "shop")], None),
            lambda: pd.crosstab(frame["shop"], frame["label"]),
        ),
    }
    rows = [
        Row(f"profile, first visit: {name}", seconds(ours) * 1000, "ms", seconds(theirs) * 1000, "pandas, in memory")
        for name, (ours, theirs) in asked.items()
    ]
    every = seconds(lambda: profile.associations(context, version_id, None))
    attributes = len(dataset.attributes)
    rows.append(Row(f"profile, beside the page: {attributes} associations with intervals", every, "s"))
    made = ", ".join(one.name for one in TEXT.derived)
    return [*rows, Row(f"profile, beside the page: {made}", derived, "s")]


def _reruns() -> list[Row]:
    """A click that opens rows, in each view: p50 and p95 of the script's run."""
    choices: dict[str, tuple[str, list[Any]]] = {
        "balance": ("choice-classes-label", [f"class {i}" for i in range(20)]),
        "content": ("choice-content-region", [f"region {i}" for i in range(12)]),
        "checks": ("choice-checks-repeats", ["exact", "conflicting"]),
        "bias": ("choice-label-groups", [f"class {i}" for i in range(20)]),
    }
    rows = []
    for view, (key, options) in choices.items():
        page = AppTest.from_file(str(PAGES / "profile.py"), default_timeout=120)
        page.query_params["dataset"], page.query_params["view"] = "large", view
        page.run()
        while page.get("progress"):
            page.run()
        if view == "bias":
            page.selectbox(key="choice-bias-attribute").select("region").run()
            page.selectbox(key="choice-group-region-groups").select_index(3).run()
        times = []
        for turn in range(RERUNS):
            chosen = page.selectbox(key=key).select(options[turn % len(options)])
            times.append(seconds(chosen.run) * 1000)
        times.sort()
        p95 = times[round(0.95 * (len(times) - 1))]
        rows.append(Row(f"profile rerun, {view}, rows opened: p50", statistics.median(times), "ms"))
        rows.append(Row(f"profile rerun, {view}, rows opened: p95", p95, "ms", bound="≤ 300 ms"))
    return rows
