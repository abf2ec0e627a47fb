"""`evaluate`, `compare`, `report` and `runs` on the command line, where a label is several classes."""

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
from core.settings import Workspace
from tests.runs import finished_run
from tests.tagged import CLASSES, tagged

TRUE = (np.random.default_rng(2).random((40, 4)) < 0.4).astype(np.int8)

Ask = Callable[..., str]


def guessed(seed: int) -> np.ndarray:
    return (TRUE * 0.3 + np.random.default_rng(seed).random(TRUE.shape) * 0.7).astype(np.float32)


@pytest.fixture
def ask(workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str], one_reader: None) -> Ask:
    """What a command prints, in a workspace with one dataset and two runs."""
    context = open_context(workspace)
    dataset = tagged(context, tmp_path, TRUE)
    for seed in (0, 1):
        finished_run(context, dataset, guessed(seed), ["test"] * 40)
    context.close()

    def _ask(*words: str) -> str:
        assert main(["--workspace", str(workspace.root), *words]) == 0
        return capsys.readouterr().out

    return _ask


def test_evaluate_prints_scikit_learns_figures_as_json(ask: Ask) -> None:
    found: dict[str, Any] = json.loads(ask("evaluate", "cables", "--run", "1", "--split", "test", "--json"))
    predicted = (guessed(0) >= 0.5).astype(np.int8)
    assert (found["rows"], found["labels"]) == (40, list(CLASSES))
    assert found["accuracy"] == pytest.approx(sklearn.metrics.accuracy_score(TRUE, predicted))
    for name in ("micro", "macro"):
        assert found[f"{name}_f1"] == pytest.approx(sklearn.metrics.f1_score(TRUE, predicted, average=name))
        low, high = found[f"{name}_f1_interval"]
        assert low < found[f"{name}_f1"] < high
    assert found["samples_f1"] == pytest.approx(
        sklearn.metrics.f1_score(TRUE, predicted, average="samples", zero_division=0)
    )
    assert found["hamming_loss"] == pytest.approx(sklearn.metrics.hamming_loss(TRUE, predicted))
    assert found["confusion_matrices"] == sklearn.metrics.multilabel_confusion_matrix(TRUE, predicted).tolist()
    assert np.shape(found["missed_and_added"]) == (4, 4)
    theirs = sklearn.metrics.classification_report(
        TRUE, predicted, target_names=CLASSES, output_dict=True, zero_division=0
    )
    assert (found["report"]["averages"] | found["report"]["classes"]).keys() == theirs.keys()
    for name, figures in theirs.items():
        assert (found["report"]["averages"] | found["report"]["classes"])[name] == pytest.approx(figures, abs=1e-9)
    assert found["log_loss"] > 0 and isinstance(found["notes"], list)


def test_evaluate_shows_people_a_table(ask: Ask) -> None:
    text = ask("evaluate", "cables", "--run", "1")
    assert "on 40 rows of test: micro F1 0." in text and "Hamming loss 0." in text
    for part in ("samples avg", "most often: missed", "missed  added"):
        assert part in text


def test_compare_prints_paired_differences(ask: Ask) -> None:
    found = json.loads(ask("compare", "cables", "--runs", "1", "2", "--json"))
    one, two = ((guessed(seed) >= 0.5).astype(np.int8) for seed in (0, 1))
    for name in ("micro", "macro"):
        of_both = (sklearn.metrics.f1_score(TRUE, each, average=name) for each in (one, two))
        assert (found[f"{name}_f1"]["first"], found[f"{name}_f1"]["second"]) == pytest.approx(tuple(of_both))
    right = [(each == TRUE).all(axis=1) for each in (one, two)]
    assert found["accuracy"]["difference"] == pytest.approx(right[1].mean() - right[0].mean())
    assert [each["name"] for each in found["classes"]] == list(CLASSES)
    tables = [sklearn.metrics.multilabel_confusion_matrix(TRUE, each) for each in (one, two)]
    assert found["matrices_difference"] == (tables[1] - tables[0]).tolist()
    assert "subset accuracy" in ask("compare", "cables", "--runs", "1", "2")


def test_the_report_is_one_file_with_everything(ask: Ask, tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    assert json.loads(ask("report", "cables", "--run", "1", "--out", str(out), "--json"))["bytes"] == out.stat().st_size
    text = out.read_text(encoding="utf-8")
    for part in ("Micro F1", "Subset accuracy", "Hamming loss", "samples avg", "Missed and added classes", "<svg"):
        assert part in text
    assert "with examples" in text and "Cable " in text


def test_runs_are_listed(ask: Ask) -> None:
    assert [each["run"] for each in json.loads(ask("runs", "cables", "--json"))] == [2, 1]
