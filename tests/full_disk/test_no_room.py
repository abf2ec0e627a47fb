"""The disk is full at ten moments: a sentence with bytes and folder, nothing half-written, and it works once there is
room."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.__main__ import main
from core.errors import NoRoomError, StoreError
from core.files import PART
from core.room import met
from core.services.context import open_context
from core.services.upkeep.backups import make_backup
from core.settings import Workspace
from core.store.datasets import list_datasets
from tests.full_disk.small_disk import MB, SmallDisk
from tests.integration.cli_support import PROJECT, Ran, Run, write_rows
from tests.training_support import tiny_bert, train_folder

SENTENCE = re.compile(r"There is no room in (/\S+): it needs (more than the )?[\d,.]+ (bytes|[KMGT]B)")


@pytest.fixture
def run(disk: SmallDisk, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """`run("datasets")` in this process, on a workspace on the small disk."""
    monkeypatch.setenv("WINNOW_WORKSPACE", str(disk.path / "workspace"))

    def call(*arguments: str | Path) -> Ran:
        capfd.readouterr()
        code = main([str(argument) for argument in arguments])
        captured = capfd.readouterr()
        return Ran(code, captured.out, captured.err)

    return call


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    path = tmp_path / "notes.csv"
    write_rows(path)
    return path


def load(run: Run, path: Path, name: str = "notes") -> Ran:
    return run("load", path, "--name", name)


def told(ran: Ran, folder: Path) -> None:
    """It failed with the sentence about a place on the disk, and with no traceback."""
    found = SENTENCE.search(ran.err)
    assert ran.code == 1 and "Traceback" not in ran.err and "defect" not in ran.err, ran.err
    assert found, ran.err
    assert Path(found[1]).is_relative_to(folder), ran.err
    assert "python -m core space" in ran.err


def half_written(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.name.endswith(PART)]


def long_table(path: Path, rows: int, width: int = 1000) -> Path:
    """Two classes of texts that do not pack."""
    random = np.random.default_rng(0)
    with path.open("w") as file:
        file.write("text,label\n")
        for row in range(rows):
            file.write(f"{random.bytes(width // 2).hex()},{'ab'[row % 2]}\n")
    return path


def pictures(folder: Path, count: int) -> Path:
    random = np.random.default_rng(0)
    for number in range(count):
        where = folder / "ab"[number % 2]
        where.mkdir(parents=True, exist_ok=True)
        Image.fromarray(random.integers(0, 255, (200, 200, 3), np.uint8)).save(where / f"{number}.png")
    return folder


def test_at_the_start(run: Run, disk: SmallDisk) -> None:
    disk.fill()
    told(run("datasets"), disk.path)
    disk.empty()
    assert run("datasets").code == 0


def test_at_the_start_of_a_workspace_that_is_in_use(run: Run, disk: SmallDisk, notes: Path) -> None:
    assert load(run, notes).code == 0
    disk.fill()
    told(run("datasets"), disk.path)
    disk.empty()
    assert "notes" in run("datasets").out


@pytest.mark.parametrize("left", [3 * MB, 30 * MB], ids=["while it is read", "while it is taken in"])
def test_at_a_load(run: Run, disk: SmallDisk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, left: int) -> None:
    for factor, nothing in (("FIRST", {False: 0.0}), ("FURTHER", 0.0), ("BASE", 0)):
        monkeypatch.setattr(f"core.services.room.{factor}", nothing)  # as if the room was there at the start
    table = long_table(tmp_path / "long.csv", rows=20_000)
    assert run("datasets").code == 0
    disk.fill(left)
    told(load(run, table), disk.path)
    assert not list((disk.path / "workspace" / "runs").glob("*/input/*"))
    disk.empty()
    assert "long" not in run("datasets").out
    assert load(run, table, "long").code == 0


def test_a_load_without_room_for_it_is_refused_with_its_figure_before_it_starts(
    run: Run, disk: SmallDisk, tmp_path: Path
) -> None:
    table = long_table(tmp_path / "long.csv", rows=20_000)
    assert run("datasets").code == 0
    disk.fill(30 * MB)
    ran = load(run, table)
    told(ran, disk.path)
    assert "it needs 54.1 MB, and 30.0 MB are free" in ran.err
    assert run("jobs", "--json").json == []
    disk.fill(70 * MB)
    ran = load(run, table)
    assert ran.code == 0 and "needs about 54.1 MB of the" in ran.err


def test_while_images_are_decoded(run: Run, disk: SmallDisk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = pictures(tmp_path / "images", 60)
    monkeypatch.setattr("core.services.room.IMAGES", 0)
    assert run("datasets").code == 0
    disk.fill(2 * MB)
    told(load(run, folder, "images"), disk.path)
    assert not half_written(disk.path)
    disk.empty()
    assert load(run, folder, "images").code == 0


@pytest.mark.parametrize(
    ("encoder", "left"),
    [("lexical", 60_000), ("minilm", 560_000), ("lexical", 380_000)],
    ids=["as it starts", "at the embeddings", "at its results"],
)
def test_at_a_scan(run: Run, disk: SmallDisk, notes: Path, encoder: str, left: int) -> None:
    assert load(run, notes).code == 0
    disk.fill(left)
    told(run("scan", "notes", "--encoder", encoder), disk.path)
    assert not half_written(disk.path)
    disk.empty()
    assert run("scan", "notes", "--encoder", encoder).code == 0


def test_at_a_checkpoint(disk: SmallDisk, tmp_path: Path) -> None:
    folder = train_folder(disk.path / "runs" / "job", tiny_bert(tmp_path / "bert"))
    disk.fill(300_000)
    ended = subprocess.run(
        [sys.executable, "-m", "core.jobs.train.run", str(folder.path)], cwd=PROJECT, capture_output=True, text=True
    )
    assert ended.returncode == 74 and SENTENCE.search(ended.stderr), ended.stderr
    assert "Traceback" not in ended.stderr
    assert SENTENCE.search(folder.error())
    assert not folder.is_done() and not half_written(folder.path)


def test_at_the_saving_of_a_model(disk: SmallDisk, tmp_path: Path) -> None:
    from core.finetune.classifiers.classifier import load_classifier
    from core.jobs.train.outputs import whole_model

    classifier = load_classifier(str(tiny_bert(tmp_path / "bert")), "text", ("a", "b"), max_tokens=16, seed=0)
    output = disk.path / "output"
    output.mkdir()
    with whole_model(output) as saved:
        classifier.save(saved, {"run": 1})
    disk.fill(60_000)
    with pytest.raises(Exception, match="No space left") as raised, whole_model(output) as saved:
        classifier.save(saved, {"run": 2})
    assert isinstance(met(raised.value, output), NoRoomError)
    assert [path.name for path in output.iterdir()] == ["model"]
    assert json.loads((output / "model" / "winnow.json").read_text()) == {"run": 1}


def test_mapped_arrays_are_refused_before_they_end_the_process(disk: SmallDisk) -> None:
    from core.arrays.disk_backed import empty_npy

    disk.fill(100_000)
    with pytest.raises(OSError, match="No space left"):
        empty_npy(disk.path / "probabilities.npy", (1000, 100))
    assert not (disk.path / "probabilities.npy").exists()


def test_at_a_decision_a_version_an_export_and_a_report(run: Run, disk: SmallDisk, notes: Path, tmp_path: Path) -> None:
    assert load(run, notes).code == 0
    decisions = tmp_path / "decisions.csv"
    decisions.write_text("example_id,action,label\n" + "".join(f"{row},relabel,pets\n" for row in range(1, 200, 3)))
    asked: list[tuple[str | Path, ...]] = [
        ("decide", "notes", "--file", decisions, "--reviewer", "ann"),
        ("version", "notes", "--note", "a note"),
        *(("export", "notes", "--format", kind, "--out", disk.path / f"out.{kind}") for kind in ("csv", "parquet")),
        ("export", "notes", "--format", "datasets", "--out", disk.path / "saved"),
    ]
    for words in asked:
        disk.fill(1_000)
        told(run(*words), disk.path)
        disk.empty()
        assert run(*words).code == 0, words
        assert not half_written(disk.path)


def test_at_a_backup(disk: SmallDisk, notes: Path) -> None:
    context = open_context(Workspace(disk.path / "workspace"))
    try:
        disk.fill(100_000)
        with pytest.raises(StoreError, match="No space left") as raised:
            make_backup(context.workspace, context.store, "asked")
        assert isinstance(met(raised.value, context.workspace.root), NoRoomError)
        assert not list(context.workspace.backups.iterdir())
        disk.empty()
        assert list_datasets(context.store) == []
        assert make_backup(context.workspace, context.store, "asked")
    finally:
        context.close()


def test_a_full_disk_is_cleared_from_the_command_line(run: Run, disk: SmallDisk, notes: Path) -> None:
    assert load(run, notes).code == 0
    assert run("scan", "notes", "--encoder", "minilm").code == 0
    disk.fill()
    told(run("datasets"), disk.path)
    cleared = run("space", "--clear", "embeddings", "--clear", "jobs")
    assert cleared.code == 0 and "Cleared" in cleared.out, cleared.err
    assert disk.free > 300_000
    assert "notes" in run("datasets").out
    counted = run("space", "--json").json
    sizes = {kind["name"]: kind["bytes"] for kind in counted["kinds"]}
    assert sizes["embeddings"] == 0 and sizes["database"] > 0
    assert counted["bytes"] == sum(sizes.values())
    disk.empty()
    assert run("scan", "notes", "--encoder", "minilm").code == 0


def test_an_export_to_another_disk_that_is_full_names_that_one(
    disk: SmallDisk, notes: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WINNOW_WORKSPACE", str(tmp_path / "workspace"))
    assert main(["load", str(notes), "--name", "notes"]) == 0
    disk.fill()
    for kind in ("csv", "datasets"):
        capfd.readouterr()
        assert main(["export", "notes", "--format", kind, "--out", str(disk.path / f"out-{kind}")]) == 1
        assert f"There is no room in {disk.path}" in capfd.readouterr().err
    with (disk.path / "answer.json").open("w") as out:
        printed = subprocess.run(
            [sys.executable, "-m", "core", "datasets", "--json"],
            cwd=PROJECT,
            stdout=out,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert printed.returncode == 1 and "There is no room in" in printed.stderr and "Traceback" not in printed.stderr
