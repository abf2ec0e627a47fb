"""What the first steps came to, in words."""

from __future__ import annotations

from core.records import Estimate
from core.services.steps.first_steps import FirstSteps
from core.services.steps.planted import PlantedErrors
from core.ui.shell.first_steps import arms, in_short
from tests.unit.evaluation.test_effect_words import UP, effect

PLANTED = PlantedErrors(
    48, 60, 45, Estimate(0.75, 0.628, 0.842), Estimate(0.9375, 0.832, 0.979), "lexical + minilm", 20, 0
)


def test_before_is_what_was_learnt_from_the_labels_as_given_and_after_from_the_reviewed_ones() -> None:
    before, after, random = arms(effect(UP))
    assert (round(before, 3), round(after, 3), round(random, 3)) == (0.8, 0.82, 0.81)


def test_the_end_says_precision_recall_before_after_and_the_control() -> None:
    assert in_short(FirstSteps((), False, effect(UP), PLANTED)) == (
        "Of 48 labels changed on purpose, 45 are among the 60 flagged rows: precision 75% (63% – 84%), recall 94% "
        "(83% – 98%). Accuracy 80.0% before and 82.0% after review; after as many random changes 81.0%."
    )
    assert in_short(FirstSteps((), False, effect(UP), None)).startswith("Accuracy 80.0% before")
