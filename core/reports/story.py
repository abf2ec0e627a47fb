"""What stands on the first two pages of a report: the answer, its cause, the next step, and how it came about. Plain
values; what the sentences say is the caller's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.records import Estimate
from core.reports.evaluation import EvaluationReport, ReportExample, drawn, tag, template
from core.reports.svg import trend_chart
from core.words import say


@dataclass(frozen=True, slots=True)
class ReportBox:
    """A figure of the first look."""

    name: str
    value: str
    meaning: str


@dataclass(frozen=True, slots=True)
class ReportAct:
    """Something to do next."""

    title: str
    gain: str
    why: str


@dataclass(frozen=True, slots=True)
class ReportVersion:
    """A line of the versions."""

    number: int
    made: str
    rows: int
    share_wrong: str
    score: str
    wrong: Estimate | None
    """What is drawn; None where there is nothing to draw."""
    scored: Estimate | None


@dataclass(frozen=True, slots=True)
class ReportBaseline:
    """A line of what the score is held against."""

    name: str
    meaning: str
    score: str
    verdict: str


@dataclass(frozen=True, slots=True)
class ReportClass:
    """A class with typical rows of it."""

    name: str
    guideline: str
    rows: int
    share: float
    examples: tuple[ReportExample, ...]


@dataclass(frozen=True, slots=True)
class StoryReport:
    """Both pages, and what of the appendix needs no run."""

    title: str
    answer: str
    boxes: tuple[ReportBox, ...]
    figure: str
    """What the score is called."""
    worst: tuple[str, ...]
    suspects: str
    acts: tuple[ReportAct, ...]
    trend: str
    versions: tuple[ReportVersion, ...]
    """Oldest first."""
    more_versions: int
    """Versions that are left out of the table."""
    decided: tuple[str, ...]
    baselines: tuple[ReportBaseline, ...]
    effect: str
    threshold: str
    classes_said: str
    classes: tuple[ReportClass, ...]


def story_html(front: StoryReport, report: EvaluationReport | None, made_at: datetime, made_by: str) -> str:
    """The file's text: both pages, then the appendix, with the evaluation where there is one."""
    names = [say("v{n}", n=one.number) for one in front.versions]
    return template().render(
        lang=tag(),
        title=front.title,
        made_at=made_at,
        made_by=made_by,
        front=front,
        wrong_chart=_trend(names, [one.wrong for one in front.versions], say("Share of wrong labels by version")),
        score_chart=_trend(
            names, [one.scored for one in front.versions], say("{figure} by version", figure=front.figure)
        ),
        **(drawn(report) if report else {}),
    )


def _trend(names: Sequence[str], values: Sequence[Estimate | None], title: str) -> str:
    return trend_chart(names, values, title=title) if any(values) else ""
