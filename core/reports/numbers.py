"""An evaluation of predicted numbers as one self-contained HTML file: no network, no script, printable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.reports.evaluation import environment, tag


@dataclass(frozen=True, slots=True)
class ReportTable:
    """A table with its title; columns whose places are in `words` are read, the others are numbers."""

    title: str
    columns: Sequence[str]
    lines: Sequence[Sequence[str]]
    words: frozenset[int] = frozenset((0,))


@dataclass(frozen=True, slots=True)
class NumberReport:
    """What the file says."""

    title: str
    summary: str
    figures: Sequence[tuple[str, str, str]]
    """Name, value and what it means."""
    limits: Sequence[str]
    tables: Sequence[ReportTable]
    made_at: datetime
    made_by: str


def number_html(report: NumberReport) -> str:
    """The whole file."""
    return environment().get_template("numbers.html").render(report=report, lang=tag())
