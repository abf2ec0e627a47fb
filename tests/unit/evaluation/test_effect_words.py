"""The one sentence: what can be concluded, and what cannot."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from core.evaluation.effect_words import conclude, in_points
from core.records import ArmComparison, CleaningEffect, Difference, EffectScoring, Estimate, ReviewedRows, TestLabels
from core.words import speaking

Ends = tuple[float, float, float]
UP, NONE, DOWN = (0.02, 0.01, 0.03), (0.01, -0.01, 0.03), (-0.02, -0.03, -0.01)


def difference(ends: Ends) -> Difference:
    return Difference("accuracy", 0.8, 0.8 + ends[0], Estimate(*ends), 400)


def scoring(labels_from: TestLabels, gain: Ends, over_random: Ends) -> EffectScoring:
    pairs = ((("given", "reviewed"), gain), (("random", "reviewed"), over_random), (("given", "random"), NONE))
    return EffectScoring(
        labels_from,
        400,
        tuple(ArmComparison(*pair, (difference(ends),)) for pair, ends in pairs),  # type: ignore[arg-type]
    )


def effect(
    gain: Ends, over_random: Ends = UP, *, as_given: Ends = UP, train: int = 77, test: int = 40
) -> CleaningEffect:
    """On reviewed test labels the ends of `gain` and `over_random`, on given ones those of `as_given`."""
    on_given = scoring("given", as_given if test else gain, over_random)
    return CleaningEffect(
        *("1", "d", "v", datetime(2026, 1, 1, tzinfo=UTC), "ada", {}),
        train=ReviewedRows(600, train, 0),
        test=ReviewedRows(400, test, 0),
        scorings=(on_given, scoring("reviewed", gain, over_random)),
        notes=(),
        seconds=1,
        device="cpu",
    )


def sentence(found: CleaningEffect) -> str:
    text = conclude(found).sentence.replace("\u00a0", " ")
    assert text.endswith(".") and ". " not in text, "one sentence"
    return text


def test_better_than_given_and_than_random_is_help() -> None:
    found = effect(UP, (0.04, 0.02, 0.06))
    assert conclude(found).verdict == "helped"
    assert sentence(found).startswith(
        "Cleaning helped: with 77 changed training rows accuracy is +2.0 points (95 %: +1.0 to +3.0) against the "
        "labels as given and +4.0 points (95 %: +2.0 to +6.0) against as many random changes"
    )


def test_an_interval_with_0_in_it_tells_nothing() -> None:
    found = effect(NONE)
    assert conclude(found).verdict == "unclear"
    assert sentence(found).startswith("We cannot tell whether cleaning helped")
    assert "which may be none" in sentence(found)


def test_an_interval_that_ends_at_0_tells_nothing_either() -> None:
    assert conclude(effect((0.01, 0.0, 0.02))).verdict == "unclear"


def test_worse_than_given_is_harm() -> None:
    found = effect(DOWN, NONE)
    assert conclude(found).verdict == "harmed"
    assert "Cleaning did harm" in sentence(found) and "−2.0 points (95 %: −3.0 to −1.0)" in sentence(found)


def test_no_better_than_random_changes_is_not_put_down_to_cleaning() -> None:
    found = effect(UP, NONE)
    assert conclude(found).verdict == "chance"
    assert sentence(found).startswith("Whether it was the cleaning that helped, we cannot tell")


@pytest.mark.parametrize(
    ("as_given", "words"), [(UP, "above 0 as well"), (NONE, "which may be none"), (DOWN, "below 0")]
)
def test_reviewed_test_labels_favour_the_reviewed_model_and_the_given_ones_are_told_beside(
    as_given: Ends, words: str
) -> None:
    text = sentence(effect(UP, as_given=as_given))
    assert "reviewed by the same process (40 changed), which favours the reviewed model" in text
    told = in_points(difference(as_given)).replace("\u00a0", " ")
    assert text.endswith(f"on the test labels as given the difference is {told}, {words}.")


def test_without_a_changed_test_label_the_given_ones_judge_and_it_says_so() -> None:
    found = effect(UP, test=0)
    assert conclude(found).labels_from == "given"
    assert "no test label was changed in review" in sentence(found)
    assert "same process" not in sentence(found)


def test_few_changes_are_named_where_nothing_shows() -> None:
    assert "fewer than 20 changes rarely show in a test split of 400 rows" in sentence(effect(NONE, train=19))
    assert "fewer than 20" not in sentence(effect(NONE, train=20))
    assert "fewer than 20" not in sentence(effect(UP, train=19))
    assert "with 1 changed training row accuracy" in sentence(effect(NONE, train=1))


def test_points_have_a_sign_unless_they_round_to_0() -> None:
    assert in_points(difference((0.0004, -0.0004, 0.012))) == "0.0 points (95\u00a0%: 0.0 to +1.2)"


@pytest.mark.parametrize("gain", [(0.02, 0.01, 0.03), (-0.02, -0.03, -0.01), (0.01, -0.01, 0.03)])
def test_a_conclusion_is_said_in_chinese_as_a_whole(gain: tuple[float, float, float]) -> None:
    with speaking("zh"):
        said = conclude(effect(gain)).sentence
    assert said.startswith(("清洗", "无法判断"))
    assert not re.search("[A-Za-z]{2,}", said), said
