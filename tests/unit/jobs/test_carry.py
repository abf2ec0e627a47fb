"""What people made of a version goes along to its masked copy, in parts, whatever changes of classes came after."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.context import Context
from core.jobs.load.spec import LoadSpec
from core.jobs.mask.carry import carry
from core.jobs.mask.spec import MaskLoadSpec, MaskSpec
from core.personal import Masking
from core.records import Dataset, Schema
from core.review.records import Act
from core.services.classes.changing import ClassChange, carry_out_change, plan_change
from core.services.review.decisions import record
from core.store.acts import decisions
from core.store.acts.decisions import in_force, judged, reviewed_rows
from core.store.datasets import get_dataset
from core.store.versions import get_version, list_versions, make_review_version
from tests.integration.load_support import loaded

ROWS = 30


def _made(context: Context, path: Path, rows: Sequence[int]) -> Dataset:
    path.write_text("text,label\n" + "".join(f"a text {row},{'xyz'[row % 3]}\n" for row in rows))
    return loaded(context, path, name=path.stem)


def _renamed(context: Context, dataset: Dataset, of: str, to: str) -> None:
    now = get_dataset(context.store, dataset.dataset_id)
    carry_out_change(context, plan_change(context, now, ClassChange("merge", (of,), to)), "bob")


def _said(context: Context, dataset: Dataset, at: int) -> dict[str, tuple[str, str | None, str]]:
    """By row, what somebody has said of the row on a version."""
    version = list_versions(context.store, dataset.dataset_id)[at]
    return {
        str(one.example_id): (one.action, one.new_label, one.reviewer)
        for one in judged(context.store, version.version_id)
    }


def test_verdicts_before_a_change_of_classes_go_along(
    context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decisions, "AT_ONCE", 4)
    kept = [row for row in range(ROWS) if row != 14]  # which is excluded
    notes, copy = (
        _made(context, tmp_path / f"{name}.csv", rows) for name, rows in (("notes", range(ROWS)), ("copy", kept))
    )
    acts = [Act(f"k{row}", "keep", row) for row in range(12)]
    acts += [Act("r", "relabel", 12, "y"), Act("u", "unsure", 13), Act("e", "exclude", 14)]
    first = notes.latest_version_id
    assert not record(context, first, "ada", acts).refused
    _renamed(context, notes, "x", "z")
    second = make_review_version(context.store, first, "", "ada")
    assert not record(context, second.version_id, "eve", [Act("n", "keep", 20), Act("m", "unsure", 21)]).refused
    _renamed(context, notes, "z", "y")
    rows = tmp_path / "rows.parquet"
    pq.write_table(pa.table({"example_id": kept}), rows)
    spec = MaskLoadSpec(
        MaskSpec(Masking(), ("text",)),
        LoadSpec("parquet", (), Schema("text-classification", "text", "label"), "copy", tmp_path),
        second.version_id,
    )
    job = context.queue.list()[0]
    for _ in range(2):  # a second time changes nothing
        carry(context, spec, rows, copy, job)
    expected = [
        {str(kept.index(int(row))): said for row, said in _said(context, notes, at).items() if row != "14"}
        for at in (0, 1)
    ]
    assert len(expected[0]) == 14 and len(expected[1]) == 2
    assert [_said(context, copy, at) for at in (0, 1)] == expected
    versions = {
        one.name: [version.version_id for version in list_versions(context.store, one.dataset_id)]
        for one in (notes, copy)
    }
    assert reviewed_rows(context.store, versions["copy"]) == reviewed_rows(context.store, versions["notes"]) - 1
    assert len(versions["copy"]) == 2
    ends = [
        sorted((one.action, one.new_label) for one in in_force(context.store, versions[name][1])) for name in versions
    ]
    assert ends[0] == ends[1], "what is open is the same"
    assert get_version(context.store, versions["copy"][1]).row_count == len(kept)
