"""Names and guidelines of classes: given, shown, found, refused, taken back; labels keep their class."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from core.context import Context
from core.errors import UsageError, WinnowError
from core.records import Dataset
from core.services.classes.naming import classes_of, name_classes, take_back
from core.services.export import export
from core.services.lists.asked import issue_filter, row_filter, rows_listed
from core.services.review.file import decide_file
from core.services.runs.models import named_config
from core.store.acts.decisions import decision_of
from core.store.datasets import get_dataset
from core.targets.multi_label.facts import MULTI_LABEL
from core.targets.named import under_names
from core.tasks import target_of
from tests.integration.load_support import loaded


@pytest.fixture
def coded(context: Context, tmp_path: Path) -> Dataset:
    file = tmp_path / "coded.csv"
    file.write_text("text,label\n" + "\n".join(f"text number {i},{i % 3}" for i in range(30)) + "\n")
    return loaded(context, file, name="coded")


def test_a_name_is_shown_and_the_label_stays_what_it_is(context: Context, coded: Dataset) -> None:
    named = name_classes(
        context, coded, "ann", {"0": " negative ", "2": "positive"}, {"0": "Complaints.\nAnd returns."}
    )
    assert named.labels == coded.labels == ("0", "1", "2")
    assert [target_of(named).words(label) for label in named.labels] == ["negative", "1", "positive"]
    assert named.guidelines == {"0": "Complaints.\nAnd returns."}
    assert get_dataset(context.store, "coded") == named, "whoever asks is told at once"
    first = classes_of(context, named)[0]
    assert (first.code, first.rows, first.name) == ("0", 10, "negative")


def test_who_named_a_class_and_when_is_kept(context: Context, coded: Dataset) -> None:
    name_classes(context, coded, "ann", {"0": "bad"})
    name_classes(context, coded, "bob", {"0": "negative"}, {"1": "Neither."})
    name_classes(context, coded, "bob", {"0": "negative"})
    log = context.ledger.classes.log(coded.dataset_id)
    assert [(one.by, one.code, one.name, one.guideline) for one in log] == [
        ("bob", "1", "", "Neither."),
        ("bob", "0", "negative", ""),
        ("ann", "0", "bad", ""),
    ], "what changes nothing is no act"


def test_the_last_change_is_taken_back_whole(context: Context, coded: Dataset) -> None:
    with pytest.raises(UsageError, match="No class"):
        take_back(context, coded, "ann")
    name_classes(context, coded, "ann", {"0": "bad"})
    name_classes(context, coded, "bob", {"0": "negative", "1": "neutral"}, {"0": "Complaints."})
    back = take_back(context, coded, "ann")
    assert (back.names, back.guidelines) == ({"0": "bad"}, {})
    assert take_back(context, coded, "ann").names == {"0": "negative", "1": "neutral"}


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ({"0": "same", "1": "Same"}, "cannot both be called"),
        ({"0": "1"}, "the code of another class"),
        ({"9": "nine"}, "none of this dataset's 3 classes"),
        ({"0": "x" * 101}, "101 characters"),
    ],
)
def test_names_that_cannot_be_told_apart_are_refused_with_the_reason(
    context: Context, coded: Dataset, names: dict[str, str], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        name_classes(context, coded, "ann", names, {"2": "It is not written either."})
    assert (get_dataset(context.store, "coded").names, context.ledger.classes.newest()) == ({}, 0)


def test_a_name_may_move_to_another_class_in_one_act(context: Context, coded: Dataset) -> None:
    name_classes(context, coded, "ann", {"0": "negative", "1": "positive"})
    swapped = name_classes(context, coded, "ann", {"0": "positive", "1": "negative"})
    assert swapped.names == {"0": "positive", "1": "negative"}
    assert name_classes(context, coded, "ann", {"0": "", "1": "1"}).names == {}, "its own code is no name"


def test_filters_links_and_files_take_the_code_or_the_name(context: Context, coded: Dataset, tmp_path: Path) -> None:
    named = name_classes(context, coded, "ann", {"0": "negative", "2": "positive"})
    assert row_filter(named, {"label": "negative"}).label == row_filter(named, {"label": "0"}).label == "0"
    assert issue_filter(named, None, {"given": "positive"}).given_label == "2"
    assert rows_listed(named, {"where": 'label = ["negative","1"]'}).rows[0].values == ("0", "1")
    file = tmp_path / "decisions.csv"
    file.write_text("example_id,action,label\n0,relabel,negativ\n")
    with pytest.raises(WinnowError, match=r"'negativ' is none .* Did you mean 'negative'"):
        decide_file(context, "coded", file, "ann")
    file.write_text("example_id,action,label\n0,relabel,positive\n1,relabel,2\n")
    assert decide_file(context, "coded", file, "ann").written == 2
    kept = decision_of(context.store, named.latest_version_id, [0, 1])
    assert [kept[row].new_label for row in (0, 1)] == ["2", "2"]


def test_several_classes_are_said_and_taken_by_name() -> None:
    target = under_names(MULTI_LABEL, {"0": "joy", "1": "anger"})
    assert (target.words('["0","1","2"]'), target.words("[]")) == ("2, anger, joy", "none")
    assert target.tidied('["joy",2]') == '["0","2"]'
    assert target.objection(target.tidied("joy"), {"0", "1", "2"}), "a text is still no list"


def test_a_table_has_names_beside_the_labels_where_they_are_asked_for(
    context: Context, coded: Dataset, tmp_path: Path
) -> None:
    named = name_classes(context, coded, "ann", {"0": "negative, or so", "2": "it's good"})
    export(context, named.latest_version_id, "csv", tmp_path / "plain.csv")
    export(context, named.latest_version_id, "csv", tmp_path / "named.csv", named=True)
    plain, with_names = ((tmp_path / file).read_text().splitlines() for file in ("plain.csv", "named.csv"))
    assert "label_name" not in plain[0] and plain[1].split(",")[2:4] == ["0", "0"]
    with (tmp_path / "named.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["label"], row["label_name"]) for row in rows[:3]] == [
        ("0", "negative, or so"),
        ("1", "1"),
        ("2", "it's good"),
    ]
    assert len(with_names) == len(plain)


def test_an_exported_model_calls_its_classes_by_their_names(context: Context, coded: Dataset, tmp_path: Path) -> None:
    named = name_classes(context, coded, "ann", {"0": "negative", "2": "positive"})
    told = {"id2label": {"0": "0", "1": "1", "2": "2"}, "label2id": {"0": 0, "1": 1, "2": 2}, "hidden_size": 4}
    found = json.loads(named_config(json.dumps(told), named))
    assert found == {
        "id2label": {"0": "negative", "1": "1", "2": "positive"},
        "label2id": {"negative": 0, "1": 1, "positive": 2},
        "hidden_size": 4,
    }
