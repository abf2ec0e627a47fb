"""Every pair of what an example is and what its label is, on small real data: `python -m bench.pairs [TASK …]`.

For each a whole way through Winnow's Python functions on a workspace of its own: a scan of labels of which 8 % were
changed, by its average precision, and a fine-tune by its defaults on the labels as they are, by its score on rows that
it has not seen, beside scikit-learn on the same split. Times are those of the whole commands. Data: `bench.pairs_data`.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.metrics import accuracy_score, average_precision_score, f1_score, r2_score
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MultiLabelBinarizer, StandardScaler
from sklearn.svm import SVC
from threadpoolctl import threadpool_limits

import winnow
from bench import pairs_data as data
from bench.row import Row
from core.targets.spans.tags import decode

PLANTED = 0.08


@dataclass(frozen=True, slots=True)
class Pair:
    """One task with its data and what is held beside it."""

    task: str
    rows: Callable[[Path], data.Rows]
    score: str
    """The key of `evaluate` that is the score, and how it is called."""
    beside: Callable[[data.Rows], float]
    beside_name: str
    scanned: str = "all"
    """Which rows a scan is shown: all of them, or those of one split."""
    encoder: Sequence[str] = ()
    """Of the scan; by default all of the modality's."""


def _sets(rows: data.Rows) -> tuple[np.ndarray, np.ndarray]:
    found = MultiLabelBinarizer().fit_transform(rows.labels)
    return found[~rows.test], found[rows.test]


def _texts(rows: data.Rows) -> tuple[list[str], list[str]]:
    texts = [str(one["text"]) for one in rows.examples]
    return (
        [one for one, test in zip(texts, rows.test, strict=True) if not test],
        [one for one, test in zip(texts, rows.test, strict=True) if test],
    )


def _tfidf() -> TfidfVectorizer:
    return TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)


def words_one(rows: data.Rows) -> float:
    """Accuracy of a logistic regression on TF-IDF."""
    (train, test), labels = _texts(rows), np.asarray(rows.labels)
    model = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True), LogisticRegression(C=10, max_iter=500)
    )
    return float(accuracy_score(labels[rows.test], model.fit(train, labels[~rows.test]).predict(test)))


def words_several(rows: data.Rows) -> float:
    """Micro F1 of one logistic regression for each class on TF-IDF."""
    (train, test), (learnt, true) = _texts(rows), _sets(rows)
    each = OneVsRestClassifier(LogisticRegression(C=10, max_iter=500))
    model = make_pipeline(_tfidf(), each)
    return float(f1_score(true, model.fit(train, learnt).predict(test), average="micro"))


def _vectors(rows: data.Rows) -> tuple[np.ndarray, np.ndarray]:
    assert rows.vectors is not None
    return rows.vectors[~rows.test], rows.vectors[rows.test]


def support_one(rows: data.Rows) -> float:
    """Accuracy of a support vector machine on the vectors."""
    (train, test), labels = _vectors(rows), np.asarray(rows.labels)
    model = make_pipeline(StandardScaler(), SVC(C=10))
    return float(model.fit(train, labels[~rows.test]).score(test, labels[rows.test]))


def support_several(rows: data.Rows) -> float:
    """Micro F1 of one support vector machine for each class."""
    (train, test), (learnt, true) = _vectors(rows), _sets(rows)
    model = make_pipeline(StandardScaler(), OneVsRestClassifier(SVC(C=10)))
    return float(f1_score(true, model.fit(train, learnt).predict(test), average="micro"))


def trees_one(rows: data.Rows) -> float:
    """Accuracy of scikit-learn's boosting by its defaults."""
    (train, test), labels = _vectors(rows), np.asarray(rows.labels)
    with threadpool_limits(1, "openmp"):
        model = HistGradientBoostingClassifier(random_state=data.SEED).fit(train, labels[~rows.test])
        return float(model.score(test, labels[rows.test]))


def trees_several(rows: data.Rows) -> float:
    """Micro F1 of the same for each class."""
    (train, test), (learnt, true) = _vectors(rows), _sets(rows)
    with threadpool_limits(1, "openmp"):
        model = OneVsRestClassifier(HistGradientBoostingClassifier(random_state=data.SEED)).fit(train, learnt)
        return float(f1_score(true, model.predict(test), average="micro"))


def words_number(rows: data.Rows) -> float:
    """R² of a ridge regression on TF-IDF, its penalty chosen on the rows that it learns from."""
    (train, test), labels = _texts(rows), np.asarray(rows.labels)
    model = make_pipeline(_tfidf(), RidgeCV(np.logspace(-2, 2, 9)))
    return float(r2_score(labels[rows.test], model.fit(train, labels[~rows.test]).predict(test)))


def trees_number(rows: data.Rows) -> float:
    """R² of scikit-learn's boosting by its defaults."""
    (train, test), labels = _vectors(rows), np.asarray(rows.labels)
    with threadpool_limits(1, "openmp"):
        model = HistGradientBoostingRegressor(random_state=data.SEED).fit(train, labels[~rows.test])
        return float(model.score(test, labels[rows.test]))


def tokens(rows: data.Rows) -> float:
    """F1 of whole entities of a logistic regression on each word's spelling and its neighbours'."""
    found = [(one["tokens"], tags) for one, tags in zip(rows.examples, rows.labels, strict=True)]
    parts = [[one for one, test in zip(found, rows.test, strict=True) if bool(test) is side] for side in (False, True)]
    train, test = ([_spelling(words, place) for words, _ in part for place in range(len(words))] for part in parts)
    vectorizer = DictVectorizer()
    model = LogisticRegression(C=1, max_iter=200).fit(
        vectorizer.fit_transform(train), [tag for _, tags in parts[0] for tag in tags]
    )
    said = iter(model.predict(vectorizer.transform(test)).tolist())
    both = [(decode(tags, "IOB2").spans, decode([next(said) for _ in tags], "IOB2").spans) for _, tags in parts[1]]
    right = sum(len(set(true) & set(predicted)) for true, predicted in both)
    return 2 * right / max(1, sum(len(true) + len(predicted) for true, predicted in both))


def _spelling(words: Sequence[str], place: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for step in (-1, 0, 1):
        word = words[place + step] if 0 <= place + step < len(words) else ""
        kinds = ("X" if one.isupper() else "x" if one.islower() else "0" if one.isdigit() else one for one in word)
        found |= {f"word{step}": word.lower(), f"shape{step}": "".join(kinds)[:8], f"ends{step}": word[-3:].lower()}
    return found


LOGISTIC, SUPPORT, TREES = "TF-IDF and logistic regression", "support vectors", "its boosting by default"
PAIRS = (
    Pair("text-classification", data.news, "accuracy", words_one, LOGISTIC),
    Pair("multi-label-text", data.intents, "micro_f1", words_several, LOGISTIC),
    Pair("token-classification", data.tweets, "micro_f1", tokens, "logistic regression on spelling", "test"),
    Pair("image-classification", data.digits, "accuracy", support_one, f"{SUPPORT} on pixels"),
    Pair("multi-label-image", data.digit_properties, "micro_f1", support_several, f"{SUPPORT} on pixels"),
    Pair("audio-classification", data.spoken, "accuracy", support_one, f"{SUPPORT}, same statistics"),
    Pair("multi-label-audio", data.spoken_properties, "micro_f1", support_several, f"{SUPPORT}, same statistics"),
    Pair("tabular-classification", data.tumours, "accuracy", trees_one, TREES),
    Pair("multi-label-tabular", data.digit_columns, "micro_f1", trees_several, f"{TREES}, for each class"),
    Pair("text-regression", data.confidence, "r2", words_number, "TF-IDF and ridge regression"),
    Pair("tabular-regression", data.life, "r2", trees_number, TREES),
)


@dataclass(frozen=True, slots=True)
class Found:
    """What came of one pair."""

    pair: Pair
    data: str
    rows: int
    precision: float
    scan_seconds: float
    score: float
    train_seconds: float
    beside: float

    def line(self) -> str:
        """Of the Markdown table."""
        score = f"{self.pair.score.replace('_f1', ' F1').replace('r2', 'R²')} {self.score:.3f}"
        beside = f"{self.beside:.3f} {self.pair.beside_name}"
        return (
            f"| `{self.pair.task}` | {self.data} ({self.rows:,} rows) | {self.precision:.3f} | {score} | {beside} "
            f"| {self.scan_seconds:.0f}, {self.train_seconds:.0f} |"
        )


HEAD = (
    "| task | data | scan: AP at 8 % planted | fine-tune | scikit-learn, same split | seconds: scan, fine-tune |\n"
    "|---|---|---|---|---|---|"
)


def measured(pair: Pair) -> Found:
    """One pair, in a workspace that is gone afterwards."""
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        rows = pair.rows(root / "data")
        told: dict[str, Any] = {"task": pair.task, **(rows.told or {})}
        told |= {"split": "split"} if "tokens" not in rows.examples[0] else {}
        space = winnow.open(root / "workspace", progress=lambda line: None)
        everything = list(range(len(rows.labels)))

        chosen = everything if pair.scanned == "all" else np.flatnonzero(rows.test == (pair.scanned == "test")).tolist()
        given, wrong = data.planted(rows, chosen, PLANTED)
        labels = list(rows.labels)
        for one, label in zip(chosen, given, strict=True):
            labels[one] = label
        space.load(data.written(root / "data", rows, labels, chosen), name="planted", **told)
        began = time.monotonic()
        space.scan("planted", encoder=list(pair.encoder))
        scan_seconds = time.monotonic() - began
        columns = {"columns": "example_id,rank"} if pair.task == "token-classification" else {}
        ranked = space.command("issues", "planted", out=root / "issues.parquet", format="parquet", **columns)
        assert ranked["rows"] == len(chosen)
        precision = average_precision_score(wrong, _worst_first(root / "issues.parquet", len(chosen)))

        space.load(data.written(root / "data", rows, rows.labels, everything), name="clean", **told)
        began = time.monotonic()
        run = space.train("clean")["run"]
        train_seconds = time.monotonic() - began
        found = space.evaluate("clean", run)
        score = found["entities"]["micro"]["f1"] if "entities" in found else found[pair.score]
        return Found(
            *(pair, rows.name, len(rows.labels), float(precision), scan_seconds, float(score), train_seconds),
            pair.beside(rows),
        )


def _worst_first(path: Path, rows: int) -> np.ndarray:
    """(n,) higher is worse."""
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    found = np.empty(rows)
    found[table.column("example_id").to_numpy()] = -table.column("rank").to_numpy()
    return found


def run() -> list[Row]:
    """Two rows for each pair whose data is there."""
    rows = []
    for pair in PAIRS:
        try:
            one = measured(pair)
        except FileNotFoundError:
            continue
        title = f"{one.pair.task}, {one.data} ({one.rows:,} rows)"
        rows.append(Row(f"{title}: 8 % planted", one.precision, "AP", higher_is_better=True))
        rows.append(Row(f"{title}: scan", one.scan_seconds, "s"))
        rows.append(Row(f"{title}: fine-tune", one.score, pair.score, one.beside, pair.beside_name, True))
        rows.append(Row(f"{title}: fine-tune", one.train_seconds, "s"))
    return rows


if __name__ == "__main__":
    asked = sys.argv[1:]
    print(HEAD, flush=True)
    for each in PAIRS:
        if not asked or each.task in asked:
            print(measured(replace(each)).line(), flush=True)
