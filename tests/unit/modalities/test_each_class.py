"""Trees for each class of rows that may have several: learnt, saved, asked again."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from core.heads.refitted import refitted_probabilities
from core.modalities.heavy import heavy_modality
from core.modalities.payloads import Payloads
from core.modalities.table_row.each_class import EachClass
from core.modalities.table_row.facts import TABLE_ROW
from core.modalities.table_row.learner import Boosting
from tests.unit.modalities.corpus import text_payloads

ROWS = 160
CLASSES = ("all", "big", "never", "red")


def _plants() -> tuple[Payloads, np.ndarray]:
    """Rows that are big by a number and red by a category; every row is of the class `all`, none of `never`."""
    chance = np.random.default_rng(0)
    big, red = chance.random(ROWS) < 0.5, chance.random(ROWS) < 0.3
    cells = [
        json.dumps({"size": round(float(chance.normal(4 * one, 0.5)), 3), "colour": "red" if two else "blue"})
        for one, two in zip(big.tolist(), red.tolist(), strict=True)
    ]
    labels = np.stack([np.ones(ROWS), big, np.zeros(ROWS), red], 1).astype(np.int8)
    return text_payloads(cells), labels


def _fitted(learner: Boosting, labels: np.ndarray, rounds: int | None = 30) -> EachClass:
    fitted = learner.fit(np.arange(len(labels)), labels, rounds)
    assert isinstance(fitted, EachClass)
    return fitted


def test_each_class_is_learnt_by_itself_and_one_that_never_varies_is_certain() -> None:
    payloads, labels = _plants()
    learner, rows = Boosting(payloads, 4, 0), np.arange(ROWS)
    fitted = learner.fit(rows[:120], labels[:120], 40)
    found = fitted.probabilities(rows[120:])
    assert found.shape == (40, 4) and found.dtype == np.float32
    assert ((found >= 0.5) == labels[120:]).mean() > 0.95
    assert (found[:, 0] == 1).all() and not found[:, 2].any()
    assert fitted.rounds == 40 and 1 <= fitted.best_rounds(rows[120:], labels[120:]) <= 40
    assert len(fitted.curves["train"]) == 0, "nothing is watched in a fixed number of rounds"


def test_what_is_watched_tells_each_class_when_to_stop_and_weights_count() -> None:
    payloads, labels = _plants()
    learner, rows = Boosting(payloads, 4, 0), np.arange(ROWS)
    fitted = learner.fit(rows[:120], labels[:120], watched=(rows[120:], labels[120:]))
    assert 20 <= fitted.rounds <= 500
    assert len(fitted.curves["validation"]) == fitted.rounds + 1
    noise = np.random.default_rng(1).random((ROWS, 4)) < 0.2
    given, weights = (labels ^ noise).astype(np.int8), np.ones((ROWS, 4), np.float32)
    plain = learner.fit(rows, given, 30).probabilities(rows)[:, 2].mean()
    weights[:, 2] = np.where(given[:, 2] > 0, 9, 1)
    assert learner.fit(rows, given, 30, weights=weights).probabilities(rows)[:, 2].mean() > plain + 0.1


@pytest.mark.parametrize("classes", [4, 1])
def test_a_saved_model_says_the_same_here_and_by_its_snippet(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], classes: int
) -> None:
    payloads, labels = _plants()
    names, own = CLASSES[-classes:], labels[:, -classes:]
    fitted = _fitted(Boosting(payloads, classes, 0), own)
    fitted.save(tmp_path, names, {})
    cells = payloads.take(np.arange(ROWS))
    opened = heavy_modality(TABLE_ROW).opened(tmp_path)
    found, _ = opened.predict(cells)
    assert opened.labels == names
    assert np.allclose(found, fitted.probabilities(np.arange(ROWS)), atol=1e-6)

    row = next(place for place, label in enumerate(own) if label[-1])
    script = TABLE_ROW.fine_tuning.snippet.format(folder=tmp_path, answer="")
    asked = script.replace("pd.DataFrame([row])", f"pd.DataFrame([row | {json.loads(cells[row])!r}])")
    exec(asked, {})  # as a person would run it
    said = eval(capsys.readouterr().out)
    assert said == pytest.approx({name: p for name, p in zip(names, found[row], strict=True) if p >= 0.5}, abs=1e-6)
    assert "red" in said


def test_out_of_sample_probabilities_find_the_class_that_is_wrong() -> None:
    payloads, labels = _plants()
    given, wrong = labels.copy(), np.arange(0, ROWS, 16)
    given[wrong, 1] ^= 1
    given[5] = -1
    found = refitted_probabilities(Boosting(payloads, 4, 0), given, np.arange(ROWS), 4, folds=4, seed=0)
    of_given = np.where(given > 0, found.probabilities, 1 - found.probabilities)[:, 1]
    told = np.setdiff1d(np.arange(ROWS), [5])
    assert of_given[wrong].max() < 0.5 < np.median(of_given[told])
    assert ((found.probabilities[5] >= 0.5) == labels[5]).all(), "a row without a label is judged too"
    assert found.judged[told].all() and not found.judged[5]
