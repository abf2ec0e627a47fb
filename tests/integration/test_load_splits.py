"""Leak-safe splits from end to end: a job finds the near-duplicates, the version keeps them together."""

from __future__ import annotations

from pathlib import Path

from core.context import Context
from core.jobs.groups.web import GROUPS
from core.services.follow import follow
from core.services.splits import start_split
from core.store.datasets import get_dataset
from core.store.relations import relation
from core.store.versions import list_versions
from tests.integration.load_support import loaded

TOPICS = ["weather", "garden", "football", "election", "cinema", "bakery", "railway", "hospital", "museum", "harbour"]


def test_copies_and_near_copies_of_a_text_never_straddle_two_parts(context: Context, tmp_path: Path) -> None:
    texts = [
        f"a long enough sentence about the {topic} number {i} and its people" for i, topic in enumerate(TOPICS * 2)
    ]
    rows = [f"{text}{end},{'xy'[i % 2]},{i}" for i, text in enumerate(texts) for end in ("", "", "!", " .")]
    (tmp_path / "a.csv").write_text("text,label,origin\n" + "\n".join(rows) + "\n")
    dataset = loaded(context, tmp_path / "a.csv", attributes=("origin",))
    shares = {"train": 0.5, "test": 0.5}
    job = start_split(context, dataset.latest_version_id, "leak-safe", shares, 0, None, "tester")
    GROUPS.collect(context, follow(context, job.job_id))  # as by an app that died before it remembered that it had
    assert len(list_versions(context.store, dataset.dataset_id)) == 2
    made = get_dataset(context.store, dataset.name).latest_version_id
    assert made != dataset.latest_version_id
    found = context.store.fetch(
        f"SELECT origin, count(DISTINCT split) FROM {relation(context.store, made)} GROUP BY origin"
    )
    assert {parts for _, parts in found} == {1}
    sizes = dict(context.store.fetch(f"SELECT split, count(*) FROM {relation(context.store, made)} GROUP BY split"))
    assert set(sizes) == {"train", "test"}
