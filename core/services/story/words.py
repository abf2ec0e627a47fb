"""A story in sentences, for whoever knows nothing of the app: each question that a person who has to decide asks, with
its answer, in the language of whoever looks. Plain text; computes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import groupby

from core.evaluation.effect_words import conclude
from core.lookalikes import quoted
from core.records import Baseline, CostCurve, Estimate, NextAct, ScoreOf, Story, Tally, VersionLine, split_said
from core.services.evaluation.words import percent
from core.words import later, say, say_n, say_stored

QUESTIONS = {
    "trend": later("Is it better than it was?"),
    "baseline": later("Is it better than what there was before, or than guessing?"),
    "classes": later("What do the classes mean?"),
    "worst": later("Which classes are bad?"),
    "suspects": later("Which of the errors are wrong labels?"),
    "effect": later("Did the cleaning pay?"),
    "threshold": later("Is it good enough, and at which threshold?"),
    "next": later("What should be done next?"),
}
"""In the order in which they are answered."""
VERBS = {
    "relabel": later("relabelled"),
    "exclude": later("excluded"),
    "keep": later("kept"),
    "unsure": later("left as unsure"),
    "undo": later("undone"),
}
NAMED = 5
EFFECTS: Mapping[str | None, str] = {
    "helped": later("it helped"),
    "harmed": later("it did harm"),
    "chance": later("cannot be told"),
    "unclear": later("cannot be told"),
    None: later("not measured"),
}
"""The effect of cleaning in two words, by its verdict; None where nobody has measured it."""
NO_MODEL = later("There is no model yet.")
NO_MODEL_TO_HOLD = later("There is no model yet that could be held against anything.")


def ends(found: Estimate) -> str:
    """`81.2 % to 91.5 %`."""
    return say("{low} to {high}", low=percent(found.low), high=percent(found.high))


def with_ends(found: Estimate) -> str:
    """`87.2 % (81.2 % to 91.5 %)`."""
    return f"{percent(found.estimate)} ({ends(found)})"


def points(found: Estimate) -> str:
    """`+1.2 points (95 %: −4.9 to +2.4)`."""
    signed = [f"{100 * value:+.1f}".replace("-", "−") for value in (found.estimate, *found.interval)]
    return say("{by} points (95\u00a0%: {low} to {high})", by=signed[0], low=signed[1], high=signed[2])


def score_words(score: ScoreOf) -> str:
    """The figure, its interval, and what it was measured on."""
    return say(
        "{figure} {score} on {n:,} rows of {split}",
        figure=say(score.figure),
        score=with_ends(score.score),
        n=score.rows,
        split=split_said(score.split),
    )


def share_words(line: VersionLine) -> str:
    """The share of wrong labels of a version, or why there is none."""
    if line.share_wrong is None:
        return say("not scanned")
    if line.untold:
        return say("cannot be told: {ends} is possible", ends=ends(line.share_wrong))
    return with_ends(line.share_wrong)


def answers(told: Story) -> dict[str, str]:
    """Every question's answer, in a sentence or two, by the keys of `QUESTIONS`."""
    return {
        "trend": joined(_wrong_share(told), say_stored(told.trend)),
        "baseline": _baselines(told),
        "classes": _classes(told),
        "worst": ended(*(one.sentence for one in told.worst)) if told.worst else _no_errors(told),
        "suspects": ended(told.suspects.sentence) if told.suspects else say_stored(told.suspects_missing),
        "effect": effect_words(told),
        "threshold": _threshold(told),
        "next": joined(
            *(
                say("{n}. {act}: {gain}.", n=place, act=say_stored(act.title), gain=gain(act))
                for place, act in enumerate(told.next_acts, 1)
            )
        )
        or say("Nothing that is known of."),
    }


def headline(told: Story) -> str:
    """The answer before all others."""
    if told.score is None:
        about = {"name": told.dataset.name, "n": told.newest.row_count, "version": told.newest.number}
        said = say("{name} has {n:,} rows in version {version}.", **about)
        return joined(said, say_stored(told.trend))
    score = told.score
    return say(
        "{title} (run {run}) reaches {score}, by the labels of version {version}.",
        title=say_stored(score.run.title),
        run=score.run.number,
        score=score_words(score),
        version=told.newest.number,
    )


def effect_words(told: Story) -> str:
    """Whether cleaning paid, or that nobody has measured it."""
    return say_stored(conclude(told.measured).sentence if told.measured else told.effect)


def figure_name(score: ScoreOf | None) -> str:
    """What the score is called, as a title."""
    return capital(say(score.figure)) if score else say("Score")


def baseline_meaning(one: Baseline) -> str:
    """What it is."""
    if one.whose is None:
        return say_stored(one.meaning)
    about = {"title": say_stored(one.whose.title), "user": one.whose.created_by, "day": one.whose.created_at}
    return say("{title}, by {user} on {day:%d %b %Y}", **about)


def baseline_words(one: Baseline, score: Estimate) -> str:
    """What the intervals allow to say."""
    name = _lower(say_stored(one.name))
    said = {
        "better": say("better than {name}", name=name),
        "worse": say("worse than {name}", name=name),
        "unclear": say("not clearly different from {name}", name=name),
    }[one.verdict(score)]
    return say("{said}: {points}", said=said, points=points(one.difference)) if one.difference else said


def gain(act: NextAct) -> str:
    """What an act is expected to gain."""
    if not act.gain or act.gain >= 10**12:
        return say("it shows where to go on")
    if act.at_most:
        return say_n("at most about {n:,} row put right", "at most about {n:,} rows put right", act.gain)
    return say_n("about {n:,} row put right", "about {n:,} rows put right", act.gain)


def decided_lines(tallies: Iterable[Tally]) -> list[str]:
    """`Version 1: ada relabelled 25, kept 13 (28 Nov 2026)`, a line for each version and person."""
    lines = []
    for (version, reviewer), group in groupby(tallies_by_person(tallies), key=lambda one: (one.version, one.reviewer)):
        own = list(group)
        acts = say(", ").join(f"{say(VERBS[one.action])} {one.rows:,}" for one in own)
        first, last = min(one.first for one in own), max(one.last for one in own)
        one_day = first.date() == last.date()
        when = day(first) if one_day else say("{first:%d %b} to {last:%d %b %Y}", first=first, last=last)
        about = {"version": version, "reviewer": reviewer, "acts": acts, "when": when}
        lines.append(say("Version {version}: {reviewer} {acts} ({when})", **about))
    return lines


def day(when: datetime) -> str:
    """`28 Nov 2026`."""
    return say("{day:%d %b %Y}", day=when)


def tallies_by_person(tallies: Iterable[Tally]) -> list[Tally]:
    """Newest version first, then by person."""
    return sorted(tallies, key=lambda one: (-one.version, one.reviewer, -one.rows))


def cost_words(curve: CostCurve, label: str | None, first: float, second: float) -> str:
    """The best threshold, what it costs, and against what."""
    at = with_ends(curve.best) if curve.best.estimate <= 1 else say("above every row's")
    if label is None:
        usual = say("answering every row")
        wrong = say_n("{n:,} wrong answer", "{n:,} wrong answers", curve.first)
        left = say_n("{n:,} row", "{n:,} rows", curve.second)
        rest = say("{wrong} and {left} left to a person", wrong=wrong, left=left)
        act = say("Let the model answer where it is at least {threshold} sure", threshold=at)
        if curve.best.estimate == 0:
            act = say("Let the model answer every row")
    else:
        usual = say("the line at {threshold}", threshold=percent(curve.usual_at))
        alarms = say_n("{n:,} false alarm", "{n:,} false alarms", curve.first)
        misses = say_n("{n:,} miss", "{n:,} misses", curve.second)
        rest = say("{alarms} and {misses}", alarms=alarms, misses=misses)
        act = say("Take a row for {label} from a probability of {threshold} on", label=quoted(label), threshold=at)
    return say(
        "{act}: that costs about {cost:,.0f} per 1,000 rows ({low:,.0f} to {high:,.0f}), against {against:,.0f} for "
        "{usual}. On these {n:,} rows it means {rest}.",
        act=act,
        cost=curve.cost.estimate,
        low=curve.cost.low,
        high=curve.cost.high,
        against=curve.usual,
        usual=usual,
        n=curve.rows,
        rest=rest,
    )


def _wrong_share(told: Story) -> str:
    known = [line for line in told.lines if line.share_wrong]
    if not known:
        return say("Nobody knows yet how many labels are wrong: no version was scanned.")
    parts = [
        say("version {n} {share}", n=line.version.number, share=share_words(line))
        for line in (known if len(known) < 4 else [known[0], known[-1]])
    ]
    return say("Share of wrong labels: {shares}.", shares=say(", ").join(parts))


def _baselines(told: Story) -> str:
    if told.score is None:
        return say(NO_MODEL_TO_HOLD)
    score = told.score.score
    said = [say("It is {verdict}.", verdict=baseline_words(one, score)) for one in told.baselines]
    if not any(one.run for one in told.baselines):
        said.append(say("There is no earlier run on these rows."))
    return joined(*said)


def _classes(told: Story) -> str:
    shown = [
        say("{name} ({share} of the rows)", name=quoted(one.name), share=percent(one.share))
        for one in told.classes[:NAMED]
    ]
    count, names = len(told.dataset.labels), say(", ").join(shown)
    if count > len(shown):
        return say("{n:,} classes: {names} and {more:,} more.", n=count, names=names, more=count - len(shown))
    return say("{n:,} classes: {names}.", n=count, names=names)


def _no_errors(told: Story) -> str:
    if told.score is None:
        return say("No model has predicted the rows yet.")
    return say("None: no row is predicted wrong.")


def _threshold(told: Story) -> str:
    if told.score is None:
        return say(NO_MODEL)
    return say(
        "That depends on what each kind of error costs: say so, and the threshold with the lowest cost is worked out."
    )


def joined(*sentences: str) -> str:
    """Sentences one after the other."""
    said = ""
    for one in sentences:
        said = say("{first} {second}", first=said, second=one) if said else one
    return said


def ended(*sentences: str) -> str:
    """Sentences that were told without their ends, as one."""
    return say("{sentence}.", sentence=say("; ").join(say_stored(one) for one in sentences))


def capital(words: str) -> str:
    """With its first letter large."""
    return words[:1].upper() + words[1:]


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]
