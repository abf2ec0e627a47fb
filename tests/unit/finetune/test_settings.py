"""What a fine-tune may be told, what it is told by default, and how a wrong value is named."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from core.errors import UsageError
from core.finetune.settings import EVERY, SETTINGS, applying, check, reason_for_batch, resolve
from core.records import TrainSpec
from core.tasks import task_named

(CONFIG,) = (setting for setting in SETTINGS if setting.name == "accelerate_config")
"""The one that stays empty where it is not said."""


def test_every_field_of_a_spec_is_a_setting_with_one_line_of_help() -> None:
    assert {setting.name for setting in SETTINGS} == {field.name for field in fields(TrainSpec)}
    assert all(setting.help and "\n" not in setting.help and len(setting.help) < 100 for setting in SETTINGS)


@pytest.mark.parametrize("strategy", EVERY)
@pytest.mark.parametrize("task", ["text", "image"])
def test_a_resolved_spec_has_no_default_left_among_what_applies_and_stays_as_it_is(task: str, strategy: Any) -> None:
    resolved = resolve(TrainSpec(strategy=strategy), task, 1000)
    settings = applying(strategy, task_named(task).modality)
    assert all(getattr(resolved, setting.name) not in (None, "") for setting in settings if setting != CONFIG)
    assert resolve(resolved, task, 1000) == resolved


def test_few_rows_get_more_epochs_and_many_rows_fewer() -> None:
    epochs = [resolve(TrainSpec(strategy="full"), "text", rows).epochs for rows in (10, 3000, 1_000_000)]
    assert epochs == [10, 7, 3]


@pytest.mark.parametrize(
    ("rows", "batch", "learning_rate"), [(10_003, 128, 4e-4), (3000, 128, 4e-4), (1200, 64, 2e-4), (500, 32, 1e-4)]
)
def test_a_gpu_takes_as_many_at_a_time_as_leave_enough_steps(rows: int, batch: int, learning_rate: float) -> None:
    """The epochs stay those of the CPU, and the learning rate rises with the batch."""
    asked = TrainSpec(strategy="full")
    here, there = resolve(asked, "text", rows), resolve(asked, "text", rows, on_gpu=True)
    assert (here.batch, here.learning_rate, there.epochs) == (32, 1e-4, here.epochs)
    assert (there.batch, there.learning_rate) == (batch, learning_rate)
    reason = reason_for_batch(asked, there.batch, there.learning_rate)
    assert (f"{batch}, with the learning rate {learning_rate:g}" in reason) == (batch > 32)


def test_a_batch_that_a_person_chose_changes_no_learning_rate_and_needs_no_reason() -> None:
    asked = TrainSpec(strategy="full", batch=8)
    resolved = resolve(asked, "text", 3000, on_gpu=True)
    assert (resolved.batch, resolved.learning_rate) == (8, 1e-4)
    assert reason_for_batch(asked, resolved.batch, resolved.learning_rate) == ""


def test_what_a_person_says_is_kept() -> None:
    said = TrainSpec(strategy="last", epochs=2, batch=8, learning_rate=0.5, model="efficientnet")
    assert resolve(said, "image", 100) == said


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"strategy": "all"}, "Strategy cannot be 'all'"),
        ({"strategy": "full", "epochs": 0}, "Epochs cannot be 0"),
        ({"strategy": "full", "epochs": 2.5}, r"Epochs cannot be 2\.5"),
        ({"strategy": "full", "batch": True}, "Batch cannot be True"),
        ({"strategy": "full", "learning_rate": float("nan")}, "Learning rate cannot be nan"),
        ({"strategy": "full", "learning_rate": 2.0}, r"Learning rate cannot be 2\.0"),
        ({"strategy": "full", "warmup": -0.1}, r"Warm-up cannot be -0\.1"),
        ({"strategy": "full", "metric": "auc"}, "Metric cannot be 'auc'"),
        ({"seed": -1}, "Seed cannot be -1"),
        ({"epochs": 3}, "Epochs: 3 has no effect with the strategy 'head'"),
        ({"strategy": "full", "last_layers": 4}, "Layers: 4 has no effect with the strategy 'full'"),
        ({"model": "/nowhere/at/all"}, "Model: there is no folder '/nowhere/at/all'"),
    ],
)
def test_a_wrong_value_is_named_with_its_field(wrong: dict[str, Any], named: str) -> None:
    with pytest.raises(UsageError, match=named) as raised:
        check(replace(TrainSpec(), **wrong))
    assert raised.value.hint


def test_a_bundled_model_of_the_other_kind_is_refused_with_one_that_fits() -> None:
    with pytest.raises(UsageError, match="'efficientnet' is for images") as raised:
        resolve(TrainSpec(model="efficientnet"), "text", 100)
    assert "minilm" in raised.value.hint


def test_what_is_fitted_at_once_takes_no_other_model() -> None:
    with pytest.raises(UsageError, match="'owner/bert' is not for table rows") as raised:
        resolve(TrainSpec(model="owner/bert"), "tabular-classification", 100)
    assert raised.value.hint == "Use boosting."


def test_a_model_folder_is_named_by_its_full_path_and_must_hold_a_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").mkdir()
    with pytest.raises(UsageError, match="holds no model"):
        check(TrainSpec(model="mine"))
    (tmp_path / "mine" / "config.json").write_text("{}")
    assert resolve(TrainSpec(model="mine"), "text", 100).model == str(tmp_path / "mine")
    assert resolve(TrainSpec(model="someone/model"), "text", 100).model == "someone/model"


def test_texts_are_cut_where_scans_cut_them_so_that_a_quick_retrain_finds_their_embeddings() -> None:
    from core.modalities.text.encoder import MAX_TOKENS

    assert TrainSpec().max_tokens == MAX_TOKENS


def test_a_bundled_model_that_cannot_do_gradient_checkpointing_is_refused_before_the_start() -> None:
    asked = TrainSpec(strategy="full", gradient_checkpointing="on")
    assert resolve(asked, "text", 100).gradient_checkpointing == "on"
    with pytest.raises(UsageError, match="'efficientnet' cannot do it"):
        resolve(asked, "image", 100)


def test_what_has_no_effect_on_a_modalitys_models_is_refused_and_not_asked() -> None:
    with pytest.raises(UsageError, match="Longest text: 64 has no effect on images"):
        resolve(TrainSpec(strategy="full", max_tokens=64), "image", 100)
    shown = {
        task: {setting.name for setting in applying("full", task_named(task).modality)} for task in ("text", "image")
    }
    assert shown["text"] - shown["image"] == {"max_tokens"}
