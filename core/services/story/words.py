"""A story in sentences, for whoever knows nothing of the app: each question that a person who has to decide asks, with
its answer. Plain text; computes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby

from core.lookalikes import quoted
from core.records import Baseline, CostCurve, Estimate, NextAct, ScoreOf, Story, Tally, VersionLine
from core.services.evaluation.words import percent

QUESTIONS = {
    "trend": "Is it better than it was?",
    "baseline": "Is it better than what there was before, or than guessing?",
    "classes": "What do the classes mean?",
    "worst": "Which classes are bad?",
    "suspects": "Which of the errors are wrong labels?",
    "effect": "Did the cleaning pay?",
    "threshold": "Is it good enough, and at which threshold?",
    "next": "What should be done next?",
}
"""In the order in which they are answered."""
VERBS = {"relabel": "relabelled", "exclude": "excluded", "keep": "kept", "unsure": "left as unsure", "undo": "undone"}
NAMED = 5
EFFECTS: Mapping[str | None, str] = {
    "helped": "it helped",
    "harmed": "it did harm",
    "chance": "cannot be told",
    "unclear": "cannot be told",
    None: "not measured",
}
"""The effect of cleaning in two words, by its verdict; None where nobody has measured it."""


def ends(found: Estimate) -> str:
    """`81.2 % to 91.5 %`."""
    return f"{percent(found.low)} to {percent(found.high)}"


def with_ends(found: Estimate) -> str:
    """`87.2 % (81.2 % to 91.5 %)`."""
    return f"{percent(found.estimate)} ({ends(found)})"


def points(found: Estimate) -> str:
    """`+1.2 points (95 %: −4.9 to +2.4)`."""
    signed = [f"{100 * value:+.1f}".replace("-", "−") for value in (found.estimate, *found.interval)]
    return f"{signed[0]} points (95\N{NO-BREAK SPACE}%: {signed[1]} to {signed[2]})"


def score_words(score: ScoreOf) -> str:
    """The figure, its interval, and what it was measured on."""
    return f"{score.figure} {with_ends(score.score)} on {score.rows:,} rows of {score.split}"


def share_words(line: VersionLine) -> str:
    """The share of wrong labels of a version, or why there is none."""
    if line.share_wrong is None:
        return "not scanned"
    if line.untold:
        return f"cannot be told: {ends(line.share_wrong)} is possible"
    return with_ends(line.share_wrong)


def answers(told: Story) -> dict[str, str]:
    """Every question's answer, in a sentence or two, by the keys of `QUESTIONS`."""
    return {
        "trend": f"{_wrong_share(told)} {told.trend}",
        "baseline": _baselines(told),
        "classes": _classes(told),
        "worst": f"{'; '.join(one.sentence for one in told.worst)}." if told.worst else _no_errors(told),
        "suspects": f"{told.suspects.sentence}." if told.suspects else told.suspects_missing,
        "effect": told.effect,
        "threshold": _threshold(told),
        "next": " ".join(f"{place}. {act.title}: {gain(act)}." for place, act in enumerate(told.next_acts, 1))
        or "Nothing that is known of.",
    }


def headline(told: Story) -> str:
    """The answer before all others."""
    if told.score is None:
        return f"{told.dataset.name} has {told.newest.row_count:,} rows in version {told.newest.number}. {told.trend}"
    score = told.score
    return (
        f"{score.run.title} (run {score.run.number}) reaches {score_words(score)}, by the labels of version "
        f"{told.newest.number}."
    )


def baseline_words(one: Baseline, score: Estimate) -> str:
    """What the intervals allow to say."""
    by = f": {points(one.difference)}" if one.difference else ""
    return {
        "better": f"better than {_lower(one.name)}{by}",
        "worse": f"worse than {_lower(one.name)}{by}",
        "unclear": f"not clearly different from {_lower(one.name)}{by}",
    }[one.verdict(score)]


def gain(act: NextAct) -> str:
    """What an act is expected to gain."""
    if not act.gain or act.gain >= 10**12:
        return "it shows where to go on"
    about = "at most about" if act.at_most else "about"
    return f"{about} {act.gain:,} {'row' if act.gain == 1 else 'rows'} put right"


def decided_lines(tallies: Iterable[Tally]) -> list[str]:
    """`Version 1: ada relabelled 25, kept 13 (28 Nov 2026)`, a line for each version and person."""
    lines = []
    for (version, reviewer), group in groupby(tallies_by_person(tallies), key=lambda one: (one.version, one.reviewer)):
        own = list(group)
        acts = ", ".join(f"{VERBS[one.action]} {one.rows:,}" for one in own)
        first, last = min(one.first for one in own), max(one.last for one in own)
        when = f"{first:%d %b %Y}" if first.date() == last.date() else f"{first:%d %b} to {last:%d %b %Y}"
        lines.append(f"Version {version}: {reviewer} {acts} ({when})")
    return lines


def tallies_by_person(tallies: Iterable[Tally]) -> list[Tally]:
    """Newest version first, then by person."""
    return sorted(tallies, key=lambda one: (-one.version, one.reviewer, -one.rows))


def cost_words(curve: CostCurve, label: str | None, first: float, second: float) -> str:
    """The best threshold, what it costs, and against what."""
    at = f"{percent(curve.best.estimate)} ({ends(curve.best)})" if curve.best.estimate <= 1 else "above every row's"
    cost = f"about {curve.cost.estimate:,.0f} per 1,000 rows ({curve.cost.low:,.0f} to {curve.cost.high:,.0f})"
    if label is None:
        usual = "answering every row"
        rest = f"{_counted(curve.first, 'wrong answer')} and {_counted(curve.second, 'row')} left to a person"
        act = f"Let the model answer where it is at least {at} sure"
        if curve.best.estimate == 0:
            act = "Let the model answer every row"
    else:
        usual = f"the line at {percent(curve.usual_at)}"
        rest = f"{_counted(curve.first, 'false alarm')} and {_counted(curve.second, 'miss', 'misses')}"
        act = f"Take a row for {quoted(label)} from a probability of {at} on"
    flat = f", against {curve.usual:,.0f} for {usual}"
    return f"{act}: that costs {cost}{flat}. On these {curve.rows:,} rows it means {rest}."


def _wrong_share(told: Story) -> str:
    known = [line for line in told.lines if line.share_wrong]
    if not known:
        return "Nobody knows yet how many labels are wrong: no version was scanned."
    parts = [
        f"version {line.version.number} {share_words(line)}"
        for line in (known if len(known) < 4 else [known[0], known[-1]])
    ]
    return f"Share of wrong labels: {', '.join(parts)}."


def _baselines(told: Story) -> str:
    if told.score is None:
        return "There is no model yet that could be held against anything."
    score = told.score.score
    said = [f"It is {baseline_words(one, score)}" for one in told.baselines]
    if not any(one.run for one in told.baselines):
        said.append("There is no earlier run on these rows")
    return f"{'. '.join(said)}."


def _classes(told: Story) -> str:
    shown = [f"{quoted(one.name)} ({percent(one.share)} of the rows)" for one in told.classes[:NAMED]]
    more = len(told.dataset.labels) - len(shown)
    return f"{len(told.dataset.labels):,} classes: {', '.join(shown)}{f' and {more:,} more' if more > 0 else ''}."


def _no_errors(told: Story) -> str:
    return "No model has predicted the rows yet." if told.score is None else "None: no row is predicted wrong."


def _threshold(told: Story) -> str:
    if told.score is None:
        return "There is no model yet."
    return (
        "That depends on what each kind of error costs: say so, and the threshold with the lowest cost is worked out."
    )


def _counted(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]
