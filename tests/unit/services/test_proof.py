"""What a proof's answer says: who wins, and how planted and judged rows compare."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from core.context import Context
from core.errors import UsageError
from core.jobs.proof.spec import NEAR, SCAN, Found, OnDecided, ProofResult
from core.records import Dataset, Scan
from core.review.records import Act
from core.services.issues.listing import required_scan
from core.services.issues.proof import beside_decided, newest_proof, standings, start_proof, winner
from core.services.issues.proof_words import beside_words, conclusion
from core.services.review.decisions import record
from core.store.versions import get_version
from tests.pages import issues_data

REVIEWED = (10, 20, 40, 90)


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


def test_a_number_of_copies_that_cannot_be_is_refused(context: Context, scanned: tuple[Dataset, Scan]) -> None:
    with pytest.raises(UsageError, match="Copies cannot be 1"):
        start_proof(context, scanned[0].latest_version_id, by="ada", repeats=1)
