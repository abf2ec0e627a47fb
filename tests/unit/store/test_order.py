"""What is counted comes in one order and one spelling, whichever of the database's threads was faster."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from core.context import Context
from core.profile.edges import edges
from core.profile.surfaces import surfaces
from core.records import Reader, Schema
from core.services.splits import split_sizes
from core.store.rows import rows_of
from tests.integration.load_support import loaded
from tests.staged import taken_in


def test_splits_are_named_in_their_usual_order(context: Context, tmp_path: Path) -> None:
    parts = ["fold 2", "test", "", "validation", "train", "extra"]
    lines = [f"text {row},{row % 2},{part}" for row, part in enumerate(parts * 4)]
    (tmp_path / "parts.csv").write_text("\n".join(["text,label,split", *lines]))
    dataset = loaded(context, tmp_path / "parts.csv", name="parts")
    sizes = split_sizes(context, dataset.latest_version_id)
    assert list(sizes) == ["train", "validation", "test", "extra", "fold 2", None]
    assert set(sizes.values()) == {4}


@pytest.mark.parametrize("turned", [False, True], ids=["as written", "turned round"])
def test_words_are_spelled_one_way_where_two_are_as_common(context: Context, tmp_path: Path, turned: bool) -> None:
    lines = [
        ("U.S. sleeps", '[[0,4,"LOC"]]'),
        ("Old york Town", '[[0,8,"LOC"]]'),
        ("U. S. sleeps", '[[0,5,"LOC"]]'),
        ("Old York", '[[0,3,"LOC"]]'),
        ("the U.S. alone in York", "[]"),
    ]
    with (tmp_path / "spans.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("text", "label"), *(lines[::-1] if turned else lines)])
    reader = Reader(sql=f"read_csv('{tmp_path / 'spans.csv'}', all_varchar=true)")
    dataset = taken_in(context.store, reader, Schema("token-classification", "text", "label"), "cities")
    rows = rows_of(context.store, dataset.latest_version_id)
    assert [one.words for one in surfaces(rows).first] == ["U.S.", "Old"]
    assert [(one.word, one.within, one.beside) for one in edges(rows)] == [("york", 1, 1)]
