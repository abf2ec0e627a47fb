"""Whether what a scan says of a dataset holds: `python -m bench.wrong_share`.

On sets with a known truth (`bench.known_sets`): how often the interval for the share of wrong labels covers it and how
wide it is, how good the list is that is flagged by default, and the ranking of small sets beside cleanlab's Datalab
with the same encoder (logistic regression, five folds), with intervals over the draws.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.model_selection import cross_val_predict

from bench.known_sets import SOURCES, KnownSet, Source, parts, whole_sets
from bench.row import Row
from core.issues.label.find import find_label_issues
from core.issues.label.finding import Finding

SMALL, DRAWS = (75, 150, 300, 600), 50
ARRAYS = os.environ.get("WINNOW_BENCH_ARRAYS")
"""A folder that keeps embeddings between runs."""


def run() -> list[Row]:
    """Two rows per source and kind of set, one per size for small sets of people's first votes."""
    with tempfile.TemporaryDirectory() as folder:
        arrays = Path(ARRAYS or folder)
        sources = [make(arrays) for make in SOURCES]
        return [row for source in sources for row in (*_shares(source), *_small(source))]


def _shares(source: Source) -> Iterator[Row]:
    whole = list(whole_sets(source))
    for name, sets in (
        ("whole", whole),
        ("parts of 100 to 1,000 rows", [part for one in whole for part in parts(one)]),
    ):
        if sets:
            yield from _covered(f"{source.name}, {name}", sets)


def _covered(name: str, sets: list[KnownSet]) -> Iterator[Row]:
    found = [(one, find_label_issues(one.signals())) for one in sets]
    told = [(one, finding) for one, finding in found if finding.untold is None]
    inside = [_inside(one, finding) for one, finding in found]
    widths = [finding.share_wrong.high - finding.share_wrong.low for _, finding in told]
    said = ", ".join(_said(one, finding) for one, finding in found[:8])
    note = f"told on {len(told)} of {len(found)}; width {np.mean(widths) if widths else float('nan'):.3f}; {said}"
    yield Row(
        f"share of wrong labels covered: {name}", float(sum(inside)), "sets", bound=f"≥ 0.9 × {len(sets)}", note=note
    )
    ours = [_f1(one.wrong, finding.is_issue) for one, finding in found]
    best = [_best_f1(one.wrong, finding.score) for one, finding in found]
    yield Row(
        f"F1 of what is flagged: {name}",
        float(np.mean(ours)),
        "",
        float(np.mean(best)),
        "best list of the ranking",
        True,
    )


def _small(source: Source) -> Iterator[Row]:
    for whole in islice(whole_sets(source), 1) if source.votes else ():
        for size in SMALL:
            pairs = [_ranked(one) for one in parts(whole, (size,), DRAWS)]
            if not pairs:
                continue
            ours, theirs = np.mean(pairs, 0)
            gain = np.subtract(*np.transpose(pairs))
            drawn = np.random.default_rng(0).choice(gain, (1000, len(gain))).mean(1)
            low, high = np.quantile(drawn, (0.025, 0.975))
            note = f"{len(pairs)} draws, difference {gain.mean():+.3f} ({low:+.3f} – {high:+.3f})"
            yield Row(f"label errors: {whole.name}, {size} rows", ours, "AP", theirs, "Datalab", True, "above", note)


def _ranked(one: KnownSet) -> tuple[float, float]:
    score = find_label_issues(one.signals()).score
    return _precision(one.wrong, score), _precision(one.wrong, datalab(one)[0])


def datalab(one: KnownSet) -> tuple[np.ndarray, np.ndarray]:
    """Datalab's score of each label and what it flags, on the better encoder's embeddings."""
    from cleanlab import Datalab

    model = LogisticRegression(max_iter=1000)
    embeddings = one.source.embeddings[-1][one.rows]
    folds = min(5, int(np.bincount(one.given).min()))
    probabilities = cross_val_predict(model, embeddings, one.given, cv=folds, method="predict_proba")
    lab = Datalab({"label": one.given}, label_name="label", verbosity=0)
    lab.find_issues(pred_probs=probabilities, issue_types={"label": {}})
    found = lab.get_issues("label")
    return found["label_score"].to_numpy(), found["is_label_issue"].to_numpy()


def _inside(one: KnownSet, finding: Finding) -> bool:
    return bool(finding.share_wrong.low <= one.wrong.mean() <= finding.share_wrong.high)


def _said(one: KnownSet, finding: Finding) -> str:
    share = finding.share_wrong
    return f"{one.wrong.mean():.3f} [{share.low:.3f} {share.estimate:.3f} {share.high:.3f}]"


def _f1(wrong: np.ndarray, flagged: np.ndarray) -> float:
    return float(2 * (wrong & flagged).sum() / max(1, wrong.sum() + flagged.sum()))


def _best_f1(wrong: np.ndarray, score: np.ndarray) -> float:
    held = np.cumsum(wrong[np.argsort(score, kind="stable")])
    return float((2 * held / (np.arange(1, len(wrong) + 1) + wrong.sum())).max())


def _precision(wrong: np.ndarray, score: np.ndarray) -> float:
    return float(average_precision_score(wrong, -score))


if __name__ == "__main__":
    from bench.__main__ import table

    print(table(run()))
