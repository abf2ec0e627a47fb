"""Why a label is taken to be wrong, in words."""

from __future__ import annotations

from core.issues import ISSUE_TYPES
from core.issues.contract import Seen

WHY = {"given_probability": 0.12, "given_threshold": 0.61, "suggested_probability": 0.814, "suggested_threshold": 0.55}
LABEL = ISSUE_TYPES["label"]


def reason(why: dict[str, float], suggested: str | None = "tech", neighbours: tuple[str, ...] = ()) -> str:
    return LABEL.say(LABEL.read(why), Seen("sport", suggested, neighbours)).replace("\u00a0", " ")


def test_the_reason_sets_both_probabilities_against_what_is_usual() -> None:
    assert reason(WHY, neighbours=("tech", "tech", "sport")) == (
        "Probability of sport: 12 %, usual for that class 61 %. Probability of tech: 81 %, usual for that class 55 %. "
        "2 of the 3 nearest examples are tech."
    )


def test_a_tiny_probability_is_not_said_to_be_nothing() -> None:
    assert "sport: <1 %" in reason(WHY | {"given_probability": 0.001})


def test_a_row_whose_label_is_the_likeliest_gets_one_sentence() -> None:
    assert reason(WHY, "sport").count("Probability") == 1


def test_a_scan_without_reasons_gives_none() -> None:
    assert reason({}) == ""


def test_how_sure_it_is_says_the_interval_or_that_nothing_can_be_told() -> None:
    share = {"share_wrong": {"estimate": 0.042, "low": 0.03, "high": 0.06}, "untold": None}
    assert LABEL.sure(share) == "4.2% of all labels are probably wrong (3.0% – 6.0%, 95 % interval)"
    assert "cannot be told: 3.0% – 6.0% is possible" in LABEL.sure(share | {"untold": "Too few rows."})
