"""Scans that fine-tune a model without each fold: what it is shown, what it gives, and how it goes on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.errors import UsageError
from core.finetune.checkpoint import Checkpoints
from core.finetune.place import Place
from core.jobs.about import About
from core.jobs.fits import rows as fits
from core.jobs.fits.fit import Fit
from core.jobs.fits.report import FitReport
from core.jobs.rows import read_rows
from core.jobs.scan.fold_settings import fold_settings
from core.queue import ProgressWriter, Stopped, read_events
from core.records import ScanSpec, TrainSpec
from tests.unit.jobs.test_scan import WORDS, issues, run, summary, text_folder

TUNED = {"encoders": ["lexical"], "folds": 2, "fine_tune": "minilm"}


def test_one_more_tier_is_of_models_that_were_fine_tuned_without_each_fold(tmp_path: Path) -> None:
    folder, wrong = text_folder(tmp_path, rows=90, wrong=6, **TUNED)
    assert run(folder)["tiers"] == ["lexical", "lexical + minilm fine-tuned"]
    events = [(one["order"], one["final"]) for one in read_events(folder) if one["event"] == "tier"]
    assert events == [(0, False), (1, True)]
    found = issues(folder, 1)
    assert wrong[np.argsort(found["rank"])[:6]].sum() >= 5
    members = summary(folder, 1)["encoders"]
    assert [one["name"] for one in members] == ["lexical", "minilm fine-tuned"]
    assert sum(one["weight"] for one in members) == pytest.approx(1)
    assert members[1]["accuracy"] > 0.6  # of three classes
    assert not (folder.output / "folds").exists()
    said = folder.progress_path.read_text()
    assert "minilm fine-tuned: fold 1 of 2" in said and "minilm fine-tuned: fold 2 of 2" in said


def test_no_model_is_asked_about_what_it_has_learnt_and_a_stopped_scan_goes_on_with_the_next_fold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, _ = text_folder(tmp_path, rows=60, wrong=4, **(TUNED | {"folds": 3}))
    asked: list[tuple[list[int], list[int]]] = []
    ends = {2}

    def fit_rows(fit: Fit, rows: Any, train: Any, labels: Any, held: Any) -> Any:
        asked.append((train.tolist(), held.tolist()))
        assert (labels == rows.labels[train]).all()
        if len(asked) in ends:
            raise Stopped
        return np.full((len(held), len(WORDS)), 1 / len(WORDS), np.float32)

    monkeypatch.setattr(fits, "fit_rows", fit_rows)
    with pytest.raises(Stopped):
        run(folder)
    run(folder)
    assert len(asked) == 4
    assert asked[1] == asked[2]  # the fold that was under way, not the one before it
    folds = [asked[0], *asked[2:]]
    assert sorted(row for _, held in folds for row in held) == list(range(60))
    assert all(sorted(train + held) == list(range(60)) for train, held in folds)


def test_a_fine_tune_that_is_asked_to_stop_ends_at_its_next_step_and_keeps_a_checkpoint(tmp_path: Path) -> None:
    folder, _ = text_folder(tmp_path, rows=60, wrong=4, **TUNED)

    class Stopping(ProgressWriter):
        def update(self, stage: str, done: float, total: float | None = None, message: str = "") -> None:
            super().update(stage, done, total, message)
            if "epoch 2" in message:
                folder.request_stop()

    from core.jobs.scan import run as scan

    with pytest.raises(Stopped):
        scan.main(folder, Stopping(folder, raises_stopped=True))
    assert list((folder.output / "folds" / "checkpoint-000").glob("step-*"))
    folder.clear()
    assert run(folder)["tiers"][-1] == "lexical + minilm fine-tuned"
    assert any("Went on from step" in note for note in summary(folder, 1)["notes"])


def test_numbers_are_learnt_in_their_spread_and_said_in_their_own_units(tmp_path: Path) -> None:
    folder, _ = text_folder(tmp_path, rows=48, wrong=0)
    rows = read_rows(folder, "text", tmp_path)
    values = np.where(rows.labels == 0, 5_000.0, 5_100.0)
    about = About("d", "v", "text-regression", (), tmp_path / "arrays", tmp_path)
    report = FitReport(ProgressWriter(folder), "stage", "fold 1:", 0, 1, [])
    settings = TrainSpec("minilm", "full", epochs=6, batch=8, learning_rate=2e-4)
    fit = Fit(about, settings, Place.of("no"), Checkpoints(tmp_path / "checkpoints"), report)
    train, asked = np.arange(36), np.arange(36, 48)
    said = fits.fit_rows(fit, replace(rows, labels=values), train, values[train], asked)
    assert said.shape == (12, 1)
    assert np.abs(said[:, 0] - 5_050).max() < 150
    assert np.corrcoef(said[:, 0], values[asked])[0, 1] > 0.5


def test_a_scan_of_numbers_blends_what_fine_tuned_models_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.random.default_rng(0).normal(size=60)
    folder, _ = text_folder(tmp_path, rows=60, wrong=0, **TUNED)
    folder.write_spec(folder.spec() | {"task": "text-regression", "labels": []})
    file = folder.input / "rows.parquet"
    table = pq.read_table(file)
    pq.write_table(table.set_column(table.column_names.index("label"), "label", pa.array(values)), file)

    def fit_rows(fit: Fit, rows: Any, train: Any, labels: Any, held: Any) -> Any:
        return (values[held, None] + 0.01).astype(np.float32)

    monkeypatch.setattr(fits, "fit_rows", fit_rows)
    assert run(folder)["tiers"] == ["lexical", "lexical + minilm fine-tuned"]
    first, second = (summary(folder, tier) for tier in (0, 1))
    assert second["encoders"][1]["weight"] == pytest.approx(1)
    assert second["mae"] < 0.05 < first["mae"]


def test_rows_of_several_classes_are_pooled_class_by_class(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, _ = text_folder(tmp_path, rows=60, wrong=0, **TUNED)
    folder.write_spec(folder.spec() | {"task": "multi-label-text"})
    file = folder.input / "rows.parquet"
    table = pq.read_table(file)
    sets = pa.array(
        [[row % 3] if row % 2 else [0, row % 3] if row % 3 else [0] for row in range(60)], pa.list_(pa.int32())
    )
    pq.write_table(table.set_column(table.column_names.index("label"), "label", sets), file)

    def fit_rows(fit: Fit, rows: Any, train: Any, labels: Any, held: Any) -> Any:
        assert labels.shape == (len(train), 3)
        return np.where(rows.labels[held] > 0, 0.9, 0.1).astype(np.float32)

    monkeypatch.setattr(fits, "fit_rows", fit_rows)
    run(folder)
    found = np.load(folder.output / "1" / "probabilities.npy")
    labels = read_rows(folder, "multi-label-text", tmp_path, 3).labels
    assert ((found > 0.5) == (labels > 0)).all()


def test_what_cannot_be_fine_tuned_is_refused_in_a_sentence(tmp_path: Path) -> None:
    def refusal(task: str, **settings: Any) -> str:
        with pytest.raises(UsageError) as refused:
            fold_settings(ScanSpec((), **settings), task, 100)
        return str(refused.value)

    assert "no model for table rows that is fine-tuned by steps" in refusal("tabular-classification", fine_tune="trees")
    assert "would have no effect" in refusal("text", fine_tune="minilm", probabilities="own.npy")
    assert "'efficientnet' is for images" in refusal("text", fine_tune="efficientnet")
    assert "has no config.json" in refusal("text", fine_tune=str(tmp_path))
    assert "there is no folder" in refusal("text", fine_tune=str(tmp_path / "none"))


def test_it_is_trained_by_the_usual_settings_of_as_many_rows_as_a_fold_leaves() -> None:
    spec = fold_settings(ScanSpec((), folds=5, seed=7, fine_tune="minilm"), "token-classification", 10_000)
    assert (spec.strategy, spec.batch, spec.epochs, spec.seed) == ("full", 32, 3, 7)
    assert fold_settings(ScanSpec((), fine_tune="minilm"), "text", 500).epochs == 10
