"""A full fine-tune against transformers' own text-classification example: `python -m bench.finetune`.

Twelve classes of banking77, a fixed slice of its rows, the bundled MiniLM, the same learning rate, schedule and number
of examples per step, three seeds. The example with dynamic padding, and by its defaults (padded to 128 tokens: the same
computation several times slower, so timed with one seed); every run in a process of its own, ours as the app starts
it. On the CPU all wait for threads without spinning (OMP_WAIT_POLICY), as Winnow's jobs do: beside other work the
example is several times slower otherwise.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet as pq

from bench.data import DATA, columns
from bench.row import Row
from bench.train_folder import train_command, train_folder, train_result
from core.records import TrainSpec

SEEDS = (0, 1, 2)
CLASSES, ROWS, EPOCHS = 12, 480, 1
BATCH = 8
"""The example's own; ours by default is larger."""
LEARNING_RATE = 2e-4
EXAMPLE = "transformers' example"
Found = dict[str, float]
"""examples_per_second, accuracy."""


def run() -> list[Row]:
    """Examples per second and test accuracy of each way: medians of three seeds."""
    table, labels = _slice()
    with tempfile.TemporaryDirectory() as root:
        ours, padded, dynamic = [], [], []
        for seed in SEEDS:  # in turn, so that a busy minute hits all of them
            place = Path(root) / str(seed)
            ours.append(_ours(place / "ours", table, labels, seed))
            dynamic.append(_example(place / "dynamic", table, labels, seed, "longest"))
            if seed == SEEDS[0]:
                padded.append(_example(place / "padded", table, labels, seed, "max_length"))
    name, speed = f"fine-tune {ROWS:,} rows of banking77", "examples_per_second"
    rows = [
        Row(name, _median(ours, speed), "examples/s", _median(found, speed), f"{EXAMPLE}, {how}", True, bound)
        for found, how, bound in ((padded, "its defaults", "≥ 3×"), (dynamic, "dynamic padding", "≥ 1.3×"))
    ]
    spread = f"{min(found['accuracy'] for found in dynamic):.3f}–{max(found['accuracy'] for found in dynamic):.3f}"
    accuracy = _median(ours, "accuracy"), _median(dynamic, "accuracy")
    return [*rows, Row(name, accuracy[0], "accuracy", accuracy[1], EXAMPLE, True, f"its seeds: {spread}")]


def _median(found: list[Found], figure: str) -> float:
    return median(one[figure] for one in found)


def _slice() -> tuple[pa.Table, list[str]]:
    """(text, label, split) of the classes, and their names."""
    parts = {split: columns(DATA / "banking77" / f"{split}.csv") for split in ("train", "test")}
    labels = sorted(set(parts["train"]["category"]))[:: 77 // CLASSES][:CLASSES]
    found: dict[str, list[Any]] = {"text": [], "label": [], "split": []}
    for split, part in parts.items():
        rows = [row for row, label in enumerate(part["category"]) if label in labels]
        if split == "train":
            rows = np.random.default_rng(1).permutation(rows)[:ROWS].tolist()
        found["text"] += [part["text"][row] for row in rows]
        found["label"] += [labels.index(part["category"][row]) for row in rows]
        found["split"] += [split] * len(rows)
    return pa.table(found), labels


def _ours(root: Path, table: pa.Table, labels: list[str], seed: int) -> Found:
    """By a real job; its time has checkpoints and the predictions' preparation in it, the example's has neither."""
    spec = TrainSpec(
        model="minilm",
        strategy="full",
        epochs=EPOCHS,
        batch=BATCH,
        learning_rate=LEARNING_RATE,
        warmup=0.0,
        weight_decay=0.0,
        seed=seed,
        max_tokens=128,
    )
    texts, given, splits = (table.column(name).to_pylist() for name in ("text", "label", "split"))
    folder = train_folder(root / "run", "text", texts, given, splits, labels, spec)
    _call(*train_command(folder))
    result = train_result(folder)
    assert result is not None
    learnt = EPOCHS * result.splits["train"].rows
    accuracy = result.splits["test"].accuracy or 0.0
    return {"examples_per_second": learnt / result.seconds["training"], "accuracy": accuracy}


def _example(root: Path, table: pa.Table, labels: list[str], seed: int, padding: str) -> Found:
    root.mkdir(parents=True)
    for split in ("train", "test"):
        pq.write_table(table.filter(pa.compute.equal(table["split"], split)), root / f"{split}.parquet")
    spec = {
        "train": str(root / "train.parquet"),
        "test": str(root / "test.parquet"),
        "classes": len(labels),
        "padding": padding,
        "epochs": EPOCHS,
        "batch": BATCH,
        "learning_rate": LEARNING_RATE,
        "seeds": [seed],
        "out": str(root / "out.json"),
        "folder": str(root / "example"),
    }
    (root / "spec.json").write_text(json.dumps(spec))
    _call([sys.executable, "-m", "bench.usual_finetune", str(root / "spec.json")], {})
    found: list[Found] = json.loads((root / "out.json").read_text())
    return found[0]


def _call(command: list[str], environment: dict[str, str]) -> None:
    quiet = {"OMP_WAIT_POLICY": "PASSIVE", "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    subprocess.run(
        command,
        env=os.environ | quiet | environment,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


if __name__ == "__main__":
    from bench.__main__ import table

    print(table(run()))
