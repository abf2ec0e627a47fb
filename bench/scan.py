"""A scan against the usual way to find wrong labels, stage by stage and in all: `python -m bench.scan`.

banking77 with 8 % planted errors: a fixed slice of 2,000 rows, and all 10,003. Both ways run in a process of their own
with their libraries' own thread settings. A scan does more within its time: near-duplicates kept together, a search for
the penalty, calibration, neighbours; by its defaults all of it for two encoders.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from sklearn.metrics import average_precision_score

from bench.data import DATA, columns
from bench.label_errors import planted
from bench.row import Row
from bench.scan_folder import scan_folder, scores, tier_times
from core.queue import JobFolder
from core.records import ScanSpec

SLICE, SEED = 2_000, 1
USUAL = "SentenceTransformer, cross_val_predict, Datalab"


def run() -> list[Row]:
    """Seconds of each stage and in all, and average precision, for the slice and for the whole of banking77."""
    rows = columns(DATA / "banking77" / "train.csv")
    labels, wrong = planted(rows["category"])
    part = np.sort(np.random.default_rng(SEED).choice(len(labels), SLICE, replace=False))
    table: list[Row] = []
    for name, chosen in ((f"{SLICE:,} rows", part), (f"{len(labels):,} rows", np.arange(len(labels)))):
        texts, given = [rows["text"][row] for row in chosen], [labels[row] for row in chosen]
        table += _compared(name, texts, given, wrong[chosen])
    return table


def _compared(name: str, texts: list[str], labels: list[str], wrong: np.ndarray) -> list[Row]:
    with tempfile.TemporaryDirectory() as root:
        same = _scan(Path(root) / "same", texts, labels, ("minilm",))
        full = _scan(Path(root) / "full", texts, labels, ())
        usual = _usual(Path(root), texts, labels)
        precision = _precision(wrong, scores(JobFolder(Path(root) / "full")))
        same_precision = _precision(wrong, scores(JobFolder(Path(root) / "same")))
    other = usual.get("seconds", {})
    encode = other["load"] + other["encode"] if other else None
    after = other["probabilities"] + other["issues"] if other else None
    whole = usual.get("whole")
    their_precision = float(average_precision_score(wrong, -np.array(usual["scores"]))) if usual else None
    return [
        Row(f"scan {name}: load MiniLM and encode", same["encode"], "s", encode, "SentenceTransformer"),
        Row(f"scan {name}: probabilities", same["heads"], "s", other.get("probabilities"), "cross_val_predict"),
        Row(f"scan {name}: label issues", same["issues"], "s", other.get("issues"), "Datalab"),
        Row(f"scan {name}: after encoding", same["heads"] + same["issues"], "s", after, USUAL, bound="≥ 10×"),
        Row(f"scan {name}: MiniLM alone, process and all", same["whole"], "s", whole, USUAL),
        Row(f"scan {name}: by its defaults, process and all", full["whole"], "s", whole, USUAL),
        Row(f"scan {name}: first ranked rows", full["first"], "s", whole, USUAL),
        Row(f"scan {name}: MiniLM alone", same_precision, "AP", their_precision, USUAL, True, "no worse"),
        Row(f"scan {name}: by its defaults", precision, "AP", their_precision, USUAL, True, "no worse"),
    ]


def _scan(root: Path, texts: list[str], labels: list[str], encoders: tuple[str, ...]) -> dict[str, float]:
    folder = scan_folder(root, "text", texts, labels, spec=ScanSpec(encoders))
    begun = time.time()
    subprocess.run([sys.executable, "-m", "core.jobs.scan.run", str(folder.path)], check=True)
    ended = time.time()
    tiers = tier_times(folder)
    summary = json.loads((folder.output / str(len(tiers) - 1) / "summary.json").read_text())
    seconds = summary["seconds"]
    return {
        "encode": seconds["minilm: encoding"],
        "heads": seconds["minilm: heads"],
        "issues": seconds["label issues"],
        "first": tiers[0] - begun,
        "whole": ended - begun,
    }


def _usual(root: Path, texts: list[str], labels: list[str]) -> dict[str, Any]:
    """Empty where sentence-transformers, which Winnow does without, is not installed."""
    if importlib.util.find_spec("sentence_transformers") is None:
        return {}
    table, out = root / "table.parquet", root / "usual.json"
    classes = np.unique(labels, return_inverse=True)[1]
    pq.write_table(pa.table({"text": texts, "label": classes}), table)
    begun = time.time()
    subprocess.run([sys.executable, "-m", "bench.usual", str(table), str(out)], check=True)
    found: dict[str, Any] = json.loads(out.read_text())
    return found | {"whole": time.time() - begun}


def _precision(wrong: np.ndarray, issues: pa.Table) -> float:
    return float(average_precision_score(wrong, -issues.column("score").to_numpy()))


if __name__ == "__main__":
    from bench.__main__ import table

    print(table(run()))
