"""What reweighting and resampling would change: weights by hand, figures by hand, and a whole job in this process."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.errors import UsageError
from core.jobs.about import About
from core.jobs.mitigation import run as mitigation
from core.jobs.mitigation.compare import Judged, compared
from core.jobs.mitigation.refit import refitted
from core.jobs.mitigation.spec import (
    ACCURACY,
    ACCURACY_GAP,
    ARMS,
    GIVEN_GAP,
    MACRO_F1,
    ODDS_GAP,
    MitigationSpec,
    OfArm,
)
from core.jobs.mitigation.weights import class_balanced, resampled, reweighed
from core.queue import JobFolder, ProgressWriter, Stopped
from core.typed import from_json, to_json
from tests.training_support import texts

TWO = ("as_is", "reweighed")


def test_weights_are_those_of_the_example_of_kamiran_and_calders() -> None:
    """Ten applicants of their table 1: five men, four of them hired; five women, two of them hired."""
    groups = np.array([0] * 5 + [1] * 5)
    labels = np.array([1, 1, 1, 1, 0, 1, 1, 0, 0, 0])
    found = reweighed(labels, groups)
    # P(man)·P(hired) / P(man, hired) = .5·.6 / .4, and so on.
    by_cell = {(0, 1): 0.75, (0, 0): 2.0, (1, 1): 1.5, (1, 0): 0.5 * 0.4 / 0.3}
    assert found == pytest.approx([by_cell[cell] for cell in zip(groups.tolist(), labels.tolist(), strict=True)])
    for group in (0, 1):
        own = groups == group
        assert found[own & (labels == 1)].sum() / found[own].sum() == pytest.approx(0.6)


def test_rows_that_take_no_part_count_as_they_are() -> None:
    groups, labels = np.array([0, 0, 1, 1, -1, -1]), np.array([1, 0, 1, 0, 1, 1])
    assert reweighed(labels, groups).tolist() == [1.0] * 6
    drawn = resampled(groups, np.random.default_rng(0))
    assert drawn[4:].tolist() == [1, 1] and drawn[:2].sum() == drawn[2:4].sum() == 2


def test_balanced_classes_and_groups_have_equal_sums() -> None:
    labels = np.array([0] * 90 + [2] * 10)
    found = class_balanced(labels)
    assert found[labels == 0].sum() == pytest.approx(50) and found[labels == 2].sum() == pytest.approx(50)
    groups = np.array([0] * 80 + [1] * 20)
    drawn = resampled(groups, np.random.default_rng(1))
    assert drawn[groups == 0].sum() == drawn[groups == 1].sum() == 50 and (drawn == drawn.astype(int)).all()


def _figures(found: OfArm) -> dict[str, float]:
    return {one.name: one.moved.value for one in found.figures}


def _hundred() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Two groups of 50 rows. In the first 20 of 25 and 20 of 25 are right, in the second 10 of 20 and 24 of 30."""
    groups = np.repeat([0, 1], 50)
    true = np.array([0] * 25 + [1] * 25 + [0] * 20 + [1] * 30)
    wrong = np.r_[20:25, 45:50, 60:70, 94:100]
    predicted = true.copy()
    predicted[wrong] = 1 - predicted[wrong]
    return groups, true, predicted


def test_figures_are_those_of_a_table_by_hand() -> None:
    groups, true, predicted = _hundred()
    rows = Judged(true, np.stack([predicted, true]), groups, np.array([True, True]), 2)
    as_it_is, perfect = compared(rows, TWO, ("no", "yes"), resamples=200)
    found = _figures(as_it_is)
    assert found[ACCURACY] == pytest.approx(0.74)
    # Of the class no: tp 30, false alarms 5 + 6, missed 5 + 10; of yes: tp 44, 15, 11.
    assert found[MACRO_F1] == pytest.approx((60 / (60 + 26) + 88 / (88 + 26)) / 2, abs=1e-6)
    assert found[ACCURACY_GAP] == pytest.approx(0.8 - 0.68)
    assert found[ODDS_GAP] == pytest.approx(max(0.8 - 0.5, 0.2 - 0.2))
    assert found[GIVEN_GAP] == pytest.approx(34 / 50 - 25 / 50)
    assert _figures(perfect) == pytest.approx(dict(zip(found, (1, 1, 0, 0, 0.1), strict=True)))
    accuracy = next(one for one in perfect.figures if one.name == ACCURACY)
    assert (
        accuracy.moved.change == pytest.approx(0.26) and 0.17 < accuracy.moved.change_low < accuracy.moved.change_high
    )
    assert accuracy.p_value < 0.001 and perfect.changed == 26
    no = next(one for one in as_it_is.classes if one.label == "no")
    assert [one.value for one in no.found if one] == pytest.approx([0.8, 0.5])
    assert [one.value for one in no.wrongly_given if one] == pytest.approx([0.2, 0.2])


def test_small_groups_are_told_and_not_compared() -> None:
    groups, true, predicted = _hundred()
    groups, true = np.r_[groups, [2] * 5], np.r_[true, [0] * 5]
    predicted = np.r_[predicted, [1] * 5]
    large = np.array([True, True, False])
    found = compared(Judged(true, np.stack([predicted] * 2), groups, large, 2), TWO, ("no", "yes"), resamples=50)[0]
    assert _figures(found)[ACCURACY_GAP] == pytest.approx(0.12)
    assert found.accuracy[2] is not None and found.accuracy[2].value == 0


def test_nothing_that_moves_is_said_to_move() -> None:
    groups, true, predicted = _hundred()
    rows = Judged(true, np.stack([predicted] * 4), groups, np.array([True, True]), 2)
    for arm in compared(rows, tuple(ARMS), ("no", "yes"), resamples=100)[1:]:
        assert {(one.moved.change, one.moved.change_low, one.moved.change_high) for one in arm.figures} == {(0, 0, 0)}
        assert all(one.p_value == 1 for one in arm.figures) and arm.changed == 0


def test_predictions_that_differ_by_chance_are_seldom_said_to_differ() -> None:
    generator, called, times = np.random.default_rng(0), 0, 60
    for _ in range(times):
        true, groups = generator.integers(2, size=600), generator.integers(2, size=600)
        errors = generator.random((4, 600)) < 0.2
        rows = Judged(true, np.where(errors, 1 - true, true), groups, np.array([True, True]), 2)
        found = compared(rows, tuple(ARMS), ("no", "yes"), resamples=200)
        called += any(one.p_value < 0.05 for arm in found[1:] for one in arm.figures)
    assert called <= 0.15 * times


def _planted(rows: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The label goes with the group, of which a column of the embeddings tells, and with another column a little."""
    generator = np.random.default_rng(seed)
    groups = (generator.random(rows) < 0.3).astype(np.int64)
    labels = (generator.random(rows) < np.where(groups == 1, 0.85, 0.15)).astype(np.int64)
    noise = generator.standard_normal((rows, 6))
    noise[:, 0] += 2 * labels
    noise[:, 1] += 4 * groups
    return noise.astype(np.float32), labels, groups


def test_a_head_that_learns_from_reweighed_rows_leans_less_on_the_group() -> None:
    embeddings, labels, groups = _planted(1_500, 0)
    arms = tuple(ARMS)
    predicted, trained = refitted(embeddings, labels, groups, np.arange(1_500), 2, arms, folds=5, seed=0)
    assert trained == 1_500
    judged = Judged(labels, predicted, groups, np.array([True, True]), 2)
    by_arm = {one.arm: one for one in compared(judged, arms, ("no", "yes"), resamples=300)}
    odds = {arm: next(one for one in of.figures if one.name == ODDS_GAP) for arm, of in by_arm.items()}
    moved = odds["reweighed"]
    assert odds["as_is"].moved.value > 0.3
    assert moved.moved.change_high < -0.15 and moved.p_value < 0.01
    accuracy = next(one for one in by_arm["reweighed"].figures if one.name == ACCURACY)
    assert accuracy.moved.change < 0  # the group does tell about the label


def _folder(root: Path, rows: int) -> JobFolder:
    contents, topics = texts(rows)
    folder = JobFolder(root / "run").create()
    table = {
        "example_id": np.arange(rows),
        "content_hash": [hashlib.md5(text.encode()).hexdigest() for text in contents],
        "label": pa.array([*topics[:-1], None], pa.int32()),
        "split": ["train"] * rows,
        "text": list(contents),
        "media_id": pa.nulls(rows, pa.string()),
        "known": pa.array([False] * rows),
        "before": pa.nulls(rows, pa.int32()),
    }
    pq.write_table(pa.table(table), folder.input / "rows.parquet")
    ids = np.arange(rows)[5:]
    pq.write_table(pa.table({"example_id": ids, "group": (ids % 3).astype(np.int64)}), folder.input / "groups.parquet")
    names = {"name": ["x", "y", "z"], "judged": [True, True, False]}
    pq.write_table(pa.table(names), folder.input / "names.parquet")
    about = About("d", "v", "text", ("a", "b", "c", "d"), root / "arrays", root)
    folder.write_spec(to_json(MitigationSpec(("source",), "lexical", 5, 0, about=about)))
    return folder


def test_a_whole_job_tells_of_every_arm_and_keeps_what_it_predicts(tmp_path: Path) -> None:
    folder = _folder(tmp_path, 200)
    found = mitigation.main(folder, ProgressWriter(folder))
    assert [one.arm for one in found.arms] == list(ARMS)
    assert (found.rows, found.others) == (199, 5)
    assert [(one.name, one.judged) for one in found.groups] == [("x", True), ("y", True), ("z", False)]
    assert sum(one.rows for one in found.groups) == 194
    kept = pq.read_table(folder.output / "predicted.parquet")
    assert kept.column_names == ["example_id", "group", *ARMS] and len(kept) == 199
    changed = sum(a != b for a, b in zip(*(kept.column(arm).to_pylist() for arm in TWO), strict=True))
    assert changed == found.arms[1].changed
    assert from_json(type(found), to_json(found), "result") == found


def test_one_that_is_stopped_ends_at_once(tmp_path: Path) -> None:
    folder = _folder(tmp_path, 200)
    folder.request_stop()
    with pytest.raises(Stopped):
        mitigation.main(folder, ProgressWriter(folder, raises_stopped=True))


def test_too_few_rows_say_so(tmp_path: Path) -> None:
    folder = _folder(tmp_path, 40)
    with pytest.raises(UsageError, match="39 labelled rows"):
        mitigation.main(folder, ProgressWriter(folder))
