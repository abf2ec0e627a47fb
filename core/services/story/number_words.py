"""The story of numbers in sentences, in the language of whoever looks. Plain text; computes nothing but counts."""

from __future__ import annotations

import numpy as np

from core.evaluation.effect_words import in_units
from core.records import Estimate, split_said
from core.services.story.numbers import NumberBaseline, NumberStory
from core.services.story.words import effect_words, gain, joined
from core.words import later, say, say_n, say_stored

BASES = {
    "mean": later("the mean of the numbers that it learnt from"),
    "median": later("the median of the numbers that it learnt from"),
}
QUESTIONS = {
    "trend": later("Is it better than it was?"),
    "baseline": later("Is it better than saying the same number of every row?"),
    "worst": later("Which parts of the range are bad?"),
    "suspects": later("Which of the errors are wrong labels?"),
    "effect": later("Did the cleaning pay?"),
    "next": later("What should be done next?"),
}
"""In the order in which they are answered."""
WORST = 3


def amount(value: float) -> str:
    """In four digits."""
    return f"{value:,.4g}"


def headline(story: NumberStory) -> str:
    """The answer before all others."""
    told, found, run = story.told, story.found, story.run
    if found is None or run is None:
        about = {"name": told.dataset.name, "n": told.newest.row_count, "version": told.newest.number}
        said = say("{name} has {n:,} rows in version {version}.", **about)
        return joined(said, say("No model has been trained on it yet that has predicted a labelled row."))
    mae, r2 = found.figures["mae"], found.figures["r2"]
    return say(
        "{title} (run {run}) is off by {mae} on average ({low} to {high}) on {n:,} rows of {split}, by the labels of "
        "version {version}; it explains {r2:.0%} of their variance.",
        title=say_stored(run.title),
        run=run.number,
        mae=amount(mae.estimate),
        low=amount(mae.low),
        high=amount(mae.high),
        n=found.rows,
        split=split_said(found.split),
        version=told.newest.number,
        r2=r2.estimate,
    )


def number_answers(story: NumberStory) -> dict[str, str]:
    """Every question's answer, in a sentence or two, by the keys of `QUESTIONS`."""
    acts = (
        say("{n}. {act}: {gain}.", n=place, act=say_stored(act.title), gain=gain(act))
        for place, act in enumerate(story.told.next_acts, 1)
    )
    return {
        "trend": _trend(story),
        "baseline": joined(*(baseline_words(one) for one in story.baselines)) or _no_model(),
        "worst": joined(*worst_parts(story)) or _no_model(),
        "suspects": _suspects(story),
        "effect": effect_words(story.told),
        "next": joined(*acts) or say("Nothing that is known of."),
    }


def verdict(one: Estimate) -> str:
    """`better`, `worse` or `unclear`: what the interval of a difference in MAE allows to say."""
    return "better" if one.high < 0 else "worse" if one.low > 0 else "unclear"


def baseline_words(one: NumberBaseline) -> str:
    """What the interval allows to say of the model beside one number for every row."""
    about = {"value": amount(one.value), "base": say(BASES[one.name]), "by": in_units(one.difference)}
    return {
        "better": say("It is nearer than {value}, {base}: difference in MAE {by}.", **about),
        "worse": say("It is farther off than {value}, {base}: difference in MAE {by}.", **about),
        "unclear": say("It is not clearly nearer than {value}, {base}: difference in MAE {by}.", **about),
    }[verdict(one.difference)]


def worst_parts(story: NumberStory) -> list[str]:
    """The parts of the range where the model is farthest off, the worst first."""
    found = story.found
    if found is None or len(found.bins) < 2:
        return []
    ranked = sorted((one for one in found.bins if one.rows), key=lambda one: -one.mae)[:WORST]
    return [
        say(
            "Labels from {low} to {high}: off by {mae} on average, {bias}, on {n:,} rows.",
            low=amount(one.low),
            high=amount(one.high),
            mae=amount(one.mae),
            bias=say("{by} too much", by=amount(one.bias))
            if one.bias > 0
            else say("{by} too little", by=amount(-one.bias)),
            n=one.rows,
        )
        for one in ranked
    ]


def _trend(story: NumberStory) -> str:
    flagged = [one for one in story.told.lines if one.flagged is not None]
    scans = say("No version was scanned for wrong labels yet.")
    if flagged:
        parts = [say("{flagged:,} in version {n}", n=one.version.number, flagged=one.flagged) for one in flagged]
        scans = say(
            "Flagged as probably wrong: {parts}; how many are wrong in all is not estimated.",
            parts=say(", ").join(parts),
        )
    if story.run is None or story.since is None:
        said = say("One version has a score so far: train on another one to see whether it is better.")
        return joined(scans, said if story.run else say("No model has been trained yet."))
    first, found = story.since
    by = found.differences["mae"]
    about = {"n": found.rows, "run": story.run.number, "first": first.number, "by": in_units(by)}
    said = {
        "better": later("On the same {n:,} rows run {run} is nearer than run {first}: difference in MAE {by}."),
        "worse": later("On the same {n:,} rows run {run} is farther off than run {first}: difference in MAE {by}."),
        "unclear": later(
            "On the same {n:,} rows runs {first} and {run} do not clearly differ: difference in MAE {by}."
        ),
    }[verdict(by)]
    return joined(scans, say(said, **about))


def _suspects(story: NumberStory) -> str:
    found = story.found
    if found is None:
        return _no_model()
    off = np.abs(found.true - found.predicted)
    beyond = int((off > found.half).sum())
    suspect = found.suspects
    said = say_n(
        "{n:,} label lies beyond the interval that is to hold nine of ten",
        "{n:,} labels lie beyond the interval that is to hold nine of ten",
        beyond,
    )
    more = say_n(
        "{n:,} of them more than twice as far: it is probably wrong itself",
        "{n:,} of them more than twice as far: they are probably wrong themselves",
        suspect,
    )
    if not suspect:
        return say("{said}, none of them more than twice as far.", said=said)
    return say("{said}, {more}.", said=said, more=more)


def _no_model() -> str:
    return say("There is no model yet.")
