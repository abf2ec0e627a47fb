"""The next useful step."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest

from core.records import Dataset, ReviewCounts, Run, Scan, Version, VersionKind
from core.services.steps.overview import PageName, Standing, next_step

NOW = datetime.now(UTC)
NONE = ReviewCounts(*[0] * 10)


def standing(
    labels: int = 2,
    scanned: bool = False,
    kind: VersionKind = "load",
    run: int | None = None,
    training: bool = False,
    compared: bool = False,
    **counts: int,
) -> Standing:
    dataset = Dataset(
        "d", "news", "text", "delimited", "", tuple("abc"[:labels]), (), None, 9, 0, "ready", NOW, "ada", "v", True
    )
    version = Version("v", "d", 1, None, kind, "", "f", 9, NOW, "ada")
    scan = Scan("s", "j", "d", "v", "lexical", 0, NOW, "ada", {}, {}, True) if scanned else None
    counts |= {"verdicts": counts.get("decided", 0)}
    fields: dict[str, Any] = dict.fromkeys(ReviewCounts.__slots__, 0) | counts
    done = Run("r", run, "d", "v", "Quick retrain", NOW, "ada", {}, ("a", "b"), {"splits": {}}) if run else None
    return Standing(dataset, version, scan, ReviewCounts(**fields), None, done, training, compared)


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
        (standing(kind="review"), "training", "Compare before and after"),
        (standing(kind="review", compared=True), "training", "Quick retrain"),
        (standing(kind="review", training=True), "training", "Follow the training"),
        (standing(kind="review", run=3, compared=True), "evaluation", "Evaluate run 3"),
        (standing(run=3), "evaluation", "Evaluate run 3"),
        (standing(scanned=True, run=3, flagged=9, left=9), "review", "Review: 9 left"),
        (standing(scanned=True, run=3, flagged=9, decided=9, relabelled=3), "review", "Make a corrected version"),
    ],
)
def test_the_next_step_moves_a_dataset_towards_corrected_labels(case: Standing, page: str, label: str) -> None:
    step = next_step(case)
    assert (step.page, step.label) == (page, label)


REVIEWED = standing(scanned=True, flagged=9, decided=9, relabelled=3, kept=6)


@pytest.mark.parametrize(
    ("page", "view", "case", "then", "label"),
    [
        ("data", None, standing(), "issues", "Find wrong labels"),
        ("data", None, standing(scanned=True, flagged=9, left=9), "review", "Review: 9 left"),
        ("data", "export", standing(scanned=True), "profile", "Look at the profile"),
        ("profile", None, standing(labels=1), "data", "Export"),
        ("profile", None, standing(), "issues", "Find wrong labels"),
        ("profile", None, standing(scanned=True, flagged=9, left=9), "issues", "See the 9 flagged rows"),
        ("profile", None, standing(scanned=True, flagged=1, left=1), "issues", "See the 1 flagged row"),
        ("profile", None, standing(scanned=True), "data", "Export"),
        ("issues", None, standing(scanned=True, flagged=9, left=9, training=True), "review", "Review: 9 left"),
        ("issues", "rules", standing(), "issues", "Find wrong labels"),
        ("issues", None, REVIEWED, "review", "Make a corrected version"),
        ("issues", None, standing(scanned=True), "data", "Export"),
        ("review", "desk", REVIEWED, "review", "Make a corrected version"),
        (
            "review",
            None,
            standing(scanned=True, flagged=9, decided=4, relabelled=4, left=5),
            "review",
            "Make a corrected",
        ),
        (
            "review",
            "versions",
            standing(scanned=True, flagged=9, decided=4, kept=4, left=5),
            "review",
            "Go on reviewing",
        ),
        ("review", "versions", standing(kind="review"), "training", "Compare before and after"),
        ("training", "effect", standing(kind="review"), "training", "Quick retrain"),
        ("training", "effect", standing(kind="review", compared=True, run=2), "evaluation", "Evaluate run 2"),
        ("training", None, standing(scanned=True, flagged=9, left=9, run=2), "evaluation", "Evaluate run 2"),
        ("training", None, standing(training=True, kind="review"), "training", "Compare before and after"),
        ("evaluation", None, standing(scanned=True, flagged=9, left=9, run=2), "review", "Review: 9 left"),
        (
            "evaluation",
            None,
            standing(kind="review", compared=True, run=2),
            "issues",
            "Scan version 1 for what is left",
        ),
        ("evaluation", None, standing(scanned=True, kind="review", compared=True, run=2), "data", "Export"),
    ],
)
def test_the_next_step_from_a_page_is_what_its_work_leads_to_and_never_what_it_shows(
    page: PageName, view: str | None, case: Standing, then: str, label: str
) -> None:
    step = next_step(case, page, view)
    assert (step.page, step.label[: len(label)]) == (then, label)


PAGES: tuple[tuple[PageName, tuple[str | None, ...]], ...] = (
    ("data", (None, "rows", "load", "splits", "rejected", "export", "manage")),
    ("profile", (None, "balance", "bias")),
    ("issues", (None, "list", "health", "rules")),
    ("review", (None, "desk", "grid", "decisions", "versions")),
    ("training", (None, "runs", "new", "effect", "use")),
    ("evaluation", (None, "matrix", "compare")),
)


def test_from_every_page_in_every_state_there_is_a_next_step_elsewhere() -> None:
    states = product((1, 2), (False, True), ("load", "review"), (None, 1), (False, True), (0, 5), (0, 2))
    for labels, scanned, kind, run, flag, left, relabelled in states:
        counts = {"flagged": left, "left": left, "relabelled": relabelled} if scanned else {}
        case = standing(labels, scanned, kind, run, training=flag, compared=not flag, **counts)  # type: ignore[arg-type]
        for page, views in PAGES:
            for view in views:
                step = next_step(case, page, view)
                assert (step.page, step.view or DEFAULTS.get(step.page)) != (page, view or DEFAULTS.get(page))


DEFAULTS: dict[str, str] = {"issues": "list", "review": "desk", "training": "runs", "data": "rows"}
