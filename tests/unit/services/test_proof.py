"""What a proof's answer says: who wins, and how planted and judged rows compare."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.context import Context
from core.errors import UsageError
from core.jobs.proof.spec import NEAR, SCAN, Found, OnDecided, ProofResult
from core.proportions import student_above
from core.records import Dataset, Scan
from core.review.records import Act
from core.services.issues.listing import required_scan
from core.services.issues.proof import (
    beside_decided,
    first_manner,
    manner_named,
    newest_proof,
    standings,
    start_proof,
    winner,
)
from core.services.issues.proof_words import beside_words, conclusion, detector_help
from core.services.review.decisions import record
from core.store.versions import get_version
from tests.pages import issues_data

REVIEWED = (10, 20, 40, 90)
EIGHT = (SCAN, *(f"d{place}" for place in range(1, 8)))


def _found(detector: str, most: tuple[float, ...], precision: tuple[float, ...] = (0.9, 0.8, 0.6, 0.3)) -> Found:
    low, high = tuple(one - 0.05 for one in precision), tuple(one + 0.05 for one in precision)
    recall = tuple(rows * one / 30 for rows, one in zip(REVIEWED, precision, strict=True))
    half = tuple(one / 2 for one in most)
    return Found(NEAR, detector, precision, low, high, recall, recall, recall, precision, half, most, 0.7, 0.6)


def _result(*found: Found, decided: tuple[OnDecided, ...] = ()) -> ProofResult:
    return ProofResult(90, 30, 10, 9.0, REVIEWED, found, 20, 20, decided, (), 1.0, "cpu")


def test_a_detector_wins_only_by_more_than_the_copies_differ() -> None:
    clear = winner(_result(_found(SCAN, (50, 52, 51)), _found("margin", (40, 43, 41))))
    assert (clear.planted, clear.clear, clear.best) == ("margin", True, "margin")
    unclear = winner(_result(_found(SCAN, (50, 30, 51)), _found("margin", (40, 43, 41))))
    assert (unclear.planted, unclear.clear, unclear.best) == ("margin", False, SCAN)


def test_where_nothing_could_be_planted_in_a_manner_the_first_one_speaks() -> None:
    result = _result(_found(SCAN, (50, 52, 51)), _found("margin", (40, 43, 41)))
    assert first_manner(result, "pairs") == NEAR and first_manner(result, NEAR) == NEAR
    assert winner(result, "pairs") == winner(result)
    assert conclusion(result, "pairs") == conclusion(result)


@pytest.mark.parametrize(("copies", "detectors"), [(2, 6), (3, 3), (3, 8), (5, 3), (5, 8), (10, 3), (10, 8)])
def test_of_equal_detectors_the_best_is_seldom_called_clearly_better(copies: int, detectors: int) -> None:
    generator = np.random.default_rng(copies)
    names, times = (SCAN, *(f"d{place}" for place in range(1, detectors))), 600
    drawn = (
        100 + 10 * generator.standard_normal((times, detectors, copies)) + generator.standard_normal((times, 1, copies))
    )
    called = sum(
        winner(_result(*(_found(name, tuple(most)) for name, most in zip(names, one.tolist(), strict=True)))).clear
        for one in drawn
    )
    assert called <= (0.07 if copies > 2 else 0) * times


def test_a_detector_that_is_better_is_found_among_many() -> None:
    generator = np.random.default_rng(1)
    found = 0
    for drawn in 100 + 5 * generator.standard_normal((100, 8, 10)):
        drawn[3] -= 15
        saying = winner(_result(*(_found(name, tuple(most)) for name, most in zip(EIGHT, drawn.tolist(), strict=True))))
        found += saying.best == EIGHT[3]
    assert found >= 95


def test_the_best_of_many_on_decided_rows_must_be_above_by_more_than_the_best_of_two() -> None:
    def of(others: int) -> ProofResult:
        names = EIGHT[: others + 1]
        decided = [OnDecided(name, 0.5, 0.4, 0.6, 0, -0.1, 0.1) for name in names]
        decided[1] = OnDecided(names[1], 0.61, 0.5, 0.7, 0.11, 0.01, 0.21)
        return _result(*(_found(name, (50, 52, 51)) for name in names), decided=tuple(decided))

    assert winner(of(1)).decided_clear
    assert not winner(of(7)).decided_clear


@pytest.mark.parametrize(("t", "degrees", "above"), [(6.313752, 1, 0.05), (9.924843, 2, 0.005), (4.540703, 3, 0.01)])
def test_students_t_is_as_in_tables(t: float, degrees: int, above: float) -> None:
    assert student_above(t, degrees) == pytest.approx(above, rel=1e-5)
    assert student_above(0, degrees) == pytest.approx(0.5)


def test_what_people_decided_wins_over_what_was_planted() -> None:
    found = (_found(SCAN, (50, 52, 51)), _found("margin", (40, 43, 41)))
    worse = (OnDecided(SCAN, 0.6, 0.5, 0.7, 0, 0, 0), OnDecided("margin", 0.4, 0.3, 0.5, -0.2, -0.3, -0.1))
    against = winner(_result(*found, decided=worse))
    assert against.against and against.best == SCAN
    assert "it is worse: stay with the scan's own ranking" in conclusion(_result(*found, decided=worse))
    better = tuple(replace(one, above=-one.above, above_low=0.1) if one.detector == "margin" else one for one in worse)
    better = (better[0], replace(better[1], average_precision=0.9, above_high=0.4))
    back = (_found(SCAN, (40, 42, 41)), _found("margin", (50, 53, 51)))
    assert winner(_result(*back, decided=better)).best == "margin"
    assert [one.detector for one in standings(_result(*back), NEAR)] == [SCAN, "margin"]


@pytest.fixture
def scanned(context: Context, tmp_path: Path) -> tuple[Dataset, Scan]:
    news = issues_data.load(context, tmp_path)
    issues_data.scan(context, tmp_path, news)
    return news, required_scan(context, news.latest_version_id, "news")


@pytest.mark.parametrize(("wrong", "agree"), [(27, True), (6, False)])
def test_judged_rows_are_held_against_the_same_places_of_the_copies(
    context: Context, scanned: tuple[Dataset, Scan], wrong: int, agree: bool
) -> None:
    news, scan = scanned
    result = _result(_found(SCAN, (50, 52, 51)))
    assert beside_decided(context, scan, result) is None
    acts = [
        Act(f"k{row}", "relabel" if row < wrong else "keep", row, news.labels[(row + 1) % 3] if row < wrong else None)
        for row in range(40)
    ]
    record(context, news.latest_version_id, "ada", acts)
    found = beside_decided(context, scan, result)
    assert found is not None
    assert (found.judged, found.ranks, found.decided.estimate) == (40, 40, wrong / 40)
    assert found.planted.estimate == pytest.approx(0.6)  # 24 of the first 40
    assert found.agree is agree
    assert ("They agree." in beside_words(found)) is agree


def test_a_proof_needs_a_scan_and_says_so(context: Context, tmp_path: Path) -> None:
    news = issues_data.load(context, tmp_path)
    with pytest.raises(UsageError, match="has not been scanned"):
        start_proof(context, news.latest_version_id, by="ada")
    assert newest_proof(context, get_version(context.store, news.latest_version_id)) is None


def test_a_manner_is_of_what_a_label_is(context: Context, scanned: tuple[Dataset, Scan]) -> None:
    news, numbers = scanned[0], replace(scanned[0], task="text-regression")
    assert (manner_named(news, None), manner_named(numbers, None), manner_named(news, "pairs")) == (
        NEAR,
        "slips",
        "pairs",
    )
    with pytest.raises(UsageError, match="by 'pairs' here"):
        manner_named(numbers, "pairs")


@pytest.mark.parametrize(
    ("task", "named"),
    [("text-regression", "predict"), ("token-classification", "words"), ("multi-label-text", "models")],
)
def test_what_a_detector_ranks_by_is_said_of_the_kind_of_label(
    scanned: tuple[Dataset, Scan], task: str, named: str
) -> None:
    dataset, _ = scanned
    other = replace(dataset, task=task)
    assert named in detector_help(other, SCAN) and named not in detector_help(dataset, SCAN)
    assert detector_help(other, "scan: minilm") == "ranked as the scan does"


def test_a_number_of_copies_that_cannot_be_is_refused(context: Context, scanned: tuple[Dataset, Scan]) -> None:
    with pytest.raises(UsageError, match="Copies cannot be 1"):
        start_proof(context, scanned[0].latest_version_id, by="ada", repeats=1)
