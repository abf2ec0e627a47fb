"""Puts a story together as a report: the answer, its cause and the next step first, then what stands behind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

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
from core.services.evaluation.report import evaluation_report
from core.services.evaluation.words import percent
from core.services.media import thumbnail
from core.services.story import words
from core.services.story.costs import costs
from core.services.story.tell import story
from core.store.datasets import get_dataset
from core.tasks import task_named

VERSIONS, DECIDED, WORST = 5, 6, 5
"""So many lines fit the two pages."""
CLASSES = 100
"""Classes of which the appendix has examples, the largest first."""
TYPICAL_CHARACTERS = 110

Price = tuple[str | None, float, float]
"""Whose threshold is chosen, None for that of all answers, and what both kinds of errors cost."""
USUAL_PRICE: Price = (None, 5.0, 1.0)


def report(context: Context, run: Run, split: str, labels_from: LabelsFrom = "version", by: str = "") -> str:
    """The HTML of a run's evaluation on a split, after the story of its dataset. Seconds of work: not for the script
    thread.

    Raises `NotFoundError` for a split that the run has not predicted.
    """
    dataset = get_dataset(context.store, run.dataset_id)
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
    figure = score.figure[:1].upper() + score.figure[1:] if score else "Score"
    shown = told.lines if len(told.lines) <= VERSIONS else (told.lines[0], *told.lines[1 - VERSIONS :])
    decided = words.decided_lines(told.decided)
    more = [f"and {len(decided) - DECIDED:,} more lines"] if len(decided) > DECIDED else []
    return StoryReport(
        title=f"{told.dataset.name}: its story" if score is None else f"{told.dataset.name}: how good, and what next",
        answer=words.headline(told),
        boxes=_boxes(told),
        figure=figure,
        worst=tuple(f"{one.sentence}." for one in told.worst[:WORST]) or (said["worst"],),
        suspects=said["suspects"],
        acts=tuple(ReportAct(act.title, words.gain(act), act.why) for act in told.next_acts),
        trend=told.trend,
        versions=tuple(_version(line) for line in shown),
        more_versions=len(told.lines) - len(shown),
        decided=(*decided[:DECIDED], *more),
        baselines=tuple(_baseline(one, score) for one in told.baselines) if score else (),
        effect=told.effect,
        threshold=_threshold(context, told, price, labels_from),
        classes_said=said["classes"],
        classes=tuple(_class(context, told, one) for one in told.classes[:CLASSES]),
    )


def _boxes(told: Story) -> tuple[ReportBox, ...]:
    boxes = []
    if told.score:
        score = told.score
        name = score.figure[:1].upper() + score.figure[1:]
        between = f"probably {words.ends(score.score)}, on {score.rows:,} rows of {score.split}"
        boxes.append(ReportBox(name, percent(score.score.estimate), between))
    line = next((one for one in reversed(told.lines) if one.share_wrong), None)
    if line and line.share_wrong:
        value = "cannot be told" if line.untold else percent(line.share_wrong.estimate)
        boxes.append(
            ReportBox(f"Wrong labels, version {line.version.number}", value, f"probably {words.ends(line.share_wrong)}")
        )
    decided = sum(one.rows for one in told.decided)
    verdict = words.EFFECTS[told.effect_verdict]
    boxes.append(ReportBox("Did the cleaning pay?", verdict, f"{decided:,} rows decided, {len(told.lines):,} versions"))
    return tuple(boxes)


def _version(line: VersionLine) -> ReportVersion:
    version = line.version
    return ReportVersion(
        number=version.number,
        made=f"{version.created_at:%d %b %Y} by {version.created_by}{f': {version.note}' if version.note else ''}",
        rows=version.row_count,
        share_wrong=words.share_words(line),
        score=f"{words.with_ends(line.score.score)}, run\N{NO-BREAK SPACE}{line.score.run.number}"
        if line.score
        else "no run",
        wrong=None if line.untold else line.share_wrong,
        scored=line.score.score if line.score else None,
    )


def _baseline(one: Baseline, score: ScoreOf) -> ReportBaseline:
    verdict = {"better": "better", "worse": "worse", "unclear": "not clearly different"}[one.verdict(score.score)]
    by = f", {words.points(one.difference)}" if one.difference else ""
    return ReportBaseline(one.name, one.meaning, words.with_ends(one.score), f"{verdict}{by}")


def _threshold(context: Context, told: Story, price: Price, labels_from: LabelsFrom) -> str:
    """With the costs that somebody has said, or a common case, which is said to be one."""
    if told.score is None:
        return "There is no model yet."
    label, first, second = price
    curve = costs(context, told.score.run, told.score.split, label, first, second, labels_from, timeout=None)
    assert not isinstance(curve, Pending), "it was waited for"
    said = words.cost_words(curve, None if label is None else told.dataset.called(label), first, second)
    kinds = ("a wrong answer", "a row that is left to a person") if label is None else ("a false alarm", "a miss")
    return f"If {kinds[0]} costs {first:g} and {kinds[1]} {second:g}: {said}"


def _class(context: Context, told: Story, one: ClassMeaning) -> ReportClass:
    line = task_named(told.dataset.task).modality.line
    examples = tuple(_example(context, example, line) for example in one.typical)
    return ReportClass(one.name, one.guideline, one.rows, one.share, examples)


def _example(
    context: Context, example: Example, line: Callable[[str, int], str], confidence: float = 1.0
) -> ReportExample:
    return ReportExample(
        name=(example.text or "" if example.media_id else "") or f"row {example.example_id}",
        text="" if example.media_id else line(example.text or "", TYPICAL_CHARACTERS),
        image=thumbnail(context, example.media_id) if example.media_id else None,
        confidence=confidence,
    )
