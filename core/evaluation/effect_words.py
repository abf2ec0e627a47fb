"""What can be concluded about cleaning, and what cannot: one sentence, from the figures alone."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from core.records import CleaningEffect, Difference, Estimate, TestLabels
from core.words import later, say, say_n

Verdict = Literal["helped", "harmed", "chance", "unclear"]
"""`chance`: better than on the labels as given, but not than after as many random changes."""
FEW = 20
"""With fewer changed training rows, a difference would have to be very large to show."""
OF_CLASSES = {"accuracy": later("accuracy"), "macro_f1": later("macro F1")}
OF_SETS = {
    "micro_f1": later("micro F1"),
    "macro_f1": later("macro F1"),
    "samples_f1": later("sample-averaged F1"),
    "accuracy": later("subset accuracy"),
}
OF_SPANS = {"entity_f1": later("F1 of whole entities"), "macro_f1": later("macro F1")}

OF_NUMBERS = {"mae": later("MAE"), "rmse": later("RMSE"), "r2": later("R²")}
ERRORS = ("mae", "rmse")
"""Figures of numbers that are better the lower they are."""


@dataclass(frozen=True, slots=True)
class Conclusion:
    """The answer."""

    verdict: Verdict
    labels_from: TestLabels
    """The test labels that it rests on: the reviewed ones where review changed any."""
    sentence: str


def of_sets(effect: CleaningEffect) -> bool:
    """Whether labels are sets of classes: what is judged by comes first."""
    return _judged_by(effect) == next(iter(OF_SETS))


def of_numbers(effect: CleaningEffect) -> bool:
    """Whether labels are numbers: figures are in their units, not shares."""
    return _judged_by(effect) == next(iter(OF_NUMBERS))


def of_spans(effect: CleaningEffect) -> bool:
    """Whether labels are spans."""
    return _judged_by(effect) == next(iter(OF_SPANS))


def figures_of(effect: CleaningEffect) -> Mapping[str, str]:
    """The figures of all classes together, in words by their names; the first is judged by."""
    every = (OF_CLASSES, OF_SETS, OF_SPANS, OF_NUMBERS)
    return next((one for one in every if next(iter(one)) == _judged_by(effect)), OF_CLASSES)


def conclude(effect: CleaningEffect) -> Conclusion:
    """Judges by accuracy, by micro F1 where labels are sets of classes, by F1 of whole entities where they are spans,
    by MAE where they are numbers: review helped where the 95 % intervals of its difference to the labels as given and
    of that to random changes both lie on the good side of 0."""
    labels_from: TestLabels = "reviewed" if effect.test.changed else "given"
    scoring = effect.on(labels_from)
    figure, words = next(iter(figures_of(effect).items()))
    gain = scoring.of("given", "reviewed").of(figure)
    over_random = scoring.of("random", "reviewed").of(figure)
    verdict = _verdict(gain, over_random)
    main = _main(verdict, words, effect.train.changed, gain, over_random)
    sentence = say("{main}; {limits}.", main=main, limits=say("; ").join(_limits(effect, verdict)))
    return Conclusion(verdict, labels_from, sentence)


def in_points(difference: Difference) -> str:
    """`+2.1 points (95 %: +1.2 to +3.0)`, in hundredths of the figure; the space before % does not break. Of numbers
    `−0.21 (95 %: −0.30 to −0.12)`, in their units."""
    found = difference.difference
    if difference.name in OF_NUMBERS:
        return in_units(found)
    return say(
        "{points} points (95\u00a0%: {low} to {high})",
        points=_signed(found.estimate),
        low=_signed(found.low),
        high=_signed(found.high),
    )


def in_units(found: Estimate) -> str:
    """`−0.21 (95 %: −0.30 to −0.12)`."""
    by, low, high = amounts(found)
    return say("{by} (95\u00a0%: {low} to {high})", by=by, low=low, high=high)


def amounts(found: Estimate) -> tuple[str, str, str]:
    """A difference and the ends of its interval with their signs, in as many digits as the interval is worth."""
    width = (found.high - found.low) / 2
    digits = 3 if width <= 0 else max(0, 1 - math.floor(math.log10(width)))
    by, low, high = (_with_sign(value, digits) for value in (found.estimate, found.low, found.high))
    return by, low, high


def better_by(difference: Difference) -> Estimate:
    """The difference so that above 0 is better: of figures that are better the lower they are, the other way round."""
    found = difference.difference
    return Estimate(-found.estimate, -found.high, -found.low) if difference.name in ERRORS else found


def _judged_by(effect: CleaningEffect) -> str:
    return effect.scorings[0].comparisons[0].differences[0].name


def _verdict(gain: Difference, over_random: Difference) -> Verdict:
    better = better_by(gain)
    if better.high < 0:
        return "harmed"
    if better.low <= 0:
        return "unclear"
    return "helped" if better_by(over_random).low > 0 else "chance"


def _main(verdict: Verdict, figure: str, changed: int, gain: Difference, over_random: Difference) -> str:
    found = say_n(
        "with {n:,} changed training row {figure} is {points} against the labels as given",
        "with {n:,} changed training rows {figure} is {points} against the labels as given",
        changed,
        figure=say(figure),
        points=in_points(gain),
    )
    control = say("{points} against as many random changes", points=in_points(over_random))
    both = {"found": found, "control": control}
    return {
        "helped": say("Cleaning helped: {found} and {control}", **both),
        "harmed": say("Cleaning did harm: {found} and {control}", **both),
        "chance": say(
            "Whether it was the cleaning that helped, we cannot tell: {found}, but only {control}, which may be none",
            **both,
        ),
        "unclear": say("We cannot tell whether cleaning helped: {found}, which may be none, and {control}", **both),
    }[verdict]


def _limits(effect: CleaningEffect, verdict: Verdict) -> list[str]:
    """What the figures do not show."""
    limits = []
    if effect.train.changed < FEW and verdict == "unclear":
        limits.append(
            say(
                "fewer than {few} changes rarely show in a test split of {rows:,} rows",
                few=FEW,
                rows=effect.test.rows,
            )
        )
    if not effect.test.changed:
        limits.append(
            say(
                "no test label was changed in review, so this rests on test labels as given, whose own errors count "
                "against whichever model is right"
            )
        )
    else:
        limits.append(
            say(
                "this rests on test labels that were reviewed by the same process ({changed:,} changed), which "
                "favours the reviewed model: on the test labels as given the difference is {difference}",
                changed=effect.test.changed,
                difference=_as_given(effect),
            )
        )
    return limits


def _as_given(effect: CleaningEffect) -> str:
    gain = effect.on("given").of("given", "reviewed").of(next(iter(figures_of(effect))))
    (low, high), points = gain.difference.interval, in_points(gain)
    if low <= 0 <= high:
        return say("{points}, which may be none", points=points)
    if gain.name in ERRORS:
        return say("{points}, above 0", points=points) if low > 0 else say("{points}, below 0 as well", points=points)
    return say("{points}, above 0 as well", points=points) if low > 0 else say("{points}, below 0", points=points)


def _signed(value: float) -> str:
    """In points; a minus sign proper, and no sign on what rounds to 0."""
    return _with_sign(100 * value, 1)


def _with_sign(value: float, digits: int) -> str:
    rounded = round(value, digits)
    return f"{0:.{digits}f}" if rounded == 0 else f"{rounded:+,.{digits}f}".replace("-", "−")
