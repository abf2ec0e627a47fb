"""How well wrong labels that are numbers are ranked: `python -m bench.numbers`.

Eight labels of a hundred are made wrong, a third of these each: the label of another row, the decimal point moved by a
place, one to three standard deviations more or less. Tables come with scikit-learn, where the labels of two are a
column that is left out of the others, and with plotly; the texts are tweets and reviews with the share of people, or of
confidence, that said yes. Ours and cleanlab's score (`cleanlab.regression.rank`, by its defaults) rank the same
out-of-sample predictions, which are those of a scan by its defaults. What is wrong in a source itself is not known and
not counted. The way to score was chosen on draws 0 to 2 of the sets of scikit-learn and of the texts; what is measured
are other draws, and the sets of plotly, which nothing was chosen on.
"""

from __future__ import annotations

import csv
import hashlib
import json
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import plotly.data as px_data
import pyarrow as pa
from cleanlab.regression.rank import get_label_quality_scores
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine
from sklearn.metrics import average_precision_score

from bench.data import DATA
from bench.row import Row
from core.heads.refitted_numbers import refitted_numbers
from core.heads.ridge import out_of_sample_numbers
from core.issues.label.flags import WrongRows, count_to_flag
from core.modalities.encoders import make_encoder
from core.modalities.heavy import heavy_modality
from core.modalities.payloads import Payloads
from core.targets.number.residuals import Mixture, Spread
from core.tasks import task_named

PLANTED, SEEDS, FOLDS = 0.08, (10, 11, 12), 5
WAYS = ("another row's label", "a decimal place", "1–3 deviations")


def run() -> list[Row]:
    """Average precision of both scores, and how the flagged rows and the intervals turn out."""
    return [row for name, task, payloads, labels in _sets() for row in _compared(name, task, payloads, labels)]


def planted_share(labels: np.ndarray, seed: int, share: float = PLANTED) -> tuple[np.ndarray, np.ndarray]:
    """Labels of which that share is wrong, in all of `WAYS` by turns, and which ones (n,)."""
    chance = np.random.default_rng(seed)
    rows = chance.choice(len(labels), round(share * len(labels)), replace=False)
    given = labels.copy()
    for place, row in enumerate(rows):
        asked = WAYS[place % len(WAYS)]
        if asked == WAYS[0]:
            given[row] = chance.choice(labels[labels != labels[row]])
        elif asked == WAYS[1]:
            given[row] = labels[row] * (10.0 if chance.random() < 0.5 else 0.1)
        else:
            given[row] = labels[row] + chance.choice([-1, 1]) * chance.uniform(1, 3) * labels.std()
    return given, given != labels


def predictions(task: str, payloads: Sequence[str], labels: np.ndarray, arrays: Path) -> np.ndarray:
    """Those of the last tier of a scan: each encoder's regression, and trees where there are some, in a blend."""
    modality, alone = task_named(task).modality, np.arange(len(payloads))
    digests = [hashlib.sha256(one.encode()).hexdigest() for one in payloads]
    ready = Payloads.of(pa.chunked_array([pa.array(payloads)]), pa.chunked_array([pa.array(digests)]), None)
    found: np.ndarray | None = None
    for name in modality.encoders:
        embeddings = make_encoder(name, modality.name).embed(ready, arrays, lambda done, total: None)
        own = out_of_sample_numbers(embeddings, labels, alone, folds=FOLDS, seed=0).predicted
        found = _blended(found, own, labels)
    if modality.fine_tuning.at_once:
        learner = heavy_modality(modality).learner(ready, 0, 0)
        found = _blended(found, refitted_numbers(learner, labels, alone, folds=FOLDS, seed=0).predicted, labels)
    assert found is not None
    return found


def _blended(found: np.ndarray | None, own: np.ndarray, labels: np.ndarray) -> np.ndarray:
    if found is None:
        return own
    blends = [found + share * (own - found) for share in np.linspace(0, 1, 21)]
    return np.asarray(blends[int(np.argmin([np.abs(labels - one).mean() for one in blends]))])


def _sets() -> Iterator[tuple[str, str, list[str], np.ndarray]]:
    yield "diabetes: progression", "tabular-regression", *_table(load_diabetes(scaled=False), None)
    yield "wine: colour", "tabular-regression", *_table(load_wine(), "color_intensity")
    yield "breast cancer: smoothness", "tabular-regression", *_table(load_breast_cancer(), "mean smoothness")
    for name, (examples, found) in (("Gapminder: life expectancy", gapminder()), ("tips: the tip", tips())):
        yield name, "tabular-regression", [json.dumps(one) for one in examples], found
    if (DATA / "disaster_tweets").is_dir():
        with (DATA / "disaster_tweets" / "test.csv").open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        yield "tweets: confidence", "text-regression", [one["text"] for one in rows], _floats(rows, "conf1")
    if (DATA / "amazon_isbook").is_dir():
        votes: dict[str, list[float]] = defaultdict(list)
        with (DATA / "amazon_isbook" / "votes.csv").open(encoding="utf-8") as file:
            for one in csv.DictReader(file):
                votes[one["question"]].append(float(one["crowd_label"]))
        with (DATA / "amazon_isbook" / "questions.csv").open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        share = np.array([np.mean(votes[one["question"]]) for one in rows])
        yield "reviews: share of votes", "text-regression", [one["text"] for one in rows], share


def gapminder() -> tuple[list[dict[str, Any]], np.ndarray]:
    """Countries in years, without their names, and their life expectancies."""
    frame = px_data.gapminder()
    return frame[["continent", "year", "pop", "gdpPercap"]].to_dict("records"), frame["lifeExp"].to_numpy(float)


def tips() -> tuple[list[dict[str, Any]], np.ndarray]:
    """Bills, and what was given beside them."""
    frame = px_data.tips()
    return frame.drop(columns="tip").to_dict("records"), frame["tip"].to_numpy(float)


def _floats(rows: Sequence[dict[str, str]], column: str) -> np.ndarray:
    return np.array([float(one[column]) for one in rows])


def _table(data: object, left_out: str | None) -> tuple[list[str], np.ndarray]:
    names, values = list(map(str, data.feature_names)), data.data  # type: ignore[attr-defined]
    labels = data.target.astype(float) if left_out is None else values[:, names.index(left_out)]  # type: ignore[attr-defined]
    kept = [place for place, name in enumerate(names) if name != left_out]
    cells = [json.dumps({names[place]: float(row[place]) for place in kept}) for row in values]
    return cells, labels


def _compared(name: str, task: str, payloads: list[str], labels: np.ndarray) -> list[Row]:
    ours, theirs, right, hit, within, seconds = [], [], [], [], [], []
    with tempfile.TemporaryDirectory() as folder:
        for seed in SEEDS:
            given, wrong = planted_share(labels, seed)
            begun = time.perf_counter()
            predicted = predictions(task, payloads, given, Path(folder))
            seconds.append(time.perf_counter() - begun)
            spread = Spread.fitted(predicted, given)
            scaled = np.abs(given - predicted) / spread.of(predicted)
            score = Mixture.fitted(scaled).right(scaled)
            order = np.lexsort((-scaled, score))
            probably = (1 - score)[None]
            flagged = order[: count_to_flag(WrongRows(probably, probably[0], probably[0]), order)]
            ours.append(average_precision_score(wrong, scaled))
            theirs.append(average_precision_score(wrong, -get_label_quality_scores(given, predicted)))
            right.append(wrong[flagged].mean() if len(flagged) else 1.0)
            hit.append(wrong[flagged].sum() / wrong.sum())
            within.append((np.abs(given - predicted) <= spread.half(predicted)).mean())
    size = f"{len(labels):,} rows, {np.mean(seconds):.1f} s a scan"
    of = f"{np.mean(right):.0%} of the flagged are wrong, {np.mean(hit):.0%} of the wrong are flagged"
    return [
        Row(
            f"average precision, {name}", float(np.mean(ours)), "", float(np.mean(theirs)), "cleanlab", True, note=size
        ),
        Row(f"labels within the interval, {name}", 100 * float(np.mean(within)), "%", higher_is_better=True, note=of),
    ]


if __name__ == "__main__":
    from bench.__main__ import table

    print(table(run()))
