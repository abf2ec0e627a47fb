"""What can be concluded about cleaning, and what cannot: one sentence, from the figures alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from core.records import CleaningEffect, Difference, TestLabels
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


@dataclass(frozen=True, slots=True)
class Conclusion:
    """The answer."""

    verdict: Verdict
    labels_from: TestLabels
    """The test labels that it rests on: the reviewed ones where review changed any."""
    sentence: str


def of_sets(effect: CleaningEffect) -> bool:
    """Whether labels are sets of classes: what is judged by comes first."""
    return figures_of(effect) is OF_SETS


def of_spans(effect: CleaningEffect) -> bool:
    """Whether labels are spans."""
    return figures_of(effect) is OF_SPANS


def figures_of(effect: CleaningEffect) -> Mapping[str, str]:
    """The figures of all classes together, in words by their names; the first is judged by."""
    first = effect.scorings[0].comparisons[0].differences[0].name
    return next(one for one in (OF_CLASSES, OF_SETS, OF_SPANS) if next(iter(one)) == first)


def conclude(effect: CleaningEffect) -> Conclusion:
    """Judges by accuracy, by micro F1 where labels are sets of classes, by F1 of whole entities where they are spans:
    review helped where the 95 % intervals of
    its difference to the labels as given and of that to random changes both lie above 0."""
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
    """`+2.1 points (95 %: +1.2 to +3.0)`, in hundredths of the figure; the space before % does not break."""
    found = difference.difference
    return say(
        "{points} points (95\u00a0%: {low} to {high})",
        points=_signed(found.estimate),
        low=_signed(found.low),
        high=_signed(found.high),
    )


def _verdict(gain: Difference, over_random: Difference) -> Verdict:
    if gain.difference.high < 0:
        return "harmed"
    if gain.difference.low <= 0:
        return "unclear"
    return "helped" if over_random.difference.low > 0 else "chance"


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
    low, high = gain.difference.interval
    points = in_points(gain)
    if low > 0:
        return say("{points}, above 0 as well", points=points)
    return say("{points}, below 0", points=points) if high < 0 else say("{points}, which may be none", points=points)


def _signed(value: float) -> str:
    """In points; a minus sign proper, and no sign on what rounds to 0."""
    rounded = round(100 * value, 1)
    return "0.0" if rounded == 0 else f"{rounded:+.1f}".replace("-", "−")
