"""The next useful step."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from core.records import Dataset, ReviewCounts, Run, Scan, Version, VersionKind
from core.services.overview import Standing, next_step

NOW = datetime.now(UTC)
NONE = ReviewCounts(*[0] * 9)


def standing(
    labels: int = 2,
    scanned: bool = False,
    kind: VersionKind = "load",
    run: int | None = None,
    training: bool = False,
    **counts: int,
) -> Standing:
    dataset = Dataset(
        "d", "news", "text", "delimited", "", tuple("abc"[:labels]), (), None, 9, 0, "ready", NOW, "ada", "v", True
    )
    version = Version("v", "d", 1, None, kind, "", "f", 9, NOW, "ada")
    scan = Scan("s", "j", "d", "v", "lexical", 0, NOW, "ada", {}, {}, True) if scanned else None
    fields: dict[str, Any] = dict.fromkeys(ReviewCounts.__slots__, 0) | counts
    done = Run("r", run, "d", "v", "Quick retrain", NOW, "ada", {}, ("a", "b"), {"splits": {}}) if run else None
    return Standing(dataset, version, scan, ReviewCounts(**fields), None, done, training)


@pytest.mark.parametrize(
    ("case", "page", "label"),
    [
        (standing(labels=1), "profile", "Look at the profile"),
        (standing(), "issues", "Find wrong labels"),
        (standing(scanned=True, flagged=9, left=9), "review", "Review: 9 left"),
        (standing(scanned=True, flagged=9, decided=4, left=5), "review", "Go on reviewing: 5 left"),
        (standing(scanned=True, flagged=9, decided=9, relabelled=3, kept=6), "review", "Make a corrected version"),
        (standing(scanned=True, flagged=9, decided=9, kept=9), "data", "Export"),
        (standing(scanned=True), "data", "Export"),
        (standing(kind="review"), "training", "Quick retrain"),
        (standing(kind="review", training=True), "training", "Follow the training"),
        (standing(kind="review", run=3), "evaluation", "Evaluate run 3"),
        (standing(run=3), "evaluation", "Evaluate run 3"),
        (standing(scanned=True, run=3, flagged=9, left=9), "review", "Review: 9 left"),
        (standing(scanned=True, run=3, flagged=9, decided=9, relabelled=3), "review", "Make a corrected version"),
    ],
)
def test_the_next_step_moves_a_dataset_towards_corrected_labels(case: Standing, page: str, label: str) -> None:
    step = next_step(case)
    assert (step.page, step.label) == (page, label)
