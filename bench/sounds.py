"""Fine-tunes on spoken_digits, judged on a speaker that was never heard: the quick retrain and the full fine-tune of
the bundled speech embedding, and the bundled network that nobody has trained before, beside scikit-learn's support
vector machine on the same statistics. Each as a job's own process."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from bench.data import DATA
from bench.recordings import Recordings, spoken
from bench.row import Row
from bench.train_folder import train_command, train_folder, train_result
from core.finetune.settings import resolve
from core.modalities.audio.features import RATE, statistics
from core.modalities.audio.opening import open_sound
from core.records import Strategy, TrainSpec

TASK = "audio-classification"
RUNS: tuple[tuple[str, Strategy], ...] = (("speech", "head"), ("speech", "full"), ("log-mel", "full"))
VALIDATION = 10
"""One recording of so many of the other speakers is for choosing the epoch."""


def run() -> list[Row]:
    """Nothing where the data is not there."""
    if not (DATA / "spoken_digits").is_dir():
        return []
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        recordings = spoken(root / "media")
        vectors = np.stack([statistics(open_sound(root / "media" / one, RATE)) for one in recordings.media_ids])
        theirs = [_support_vectors(recordings, vectors, speaker) for speaker in _speakers(recordings)]
        return [row for model, strategy in RUNS for row in _rows(root, recordings, model, strategy, theirs)]


def _speakers(recordings: Recordings) -> list[str]:
    return sorted(set(recordings.speakers))


def _rows(root: Path, recordings: Recordings, model: str, strategy: Strategy, theirs: list[float]) -> Iterator[Row]:
    """The mean over the speakers, and the longest time."""
    found = [_trained(root, recordings, speaker, model, strategy) for speaker in _speakers(recordings)]
    each = ", ".join(f"{one:.3f}" for one, _ in found)
    accuracy, seconds = np.mean([one for one, _ in found]), max(one for _, one in found)
    name = f"spoken_digits, {model} {strategy}, a speaker that was never heard"
    bounds = ("≥ 0.97", "≤ 180 s") if model == "speech" else ("", "")
    yield Row(
        f"{name}: accuracy",
        float(accuracy),
        "",
        float(np.mean(theirs)),
        "support vectors, same statistics",
        True,
        bounds[0],
        f"by speaker {each}",
    )
    yield Row(f"{name}: seconds at most", seconds, "s", bound=bounds[1])


def _trained(root: Path, recordings: Recordings, speaker: str, model: str, strategy: Strategy) -> tuple[float, float]:
    """Accuracy on the speaker, and seconds of the whole process."""
    names = sorted(set(recordings.labels))
    splits = [
        "test" if one == speaker else "validation" if row % VALIDATION == 0 else "train"
        for row, one in enumerate(recordings.speakers)
    ]
    labels = [names.index(label) for label in recordings.labels]
    spec = resolve(TrainSpec(model=model, strategy=strategy), TASK, splits.count("train"))
    folder = train_folder(
        root / f"{model}-{strategy}-{speaker}",
        TASK,
        recordings.media_ids,
        labels,
        splits,
        names,
        spec,
        hashes=recordings.hashes,
        media=root / "media",
    )
    command, environment = train_command(folder)
    began = time.perf_counter()
    subprocess.run(command, env=environment or None, check=True, capture_output=True)
    result = train_result(folder)
    assert result is not None
    return result.splits["test"].accuracy or 0.0, time.perf_counter() - began


def _support_vectors(recordings: Recordings, vectors: np.ndarray, speaker: str) -> float:
    test = np.array(recordings.speakers) == speaker
    labels = np.array(recordings.labels)
    model = make_pipeline(StandardScaler(), SVC(C=10.0)).fit(vectors[~test], labels[~test])
    return float(model.score(vectors[test], labels[test]))
