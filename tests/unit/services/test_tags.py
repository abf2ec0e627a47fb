"""Tags on rows: on a whole filter and off it, taken back whole, by a screen row by row, in files."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.context import Context
from core.errors import NotFoundError, UsageError
from core.records import ColumnFilter, Dataset, RowFilter
from core.review.many import Doing
from core.review.records import Act
from core.services.datasets import delete
from core.services.export import export
from core.services.lists.asked import row_filter
from core.services.review import many
from core.services.review.among import OfVersion, asked_as_of
from core.services.review.decisions import record
from core.services.review.many import plan
from core.services.review.planned import rows_of_plan
from core.services.tags.tagging import (
    TagsTaken,
    carry_out,
    plan_tag,
    read_tags,
    record_tags,
    tags_of_version,
    take_back,
)
from core.services.views import save_slice
from core.store.acts.decisions import in_force
from core.store.acts.tags import tags_of
from core.store.versions import get_version


def put(context: Context, dataset: Dataset, name: str, *rows: int, by: str = "ada", puts: bool = True) -> str:
    among = OfVersion(dataset.latest_version_id, RowFilter(example_ids=rows))
    return carry_out(context, plan_tag(context, among, name, puts=puts), by, "these").act_id


def counted(context: Context, dataset: Dataset) -> dict[str, int]:
    version = get_version(context.store, dataset.latest_version_id)
    return {one.name: one.rows for one in tags_of_version(context, version)}


def test_a_plan_says_what_would_change_and_the_act_does_just_that(context: Context, news: Dataset) -> None:
    put(context, news, "to ask", 0, 2)
    among = OfVersion(news.latest_version_id, row_filter(news, {"label": "x"}))
    planned = plan_tag(context, among, " To  Ask ", puts=True)
    assert (planned.tag, planned.matching, len(planned.rows)) == ("to ask", 21, 19)
    assert [row.example_id for row in planned.first] == [4, 6, 8, 10, 12]
    act = carry_out(context, planned, "ada", "label: x", "one id")
    assert carry_out(context, planned, "ada", "label: x", "one id") == act and act.rows == 19
    assert counted(context, news) == {"to ask": 21}
    with pytest.raises(UsageError, match="Each of these rows has the tag already"):
        carry_out(context, plan_tag(context, among, "to ask", puts=True), "ada", "")


def test_what_is_taken_back_leaves_what_others_did(context: Context, news: Dataset) -> None:
    first, second = put(context, news, "odd", 1, 2), put(context, news, "odd", 3, by="bob")
    off = put(context, news, "odd", 2, puts=False)
    with pytest.raises(UsageError, match="done by bob"):
        take_back(context, second, "ada")
    take_back(context, off, "ada", "undo")
    assert take_back(context, off, "ada", "undo").undone_by == "undo"
    assert set(tags_of(context.store, news.dataset_id, [1, 2, 3])) == {1, 2, 3}
    take_back(context, first, "ada")
    assert set(tags_of(context.store, news.dataset_id, [1, 2, 3])) == {3}
    with pytest.raises(UsageError, match="taken back already"):
        take_back(context, first, "ada")
    with pytest.raises(NotFoundError, match="'nothing'"):
        take_back(context, "nothing", "ada")


def test_two_screens_lose_no_tag_and_each_act_stands_once(context: Context, news: Dataset) -> None:
    version = get_version(context.store, news.latest_version_id)
    sent = [
        {"key": "k1", "action": "tag", "example_id": 1, "tag": "odd"},
        {"key": "k2", "action": "tag", "example_id": 1, "tag": "a, b"},
        {"key": "k3", "action": "keep", "example_id": 1},
        {"key": "k4", "action": "tag", "example_id": "1", "tag": "odd"},
    ]
    other = [{"key": "k5", "action": "tag", "example_id": 1, "tag": "to ask"}]
    done = record_tags(context, version, "ada", read_tags(sent))
    record_tags(context, version, "bob", read_tags(other))
    off = [{"key": "k6", "action": "untag", "example_id": 1, "tag": "ODD"}]
    record_tags(context, version, "ada", read_tags([*sent, *off]))
    record_tags(context, version, "ada", read_tags(sent))
    assert done.acknowledged == ("k1", "k2") and [key for key, _ in done.refused] == ["k2"]
    assert tags_of(context.store, news.dataset_id, [1]) == {1: ("to ask",)}


def test_a_screen_takes_its_tags_back_and_nobody_elses(context: Context, news: Dataset) -> None:
    version = get_version(context.store, news.latest_version_id)
    put(context, news, "odd", 2)
    sent = [{"key": f"k{row}", "action": "tag", "example_id": row, "tag": "odd"} for row in (1, 2)]
    back = [
        {"key": f"u{row}", "action": "undo_tag", "example_id": row, "tag": "odd", "target": f"k{row}"} for row in (1, 2)
    ]
    bobs = [{**one, "key": f"b{one['key']}"} for one in back]
    record_tags(context, version, "ada", read_tags(sent))
    assert tags_of(context.store, news.dataset_id, [1, 2]) == {1: ("odd",), 2: ("odd",)}
    refused = record_tags(context, version, "bob", read_tags(bobs)).refused
    assert [key for key, _ in refused] == ["bu1", "bu2"] and "row 1" in refused[0][1]
    for _ in range(2):  # a browser sends until it is answered
        assert record_tags(context, version, "ada", read_tags(back)) == TagsTaken(("u1", "u2"), ())
    assert tags_of(context.store, news.dataset_id, [1, 2]) == {2: ("odd",)}, "the earlier act on row 2 stands"
    at_once = [{"key": "k3", "action": "tag", "example_id": 3, "tag": "odd"}]
    at_once += [{"key": "u3", "action": "undo_tag", "example_id": 3, "tag": "odd", "target": "k3"}]
    unknown = [{**at_once[1], "key": "u4", "target": "never"}]
    assert [key for key, _ in record_tags(context, version, "ada", read_tags([*at_once, *unknown])).refused] == ["u4"]
    assert tags_of(context.store, news.dataset_id, [1, 2, 3]) == {2: ("odd",)}


@pytest.mark.parametrize("row", [-5, 40, 10**9, 2**63, 10**400])
def test_what_is_no_row_gets_no_tag_and_no_verdict(context: Context, news: Dataset, row: int) -> None:
    version = get_version(context.store, news.latest_version_id)
    sent = [{"key": f"k{at}", "action": "tag", "example_id": one, "tag": "ghost"} for at, one in enumerate((1, row))]
    done = record_tags(context, version, "ada", read_tags(sent))
    assert done == TagsTaken(("k0", "k1"), (("k1", f"Row {row} is not in this version."),))
    assert counted(context, news) == {"ghost": 1}
    [refused] = record(context, version.version_id, "ada", [Act("k2", "keep", row)]).refused
    assert refused.message == f"Row {row} is not in this version."


def test_an_act_is_on_the_rows_that_were_planned(context: Context, news: Dataset) -> None:
    put(context, news, "odd", 1, 5, 7)
    among = OfVersion(news.latest_version_id, row_filter(news, {"where": "tag = odd"}))
    planned, before = plan(context, among, Doing("exclude"), "ada"), asked_as_of(context, among)
    put(context, news, "odd", 2, 3, 4)
    put(context, news, "odd", 5, puts=False)
    record(context, news.latest_version_id, "bob", [Act("bob's", "keep", 7)])
    done = many.carry_out(context, planned, "ada", "tag: odd", "one id")
    written = context.ledger.decisions.newest()
    again = many.carry_out(context, planned, "ada", "tag: odd", "one id")
    assert (done.rows, done.left_alone) == (again.rows, again.left_alone) == (2, 1)
    assert context.ledger.decisions.newest() == written, "the second call writes nothing"
    excluded = {one.example_id for one in in_force(context.store, news.latest_version_id) if one.action == "exclude"}
    assert excluded == {1, 5}
    assert asked_as_of(context, among) != before


def test_a_plan_is_of_one_moment(context: Context, news: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    put(context, news, "odd", 1)
    among = OfVersion(news.latest_version_id, row_filter(news, {"where": "tag = odd"}))
    late = [2, 3]

    def meanwhile(*asked: Any, **how: Any) -> Any:
        if late:
            put(context, news, "odd", late.pop())
        return rows_of_plan(*asked, **how)

    monkeypatch.setattr(many, "rows_of_plan", meanwhile)
    planned = plan(context, among, Doing("exclude"), "ada")
    assert (planned.rows, len(planned.kept)) == (3, 3)


@pytest.mark.parametrize("change", ["verdict", "tag", "slice"])
def test_a_plan_is_made_anew_where_the_filter_may_keep_others(context: Context, news: Dataset, change: str) -> None:
    save_slice(context, news, "a", {"label": "x"}, "ada")
    among = OfVersion(news.latest_version_id, row_filter(news, {"where": "slice = a"}))
    before = asked_as_of(context, among)
    assert asked_as_of(context, among) == before
    if change == "verdict":
        record(context, news.latest_version_id, "bob", [Act("bob's", "keep", 7)])
    elif change == "tag":
        put(context, news, "odd", 1)
    else:
        save_slice(context, news, "a", {"label": "y"}, "ada")
    assert asked_as_of(context, among) != before


def test_an_act_on_many_rows_can_be_on_those_with_a_tag(context: Context, news: Dataset) -> None:
    put(context, news, "odd", 1, 5)
    where = row_filter(news, {"where": "tag = odd"})
    assert where.columns == (ColumnFilter("@tag", "=", ("odd",)),)
    assert plan(context, OfVersion(news.latest_version_id, where), Doing("exclude"), "ada").rows == 2


def test_files_have_the_tags_where_there_are_any(context: Context, news: Dataset, tmp_path: Path) -> None:
    export(context, news.latest_version_id, "csv", tmp_path / "before.csv")
    put(context, news, "to ask", 3, 4)
    put(context, news, "it's odd", 4)
    export(context, news.latest_version_id, "csv", tmp_path / "after.csv")
    before, after = (
        list(csv.DictReader((tmp_path / name).open(encoding="utf-8"))) for name in ("before.csv", "after.csv")
    )
    assert "tags" not in before[0]
    assert [row["tags"] for row in after[2:6]] == ["", "to ask", "it's odd, to ask", ""]


def test_a_screen_takes_back_only_a_tag_of_that_row(context: Context, news: Dataset) -> None:
    version = get_version(context.store, news.latest_version_id)
    whole = put(context, news, "odd", 1, 2)
    record_tags(context, version, "ada", read_tags([{"key": "k", "action": "tag", "example_id": 3, "tag": "ODD"}]))
    back = {"action": "undo_tag", "example_id": 3, "tag": "odd", "target": "k"}
    others = [
        {**back, "key": "another row", "example_id": 4},
        {**back, "key": "another tag", "tag": "even"},
        {**back, "key": "many rows", "target": whole, "example_id": 1},
    ]
    refused = record_tags(context, version, "ada", read_tags(others)).refused
    assert [key for key, _ in refused] == ["another row", "another tag", "many rows"]
    assert set(tags_of(context.store, news.dataset_id, [1, 2, 3])) == {1, 2, 3}
    assert record_tags(context, version, "ada", read_tags([{**back, "key": "u", "tag": "Odd"}])) == TagsTaken(
        ("u",), ()
    )
    assert set(tags_of(context.store, news.dataset_id, [1, 2, 3])) == {1, 2}


def test_a_dataset_in_the_trash_gets_no_tag_and_keeps_those_that_it_has(context: Context, news: Dataset) -> None:
    act_id = put(context, news, "kept", 3)
    planned = plan_tag(context, OfVersion(news.latest_version_id, RowFilter()), "odd", puts=True)
    delete(context, news.dataset_id)
    with pytest.raises(UsageError, match="trash"):
        carry_out(context, planned, "ada", "all")
    with pytest.raises(UsageError, match="trash"):
        take_back(context, act_id, "ada")
    assert np.array_equal(planned.rows, np.arange(40))
    version = get_version(context.store, news.latest_version_id)
    sent = read_tags([{"key": "k", "action": "tag", "example_id": 1, "tag": "a"}])
    refused = record_tags(context, version, "ada", sent)
    assert refused.refused and counted(context, news) == {"kept": 1}
