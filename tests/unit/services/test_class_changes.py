"""Classes renamed, merged, split and deleted: what is said before, what is done, what versions keep, the way back."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from core.beside.answers import Pending
from core.context import Context
from core.errors import UsageError
from core.jobs.submit import about
from core.records import NO_LABEL, Dataset, Reader, RowFilter, Schema, Version
from core.review.records import Act
from core.services.classes import changing
from core.services.classes.changing import ClassChange, carry_out_change, plan_change
from core.services.classes.naming import classes_of
from core.services.evaluation.measures import evaluate
from core.services.evaluation.old_classes import old_classes
from core.services.review.decisions import make_version, record
from core.services.review.log import log
from core.services.review.many import Change, Done, acts, take_back
from core.store.acts import mirror
from core.store.acts.in_force import settled_sql
from core.store.datasets import get_dataset
from core.store.telling.class_lists import class_list
from core.store.versions import count_unlabelled, get_version, list_versions, relation
from tests.integration.load_support import loaded
from tests.runs import finished_run
from tests.staged import taken_in

ROWS = 30


@pytest.fixture
def news(context: Context, tmp_path: Path) -> Dataset:
    """Ten rows of each of three classes, the first two thirds of them in train; every fifth is about a cup."""
    lines = ["text,label,split"]
    for row in range(ROWS):
        words = f"row {row} about a cup" if row % 5 == 0 else f"row {row} about it"
        lines.append(f"{words},{('art', 'sport', 'tech')[row % 3]},{'train' if row < 20 else 'test'}")
    (tmp_path / "news.csv").write_text("\n".join(lines) + "\n")
    return loaded(context, tmp_path / "news.csv", name="news")


SPANS = ('[[0,17,"PER"],[25,35,"LOC"]]', '[[0,10,"LOC"],[24,27,"ORG"]]', '[[0,3,"PER"]]', "[]", None)


@pytest.fixture
def entities(context: Context, tmp_path: Path) -> Dataset:
    """Five sentences: two entities in each of two, one, none, and one that has no label."""
    texts = ("George Washington leaves Washington", "Washington is as far as IBM", "Ada went", "nobody", "who knows")
    with (tmp_path / "entities.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("text", "label"), *zip(texts, SPANS, strict=True)])
    reader = Reader(sql=f"read_csv('{tmp_path / 'entities.csv'}', all_varchar=true)")
    return taken_in(context.store, reader, Schema("token-classification", "text", "label"), "entities")


@pytest.fixture
def tagged(context: Context, tmp_path: Path) -> Dataset:
    sets = [["a", "b"], ["b"], [], ["a", "c"], ["c"]]
    file = tmp_path / "tagged.jsonl"
    file.write_text("".join(json.dumps({"text": f"row {row}", "tags": sets[row % 5]}) + "\n" for row in range(20)))
    return loaded(context, file, name="tagged")


def _labels(context: Context, version: Version) -> list[str | None]:
    rows = context.store.fetch(f"SELECT label FROM {relation(context.store, version.version_id)} ORDER BY example_id")
    return [label for (label,) in rows]


def _newest(context: Context, dataset: Dataset) -> Version:
    return list_versions(context.store, dataset.dataset_id)[-1]


def _done(context: Context, dataset: Dataset, change: ClassChange) -> Done:
    return carry_out_change(context, plan_change(context, dataset, change), "ada")


def _version(context: Context, dataset: Dataset) -> Version:
    return make_version(context, _newest(context, dataset).version_id, "classes changed", "ada")


def test_a_class_is_renamed_as_one_act_and_versions_keep_their_own_lists(context: Context, news: Dataset) -> None:
    planned = plan_change(context, news, ClassChange("rename", ("tech",), "technology"))
    assert (planned.rows, planned.new, planned.decided) == (10, True, 0)
    assert planned.splits == {"train": 6, "test": 4}
    assert planned.changes == (Change("tech", "technology", 10),)
    assert get_dataset(context.store, "news").labels == ("art", "sport", "tech"), "a look changes nothing"

    done = carry_out_change(context, planned, "ada")
    assert (done.rows, done.left_alone) == (10, 0)
    assert [act.rows for act in acts(context, news.dataset_id, 9)[1]] == [10]
    made = _version(context, news)
    assert set(_labels(context, made)) == {"art", "sport", "technology"}
    first = list_versions(context.store, news.dataset_id)[0]
    assert class_list(context.store, first) == ("art", "sport", "tech")
    assert class_list(context.store, made) == ("art", "sport", "technology")
    now = get_dataset(context.store, "news")
    assert [one.code for one in classes_of(context, now)] == ["art", "sport", "technology"]
    assert about(context, now, made).labels == ("art", "sport", "technology"), "jobs get the version's classes"
    assert about(context, now, first).labels == ("art", "sport", "tech")


def test_rows_are_taken_in_parts_and_what_is_decided_meanwhile_is_left_alone(
    context: Context, news: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changing, "PAGE_ROWS", 3)
    monkeypatch.setattr(mirror, "AT_A_TIME", 2)
    told: list[tuple[float, float]] = []

    def report(done: float, total: float) -> None:
        told.append((done, total))
        if done == 3:  # rows 2, 5 and 8 are written: 29, the last of the class, is on a later page
            record(context, news.latest_version_id, "bob", [Act("b1", "keep", 29)])

    done = carry_out_change(
        context, plan_change(context, news, ClassChange("rename", ("tech",), "technology")), "ada", report=report
    )
    assert told == [(3, 10), (6, 10), (9, 10), (10, 10)]
    assert (done.rows, done.left_alone) == (9, 1)
    assert _labels(context, _version(context, news)).count("tech") == 1


def test_one_undo_takes_it_back_and_the_new_class_off_the_list(context: Context, news: Dataset) -> None:
    done = _done(context, news, ClassChange("rename", ("tech",), "technology"))
    assert "technology" in get_dataset(context.store, "news").labels
    assert take_back(context, done.act.act_id, "ada").rows == 10
    assert get_dataset(context.store, "news").labels == ("art", "sport", "tech")
    with pytest.raises(UsageError, match="no decision to make a version of"):
        _version(context, news)


def test_several_become_one_and_what_is_decided_comes_along(context: Context, news: Dataset) -> None:
    version = _newest(context, news)
    decided = [Act("k1", "relabel", 0, "tech"), Act("k2", "relabel", 1, "art"), Act("k3", "exclude", 2)]
    record(context, version.version_id, "bob", decided)
    planned = plan_change(context, news, ClassChange("merge", ("art", "tech"), "tech"))
    # Of art, without row 0, which is tech by now, and with row 1, which is art by now.
    assert (planned.rows, planned.decided, planned.new, planned.decisions) == (10, 1, False, 1)
    carry_out_change(context, planned, "ada")
    made = _version(context, news)
    assert _labels(context, made)[:2] == ["tech", "tech"]
    assert (made.row_count, class_list(context.store, made)) == (29, ("sport", "tech"))


def test_rows_of_a_class_that_match_become_a_class_of_their_own(context: Context, news: Dataset) -> None:
    change = ClassChange("split", ("art",), "cups", where=RowFilter(text="cup"))
    assert plan_change(context, news, change).rows == 2  # rows 0 and 15
    _done(context, news, change)
    labels = _labels(context, _version(context, news))
    assert [place for place, label in enumerate(labels) if label == "cups"] == [0, 15]
    assert labels.count("art") == 8


@pytest.mark.parametrize(
    ("change", "rows", "known"),
    [
        (ClassChange("delete", ("art",), "tech"), 30, ("sport", "tech")),
        (ClassChange("delete", ("art",), excluded=True), 20, ("sport", "tech")),
    ],
)
def test_a_class_is_deleted_and_its_rows_go_where_it_is_said(
    context: Context, news: Dataset, change: ClassChange, rows: int, known: tuple[str, ...]
) -> None:
    _done(context, news, change)
    made = _version(context, news)
    assert (made.row_count, class_list(context.store, made)) == (rows, known)


def test_rows_of_a_deleted_class_may_have_no_label_and_are_as_before_once_that_is_undone(
    context: Context, news: Dataset
) -> None:
    done = _done(context, news, ClassChange("delete", ("art",)))
    assert done.rows == 10
    first = _newest(context, news)
    assert [line.decision.new_label for line in log(context, news.dataset_id, limit=1).lines] == [NO_LABEL]
    made = _version(context, news)
    assert (made.row_count, count_unlabelled(context.store, made.version_id)) == (30, 10)
    assert set(_labels(context, made)) == {None, "sport", "tech"}
    assert class_list(context.store, made) == ("sport", "tech")
    assert count_unlabelled(context.store, first.version_id) == 0
    refused = record(context, made.version_id, "bob", [Act("k", "relabel", 0, "")]).refused
    assert "no label is given" in refused[0].message, "a reviewer gives a label or none at all"


def test_of_several_classes_only_the_one_changes(context: Context, tagged: Dataset) -> None:
    merged = plan_change(context, tagged, ClassChange("merge", ("a", "b"), "ab"))
    assert {(one.before, one.after) for one in merged.changes} == {
        ('["a","b"]', '["ab"]'),
        ('["b"]', '["ab"]'),
        ('["a","c"]', '["ab","c"]'),
    }
    carry_out_change(context, merged, "ada")
    made = _version(context, tagged)
    assert _labels(context, made)[:5] == ['["ab"]', '["ab"]', "[]", '["ab","c"]', '["c"]']
    done = _done(context, tagged, ClassChange("delete", ("c",)))
    assert done.rows == 8
    assert _labels(context, _version(context, tagged))[:5] == ['["ab"]', '["ab"]', "[]", '["ab"]', "[]"]
    assert class_list(context.store, _newest(context, tagged)) == ("ab",)


def test_types_of_spans_change_where_they_stand_and_back(context: Context, entities: Dataset) -> None:
    planned = plan_change(context, entities, ClassChange("rename", ("PER",), "person"))
    assert (planned.rows, planned.new) == (2, True)
    assert Change('[[0,3,"PER"]]', '[[0,3,"person"]]', 1) in planned.changes
    done = carry_out_change(context, planned, "ada")
    assert take_back(context, done.act.act_id, "ada").rows == 2
    assert get_dataset(context.store, "entities").labels == ("LOC", "ORG", "PER")

    _done(context, entities, ClassChange("merge", ("LOC", "ORG"), "PLACE"))
    assert _labels(context, _version(context, entities))[1] == '[[0,10,"PLACE"],[24,27,"PLACE"]]'
    far = ClassChange("split", ("PLACE",), "CITY", where=RowFilter(text="far"))
    assert _done(context, entities, far).rows == 1
    assert _done(context, entities, ClassChange("delete", ("PER",))).rows == 2
    assert _labels(context, _version(context, entities)) == [
        '[[25,35,"PLACE"]]',
        '[[0,10,"CITY"],[24,27,"CITY"]]',
        "[]",
        "[]",
        None,
    ]
    _done(context, entities, ClassChange("delete", ("CITY",), excluded=True))
    made = _version(context, entities)
    assert class_list(context.store, made) == ("PLACE",)
    assert _labels(context, made) == ['[[25,35,"PLACE"]]', "[]", "[]", None]
    assert count_unlabelled(context.store, made.version_id) == 1, "a row without entities has a label: none of them"


def test_nobody_has_judged_a_row_whose_class_was_renamed(context: Context, news: Dataset) -> None:
    record(context, _newest(context, news).version_id, "bob", [Act("k", "keep", 2)])
    _done(context, news, ClassChange("rename", ("tech",), "technology"))
    made = _version(context, news)
    rows = context.store.fetch(f"SELECT example_id FROM {settled_sql(context.store, made.version_id)} ORDER BY 1")
    assert rows == [(2,)], "but for the one that somebody has kept"


def test_a_run_that_learnt_classes_that_are_none_any_more_says_so(context: Context, news: Dataset) -> None:
    run = finished_run(context, news, np.full((ROWS, 3), 1 / 3, np.float32), ["test"] * ROWS)
    assert plan_change(context, news, ClassChange("rename", ("tech",), "technology")).runs == (run.number,)
    _done(context, news, ClassChange("rename", ("tech",), "technology"))
    _version(context, news)
    own = evaluate(context, run, "test", "version", timeout=None)
    later = evaluate(context, run, "test", "newest", timeout=None)
    assert not isinstance(own, Pending) and not isinstance(later, Pending), "they were waited for"
    assert old_classes(context, run, own) == []
    (said,) = old_classes(context, run, later)
    assert "learnt the classes of version 1, and version 2, whose labels count here, has no class “tech”" in said


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (ClassChange("rename", ("tec",), "x"), "Did you mean 'tech'"),
        (ClassChange("rename", ("tech",), "art"), "There is a class 'art' already"),
        (ClassChange("rename", ("tech",), "tech"), "become itself"),
        (ClassChange("merge", ("tech",), "tech"), "takes two classes or more"),
        (ClassChange("split", ("tech",), "x"), "Nothing says which rows"),
        (ClassChange("delete", ("tech",), "x"), "none of this dataset's 3 classes"),
        (ClassChange("rename", ("tech",), " "), "1 to 100 characters"),
    ],
)
def test_what_makes_no_sense_is_refused(context: Context, news: Dataset, change: ClassChange, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        plan_change(context, news, change)


def test_a_version_of_an_older_workspace_has_the_classes_of_its_rows(context: Context, news: Dataset) -> None:
    _done(context, news, ClassChange("rename", ("tech",), "technology"))
    _version(context, news)
    with context.store.write() as cursor:
        cursor.execute("DELETE FROM class_lists")
    first, second = list_versions(context.store, news.dataset_id)
    assert class_list(context.store, get_version(context.store, first.version_id)) == ("art", "sport", "tech")
    assert class_list(context.store, second) == ("art", "sport", "technology")
