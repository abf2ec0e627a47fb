"""`evaluate` and `compare` on the command line, with a run that has ended."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sklearn.metrics

from core.__main__ import main
from core.services.context import open_context
from core.services.story.words import QUESTIONS
from core.settings import Workspace
from tests.runs import finished_run

from .load_support import loaded

TRUE = np.array([i % 3 for i in range(30)])
NAMES = np.array(["a", "b", "c"])

Ask = Callable[..., str]


def guessed(seed: int) -> np.ndarray:
    weights = np.random.default_rng(seed).random((30, 3)) + np.eye(3)[TRUE] * 0.4
    return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def ask(workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str], one_reader: None) -> Ask:
    """What a command prints, in a workspace with one dataset and two runs."""
    rows = [f"text {i},{NAMES[i % 3]}" for i in range(30)]
    (tmp_path / "abc.csv").write_text("\n".join(["text,label", *rows]) + "\n")
    context = open_context(workspace)
    dataset = loaded(context, tmp_path / "abc.csv", name="abc")
    for seed in (0, 1):
        finished_run(context, dataset, guessed(seed), ["test"] * 30)
    context.close()

    def _ask(*words: str, code: int = 0) -> str:
        assert main(["--workspace", str(workspace.root), *words]) == code
        printed = capsys.readouterr()
        return printed.err if code else printed.out

    return _ask


def test_evaluate_prints_scikit_learns_report_as_json(ask: Ask) -> None:
    found: dict[str, Any] = json.loads(ask("evaluate", "abc", "--run", "1", "--split", "test", "--json"))
    predicted = NAMES[guessed(0).argmax(axis=1)]
    assert found["labels"] == ["a", "b", "c"]
    assert found["confusion_matrix"] == sklearn.metrics.confusion_matrix(NAMES[TRUE], predicted).tolist()
    theirs = sklearn.metrics.classification_report(NAMES[TRUE], predicted, output_dict=True)
    assert found["accuracy"] == found["report"]["accuracy"] == pytest.approx(theirs.pop("accuracy"), abs=1e-9)
    assert found["macro_f1"] == pytest.approx(theirs["macro avg"]["f1-score"], abs=1e-9)
    for name, figures in theirs.items():
        assert (found["report"]["averages"] | found["report"]["classes"])[name] == pytest.approx(figures, abs=1e-9)
    low, high = found["accuracy_interval"]
    assert low < found["accuracy"] < high
    assert found["macro_f1_interval"][0] < found["macro_f1"] < found["macro_f1_interval"][1]
    assert found["log_loss"] > 0


def test_evaluate_shows_people_a_table(ask: Ask) -> None:
    text = ask("evaluate", "abc", "--run", "1", "--labels", "given")
    assert "on 30 rows of test: accuracy 0." in text
    assert "weighted avg" in text
    assert "most confused: true" in text


def test_evaluate_by_an_attribute_has_the_rates_of_each_group(ask: Ask) -> None:
    found = json.loads(ask("evaluate", "abc", "--run", "1", "--by", "text length", "--json"))
    lengths, predicted = np.array([len(f"text {i}") for i in range(30)]), NAMES[guessed(0).argmax(axis=1)]
    assert [(group["rows"], group["judged"]) for group in found["groups"]] == [(10, False), (20, False)]
    for group, length in zip(found["groups"], (6, 7), strict=True):
        own = lengths == length
        true = NAMES[TRUE][own]
        assert group["accuracy"]["estimate"] == pytest.approx((true == predicted[own]).mean())
        found_b = group["classes"]["b"]["true_positive_rate"]
        assert found_b["estimate"] == pytest.approx((predicted[own] == "b")[true == "b"].mean())
    assert found["classes"]["a"]["equalized_odds_difference"] is None, "groups under 30 rows are not compared"
    assert "few rows, not compared" in ask("evaluate", "abc", "--run", "1", "--by", "text length")
    assert "The attributes: text length" in ask("evaluate", "abc", "--run", "1", "--by", "colour", code=2)


def test_export_masks_a_whole_version_as_a_table_alone(ask: Ask, tmp_path: Path) -> None:
    out = tmp_path / "masked.jsonl"
    ask("export", "abc", "--format", "jsonl", "--mask", "--out", str(out))
    assert json.loads(out.read_text().splitlines()[0])["text"] == "text 0"
    wrong = ("export", "abc", "--format", "datasets", "--mask", "--out", str(tmp_path / "folder"))
    assert "--mask is for a whole version as a table." in ask(*wrong, code=2)


def test_compare_prints_paired_differences(ask: Ask) -> None:
    found = json.loads(ask("compare", "abc", "--runs", "1", "2", "--json"))
    one, two = ((guessed(seed).argmax(axis=1) == TRUE) for seed in (0, 1))
    for each in (found["accuracy"], found["macro_f1"], *found["classes"]):
        assert list(each) == ["name", "first", "second", "difference", "interval", "support"]
        assert len(each["interval"]) == 2
    assert found["accuracy"]["difference"] == pytest.approx(two.mean() - one.mean())
    assert (found["only_first_right"], found["only_second_right"]) == ((one & ~two).sum(), (two & ~one).sum())
    assert [each["name"] for each in found["classes"]] == ["a", "b", "c"]
    assert "95 % interval" in ask("compare", "abc", "--runs", "1", "2")


def test_report_writes_one_file_with_the_figures_in_it(ask: Ask, tmp_path: Path) -> None:
    out = tmp_path / "new folder" / "report.html"
    found = json.loads(ask("report", "abc", "--run", "1", "--split", "test", "--out", str(out), "--json"))
    assert (found["run"], found["bytes"], Path(found["out"])) == (1, out.stat().st_size, out)
    text = out.read_text().replace("\N{NO-BREAK SPACE}", " ")
    evaluated = json.loads(ask("evaluate", "abc", "--run", "1", "--json"))
    assert f"{100 * evaluated['accuracy']:.1f} %" in text
    assert f"{evaluated['report']['averages']['macro avg']['f1-score']:.4f}" in text
    assert "MiniLM, head" in text and "<svg" in text and "http" not in text.replace("http-equiv", "")


def test_a_run_or_split_that_does_not_exist_is_answered_with_those_that_do(ask: Ask) -> None:
    assert "This dataset has: 1, 2." in ask("evaluate", "abc", "--run", "7", code=1)
    assert "It has predicted: test." in ask("compare", "abc", "--runs", "1", "2", "--split", "dev", code=1)


def test_report_writes_over_nothing(ask: Ask, tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "abc.csv"):
        said = ask("report", "abc", "--run", "1", "--out", str(place), code=2)
        assert f"{place} exists already.\n  Move it away" in said
    assert (tmp_path / "abc.csv").read_text().startswith("text,label")


def test_the_report_of_a_dataset_is_about_its_newest_run(ask: Ask, tmp_path: Path) -> None:
    found = json.loads(ask("report", "abc", "--out", str(tmp_path / "story.html"), "--json"))
    assert (found["run"], found["split"]) == (2, "test")
    text = (tmp_path / "story.html").read_text()
    assert "abc: how good, and what next" in text and "counter(page)" in text


def test_story_answers_every_question_of_a_stakeholder(ask: Ask) -> None:
    found = json.loads(ask("story", "abc", "--json"))
    assert [one["question"] for one in found["questions"]] == list(QUESTIONS.values())
    assert all(one["answer"] for one in found["questions"])
    assert found["score"]["run"] == 2 and found["threshold"] is None
    assert {one["name"] for one in found["classes"]} == {"a", "b", "c"}
    assert [one["version"] for one in found["versions"]] == [1] and 1 <= len(found["next"]) <= 3
    right = (guessed(1).argmax(axis=1) == TRUE).mean()
    assert found["score"]["estimate"] == pytest.approx(right)
    before = next(one for one in found["baselines"] if one["run"] == 1)
    assert before["difference"]["estimate"] == pytest.approx(right - (guessed(0).argmax(axis=1) == TRUE).mean())


def test_story_chooses_the_threshold_by_what_errors_cost(ask: Ask) -> None:
    asked = ("story", "abc", "--class", "a", "--first-cost", "1", "--second-cost", "9")
    found = json.loads(ask(*asked, "--json"))["threshold"]
    assert found["rows"] == 30 and found["threshold"]["interval"][0] <= found["threshold"]["interval"][1]
    costs = {at: 1000 / 30 * _cost(at) for at in np.arange(202) / 200}
    assert costs[found["threshold"]["estimate"]] == pytest.approx(min(costs.values()))
    assert found["usual_cost"] == pytest.approx(costs[0.5])
    assert "Take a row for “a”" in ask(*asked)
    assert "does not know the class 'z'" in ask("story", "abc", "--class", "z", code=1)


def _cost(at: float) -> float:
    yes, has = guessed(1)[:, 0] >= at - 1e-9, TRUE == 0
    return float(np.sum(yes & ~has) + 9 * np.sum(~yes & has))
