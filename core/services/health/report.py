"""The health of a dataset as one page that prints."""

from __future__ import annotations

from datetime import UTC, datetime

from core.reports.health import HealthReport, ReportHealthRow, health_html
from core.services.health.rows import RULE, Health, HealthRow
from core.services.health.words import headline, minutes_words, rows_words, state_words
from core.words import say

LINES = 14
"""So many fit one page."""


def health_report(told: Health, by: str) -> str:
    """The HTML of it."""
    shown = told.rows[:LINES]
    most = max((one.open for one in shown if one.of_rows), default=1) or 1
    notes = [say("Sorted so: {rule}", rule=say(RULE)), told.pace]
    if told.counting:
        notes.append(say("Not counted yet: {what}.", what=", ".join(told.counting)))
    report = HealthReport(
        title=say("{name}, version {n}: its health", name=told.dataset.name, n=told.version.number),
        answer=headline(told),
        rows=tuple(_line(one, most) for one in shown),
        more=len(told.rows) - len(shown),
        notes=tuple(notes),
    )
    return health_html(report, datetime.now(UTC), by)


def _line(one: HealthRow, most: int) -> ReportHealthRow:
    return ReportHealthRow(
        title=one.title,
        rows=rows_words(one),
        width=one.open / most if one.of_rows else 0.0,
        wrong=min(1.0, one.wrong.estimate / max(1, one.open)) if one.wrong else 0.0,
        state=state_words(one),
        minutes=say("all decided") if one.done else minutes_words(one),
        gain=one.gain,
        sure=one.sure,
        done=one.done,
    )
