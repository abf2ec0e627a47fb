"""A dataset's health as one page that prints: plain values in, an HTML file out; sentences are the
caller's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.reports.evaluation import environment, tag


@dataclass(frozen=True, slots=True)
class ReportHealthRow:
    """A line."""

    title: str
    rows: str
    width: float
    """Of its bar, 0–1."""
    wrong: float
    """Of the bar in it."""
    state: str
    minutes: str
    gain: str
    sure: str
    done: bool


@dataclass(frozen=True, slots=True)
class HealthReport:
    """The page."""

    title: str
    answer: str
    rows: tuple[ReportHealthRow, ...]
    """What to fix first comes first."""
    more: int
    """Lines that are left out, since they would not fit the page."""
    notes: tuple[str, ...]


def health_html(report: HealthReport, made_at: datetime, made_by: str) -> str:
    """The file's text."""
    template = environment().get_template("page.html")
    return template.render(lang=tag(), title=report.title, made_at=made_at, made_by=made_by, health=report)
