"""What was decided and why a row is on the desk, in words."""

from __future__ import annotations

from core.records import Issue, ReviewCounts
from core.review.words import count_words, reason

WHY = {"given_probability": 0.12, "given_threshold": 0.61, "suggested_probability": 0.814, "suggested_threshold": 0.55}


def issue(suggested: str, **why: float) -> Issue:
    return Issue(1, 0.1, True, "sport", suggested, why, 1)


def test_the_reason_sets_both_probabilities_against_what_is_usual() -> None:
    said = reason(issue("tech", **WHY), ["tech", "tech", "sport"]).replace("\u00a0", " ")
    assert said == (
        "Probability of sport: 12 %, usual for that class 61 %. Probability of tech: 81 %, usual for that class 55 %. "
        "2 of the 3 nearest examples are tech."
    )


def test_a_tiny_probability_is_not_said_to_be_nothing() -> None:
    assert "sport: <1\u00a0%" in reason(issue("tech", **WHY | {"given_probability": 0.001}), [])


def test_a_row_whose_label_is_the_likeliest_gets_one_sentence() -> None:
    assert reason(issue("sport", **WHY), []).count("Probability") == 1


def test_a_scan_without_reasons_gives_none() -> None:
    assert reason(issue("tech"), []) == ""


def test_counts_are_said_without_zeros() -> None:
    assert count_words(ReviewCounts(9, 4, 5, 3, 0, 1, 0, 2, 0)) == "4 rows decided: 3 changed, 1 kept."
