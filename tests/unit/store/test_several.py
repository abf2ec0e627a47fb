"""Rows whose labels are several classes: found by a class, by two, by the whole label; counted by part."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.context import Context
from core.records import Dataset, RowFilter
from core.services.splits import split_counts, split_sizes, start_split
from core.store.rows import count_rows, page_rows, rows_of
from core.store.splitting import split_rows
from core.store.versions import list_versions
from tests.integration.load_support import loaded

SETS = [["a", "b"], ["a"], [], ["b", "c"], ["b"], ['a"', "ab"], ["a", "b", "c"], []] * 10
PARTS = ["train" if row % 4 else "test" for row in range(len(SETS))]


@pytest.fixture
def tags(context: Context, tmp_path: Path) -> Dataset:
    rows = [
        json.dumps({"text": f"text {row}", "tags": names, "split": part})
        for row, (names, part) in enumerate(zip(SETS, PARTS, strict=True))
    ]
    (tmp_path / "tags.jsonl").write_text("\n".join(rows))
    return loaded(context, tmp_path / "tags.jsonl", name="tags")


@pytest.mark.parametrize(
    ("where", "kept"),
    [
        (RowFilter(label="a"), lambda names: "a" in names),
        (RowFilter(label='a"'), lambda names: 'a"' in names),
        (RowFilter(label="b", also="c"), lambda names: {"b", "c"} <= set(names)),
        (RowFilter(exactly="[]"), lambda names: not names),
        (RowFilter(exactly='["b"]'), lambda names: names == ["b"]),
        (RowFilter(label="gone"), lambda names: False),
        (RowFilter(label="a", also="gone"), lambda names: False),
    ],
    ids=["a", "quoted", "both", "none", "one alone", "an unknown one", "one and an unknown one"],
)
def test_a_filter_keeps_the_rows_that_have_the_classes(
    context: Context, tags: Dataset, where: RowFilter, kept: object
) -> None:
    assert callable(kept)
    expected = [row for row, names in enumerate(SETS) if kept(names)]
    version = tags.latest_version_id
    assert count_rows(context.store, version, where) == len(expected)
    assert [row.example_id for row in page_rows(context.store, version, where, 100)] == expected


def test_a_filter_of_one_class_asks_for_the_label_itself(context: Context, tmp_path: Path) -> None:
    (tmp_path / "one.csv").write_text("text,label\na,x\nb,y\nc,x\n")
    version = loaded(context, tmp_path / "one.csv").latest_version_id
    assert count_rows(context.store, version, RowFilter(label="x")) == 2
    assert count_rows(context.store, version, RowFilter(exactly="x")) == 2
    assert count_rows(context.store, version, RowFilter(label="x", also="y")) == 0


def test_the_rows_of_a_version_say_what_a_label_is(context: Context, tags: Dataset) -> None:
    assert rows_of(context.store, tags.latest_version_id).target.several


def test_a_row_counts_in_each_of_its_classes_and_once_in_its_part(context: Context, tags: Dataset) -> None:
    counts = split_counts(context, tags.latest_version_id)
    assert list(counts) == ["a", 'a"', "ab", "b", "c"]
    for name, by_part in counts.items():
        for part in ("train", "test"):
            assert by_part.get(part, 0) == sum(
                name in names for names, own in zip(SETS, PARTS, strict=True) if own == part
            )
    assert split_sizes(context, tags.latest_version_id) == {"train": 60, "test": 20}


@pytest.mark.parametrize("method", ["stratified", "random"])
def test_splits_of_several_classes_are_made(context: Context, tags: Dataset, method: str) -> None:
    version = tags.latest_version_id
    job = start_split(context, version, method, {"train": 0.5, "test": 0.5}, 3, None, "ada")
    context.beside.join(f"load-{job.job_id}")
    new = list_versions(context.store, tags.dataset_id)[-1].version_id
    sizes = split_sizes(context, new)
    assert (new != version, sum(sizes.values())) == (True, 80)
    if method == "stratified":
        assert split_counts(context, new)["c"] == {"train": 10, "test": 10}
    assert split_rows(context.store, new, None)["label"].to_pylist()[0] == '["a","b"]'
