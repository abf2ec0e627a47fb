"""The page Train: starting a run, watching it in any tab, and what it says of one that has ended."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.context import Context
from core.records import Dataset, TrainSpec
from core.services.runs.devices import Device
from core.ui import keys
from tests.pages import issues_data
from tests.pages import training_data as data
from tests.pages.conftest import PAGES

Open = Callable[..., AppTest]


@pytest.fixture
def news(app: Context, tmp_path: Path) -> Dataset:
    """90 stories in splits train and test."""
    return issues_data.load(app, tmp_path)


def words(shown: AppTest) -> str:
    assert not shown.exception, shown.exception
    assert not [error for error in shown.error if "inside Winnow" in error.value]
    found = [*shown.markdown, *shown.caption, *shown.error]
    return "\n".join(str(element.value) for element in found).replace("\\", "")


def links(shown: AppTest) -> dict[str, tuple[str, str]]:
    return {link.proto.label: (link.proto.page, link.proto.query_string) for link in shown.get("page_link")}


def labels(shown: AppTest) -> list[str]:
    return [widget.label for widget in [*shown.number_input, *shown.selectbox]]


def settled(shown: AppTest) -> AppTest:
    """The page once what it works out beside it is there."""
    for _ in range(50):
        if not shown.button(key="train-start").disabled:
            return shown
        shown.run()
    raise AssertionError("the rows were never counted")


# --- runs ------------------------------------------------------------------------------------------------------------


def test_a_dataset_without_runs_says_so_and_leads_to_the_form(news: Dataset, open_at: Open) -> None:
    shown = open_at("training")
    assert "No model has been trained" in words(shown)
    assert links(shown)["Train one"] == ("training", "view=new&dataset=news&version=1")


def test_a_link_to_another_view_of_the_page_one_is_on_writes_the_url(app: Context, news: Dataset) -> None:
    shown = AppTest.from_file(str(PAGES / "training.py"), default_timeout=30)
    shown.session_state[keys.PAGE] = "training"
    shown.run()
    next(button for button in shown.button if button.label == "Train one").click()
    shown.run()
    assert shown.query_params["view"] == "new"
    settled(shown).button(key="train-start").click().run()
    assert [run.number for run in app.ledger.runs.of(news.dataset_id)] == [1]


def test_a_run_is_deleted_after_asking_and_its_link_says_so(app: Context, open_at: Open, news: Dataset) -> None:
    run = data.begin(app, news)
    data.finish(app, run)
    shown = open_at("training", run=1, reviewer="ada")
    assert not shown.exception
    assert "links to the run and comparisons with it will say that it was deleted" in words(shown)
    shown.button(key="run-delete-button").click().run()
    assert not shown.exception
    assert app.ledger.runs.of(news.dataset_id) == [] and "No model has been trained" in words(shown)
    other = data.begin(app, news)
    assert other.number == 2
    assert not [button for button in open_at("training", run=2).button if button.key == "run-delete-button"]
    again = open_at("training", run=1)
    assert "Run 1 was deleted by ada" in "\n".join(one.value for one in again.error)


def test_a_run_under_way_shows_stage_share_figures_and_what_can_be_done(
    app: Context, news: Dataset, open_at: Open
) -> None:
    run = data.begin(app, news)
    data.learn(app, run, steps=20)
    shown = open_at("training")
    text = words(shown)
    assert "Run 1" in text and "Learning · 50%" in text
    assert "step 20 · epoch 2.0 of 4 · learning rate 5.00e-05 · 123 examples/s · 4,567 tokens/s" in text
    assert "memory 2.50 of 24 GiB · device busy 83%" in text
    assert "Memory ran out at a batch of 32" in text
    assert len(shown.get("plotly_chart")) == 2
    assert {"stop-run", "cancel-run"} <= {button.key for button in shown.button}


@pytest.mark.parametrize(("press", "cancelled"), [("stop", False), ("cancel", True)])
def test_a_button_asks_the_run_to_end(app: Context, news: Dataset, open_at: Open, press: str, cancelled: bool) -> None:
    run = data.begin(app, news)
    shown = open_at("training").button(key=f"{press}-run").click().run()
    folder = app.queue.folder(run.run_id)
    assert folder.stop_requested() and folder.cancel_requested() == cancelled
    assert "stopping" in words(shown)


def test_a_finished_run_shows_its_scores_and_leads_to_its_evaluation(
    app: Context, news: Dataset, open_at: Open
) -> None:
    run = data.begin(app, news)
    data.learn(app, run)
    data.finish(app, run)
    scores = app.ledger.runs.get(news.dataset_id, "1").summary["splits"]["test"]
    shown = open_at("training")
    text = words(shown)
    assert links(shown)["Evaluate on test"] == ("evaluation", "dataset=news&run=1&split=test")
    assert f"**{scores['accuracy']:.2%}** on test" in text
    assert f"macro F1 {scores['macro_f1']:.2%} · 18 rows" in text
    assert "learning 12 s · predicting 1.3 s · 40 steps, best epoch 3 of 4 · batch 16 × 2 · 123 examples/s" in text


def test_the_url_names_the_run_that_is_shown(app: Context, news: Dataset, open_at: Open) -> None:
    first, second = data.begin(app, news), data.begin(app, news)
    data.finish(app, first)
    assert "**Run 2**" in words(open_at("training", dataset="news"))
    shown = open_at("training", dataset="news", run=1)
    assert "**Run 1**" in words(shown) and "**Run 2**" not in words(shown)
    assert "2 runs of this dataset" in words(shown)
    gone = open_at("training", dataset="news", run=7)
    assert "Run '7' not found" in words(gone) and "**Run 2**" in words(gone)
    data.fail(app, second, "")


def test_a_failed_run_says_why_in_one_sentence_and_shows_its_log(app: Context, news: Dataset, open_at: Open) -> None:
    run = data.begin(app, news)
    app.queue.folder(run.run_id).log_path.write_text("Traceback\n<b>boom</b>\n")
    data.fail(app, run, "No model folder at mine.")
    shown = open_at("training")
    assert [error.value.replace("\\", "") for error in shown.error] == ["No model folder at mine."]
    assert "Traceback\n<b>boom</b>" in [code.value for code in shown.code]


def test_a_run_can_be_made_again_from_its_command_and_its_spec(app: Context, news: Dataset, open_at: Open) -> None:
    data.finish(app, data.begin(app, news))
    command, spec = [code.value for code in open_at("training").code]
    assert command.startswith("python -m core train news --version 1 --model minilm --strategy full --epochs 4 ")
    assert "--learning-rate 0.0001" in command and "--last-layers" not in command
    assert '"strategy": "full"' in spec


def test_another_runs_curves_lie_over_these_and_the_url_says_which(app: Context, news: Dataset, open_at: Open) -> None:
    runs = [data.begin(app, news), data.begin(app, news), data.begin(app, news, TrainSpec())]
    for run, steps in zip(runs[:2], (20, 40), strict=True):
        data.learn(app, run, steps)
    shown = open_at("training", run=2)
    picker = shown.selectbox(key="with")
    assert picker.options == ["no other run", "1: Full fine-tune of minilm, version 1"]
    assert "with" not in shown.query_params
    (alone,) = shown.dataframe
    assert list(alone.value["epoch"]) == [1, 2, 3, 4]
    shown = picker.set_value("1").run()
    assert shown.query_params["with"] == ["1"] or shown.query_params["with"] == "1"
    shown = open_at("training", run=2, **{"with": 1})
    drawn = {
        trace["name"]: trace for chart in shown.get("plotly_chart") for trace in json.loads(chart.proto.spec)["data"]
    }
    assert {f"{split}, run {run}" for split in ("train", "validation") for run in (1, 2)} <= set(drawn)
    for name in ("train", "validation", "accuracy, validation", "macro F1, validation"):
        one, other = (drawn[f"{name}, run {run}"]["line"] for run in (1, 2))
        assert one["dash"] != other["dash"] and one["color"] == other["color"]
    (numbers,) = shown.dataframe
    assert numbers.value["accuracy, validation, run 2"].tolist() == pytest.approx([1 - 0.5 / (n + 1) for n in range(4)])
    assert numbers.value["accuracy, validation, run 1"].isna().tolist() == [False, False, True, True]


def test_a_run_that_there_is_no_more_to_compare_with_leaves_its_own_curves(
    app: Context, news: Dataset, open_at: Open
) -> None:
    for _ in range(2):
        data.learn(app, data.begin(app, news))
    shown = open_at("training", run=2, **{"with": 2})
    assert shown.selectbox(key="with").value == "none" and len(shown.get("plotly_chart")) == 2


# --- a new run -------------------------------------------------------------------------------------------------------


def test_the_form_says_what_it_learns_from_and_where_it_runs(news: Dataset, open_at: Open) -> None:
    text = words(settled(open_at("training", view="new")))
    assert "**72** train" in text and "**18** test" in text
    assert "Runs on **" in text


def test_the_form_says_the_precision_and_the_memory_before_the_start(
    news: Dataset, open_at: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [Device("cuda:0", "GTX 1060", 1_100_000_000, (6, 1))]
    monkeypatch.setattr("core.ui.training.new.find_devices", lambda *asked: found)
    shown = settled(open_at("training", view="new"))
    shown = said(shown.radio(key="train-strategy").set_value("full").run(), "needs about")
    text = words(shown)
    assert "Runs on **the GPU (GTX 1060)**" in text
    assert "Computes in fp16 mixed precision with loss scaling: the GPU has no bf16." in text
    assert "of 1.1 GB of memory." in text and not shown.warning
    shown = said(shown.number_input(key="train-batch").set_value(512).run(), "more than there is")
    assert "lower the batch of 512, or turn gradient checkpointing on" in shown.warning[0].value


def test_the_form_says_what_a_persons_accelerate_config_decides_or_why_it_cannot_be(
    app: Context, news: Dataset, open_at: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WINNOW_DATA_FOLDERS", str(tmp_path))
    path = tmp_path / "mine.yaml"
    path.write_text("distributed_type: MULTI_CPU\nnum_processes: 2\nuse_cpu: true\n")
    shown = settled(open_at("training", view="new"))
    shown = settled(shown.radio(key="train-strategy").set_value("full").run())
    shown = said(shown.text_input(key="train-accelerate_config").set_value(f" {path} ").run(), "in 2 processes")
    assert f"Follows {path}: MULTI_CPU, 2 processes on the CPU of this machine" in words(shown)
    path.write_text("distributed_type: FSDP\nnum_processes: 2\n")
    shown = shown.button(key="train-start").click().run()
    assert "distributed_type cannot be 'FSDP': Winnow's training loop" in words(shown)
    assert not app.ledger.runs.of(news.dataset_id)


def test_where_others_can_come_a_config_or_a_model_outside_the_allowed_folders_is_not_looked_at(
    news: Dataset, open_at: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = settled(open_at("training", view="new"))
    shown = settled(shown.radio(key="train-strategy").set_value("full").run())
    monkeypatch.setenv("WINNOW_I_KNOW", "1")
    shown.text_input(key="train-accelerate_config").set_value("/etc/hostname").run()
    assert "/etc/hostname is outside the folders" in words(shown)


def test_a_run_says_which_accelerate_config_it_follows(app: Context, news: Dataset, open_at: Open) -> None:
    text = "distributed_type: MULTI_CPU\nmixed_precision: bf16\nnum_processes: 2\nuse_cpu: true\n"
    spec = replace(data.FULL, accelerate_config="/home/ada/mine.yaml", precision="fp16")
    run = data.begin(app, news, spec, accelerate_yaml=text)
    data.finish(app, run)
    shown = open_at("training")
    assert (
        "Follows /home/ada/mine.yaml: MULTI_CPU, 2 processes on the CPU of this machine, mixed precision 'bf16'; the "
        "run's own precision, fp16, counts. This copy of it lies in the run's folder:"
    ) in words(shown)
    assert text.strip() in [code.value for code in shown.code]


def test_a_run_on_several_machines_says_how_the_others_take_part(app: Context, news: Dataset, open_at: Open) -> None:
    run = data.begin(app, news)
    script = app.queue.folder(run.run_id).join_path
    assert not open_at("training").info
    script.write_text("#!/bin/sh\n")
    shown = open_at("training")
    assert "once every machine takes part" in shown.info[0].value
    assert f"sh {script} RANK" in [code.value for code in shown.code]
    data.fail(app, run, "")


def said(shown: AppTest, text: str) -> AppTest:
    """The page once it says so, be it as a warning."""
    for _ in range(100):
        if text in words(shown) or any(text in warning.value for warning in shown.warning):
            return shown
        time.sleep(0.1)
        shown.run()
    raise AssertionError(words(shown))


def test_a_strategy_shows_only_the_settings_that_apply(news: Dataset, open_at: Open) -> None:
    shown = settled(open_at("training", view="new"))
    assert shown.radio(key="train-strategy").value == "head"
    assert {"Class weights", "Seed"} <= set(labels(shown)) and "Epochs" not in labels(shown)
    shown = settled(shown.radio(key="train-strategy").set_value("last").run())
    assert {"Layers", "Epochs", "Learning rate", "Batch", "Patience", "Precision"} <= set(labels(shown))
    assert shown.number_input(key="train-epochs").placeholder == "10"
    assert "**66** train" in words(shown) and "**6** validation" in words(shown)


@pytest.mark.parametrize(
    ("key", "value", "named"), [("train-epochs", -3, "Epochs"), ("train-learning_rate", 5.0, "Learning rate")]
)
def test_a_wrong_value_is_named_with_its_field_and_nothing_starts(
    app: Context, news: Dataset, open_at: Open, key: str, value: float, named: str
) -> None:
    shown = open_at("training", view="new")
    shown.radio(key="train-strategy").set_value("full").run()
    shown = settled(shown)
    shown.number_input(key=key).set_value(value)
    shown = shown.button(key="train-start").click().run()
    assert f"{named} cannot be {value}" in words(shown)
    assert not app.ledger.runs.of(news.dataset_id)


def test_start_lists_the_run_at_once_and_shows_it(app: Context, news: Dataset, open_at: Open) -> None:
    shown = settled(open_at("training", view="new"))
    shown = shown.button(key="train-start").click().run()
    [run] = app.ledger.runs.of(news.dataset_id)
    app.queue.cancel(run.run_id)
    assert (shown.query_params["view"], shown.query_params["run"]) == ("runs", "1")
    assert "Quick retrain of minilm, version 1" in words(shown)
