"""Review of labels that are several classes at once: decisions, files, queues, words, versions; on a real store."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from core.context import Context
from core.errors import UsageError
from core.records import Dataset, IssueFilter, PredictionFilter, Scan
from core.review.acts import read_acts
from core.review.records import Act
from core.services.issues.listing import ClassChanges, explain, findings, page
from core.services.review.decisions import counts, make_version, record
from core.services.review.file import decide_file
from core.services.review.log import changes
from core.services.review.sources import RunSource, ScanSource
from core.store.acts import decisions
from core.store.ids import new_id
from core.store.rows import labels_of
from core.targets.multi_label.facts import MULTI_LABEL
from tests import crops as data
from tests.runs import finished_run


@pytest.fixture
def crops(context: Context, tmp_path: Path) -> Dataset:
    return data.load(context, tmp_path)


@pytest.fixture
def scan(context: Context, tmp_path: Path, crops: Dataset) -> Scan:
    return data.scan(context, tmp_path, crops)


def rows_of(context: Context, scan: Scan, where: IssueFilter) -> list[int]:
    return [line.issue.example_id for line in page(context, scan, where, 50, 0).lines]


def in_force(context: Context, dataset: Dataset) -> list[tuple[int, str, str | None]]:
    found = decisions.in_force(context.store, dataset.latest_version_id)
    return [(one.example_id, one.action, one.new_label) for one in found]


def test_the_list_is_narrowed_by_a_class_that_a_label_has(context: Context, scan: Scan) -> None:
    assert rows_of(context, scan, IssueFilter(given_label="grain")) == [0, 1]
    assert rows_of(context, scan, IssueFilter(suggested_label="grain")) == [0, 1, 3, 5]
    assert rows_of(context, scan, IssueFilter(given_label="wheat", suggested_label="grain")) == [0, 5]
    everywhere = rows_of(context, scan, IssueFilter(flagged_only=False, given_label="zinc"))
    assert everywhere == [row for row in range(data.ROWS) if "zinc" in data.given(row)]


def test_the_list_is_narrowed_to_rows_of_no_class(context: Context, scan: Scan) -> None:
    everywhere = [row for row in range(data.ROWS) if not data.given(row)]
    assert (
        rows_of(context, scan, IssueFilter(flagged_only=False, given_label="")) == everywhere == [4, *range(10, 30, 5)]
    )
    assert rows_of(context, scan, IssueFilter(given_label="")) == [4]
    assert rows_of(context, scan, IssueFilter(suggested_label="")) == [2]
    assert rows_of(context, scan, IssueFilter(given_label="", added="grain")) == []


def test_the_list_is_narrowed_by_what_a_suggestion_adds_or_removes(context: Context, scan: Scan) -> None:
    assert rows_of(context, scan, IssueFilter(added="grain")) == [3, 5]
    assert rows_of(context, scan, IssueFilter(removed="wheat")) == [0]
    assert rows_of(context, scan, IssueFilter(added="corn", removed="wheat")) == [0]
    assert rows_of(context, scan, IssueFilter(added="zinc")) == []


def test_every_number_of_the_classes_is_the_length_of_its_list(context: Context, scan: Scan) -> None:
    for worst in (None, 3):
        found = findings(context, scan, worst=worst)
        assert found.pairs == ()
        for one in found.changes:
            assert len(rows_of(context, scan, IssueFilter(worst=worst, added=one.label))) == one.added
            assert len(rows_of(context, scan, IssueFilter(worst=worst, removed=one.label))) == one.removed
    assert findings(context, scan).changes == (
        ClassChanges("wheat", 2, 1),
        ClassChanges("corn", 1, 1),
        ClassChanges("grain", 2, 0),
        ClassChanges("zinc", 0, 1),
    )


def test_the_reason_for_a_row_says_sets_in_words(context: Context, scan: Scan) -> None:
    item = explain(context, scan, 0)
    assert item.why == "1 of the 1 nearest examples is corn, grain."
    assert (item.issue.given_label, item.issue.suggested_label) == ('["grain","wheat"]', '["corn","grain"]')


def test_what_the_desk_sends_in_any_order_is_written_as_the_set(context: Context, crops: Dataset) -> None:
    sent = [
        {"key": f"k{row}", "action": "relabel", "example_id": row, "label": label}
        for row, label in enumerate((["wheat", "corn", "wheat"], ["corn", "grain"], [], ["rye"]))
    ]
    acts = read_acts(sent, MULTI_LABEL)
    recorded = record(context, crops.latest_version_id, "ada", acts)
    assert in_force(context, crops) == [(0, "relabel", '["corn","wheat"]'), (1, "keep", None), (2, "relabel", "[]")]
    assert ["'rye'" in refusal.message for refusal in recorded.refused] == [True]
    again = record(context, crops.latest_version_id, "ada", acts[:3])
    assert (len(again.acknowledged), again.refused) == (3, ())
    assert context.ledger.decisions.count(crops.dataset_id) == 3


def test_taking_the_suggested_set_is_counted_as_taking_the_suggestion(context: Context, scan: Scan) -> None:
    item = explain(context, scan, 0)
    shown = {"given_label": item.issue.given_label, "suggested_label": item.issue.suggested_label}
    record(context, scan.version_id, "ada", [Act("k", "relabel", 0, '["corn","grain"]', shown, scan.scan_id)])
    standing = counts(context, scan.version_id, scan.scan_id)
    assert (standing.relabelled, standing.suggestion_taken) == (1, 1)


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        (
            "decisions.csv",
            [
                "example_id,action,label",
                '0,relabel,"[""corn"",""grain""]"',
                '1,relabel,"[ ""grain"", ""corn"" ]"',
                *("2,relabel,[]", "3,keep,", '4,relabel,"[""wheat"",""wheat""]"'),
            ],
        ),
        (
            "decisions.jsonl",
            [
                json.dumps({"example_id": row, "action": "relabel", "label": label})
                for row, label in enumerate((["grain", "corn"], '["grain","corn"]', []))
            ]
            + [
                '{"example_id": 3, "action": "keep"}',
                '{"example_id": 4, "action": "relabel", "label": ["wheat", "wheat"]}',
            ],
        ),
    ],
)
def test_a_file_gives_sets_as_texts_or_as_lists(
    context: Context, tmp_path: Path, crops: Dataset, name: str, lines: list[str]
) -> None:
    (tmp_path / name).write_text("\n".join(lines))
    done = decide_file(context, "crops", tmp_path / name, "ada")
    assert (done.read, done.written) == (5, 5)
    assert in_force(context, crops) == [
        (0, "relabel", '["corn","grain"]'),
        (1, "keep", None),
        (2, "relabel", "[]"),
        (3, "keep", None),
        (4, "relabel", '["wheat"]'),
    ]
    assert decide_file(context, "crops", tmp_path / name, "ada").written == 0


@pytest.mark.parametrize(
    ("label", "said"),
    [
        (["grian", "corn"], r"Line 1: Label 'grian' is none.*Did you mean 'grain'\?"),
        ("corn, grain", r"Line 1: .*write it as \[\"one\",\"two\"\]"),
        ([1.5], "Line 1: Label '\\[1.5\\]' is no list of classes"),
    ],
)
def test_a_class_that_there_is_not_keeps_the_whole_file_out(
    context: Context, tmp_path: Path, crops: Dataset, label: object, said: str
) -> None:
    lines = [{"example_id": 0, "action": "relabel", "label": label}, {"example_id": 1, "action": "keep"}]
    (tmp_path / "decisions.jsonl").write_text("\n".join(map(json.dumps, lines)))
    with pytest.raises(UsageError, match=said):
        decide_file(context, "crops", tmp_path / "decisions.jsonl", "ada")
    assert not in_force(context, crops)


def test_a_version_has_the_sets_that_were_decided_and_its_difference_their_texts(
    context: Context, crops: Dataset
) -> None:
    acts = [Act(new_id(), "relabel", 0, '["corn","grain"]'), Act(new_id(), "relabel", 2, "[]")]
    record(context, crops.latest_version_id, "ada", [*acts, Act(new_id(), "exclude", 3)])
    made = make_version(context, crops.latest_version_id, "sets", "ada")
    assert labels_of(context.store, made.version_id, [0, 1, 2, 3]) == {
        0: '["corn","grain"]',
        1: '["corn","grain"]',
        2: "[]",
    }
    total, found = changes(context, made.version_id, 10, 0)
    assert total == 3
    assert [(one.example_id, one.from_label, one.to_label) for one in found] == [
        (0, '["grain","wheat"]', '["corn","grain"]'),
        (2, '["zinc"]', "[]"),
        (3, '["barley"]', None),
    ]


def test_a_row_of_a_queue_comes_with_the_probability_of_every_class_in_play(
    context: Context, tmp_path: Path, scan: Scan
) -> None:
    folder = context.workspace.runs / scan.job_id / "output" / "0"
    folder.mkdir(parents=True)
    np.save(folder / "row_ids.npy", np.arange(data.ROWS))
    matrix = np.full((data.ROWS, len(data.CLASSES)), 0.1, np.float32)
    matrix[0] = 0.01, 0.9, 0.8, 0.02, 0.3
    np.save(folder / "probabilities.npy", matrix)
    (item,) = ScanSource(scan, IssueFilter()).items(context, scan.version_id, [0])
    assert [name for name, _ in item.probabilities] == ["corn", "grain", "zinc", "wheat", "barley"]
    assert dict(item.probabilities)["wheat"] == pytest.approx(0.02)


def test_without_its_matrix_a_row_has_the_probabilities_of_the_classes_in_doubt(context: Context, scan: Scan) -> None:
    why = {"extra": ["wheat"], "extra_probabilities": [0.02], "missing": ["corn"], "missing_probabilities": [0.9]}
    with context.store.write() as cursor:
        cursor.execute("UPDATE issues SET why = ? WHERE example_id = 0", [json.dumps(why)])
    items = ScanSource(scan, IssueFilter()).items(context, scan.version_id, [0, 1])
    assert [item.probabilities for item in items] == [(("corn", 0.9), ("wheat", 0.02)), ()]


def test_what_a_run_predicts_is_reviewed_as_sets(context: Context, crops: Dataset) -> None:
    probabilities = np.zeros((data.ROWS, len(data.CLASSES)), np.float32)
    probabilities[0] = 0.1, 0.9, 0.8, 0.3, 0.0
    run = finished_run(context, crops, probabilities, ["test"] * data.ROWS)
    with context.store.write() as cursor:
        cursor.execute(
            """UPDATE predictions SET predicted = '["corn","grain"]', confidence = 0.7 WHERE run_id = ?""", [run.run_id]
        )
    source = RunSource(run, PredictionFilter("test"), "version")
    (item,) = source.items(context, crops.latest_version_id, [0])
    assert (item.issue.given_label, item.issue.suggested_label) == ('["grain","wheat"]', '["corn","grain"]')
    assert item.why == "Run 1 is 70% sure of corn, grain and gives the label grain, wheat 10%."
    assert [name for name, _ in item.probabilities] == ["corn", "grain", "wheat", "barley", "zinc"]
    assert item.issue.score == pytest.approx(0.1)
