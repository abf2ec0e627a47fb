"""Puts a story together as a report: the answer, its cause and the next step first, then what stands behind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from core.beside.answers import Pending
from core.context import Context
from core.records import (
    Baseline,
    ClassMeaning,
    Example,
    LabelsFrom,
    Run,
    ScoreOf,
    Story,
    VersionLine,
    split_said,
)
from core.reports.evaluation import ReportExample
from core.reports.story import (
    ReportAct,
    ReportBaseline,
    ReportBox,
    ReportClass,
    ReportVersion,
    StoryReport,
    story_html,
)
from core.services.evaluation.number_report import number_report
from core.services.evaluation.report import evaluation_report
from core.services.evaluation.words import percent
from core.services.media import thumbnail
from core.services.story import words
from core.services.story.costs import costs
from core.services.story.tell import story
from core.store.datasets import get_dataset
from core.store.masked import said_shown
from core.tasks import task_named
from core.words import say, say_stored

VERSIONS, DECIDED, WORST = 5, 6, 5
"""So many lines fit the two pages."""
CLASSES = 100
"""Classes of which the appendix has examples, the largest first."""
TYPICAL_CHARACTERS = 110

Price = tuple[str | None, float, float]
"""Whose threshold is chosen, None for that of all answers, and what both kinds of errors cost."""
USUAL_PRICE: Price = (None, 5.0, 1.0)


def report(context: Context, run: Run, split: str, labels_from: LabelsFrom = "version", by: str = "") -> str:
    """The HTML of a run's evaluation on a split, after the story of its dataset where that is told. Seconds of work:
    not for the script thread.

    Raises `NotFoundError` for a split that the run has not predicted."""
    dataset = get_dataset(context.store, run.dataset_id)
    if task_named(dataset.task).target.numeric:
        return number_report(context, run, split, labels_from, by)
    told = story(context, dataset, run, split, labels_from, timeout=None)
    assert not isinstance(told, Pending), "it was waited for"
    return story_report(context, told, labels_from, by or run.created_by)


def story_report(
    context: Context, told: Story, labels_from: LabelsFrom = "newest", by: str = "", price: Price = USUAL_PRICE
) -> str:
    """The HTML of a story: the answer, its cause and the next step on two pages, then all that stands behind them.
    `price`: what errors cost, as somebody has said it."""
    score = told.score
    found = evaluation_report(context, score.run, score.split, labels_from, by) if score else None
    return story_html(_front(context, told, price, labels_from), found, datetime.now(UTC), by)


def _front(context: Context, told: Story, price: Price, labels_from: LabelsFrom) -> StoryReport:
    said, score = words.answers(told), told.score
    shown = told.lines if len(told.lines) <= VERSIONS else (told.lines[0], *told.lines[1 - VERSIONS :])
    decided = words.decided_lines(told.decided)
    more = [say("and {n:,} more lines", n=len(decided) - DECIDED)] if len(decided) > DECIDED else []
    return StoryReport(
        title=say("{name}: its story", name=told.dataset.name)
        if score is None
        else say("{name}: how good, and what next", name=told.dataset.name),
        answer=words.headline(told),
        boxes=_boxes(told),
        figure=words.figure_name(score),
        worst=tuple(words.ended(one.sentence) for one in told.worst[:WORST]) or (said["worst"],),
        suspects=said["suspects"],
        acts=tuple(ReportAct(say_stored(act.title), words.gain(act), say_stored(act.why)) for act in told.next_acts),
        trend=say_stored(told.trend),
        versions=tuple(_version(line) for line in shown),
        more_versions=len(told.lines) - len(shown),
        decided=(*decided[:DECIDED], *more),
        baselines=tuple(_baseline(one, score) for one in told.baselines) if score else (),
        effect=words.effect_words(told),
        threshold=_threshold(context, told, price, labels_from),
        classes_said=said["classes"],
        classes=tuple(_class(context, told, one) for one in told.classes[:CLASSES]),
    )


def _boxes(told: Story) -> tuple[ReportBox, ...]:
    boxes = []
    if told.score:
        score = told.score
        about = {"ends": words.ends(score.score), "n": score.rows, "split": split_said(score.split)}
        between = say("probably {ends}, on {n:,} rows of {split}", **about)
        boxes.append(ReportBox(words.figure_name(score), percent(score.score.estimate), between))
    line = next((one for one in reversed(told.lines) if one.share_wrong), None)
    if line and line.share_wrong:
        value = say("cannot be told") if line.untold else percent(line.share_wrong.estimate)
        name = say("Wrong labels, version {n}", n=line.version.number)
        boxes.append(ReportBox(name, value, say("probably {ends}", ends=words.ends(line.share_wrong))))
    decided = sum(one.rows for one in told.decided)
    meaning = say("{n:,} rows decided, {versions:,} versions", n=decided, versions=len(told.lines))
    boxes.append(ReportBox(say(words.QUESTIONS["effect"]), say(words.EFFECTS[told.effect_verdict]), meaning))
    return tuple(boxes)


def _version(line: VersionLine) -> ReportVersion:
    version = line.version
    return ReportVersion(
        number=version.number,
        made=say("{day:%d %b %Y} by {user}: {note}", day=version.created_at, user=version.created_by, note=version.note)
        if version.note
        else say("{day:%d %b %Y} by {user}", day=version.created_at, user=version.created_by),
        rows=version.row_count,
        share_wrong=words.share_words(line),
        score=say("{score}, run\u00a0{n}", score=words.with_ends(line.score.score), n=line.score.run.number)
        if line.score
        else say("no run"),
        wrong=None if line.untold else line.share_wrong,
        scored=line.score.score if line.score else None,
    )


def _baseline(one: Baseline, score: ScoreOf) -> ReportBaseline:
    said = {"better": say("better"), "worse": say("worse"), "unclear": say("not clearly different")}
    verdict = said[one.verdict(score.score)]
    if one.difference:
        verdict = say("{verdict}, {points}", verdict=verdict, points=words.points(one.difference))
    return ReportBaseline(say_stored(one.name), words.baseline_meaning(one), words.with_ends(one.score), verdict)


def _threshold(context: Context, told: Story, price: Price, labels_from: LabelsFrom) -> str:
    """With the costs that somebody has said, or a common case, which is said to be one."""
    if told.score is None:
        return say(words.NO_MODEL)
    label, first, second = price
    curve = costs(context, told.score.run, told.score.split, label, first, second, labels_from, timeout=None)
    assert not isinstance(curve, Pending), "it was waited for"
    said = words.cost_words(curve, None if label is None else told.dataset.called(label), first, second)
    about = {"first": first, "second": second, "said": said}
    if label is None:
        return say("If a wrong answer costs {first:g} and a row that is left to a person {second:g}: {said}", **about)
    return say("If a false alarm costs {first:g} and a miss {second:g}: {said}", **about)


def _class(context: Context, told: Story, one: ClassMeaning) -> ReportClass:
    line = task_named(told.dataset.task).modality.line
    leaves = partial(said_shown, context.store, told.dataset.dataset_id)
    examples = tuple(_example(context, example, line, leaves) for example in one.typical)
    return ReportClass(one.name, one.guideline, one.rows, one.share, examples)


def _example(
    context: Context, example: Example, line: Callable[[str, int], str], leaves: Callable[[str], str]
) -> ReportExample:
    return ReportExample(
        name=(example.text or "" if example.media_id else "") or say("row {n}", n=example.example_id),
        text="" if example.media_id else line(leaves(example.text or ""), TYPICAL_CHARACTERS),
        image=thumbnail(context, example.media_id) if example.media_id else None,
        confidence=1.0,
    )
