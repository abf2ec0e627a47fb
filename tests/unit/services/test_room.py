"""The room that is foreseen is the room that is taken."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch

from core.context import Context
from core.errors import NoRoomError
from core.finetune.checkpoint import Checkpoints, State
from core.finetune.classifiers.classifier import load_classifier
from core.finetune.memory.estimate import Load, trained_parameters
from core.finetune.memory.sizes import sizes_of
from core.finetune.optimiser import moments
from core.finetune.room import CHECKPOINT, WEIGHTS, disk_needed
from core.records import Dataset, ScanSpec, TrainSpec
from core.services.load import preview, start_load, wait
from core.services.room import RoomForecast, room_for_load, room_for_run, room_for_scan, table_needed
from tests.training_support import tiny_bert

FULL = TrainSpec(strategy="full")


def size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


@pytest.mark.parametrize("spec", [FULL, TrainSpec(strategy="last", last_layers=1)], ids=["full", "last"])
def test_a_checkpoint_takes_what_is_foreseen(tmp_path: Path, spec: TrainSpec) -> None:
    model = tiny_bert(tmp_path / "bert")
    classifier = load_classifier(str(model), "text", ("a", "b"), max_tokens=16, seed=0)
    classifier.freeze(spec.strategy, spec.last_layers)
    learning = [value for value in classifier.model.parameters() if value.requires_grad]
    optimiser = torch.optim.AdamW(learning)
    for value in learning:
        value.grad = torch.zeros_like(value)
    optimiser.step()
    assert moments(classifier.model, optimiser)
    checkpoints = Checkpoints(tmp_path / "checkpoint")
    checkpoints.save(State(1, [8], step=1), classifier.model, optimiser)
    checkpoints.save_best(1, classifier.model)
    sizes = sizes_of(model)
    assert sizes is not None
    trained = trained_parameters(sizes, spec, Load(8))
    assert size(tmp_path / "checkpoint") == pytest.approx((CHECKPOINT + WEIGHTS) * trained, rel=0.15)
    classifier.save(tmp_path / "model", {})
    assert disk_needed(sizes, spec, Load(8), 0) >= size(tmp_path / "checkpoint") + 0.9 * 4 * sizes.parameters


def test_a_run_of_more_that_learns_needs_more(context: Context, news: Dataset, tmp_path: Path) -> None:
    spec = replace(FULL, model=str(tiny_bert(tmp_path / "bert")))
    full = room_for_run(context, news.latest_version_id, spec, ())
    last = room_for_run(context, news.latest_version_id, replace(spec, strategy="last", last_layers=1), ())
    assert full is not None and last is not None
    assert full.needed > last.needed > 100_000 and full.fits and not full.tight


def test_a_scan_needs_room_for_the_embeddings_that_are_not_there(context: Context, news: Dataset) -> None:
    spec = ScanSpec(("lexical", "minilm"))
    before = room_for_scan(context, news.latest_version_id, spec).needed
    assert 40 * 384 * 4 < before < 2 * 40 * 384 * 4
    kept = context.workspace.arrays / "embeddings" / "minilm" / "it.vectors.npy"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"1" * 40 * 384 * 4)
    assert room_for_scan(context, news.latest_version_id, spec).needed == before - 40 * 384 * 4


def test_a_load_needs_more_than_its_files(context: Context, tmp_path: Path) -> None:
    folder = tmp_path / "images" / "cat"
    folder.mkdir(parents=True)
    for name in ("a.png", "b.png"):
        (folder / name).write_bytes(b"1" * 50_000)
    assert room_for_load(context, [str(tmp_path / "images")], images=True).needed == 110_000
    assert room_for_load(context, [str(folder / "a.png")], images=False).needed == 1_155_000
    assert room_for_load(context, ["owner/name", str(tmp_path / "nothing.csv")], images=False).needed == 0


@pytest.mark.parametrize(
    ("size", "packed", "features", "peak"),
    [
        (10_815, False, False, 917_504),
        (540_015, False, False, 2_224_128),
        (2_160_015, False, False, 6_656_000),
        (7_560_015, False, False, 22_556_672),
        (2_744_836, False, False, 6_860_800),  # of 60 more columns
        (1_367_541, True, False, 6_918_144),
        (772_736, False, True, 5_021_696),  # 200 columns
        (15_433_623, False, True, 85_528_576),  # 200
        (1_935_750, False, True, 10_104_832),  # 50
        (3_166_967, False, True, 37_593_088),  # 64 of small whole numbers
        (7_660_279, True, True, 86_491_136),  # 200
        (3_957_385, True, True, 33_067_008),  # 20
    ],
)
def test_loads_of_tables_as_measured_took_no_more_than_is_foreseen_and_about_a_third_of_it_at_least(
    size: int, packed: bool, features: bool, peak: int
) -> None:
    assert peak <= table_needed(size, packed=packed, features=features) <= 3.2 * peak


@contextmanager
def peak_of(folder: Path) -> Iterator[list[int]]:
    """What the folder takes of the disk at most within the block, above what it took before."""
    taken, done = [0], Event()

    def now() -> int:
        sizes = 0
        for within, _, names in os.walk(folder):
            for name in names:
                with suppress(OSError):  # gone meanwhile
                    sizes += Path(within, name).stat().st_blocks * 512
        return sizes

    def watch() -> None:
        while not done.wait(0.005):
            taken[0] = max(taken[0], now() - before)

    before = now()
    watching = Thread(target=watch)
    watching.start()
    try:
        yield taken
    finally:
        done.set()
        watching.join()


@pytest.mark.parametrize("payload", ["", "text"], ids=["rows of numbers", "texts with numbers beside"])
def test_packed_small_whole_numbers_take_about_what_is_foreseen(context: Context, tmp_path: Path, payload: str) -> None:
    random, rows = np.random.default_rng(0), 20_000
    table = {f"pixel_{number}": random.integers(0, 17, rows) for number in range(64)}
    words = np.array(["goal", "market", "minister", "film", "season"])
    if payload:
        table["text"] = np.array([" ".join(words[random.integers(0, 5, 15)]) + f" {row}" for row in range(rows)])
    table["label"] = np.array(["yes", "no"])[random.integers(0, 2, rows)]
    file = tmp_path / "small.parquet"
    pq.write_table(pa.table(table), file)
    found = preview(context, [str(file)])
    schema = replace(found.guess, label="label")
    assert (schema.payload, bool(schema.features)) == (payload, not payload)
    needed = room_for_load(context, [str(file)], images=False, schema=schema, found=found).needed
    with peak_of(context.workspace.root) as peak:
        wait(context, start_load(context, [str(file)], schema, name="small", by="ada", found=found).job_id)
    assert 0.7 * peak[0] < needed < 1.3 * peak[0]


def test_long_first_rows_of_texts_do_not_have_a_load_refused_that_fits(context: Context, tmp_path: Path) -> None:
    file = tmp_path / "texts.parquet"
    texts = ["long " * 20_000] * 50 + ["short"] * 50_000
    pq.write_table(pa.table({"text": texts, "label": ["a", "b"] * 25_025}), file)
    found = preview(context, [str(file)])
    schema = replace(found.guess, payload="text", label="label")
    needed = room_for_load(context, [str(file)], images=False, schema=schema, found=found).needed
    assert needed < 10_000_000


def test_what_does_not_fit_is_refused_and_what_is_tight_is_said(tmp_path: Path) -> None:
    plenty, tight = (RoomForecast(needed, 100 * 10**6, tmp_path) for needed in (50 * 10**6, 51 * 10**6))
    assert not plenty.tight and tight.tight and tight.fits
    assert tight.sentence == "needs about 51.0 MB of the 100.0 MB that are free on this disk"
    tight.check()
    with pytest.raises(NoRoomError, match=r"There is no room in /.*: it needs 1,000,000\.0 TB, and .* are free"):
        RoomForecast(10**18, 10**6, tmp_path).check()
