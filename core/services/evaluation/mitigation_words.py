"""What a comparison of reweighted models says, in sentences: for the page and the command line."""

from __future__ import annotations

from collections.abc import Sequence

from core.jobs.mitigation.spec import ACCURACY, ARMS, FIGURES, GAPS, Arm, Figure, MitigationResult, OfArm
from core.profile.records import CHANCE
from core.words import later, say, say_n

WHAT = later(
    "Small models learn from the rows as they are, from rows that count so that group and label are independent, from "
    "balanced classes and from groups drawn equally often. Each row is judged by models that have not seen it. Nothing "
    "of your data changes."
)
TRUST = later(
    "The intervals say what chance in the choice of rows may do to both models alike; how far models differ that learn "
    "from other rows is not in them. A gap between groups is never below 0, so that small ones may be chance."
)


def arm_title(arm: Arm) -> str:
    """Short, as in a legend."""
    return say(ARMS[arm][0])


def arm_help(arm: Arm) -> str:
    """What it learns from."""
    return say(ARMS[arm][1])


def figure_title(name: str) -> str:
    """Short."""
    return say(FIGURES[name][0])


def figure_help(name: str) -> str:
    """What it is."""
    return say(FIGURES[name][1])


def chance(figure: Figure) -> bool:
    """Whether its change may be chance."""
    return figure.p_value >= CHANCE


def conclusion(result: MitigationResult) -> str:
    """What mitigation would change, arm by arm; or that nothing does."""
    told = [said for arm in result.arms[1:] if (said := _of_arm(arm))]
    if not told:
        return say(
            "Neither reweighting nor resampling changes any of these figures by more than chance: there is nothing to "
            "gain by it on these {n:,} rows.",
            n=result.rows,
        )
    return " ".join(told)


def _of_arm(arm: OfArm) -> str:
    """Which gaps it narrows and which it widens, and what becomes of the other figures; nothing where it moves
    nothing."""
    moved = [one for one in arm.figures if not chance(one)]
    if not moved:
        return ""
    narrowed = [one for one in moved if one.name in GAPS and one.moved.change < 0]
    widened = [one for one in moved if one.name in GAPS and one.moved.change > 0]
    lowered = [one for one in moved if one.name not in GAPS and one.moved.change < 0]
    raised = [one for one in moved if one.name not in GAPS and one.moved.change > 0]
    told = [
        *([say("narrows {figures}", figures=_figures(narrowed))] if narrowed else []),
        *([say("widens {figures}", figures=_figures(widened))] if widened else []),
        *([say("lowers {figures}", figures=_figures(lowered))] if lowered else []),
        *([say("raises {figures}", figures=_figures(raised))] if raised else []),
    ]
    said = say("**{arm}** {changes}.", arm=arm_title(arm.arm), changes="; ".join(told))
    if not narrowed:
        return f"{said} {say('It narrows no gap.')}"
    accuracy = next((one for one in arm.figures if one.name == ACCURACY), None)
    if accuracy is not None and chance(accuracy) and not widened and not lowered:
        return f"{said} {say('It costs no accuracy that can be seen.')}"
    return said


def _figures(figures: Sequence[Figure]) -> str:
    """Each with what it is moved by, in the direction that the verb before it says."""
    told = []
    for one in figures:
        sign = 100 if one.moved.change > 0 else -100
        low, high = sorted(sign * bound for bound in (one.moved.change_low, one.moved.change_high))
        told.append(
            say(
                "{figure} by {change:.1f} points ({low:.1f} to {high:.1f})",
                figure=figure_title(one.name),
                change=sign * one.moved.change,
                low=low,
                high=high,
            )
        )
    return ", ".join(told)


def how_words(result: MitigationResult, encoder: str) -> str:
    """What was done, and with how many rows."""
    said = say(
        "Models of the last layer on the embeddings of {encoder}, all with the same folds and the same penalty, on all "
        "{n:,} labelled rows of this version, whatever their split.",
        encoder=encoder,
        n=result.rows,
    )
    small = sum(not one.judged for one in result.groups)
    if small:
        said += " " + say_n(
            "{n:,} group is too small to be compared and counts the same in all.",
            "{n:,} groups are too small to be compared and count the same in all.",
            small,
        )
    if result.trained < result.rows:
        said += " " + say("They learnt from a sample of {n:,} rows.", n=result.trained)
    return said
