"""An evaluation as one self-contained HTML file: no network, no script, printable. Records in, text out.

What the sentences say is the caller's; what may be drawn and how is decided here and in `page.html`. The template
escapes every value by itself.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.records import Curve, Evaluation, MultiLabelEvaluation
from core.words import language, later, say, say_n

if TYPE_CHECKING:
    from jinja2 import Environment, Template

MATRIX_CLASSES = 40
"""More classes do not fit a printed page: only the most confused pairs are listed."""
LABEL_CHARACTERS = 28
AVERAGES = (later("accuracy"), later("macro avg"), later("micro avg"), later("samples avg"), later("weighted avg"))
"""Lines beneath the classes."""

Series = tuple[str, Sequence[float], Sequence[float]]
"""Name, epochs, values."""


@dataclass(frozen=True, slots=True)
class ReportExample:
    """A row of a confused pair."""

    name: str
    """How the row is found again: its number or the image's name."""
    text: str
    """Cut to what a reader needs; empty for an image."""
    image: bytes | None
    """WebP."""
    confidence: float


@dataclass(frozen=True, slots=True)
class ReportPair:
    """A class that is taken for another; of several classes per row, one that is missed where another is added."""

    true: str
    predicted: str
    rows: int
    share: float
    """Of the true class, 0–1; of several classes per row, of the rows that miss it."""
    examples: tuple[ReportExample, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportFigure:
    """A figure of the first look."""

    name: str
    value: float
    meaning: str
    """What it and its interval say, in words."""


@dataclass(frozen=True, slots=True)
class EvaluationReport:
    """All that the report says."""

    title: str
    summary: str
    """What was evaluated, in a sentence."""
    figures: tuple[ReportFigure, ...]
    errors: str
    """Where it errs most, in words."""
    facts: Mapping[str, str]
    """Dataset, version, fingerprint, run …"""
    settings: Mapping[str, str]
    found: Evaluation | MultiLabelEvaluation
    order: NDArray[np.int64]
    """(classes drawn,) the matrix's classes in their order; empty where there are more than `MATRIX_CLASSES`."""
    pairs: tuple[ReportPair, ...]
    """Most rows first."""
    roc: tuple[Curve, ...]
    precision_recall: tuple[Curve, ...]
    losses: tuple[Series, ...]
    scores: tuple[Series, ...]
    limits: tuple[str, ...]
    made_at: datetime
    made_by: str


def drawn(report: EvaluationReport) -> dict[str, object]:
    """What the template needs of an evaluation."""
    from core.reports.svg import line_chart

    whole = {"x_range": (0.0, 1.0), "y_range": (0.0, 1.0)}
    curves = (
        ("ROC", report.roc, say("false positive rate"), say("true positive rate")),
        (say("Precision and recall"), report.precision_recall, say("recall"), say("precision")),
    )
    charts = [
        line_chart(
            [(f"{curve.label}: {curve.area:.4f}", curve.x.tolist(), curve.y.tolist()) for curve in found],
            title=title,
            x_name=x_name,
            y_name=y_name,
            **whole,
        )
        for title, found, x_name, y_name in curves
        if found
    ]
    learning = [
        line_chart(series, title=title, x_name=say("epoch"), y_name=title)
        for title, series in ((say("loss"), report.losses), (say("score"), report.scores))
        if series
    ]
    return {
        "report": report,
        "found": report.found,
        "several": isinstance(report.found, MultiLabelEvaluation),
        "labels": [report.found.labels[place] for place in report.order],
        "cells": _cells(report),
        "counts": {} if isinstance(report.found, Evaluation) else _tables(report.found),
        "charts": charts,
        "learning": learning,
    }


def _tables(found: MultiLabelEvaluation) -> dict[str, list[list[int]]]:
    """[[TN, FP], [FN, TP]] by class."""
    return dict(zip(found.labels, found.tables.tolist(), strict=True))


def _cells(report: EvaluationReport) -> list[list[tuple[int, str]]]:
    """Rows of (count, background): grey on the diagonal, the warmer the more rows are wrong."""
    found = report.found
    matrix = found.matrix if isinstance(found, Evaluation) else found.missed_and_added
    counts = matrix[report.order[:, None], report.order]
    errors = counts.copy()
    np.fill_diagonal(errors, 0)
    most = max(1, int(errors.max(initial=0)))

    def colour(row: int, column: int) -> str:
        count = int(counts[row, column])
        if not count:
            return "transparent"
        if row == column:
            return "#e2e6e9"
        return f"rgba(207, 106, 27, {0.15 + 0.75 * np.log1p(count) / np.log1p(most):.2f})"

    places = range(len(counts))
    return [[(int(counts[row, column]), colour(row, column)) for column in places] for row in places]


def tag() -> str:
    """The current language as a browser knows it."""
    return {"zh": "zh-CN"}.get(language(), language())


def template() -> Template:
    """Of an evaluation and a story."""
    return environment().get_template("page.html")


@cache
def environment() -> Environment:
    """In which every report is written."""
    from jinja2 import Environment, FileSystemLoader

    loader = FileSystemLoader(Path(__file__).parent)
    found = Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    found.globals |= {"t": say, "tn": say_n}
    found.filters["percent"] = lambda value: f"{100 * value:.1f} %"
    found.filters["cut"] = lambda text: text if len(text) <= LABEL_CHARACTERS else f"{text[: LABEL_CHARACTERS - 1]}…"
    found.filters["data_uri"] = lambda webp: f"data:image/webp;base64,{base64.b64encode(webp).decode()}"
    return found
