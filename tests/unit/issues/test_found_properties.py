"""What holds of near-duplicates and outliers whatever the rows, and small cases worked out by hand."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from core.duplicates.neighbourhood import Neighbourhood
from core.issues.contract import Found
from core.issues.evidence import as_json
from core.issues.members import grouped
from core.issues.near_duplicate.find import find as near_duplicates
from core.issues.outlier.find import BY_CHANCE, beyond_chance, ordinary
from core.issues.outlier.find import find as outliers
from core.issues.signals import Signals

FEW = settings(max_examples=25, deadline=None)


def copies(seed: int, rows: int, classes: int = 3) -> Signals:
    """Rows in groups of any size, some of the same content, labels and probabilities of any kind."""
    generator = np.random.default_rng(seed)
    firsts = generator.integers(max(1, rows // 2), size=rows)
    groups = np.array([int(np.flatnonzero(firsts == one)[0]) for one in firsts], np.int64)
    contents = np.char.add(groups.astype("S6"), generator.choice([b"", b"x"], rows))
    directions = generator.standard_normal((max(1, rows), 6))[groups]
    return Signals.of(
        generator.integers(classes, size=rows),
        generator.dirichlet(np.ones(classes), rows),
        np.ones(rows, bool),
        example_ids=np.arange(rows) * 3 + 5,
        embeddings=(directions + 0.2 * generator.standard_normal((rows, 6))).astype(np.float32),
        contents=contents,
        groups=groups,
    )


def _told(found: Found) -> list[dict[str, Any]]:
    return [json.loads(text) for text in as_json(found.evidence).to_pylist()]


@FEW
@given(st.integers(0, 10_000), st.sampled_from([0, 1, 2, 12, 40]))
def test_of_every_group_one_row_is_kept_and_has_a_label_that_most_of_it_carry(seed: int, rows: int) -> None:
    signals = copies(seed, rows)
    found, told = near_duplicates(signals), _told(near_duplicates(signals))
    assert found.suggestion is not None and len(found.score) == rows
    assert ((found.score >= 0) & (found.score <= 1)).all() and (found.score[~found.is_issue] == 1).all()
    conflicting = 0
    for first in np.unique(signals.groups):
        members = np.flatnonzero(signals.groups == first)
        (kept,) = members[~found.is_issue[members]]
        counts = np.bincount(signals.labels[members])
        assert counts[signals.labels[kept]] == counts.max()
        assert kept == members[signals.labels[members] == signals.labels[kept]][0], "the first with that label"
        differs = signals.labels[members] != signals.labels[kept]
        conflicting += bool(differs.any())
        assert (found.suggestion[members] == np.where(differs, signals.labels[kept], -1)).all()
        assert (found.score[members][differs] <= 0.5).all(), "conflicting copies come before all others"
        assert (found.score[members][~differs] >= 0.5).all()
        for member in members if len(members) > 1 else ():
            why = told[member]
            assert (why["group"], why["size"], why["kept"]) == (first * 3 + 5, len(members), kept * 3 + 5)
            assert why["conflicting"] == bool(differs.any())
            assert len(why["neighbours"]) == len(why["similarities"]) == min(5, len(members) - 1)
            assert set(why["neighbours"]) <= {int(other) * 3 + 5 for other in members if other != member}
            assert member == kept or why["neighbours"][0] == why["kept"]
    sizes = np.unique(signals.groups, return_counts=True)[1]
    assert found.is_issue.sum() == (sizes - 1).sum()
    exact = sum(bool(one.get("exact")) for one in told)
    assert found.summary == {"groups": (sizes > 1).sum(), "exact": exact, "conflicting": conflicting}


@FEW
@given(st.integers(0, 10_000))
def test_what_the_classes_are_called_does_not_matter_to_copies(seed: int) -> None:
    signals, classes = copies(seed, 30), np.random.default_rng(seed).permutation(3)
    moved = np.empty_like(signals.probabilities)
    moved[:, classes] = signals.probabilities
    known = {name: getattr(signals, name) for name in ("example_ids", "embeddings", "contents", "groups")}
    one = near_duplicates(signals)
    other = near_duplicates(Signals.of(classes[signals.labels], moved, signals.judged, **known))
    assert (one.is_issue == other.is_issue).all() and np.allclose(one.score, other.score)
    assert one.suggestion is not None and other.suggestion is not None
    assert (np.where(one.suggestion < 0, -1, classes[one.suggestion]) == other.suggestion).all()


def test_the_score_of_a_copy_worked_out_by_hand() -> None:
    """Cosines to the kept row 0: .6 of row 1 (3 · 1 of 5 · 1), −1 of row 2, taken as 0; row 3 has no direction, row 4
    points elsewhere but has the same content. Half of one less the cosine, and half more where the labels agree."""
    signals = Signals.of(
        np.array([0, 0, 1, 0, 1]),
        np.full((5, 2), 0.5),
        np.ones(5, bool),
        example_ids=np.arange(5),
        embeddings=np.array([[1, 0], [3, 4], [-2, 0], [0, 0], [0, 1]], np.float32),
        contents=np.array([b"a", b"b", b"c", b"d", b"a"]),
        groups=np.zeros(5, np.int64),
    )
    found = near_duplicates(signals)
    assert found.score == pytest.approx([1, 0.2 + 0.5, 0.5, 0.5 + 0.5, 0])
    assert found.is_issue.tolist() == [False, True, True, True, True]
    assert [one.get("exact") for one in _told(found)] == [None, False, False, False, True]
    assert _told(found)[4]["similarities"] == pytest.approx([1, 0.8, 0, 0])


@FEW
@given(st.lists(st.integers(0, 8), max_size=30))
def test_groups_are_listed_each_once_and_rows_in_their_order(drawn: list[int]) -> None:
    firsts = np.array([drawn.index(one) for one in drawn], np.int64)
    members = grouped(firsts)
    assert [rows.tolist() for rows in members] == [
        [row for row, one in enumerate(drawn) if one == name] for name in dict.fromkeys(drawn) if drawn.count(name) > 1
    ]


@FEW
@given(st.lists(st.floats(0, 1), max_size=60), st.integers(0, 20))
def test_as_many_are_beyond_chance_as_benjamini_and_hochberg_say(scores: list[float], tiny: int) -> None:
    """By SciPy's adjusted probabilities; equal scores stand or fall together."""
    score = np.r_[np.array(scores), np.full(tiny, 1e-7)]
    if len(score):
        adjusted = false_discovery_control(score) <= BY_CHANCE
        assert (beyond_chance(score) == adjusted).all()
    assert not beyond_chance(np.empty(0)).any()


def test_how_many_are_beyond_chance_worked_out_by_hand() -> None:
    """Of five rows the limits are .002, .004, .006, .008, .01. The third score fails, .009, but the fourth, .008, and
    with it all below stand: the last that holds counts."""
    assert beyond_chance(np.array([0.5, 0.003, 0.0075, 0.001, 0.008])).tolist() == [False, True, True, True, True]
    assert beyond_chance(np.array([0.5, 0.003, 0.009, 0.0021, 0.0095])).tolist() == [False, True, False, True, False]
    assert not beyond_chance(np.array([0.5, 0.5, 0.9, 0.0021, 0.0095])).any()


@FEW
@given(st.lists(st.floats(0, 2), min_size=1, max_size=50), st.floats(0.1, 0.4))
def test_a_row_farther_off_is_never_more_ordinary_and_half_of_all_are_ordinary(far: list[float], shift: float) -> None:
    distance = np.array(far)
    score = ordinary(distance)
    assert ((score >= 0) & (score <= 1)).all()
    assert (np.diff(score[np.argsort(distance)]) <= 1e-12).all()
    assert (score == 1).sum() * 2 >= len(score)
    assert np.allclose(ordinary(distance + shift), score, atol=1e-6), "what is usual is the dataset's own"


def test_a_distance_of_one_and_of_two_spreads_worked_out_by_hand() -> None:
    """101 distances from 0 to 1: the median is .5, .8413 is one spread above it. 1 − erf(1 / √2) = .3173, and at twice
    that .0455. Distances that all but agree are taken to be the same: .0001 of .001 are a tenth of a spread."""
    distance = np.r_[np.linspace(0, 1, 101)]
    assert ordinary(distance)[84] == pytest.approx(0.3173, abs=0.005)
    assert ordinary(np.r_[distance[:-1], 0.5 + 2 * 0.3413])[-1] == pytest.approx(0.0455, abs=2e-3)
    close = np.r_[np.full(50, 0.2), 0.2001]
    assert ordinary(close)[-1] == pytest.approx(1 - 0.0797, abs=1e-3)


def _outliers(embeddings: np.ndarray) -> Found:
    known = {"example_ids": np.arange(len(embeddings)), "embeddings": embeddings}
    known["neighbours"] = Neighbourhood(embeddings)
    return outliers(Signals({name: lambda value=value: value for name, value in known.items()}))


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.01, 50))
def test_outliers_are_the_same_in_any_order_and_at_any_length_of_the_vectors(seed: int, length: float) -> None:
    generator = np.random.default_rng(seed)
    embeddings = (np.r_[np.full((80, 4), 3.0), np.zeros((4, 4))] + generator.standard_normal((84, 4))).astype(
        np.float32
    )
    order, lengths = generator.permutation(84), length * (1 + generator.random((84, 1)))
    one, other = _outliers(embeddings), _outliers((embeddings * lengths).astype(np.float32)[order])
    assert np.allclose(other.score, one.score[order], atol=1e-3)
    assert (other.is_issue != one.is_issue[order]).sum() <= 1
    assert other.summary["usual"] == pytest.approx(one.summary["usual"], abs=1e-4)
    told = _told(one)
    assert np.median([row["distance"] for row in told]) == pytest.approx(one.summary["usual"], abs=1e-5)
    for row in range(84):
        assert told[row]["distance"] == pytest.approx(_mean_distance(embeddings, row), abs=1e-4)


def _mean_distance(embeddings: np.ndarray, row: int) -> float:
    """To the ten nearest others, the plain way."""
    unit = embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True)
    return float(np.sort(1 - np.delete(unit @ unit[row], row))[:10].mean())


def test_of_empty_rows_alone_nothing_is_said() -> None:
    found = _outliers(np.zeros((6, 4), np.float32))
    assert not found.is_issue.any() and found.judged is not None and not found.judged.any()
    assert (found.score.tolist(), found.summary["usual"]) == ([1.0] * 6, 0.0)
    assert _told(found) == [{}] * 6
