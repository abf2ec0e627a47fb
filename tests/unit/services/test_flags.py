from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.issues import ISSUE_TYPES
from core.records import Scan
from core.services.issues.flags import ListLength, choices, worst_rows
from core.services.issues.summary import summary_data, summary_text, type_text
from core.store.acts.of_lists import ListCounts

COUNTS = ListCounts(flagged=71, decided=3, left=68, settled_before=2)
LABEL, AMBIGUOUS = ISSUE_TYPES["label"], ISSUE_TYPES["ambiguous"]
SUMMARY = {
    "rows": 500,
    "flagged": 70,
    "share_wrong": {"estimate": 0.1, "low": 0.05, "high": 0.2},
    "untold": None,
    "classes": [
        {"label": "a", "support": 250, "flagged": 60, "noise": 0.15, "noise_low": 0.1, "noise_high": 0.3},
        {"label": "b", "support": 250, "flagged": 10, "noise": 0.05, "noise_low": 0.0, "noise_high": 0.1},
    ],
    "curve": [[20, 19.0, 15.0, 20.0], [70, 45.0, 30.0, 60.0], [500, 50.0, 33.0, 100.0]],
}
SCAN = Scan("s", "j", "d", "v", "lexical", 0, datetime(2026, 1, 1, tzinfo=UTC), "ada", {}, SUMMARY, True)


@pytest.mark.parametrize(
    ("rows", "wrong", "words"),
    [
        (20, 19, "nearly all"),
        (20, 15, "three of four"),
        (70, 45, "two of three"),
        (100, 50, "every second"),
        (140, 35, "every fourth"),
        (900, 9, "few"),
        (20, 0, "few"),
    ],
)
def test_how_often_a_list_is_wrong_in_words(rows: int, wrong: float, words: str) -> None:
    assert ListLength(rows, wrong, 0, rows).often == words


def test_between_kept_lengths_the_curve_is_straight() -> None:
    assert worst_rows(SCAN, 45) == ListLength(45, 32.0, 22.5, 40.0)
    assert worst_rows(SCAN, 10) == ListLength(10, 9.5, 7.5, 10.0)
    assert worst_rows(SCAN, 9_000) == ListLength(500, 50.0, 33.0, 100.0)


def test_the_choices_are_round_lengths_and_the_scans_own() -> None:
    assert [length.rows for length in choices(SCAN)] == [10, 20, 50, 70, 100, 200]


def test_a_scan_without_a_curve_offers_none() -> None:
    assert choices(replace(SCAN, summary=SUMMARY | {"curve": []})) == ()


def test_the_summary_says_share_lists_and_classes() -> None:
    text = summary_text("news", SCAN, LABEL, COUNTS, 60)
    assert "10.0% of all labels are probably wrong (5.0% – 20.0%, 95 % interval)." in text
    assert "Wrong labels: 71 flagged, 3 of them decided, 2 more decided in earlier versions." in text
    assert "The 70 worst rows: the list with the best balance" in text
    assert "  review 20: about 19 wrong (15 – 20), nearly all" in text
    assert "  review 60: about 40 wrong (27 – 52), two of three" in text
    assert "  a: 15.0% (10% – 30%) of 250" in text
    data = summary_data(SCAN, LABEL, COUNTS, None)
    assert data["review"][1] == {"rows": 20, "wrong": 19.0, "low": 15.0, "high": 20.0, "that_is": "nearly all"}


def test_what_cannot_be_told_is_said_with_its_reason() -> None:
    text = summary_text("news", replace(SCAN, summary=SUMMARY | {"untold": "Few rows."}), LABEL, COUNTS, None)
    assert "How many labels are wrong cannot be told: 5.0% – 20.0% is possible. Few rows." in text


def test_the_summary_calls_classes_by_the_names_that_people_gave_them() -> None:
    text = summary_text("news", SCAN, LABEL, COUNTS, None, called={"a": "apples", "b": "pears"}.__getitem__)
    assert "  apples: 15.0% (10% – 30%) of 250" in text
    pairs = {"flagged": 9, "pairs": [["a", "b", 9]]}
    scan = replace(SCAN, summary=SUMMARY | {"found": {"ambiguous": pairs}})
    names = {"a": "apples", "b": "pears"}
    assert "Most often between apples and pears: 9 rows" in type_text(
        scan, AMBIGUOUS, ListCounts(9, 0, 9), names.__getitem__
    )
