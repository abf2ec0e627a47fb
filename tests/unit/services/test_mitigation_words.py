"""What a comparison of reweighted models says: which gap narrows and which widens."""

from __future__ import annotations

from core.jobs.mitigation.spec import (
    ACCURACY,
    ACCURACY_GAP,
    GIVEN_GAP,
    MACRO_F1,
    Figure,
    MitigationResult,
    Moved,
    OfArm,
)
from core.services.evaluation.mitigation_words import conclusion


def told(*changes: tuple[str, float, float]) -> str:
    """Of reweighing that changes figures, each with its p-value."""
    figures = tuple(
        Figure(name, Moved(0.5, None, None, change, change - 0.01, change + 0.01), p) for name, change, p in changes
    )
    arms = OfArm("as_is", (), (), (), 0), OfArm("reweighed", figures, (), (), 9)
    return conclusion(MitigationResult(100, 0, 100, (), arms, 1.0, "cpu"))


def test_a_gap_that_widens_is_never_said_to_narrow() -> None:
    said = told((ACCURACY, -0.03, 0.001), (MACRO_F1, 0.02, 0.001), (ACCURACY_GAP, 0.28, 0.001), (GIVEN_GAP, -0.16, 0.0))
    assert said == (
        "**reweighed** narrows selection rate gap by 16.0 points (15.0 to 17.0); "
        "widens accuracy gap by 28.0 points (27.0 to 29.0); lowers accuracy by 3.0 points (2.0 to 4.0); "
        "raises macro F1 by 2.0 points (1.0 to 3.0)."
    )


def test_what_narrows_no_gap_says_so_whatever_else_it_does() -> None:
    said = told((ACCURACY, 0.03, 0.001), (ACCURACY_GAP, 0.28, 0.001), (GIVEN_GAP, -0.16, 0.9))
    assert said == (
        "**reweighed** widens accuracy gap by 28.0 points (27.0 to 29.0); "
        "raises accuracy by 3.0 points (2.0 to 4.0). It narrows no gap."
    )


def test_that_a_gap_narrows_without_a_cost_is_said_only_where_nothing_gets_worse() -> None:
    assert told((ACCURACY, -0.01, 0.5), (GIVEN_GAP, -0.16, 0.001)).endswith(". It costs no accuracy that can be seen.")
    assert "costs no accuracy" not in told((ACCURACY, -0.01, 0.5), (GIVEN_GAP, -0.16, 0.0), (ACCURACY_GAP, 0.2, 0.0))
    assert "Neither reweighting nor resampling" in told((ACCURACY, -0.01, 0.5), (GIVEN_GAP, -0.16, 0.4))
