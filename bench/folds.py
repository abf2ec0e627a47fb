"""What models find that a scan fine-tunes without each fold, beside its embeddings: `python -m bench.folds [NAME …]`.

Each tier's average precision of wrong labels, of which 8 % are planted as for `bench.pairs`: WNUT-17's development set
by sentence, and 1,000 questions of 20 intents of banking77.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from sklearn.metrics import average_precision_score

import winnow
from bench import pairs_data as data
from bench.data import DATA, columns
from bench.pairs import PLANTED
from bench.row import Row

INTENTS, QUESTIONS = 20, 1_000


@dataclass(frozen=True, slots=True)
class Tier:
    """One list of a scan."""

    name: str
    precision: float
    """Average."""
    seconds: float
    """From the start of the scan."""


def questions(folder: Path) -> data.Rows:
    """Some intents of banking77."""
    rows = columns(DATA / "banking77" / "train.csv")
    names = np.random.default_rng(0).choice(sorted(set(rows["category"])), INTENTS, replace=False).tolist()
    of_these = [place for place, name in enumerate(rows["category"]) if name in names]
    chosen = np.sort(np.random.default_rng(1).choice(of_these, QUESTIONS, replace=False)).tolist()
    examples, labels = [{"text": rows["text"][row]} for row in chosen], [rows["category"][row] for row in chosen]
    told = {"payload": "text", "label": "label", "split": "split", "task": "text-classification"}
    return data.Rows(
        f"banking77, {INTENTS} intents",
        examples,
        labels,
        np.arange(QUESTIONS) % 5 == 0,
        told=told,
    )


def sentences(folder: Path) -> data.Rows:
    """WNUT-17's development set."""
    rows = data.tweets(folder)
    chosen = np.flatnonzero(rows.test).tolist()
    examples, labels = [rows.examples[row] for row in chosen], [rows.labels[row] for row in chosen]
    return data.Rows("WNUT-17", examples, labels, rows.test[chosen], told={"task": "token-classification"})


SETS: dict[str, tuple[Callable[[Path], data.Rows], int]] = {"questions": (questions, 2), "sentences": (sentences, 5)}
"""Each with its folds."""


def measured(make: Callable[[Path], data.Rows], folds: int) -> tuple[str, list[Tier]]:
    """The data's name and what each tier finds, in a workspace that is gone afterwards."""
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        rows = make(root)
        every = list(range(len(rows.labels)))
        given, wrong = data.planted(rows, every, PLANTED)
        space = winnow.open(root / "workspace", progress=lambda line: None)
        space.load(data.written(root / "data", rows, given, every), name="planted", **(rows.told or {}))
        space.scan("planted", fine_tune="minilm", folds=folds)
        (job,) = (root / "workspace" / "runs").glob("*-scan-*")
        return rows.name, [_tier(folder, wrong) for folder in sorted((job / "output").glob("[0-9]*"))]


def _tier(folder: Path, wrong: np.ndarray) -> Tier:
    table = pq.read_table(folder / "issues.parquet", filters=[("issue_type", "=", "label")])
    worst = np.full(len(wrong), -np.inf)
    np.maximum.at(worst, table.column("example_id").to_numpy(), -table.column("rank").to_numpy())
    about = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    seconds = sum(about["seconds"].values())
    return Tier(about["tier"], float(average_precision_score(wrong, np.maximum(worst, -1e9))), seconds)


def run() -> list[Row]:
    """Two rows for each tier of each set whose data is there."""
    rows = []
    for make, folds in SETS.values():
        try:
            name, tiers = measured(make, folds)
        except FileNotFoundError:
            continue
        for tier in tiers:
            title = f"{name}, 8 % planted: {tier.name}"
            rows.append(Row(title, tier.precision, "AP", tiers[-2].precision, tiers[-2].name, higher_is_better=True))
            rows.append(Row(title, tier.seconds, "s"))
    return rows


if __name__ == "__main__":
    for each in sys.argv[1:] or SETS:
        name, found = measured(*SETS[each])
        for tier in found:
            print(f"{name}: {tier.name}: {tier.precision:.3f} after {tier.seconds:.0f} s", flush=True)
