"""The report as a file: complete, escaped, and in need of nothing but itself."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import numpy as np
import pytest

from core.records import Curve, Estimate, Evaluation, MultiLabelEvaluation, Scores
from core.reports.evaluation import EvaluationReport, ReportExample, ReportFigure, ReportPair, drawn, tag, template
from core.reports.svg import line_chart, ticks

EVIL = "<script>alert('x')</script> & \"q\" {{ 7*7 }} {% if %}"


def report_html(made: EvaluationReport) -> str:
    """An evaluation alone, as the appendix of a story has it."""
    about = {"lang": tag(), "title": made.title, "made_at": made.made_at, "made_by": made.made_by}
    return template().render(**about, **drawn(made))


def evaluation(classes: int = 3) -> Evaluation:
    labels = (EVIL, *(f"class {i}" for i in range(1, classes)))
    matrix = np.diag(np.full(classes, 8)) + np.diag(np.full(classes - 1, 2), 1)
    scores = Scores(0.8, 0.9, 0.85, 10)
    return Evaluation(
        run_id="r",
        version_id="v",
        split="test",
        labels_from="version",
        rows=int(matrix.sum()),
        labels=labels,
        matrix=matrix,
        accuracy=Estimate(0.8765, 0.8, 0.9),
        macro_f1=Estimate(0.8, 0.7, 0.85),
        classes=dict.fromkeys(labels, scores),
        averages={"micro avg": scores, "macro avg": scores, "weighted avg": scores},
        log_loss=0.3,
    )


def report(found: Evaluation | MultiLabelEvaluation) -> EvaluationReport:
    line = np.array([0.0, 0.5, 1.0])
    example = ReportExample("row 7", EVIL, None, 0.9)
    picture = ReportExample("a.png", "", b"RIFF", 0.5)
    return EvaluationReport(
        title=EVIL,
        summary=EVIL,
        figures=(
            ReportFigure("Accuracy", found.accuracy.estimate, "between 80 % and 90 %"),
            ReportFigure(EVIL, 0.8, "between 70 % and 85 %"),
        ),
        errors="Most often one is taken for another.",
        facts={"Dataset": EVIL},
        settings={"Epochs": "3"},
        found=found,
        order=np.arange(len(found.labels)) if len(found.labels) <= 40 else np.zeros(0, np.int64),
        pairs=(
            ReportPair(EVIL, "class 1", 2, 0.2, (example,)),
            ReportPair("class 1", "class 2", 2, 0.2, (picture,)),
        ),
        roc=(Curve("roc", EVIL, line, line, 0.75),),
        precision_recall=(Curve("precision_recall", "macro", line, line, 0.5),),
        losses=((EVIL, [1.0, 2.0], [0.5, float("nan")]),),
        scores=(),
        limits=(EVIL,),
        made_at=datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
        made_by=EVIL,
    )


class Links(HTMLParser):
    """Tags, and every attribute that a browser would fetch something for."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.fetched: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.fetched += [str(value) for name, value in attrs if name in ("src", "href", "srcset", "action", "data")]


@pytest.mark.parametrize("classes", [2, 3, 40, 77])
def test_no_text_becomes_markup_and_nothing_is_fetched(classes: int) -> None:
    text = report_html(report(evaluation(classes)))
    found = Links(text)
    assert not {"script", "link", "iframe", "object", "base"} & set(found.tags)
    assert all(address.startswith("data:image/webp;base64,") for address in found.fetched) and found.fetched
    assert "url(" not in text and "@import" not in text
    assert "49" not in re.findall(r"\{\{.*?\}\}", text)
    assert "{{ 7*7 }}" in text
    assert "default-src &#39;none&#39;" in text or "default-src 'none'" in text


def test_figures_matrix_report_and_settings_are_all_in_it() -> None:
    text = report_html(report(evaluation()))
    assert "87.6 %" in text or "87.7 %" in text
    assert "between 80 % and 90 %" in text
    assert text.count("<td style=") == 9
    for part in ("weighted avg", "Epochs", "row 7", "90.0 % sure", "0.8500", "class 1", "@page"):
        assert part in text


def of_sets(classes: int = 3) -> MultiLabelEvaluation:
    labels = (EVIL, *(f"class {i}" for i in range(1, classes)))
    together = np.diag(np.full(classes - 1, 2), 1)
    scores = Scores(0.8, 0.9, 0.85, 10)
    return MultiLabelEvaluation(
        run_id="r",
        version_id="v",
        split="test",
        labels_from="version",
        rows=50,
        labels=labels,
        accuracy=Estimate(0.5, 0.4, 0.6),
        micro_f1=Estimate(0.7, 0.6, 0.8),
        macro_f1=Estimate(0.65, 0.6, 0.7),
        hamming_loss=0.1,
        classes=dict.fromkeys(labels, scores),
        averages={f"{name} avg": scores for name in ("micro", "macro", "weighted", "samples")},
        tables=np.tile(np.array([[1031, 17], [13, 1009]]), (classes, 1, 1)),
        missed_and_added=together,
        log_loss=0.3,
    )


@pytest.mark.parametrize("classes", [2, 3, 40, 77])
def test_no_text_of_a_report_on_several_classes_becomes_markup(classes: int) -> None:
    found = Links(report_html(report(of_sets(classes))))
    assert not {"script", "link", "iframe", "object", "base"} & set(found.tags)


def test_the_report_on_several_classes_has_each_classes_counts_and_what_is_missed_with_what_is_added() -> None:
    text = report_html(report(of_sets()))
    assert "Confusion matrix" not in text and "class 1 taken for" not in text
    for part in ("Missed and added classes", "samples avg", "1,031", "1,009", ">17<", ">13<", "wrongly added"):
        assert part in text
    assert text.count("<td style=") == 9
    assert "class 1 missed, with class 2 wrongly added: 2 rows, 20.0 % of those that miss it" in text
    many = report_html(report(of_sets(41)))
    assert "<td style=" not in many and "most frequent pairs" in many
    none = report_html(replace(report(of_sets()), pairs=()))
    assert "In no row is one class missed and another wrongly added." in none and "<td style=" not in none


def test_more_than_forty_classes_are_listed_as_pairs_not_drawn() -> None:
    text = report_html(report(evaluation(41)))
    assert "<td style=" not in text
    assert "41 classes are too many for a printed matrix" in text


def test_a_report_without_curves_errors_and_examples_is_still_whole() -> None:
    bare = replace(report(evaluation()), roc=(), precision_recall=(), losses=(), pairs=())
    text = report_html(bare)
    assert "<svg" not in text and "with examples" not in text and "Class by class" in text


def test_how_it_learnt_is_in_the_report_of_a_run_that_kept_no_probabilities() -> None:
    text = report_html(replace(report(evaluation()), roc=(), precision_recall=()))
    assert "How it learnt" in text and "average precision" not in text


def test_a_chart_is_well_formed_whatever_its_names_and_values() -> None:
    svg = line_chart(
        [(EVIL, [0.0, 1.0], [1.0, float("nan")]), ("one point", [1.0], [3.0])], title=EVIL, x_name="<", y_name="&"
    )
    root = ET.fromstring(str(svg))
    names = [element.text for element in root.iter("text")]
    assert EVIL in names and "one point" in names
    assert len(list(root.iter("polyline"))) == 2


@pytest.mark.parametrize(
    ("low", "high"), [(0.5008, 0.5023), (0, 1), (0.4, 0.41), (-0.5, 7.5), (12_000, 12_003), (0.9, 0.9001)]
)
@pytest.mark.parametrize("share", [False, True])
def test_no_two_ticks_of_an_axis_read_the_same(low: float, high: float, share: bool) -> None:
    found = ticks(low, high, share=share)
    words = [name for _, name in found]
    assert 2 <= len(words) == len(set(words)) <= 6
    assert all(low - 1e-9 <= at <= high + 1e-9 for at, _ in found)
