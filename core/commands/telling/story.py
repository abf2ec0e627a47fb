"""`story`: what became of a dataset, how good it is, what is wrong with it, and what to do next."""

from __future__ import annotations

import click

from core.beside.answers import Pending
from core.commands.command import Answer, command
from core.commands.parameters import dataset_argument
from core.context import Context
from core.errors import UsageError
from core.records import Baseline, CostCurve, Estimate, NextAct, ScoreOf, Story, Tally, VersionLine
from core.services.story import number_words
from core.services.story.costs import costs
from core.services.story.numbers import NumberStory, number_story
from core.services.story.tell import story
from core.services.story.words import QUESTIONS, answers, cost_words, decided_lines, headline, tallies_by_person
from core.store.datasets import get_dataset
from core.tasks import target_of
from core.typed import JsonObject, to_json


@command
@dataset_argument
@click.option("--class", "label", metavar="CLASS", help="whose threshold is chosen; without, that of all answers")
@click.option("--first-cost", type=float, metavar="X", help="what a false alarm costs; without --class, a wrong answer")
@click.option(
    "--second-cost", type=float, metavar="Y", help="what a miss costs; without --class, a row left to a person"
)
def story_command(
    context: Context, name: str, label: str | None, first_cost: float | None, second_cost: float | None
) -> Answer:
    """Tell what became of a dataset, how good it is and what to do next."""
    dataset = get_dataset(context.store, name)
    if target_of(dataset).numeric:
        if label is not None or first_cost is not None or second_cost is not None:
            raise UsageError("Labels are numbers: there is no threshold to choose.", "Leave the costs out.")
        found_numbers = number_story(context, dataset, timeout=None)
        assert not isinstance(found_numbers, Pending), "it was waited for"
        return Answer(_number_data(found_numbers), _number_text(found_numbers))
    label = None if label is None else dataset.coded(label)
    told = story(context, dataset, timeout=None)
    assert not isinstance(told, Pending), "it was waited for"
    asked = label is not None or first_cost is not None or second_cost is not None
    first, second = first_cost if first_cost is not None else 1.0, second_cost if second_cost is not None else 1.0
    curve: CostCurve | None = None
    if asked and told.score:
        found = costs(context, told.score.run, told.score.split, label, first, second, timeout=None)
        assert not isinstance(found, Pending), "it was waited for"
        curve = found
    said = answers(told)
    if curve is not None:
        said["threshold"] = cost_words(curve, None if label is None else dataset.called(label), first, second)
    return Answer(_data(told, said, curve), _text(told, said))


def _text(told: Story, said: dict[str, str]) -> str:
    parts = [headline(told)]
    for key, question in QUESTIONS.items():
        parts += ["", question, f"  {said[key]}"]
        if key == "trend":
            parts += [f"  {line}" for line in decided_lines(told.decided)]
    return "\n".join(parts)


def _data(told: Story, said: dict[str, str], curve: CostCurve | None) -> JsonObject:
    return {
        "dataset": told.dataset.name,
        "version": told.newest.number,
        "headline": headline(told),
        "questions": [{"question": QUESTIONS[key], "answer": answer} for key, answer in said.items()],
        "versions": [_line(one) for one in told.lines],
        "score": _score(told.score),
        "decided": [_tally(one) for one in tallies_by_person(told.decided)],
        "baselines": [_baseline(one, told.score) for one in told.baselines],
        "worst": [{"sentence": one.sentence, "rows": one.rows, "of": one.of} for one in told.worst],
        "suspects": {"rows": told.suspects.rows, "of": told.suspects.of} if told.suspects else None,
        "classes": [
            {
                "name": one.name,
                "guideline": one.guideline,
                "rows": one.rows,
                "share": one.share,
                "typical": [row.example_id for row in one.typical],
            }
            for one in told.classes
        ],
        "threshold": _curve(curve) if curve else None,
        "next": [_act(one) for one in told.next_acts],
        "limits": list(told.limits),
    }


def _number_text(story: NumberStory) -> str:
    said = number_words.number_answers(story)
    parts = [number_words.headline(story)]
    for key, question in number_words.QUESTIONS.items():
        parts += ["", question, f"  {said[key]}"]
        if key == "trend":
            parts += [f"  {line}" for line in decided_lines(story.told.decided)]
    return "\n".join(parts)


def _number_data(story: NumberStory) -> JsonObject:
    told, said, found = story.told, number_words.number_answers(story), story.found
    return {
        "dataset": told.dataset.name,
        "version": told.newest.number,
        "headline": number_words.headline(story),
        "questions": [{"question": number_words.QUESTIONS[key], "answer": answer} for key, answer in said.items()],
        "versions": [_line(one) for one in told.lines],
        "score": next((_score(one) for one in story.scored.values() if one.run == story.run), None),
        "decided": [_tally(one) for one in tallies_by_person(told.decided)],
        "baselines": [
            {
                "name": one.name,
                "value": one.value,
                "mae": one.mae,
                "difference": _figure(one.difference),
                "verdict": number_words.verdict(one.difference),
            }
            for one in story.baselines
        ],
        "bins": [] if found is None else [to_json(one) for one in found.bins],
        "next": [_act(one) for one in told.next_acts],
        "limits": list(told.limits),
    }


def _line(one: VersionLine) -> JsonObject:
    version = one.version
    return {
        "version": version.number,
        "kind": version.kind,
        "note": version.note,
        "rows": version.row_count,
        "created_at": version.created_at.isoformat(),
        "created_by": version.created_by,
        "share_wrong": _estimate(one.share_wrong),
        "untold": one.untold,
        "flagged": one.flagged,
        "score": _score(one.score),
    }


def _score(one: ScoreOf | None) -> JsonObject | None:
    if one is None:
        return None
    about = {"run": one.run.number, "split": one.split, "figure": one.figure, "rows": one.rows}
    return {**about, **_figure(one.score)}


def _figure(one: Estimate) -> JsonObject:
    return {"estimate": one.estimate, "interval": [one.low, one.high]}


def _estimate(one: Estimate | None) -> JsonObject | None:
    return None if one is None else _figure(one)


def _tally(one: Tally) -> JsonObject:
    who = {"version": one.version, "reviewer": one.reviewer, "action": one.action, "rows": one.rows}
    return who | {"first": one.first.isoformat(), "last": one.last.isoformat()}


def _baseline(one: Baseline, score: ScoreOf | None) -> JsonObject:
    return {
        "name": one.name,
        "meaning": one.meaning,
        "run": one.run,
        **_figure(one.score),
        "difference": _estimate(one.difference),
        "verdict": one.verdict(score.score) if score else None,
    }


def _curve(one: CostCurve) -> JsonObject:
    return {
        "threshold": _estimate(one.best),
        "cost_per_1000": _estimate(one.cost),
        "usual_threshold": one.usual_at,
        "usual_cost": one.usual,
        "first_errors": one.first,
        "second_errors": one.second,
        "rows": one.rows,
    }


def _act(one: NextAct) -> JsonObject:
    return {
        "title": one.title,
        "why": one.why,
        "gain": None if one.gain >= 10**12 else one.gain,
        "at_most": one.at_most,
        "measured": one.measured,
        "page": one.place.page,
        "query": dict(one.place.query),
    }
