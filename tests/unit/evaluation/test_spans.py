"""Figures of entities: by hand, and equal to seqeval's, nervaluate's and scikit-learn's where these are installed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.evaluation.spans.confusion import type_confusion
from core.evaluation.spans.entities import Entities, Span, overlapping
from core.evaluation.spans.matching import matchings
from core.evaluation.spans.report import entity_report
from core.evaluation.spans.tokens import token_report, token_types

TYPES = ("LOC", "ORG", "PER")
TRUE: list[list[Span]] = [[(0, 5, "PER"), (10, 17, "LOC")], [(0, 4, "ORG")], [], [(3, 9, "PER"), (12, 20, "ORG")]]
PREDICTED: list[list[Span]] = [
    [(0, 5, "PER"), (10, 17, "ORG")],
    [(0, 8, "ORG")],
    [(2, 5, "PER")],
    [(3, 9, "PER")],
]
"""Two right, one of a wrong type, one with a wrong end, one invented, one missed."""


def test_a_report_has_seqevals_figures() -> None:
    """Values by hand: 2 of 5 predicted and of 5 true entities are right, all of them PER."""
    report = entity_report(TRUE, PREDICTED)
    assert list(report.types) == ["LOC", "ORG", "PER"]
    assert (report.types["PER"].precision, report.types["PER"].recall) == (pytest.approx(2 / 3), 1.0)
    assert (report.types["LOC"].f1, report.types["LOC"].support) == (0.0, 1)
    micro, macro, weighted = (report.averages[name] for name in ("micro avg", "macro avg", "weighted avg"))
    assert (micro.precision, micro.recall, micro.f1, micro.support) == (0.4, 0.4, 0.4, 5)
    assert macro.f1 == pytest.approx(0.8 / 3)
    assert weighted.f1 == pytest.approx(0.8 * 2 / 5)


def test_intervals_hold_the_figures_and_do_not_close_where_all_is_right() -> None:
    report = entity_report(TRUE * 10, PREDICTED * 10)
    low, high = report.intervals["micro avg"].f1
    assert low < report.averages["micro avg"].f1 < high
    perfect = entity_report(TRUE, TRUE).intervals["micro avg"].f1
    assert perfect[1] == 1.0 and 0 < perfect[0] < 0.9


def test_intervals_are_of_documents() -> None:
    """All errors in one document of two: what is drawn is the document, so that the interval is wide."""
    spans: list[Span] = [(at, at + 1, "PER") for at in range(0, 400, 2)]
    low, high = entity_report([spans, spans], [spans, []]).intervals["micro avg"].recall
    assert (low, high) == (0.0, 1.0)


def test_the_four_ways_to_match() -> None:
    found = matchings(TRUE, PREDICTED)
    counts = {way: (one.correct, one.incorrect, one.partial, one.missed, one.spurious) for way, one in found.items()}
    assert counts == {
        "strict": (2, 2, 0, 1, 1),
        "exact": (3, 1, 0, 1, 1),
        "partial": (3, 0, 1, 1, 1),
        "type": (3, 1, 0, 1, 1),
    }
    assert found["partial"].f1 == pytest.approx(0.7)


def test_confusion_tells_missed_and_invented_from_wrong_types_and_boundaries() -> None:
    found = type_confusion(TRUE, PREDICTED, TYPES)
    assert found.matrix.tolist() == [[0, 1, 0, 0], [0, 1, 0, 1], [0, 0, 2, 0], [0, 0, 1, 0]]
    assert found.boundaries.tolist() == [0, 1, 0]


def test_a_token_has_the_type_of_its_entity() -> None:
    tokens = [[(0, 2), (3, 5), (6, 9), (10, 17)], [(0, 4), (5, 8)], [(0, 1)], [(3, 9), (10, 11), (12, 20)]]
    assert token_types(TRUE, tokens, TYPES).tolist() == [3, 3, 0, 1, 2, 0, 0, 3, 0, 2]


def test_the_token_report_is_scikit_learns() -> None:
    from sklearn.metrics import classification_report

    generator = np.random.default_rng(3)
    true, predicted = generator.choice(3, 500, p=[0.8, 0.1, 0.1]), generator.choice(3, 500)
    report, expected = (
        token_report(true, predicted, TYPES),
        classification_report(true, predicted, output_dict=True, zero_division=0),
    )
    for name, key in (("O", "0"), ("LOC", "1"), ("ORG", "2")):
        own = report.classes[name]
        assert (own.precision, own.recall, own.f1) == pytest.approx(
            tuple(expected[key][figure] for figure in ("precision", "recall", "f1-score"))
        )
    assert report.averages["macro avg"].f1 == pytest.approx(expected["macro avg"]["f1-score"])
    assert report.averages["weighted avg"].precision == pytest.approx(expected["weighted avg"]["precision"])
    assert report.accuracy == pytest.approx(expected["accuracy"])
    assert "PER" not in report.classes


def test_nothing_at_all_has_a_report() -> None:
    report = entity_report([[], []], [[], []])
    assert report.types == {} and report.averages["micro avg"].f1 == 0.0
    assert matchings([[]], [[]])["strict"].f1 == 0.0


@st.composite
def _documents(draw: st.DrawFn) -> list[list[Span]]:
    """Entities that do not overlap within their document, as tags can say."""
    documents = []
    for _ in range(4):
        cuts = sorted(draw(st.sets(st.integers(0, 12), max_size=6)))
        pairs = zip(cuts[::2], cuts[1::2], strict=False)
        documents.append([(start, stop, draw(st.sampled_from(TYPES))) for start, stop in pairs])
    return documents


@settings(max_examples=200, deadline=None)
@given(_documents(), _documents())
def test_overlaps_are_those_of_comparing_every_pair(true: list[list[Span]], predicted: list[list[Span]]) -> None:
    left, right = Entities.of(true, TYPES), Entities.of(predicted, TYPES)
    pairs = overlapping(left, right)
    every = {
        (one, other)
        for one in range(len(left))
        for other in range(len(right))
        if left.document[one] == right.document[other]
        and max(left.start[one], right.start[other]) < min(left.stop[one], right.stop[other])
    }
    assert set(zip(pairs.true.tolist(), pairs.predicted.tolist(), strict=True)) == every


@settings(max_examples=200, deadline=None)
@given(_documents(), _documents())
def test_counts_are_nervaluates(true: list[list[Span]], predicted: list[list[Span]]) -> None:
    evaluator = pytest.importorskip("nervaluate.strategies", reason="nervaluate is not installed")
    from nervaluate.entities import Entity

    ways = {
        "strict": evaluator.StrictEvaluation(),
        "exact": evaluator.ExactEvaluation(),
        "partial": evaluator.PartialEvaluation(),
        "type": evaluator.EntityTypeEvaluation(),
    }
    found = matchings(true, predicted)
    for way, strategy in ways.items():
        sums = np.zeros(5, int)
        for spans, others in zip(true, predicted, strict=True):
            entities, guesses = (
                [Entity(name, start, stop - 1) for start, stop, name in one] for one in (spans, others)
            )
            one, _ = strategy.evaluate(entities, guesses, list(TYPES))
            sums += (one.correct, one.incorrect, one.partial, one.missed, one.spurious)
        own = found[way]
        assert (own.correct, own.incorrect, own.partial, own.missed, own.spurious) == tuple(sums), way


@settings(max_examples=100, deadline=None)
@given(_documents(), _documents())
def test_figures_are_seqevals(true: list[list[Span]], predicted: list[list[Span]]) -> None:
    metrics = pytest.importorskip("seqeval.metrics", reason="seqeval is not installed")
    from seqeval.scheme import IOB2

    if not any(true) or not any(predicted):
        return
    tags = [[_tags(spans) for spans in one] for one in (true, predicted)]
    expected = metrics.classification_report(*tags, output_dict=True, zero_division=0, mode="strict", scheme=IOB2)
    report = entity_report(true, predicted)
    assert set(expected) == set(report.types) | set(report.averages)
    for name, own in {**report.types, **report.averages}.items():
        figures = tuple(expected[name][figure] for figure in ("precision", "recall", "f1-score", "support"))
        assert (own.precision, own.recall, own.f1, own.support) == pytest.approx(figures), name


def _tags(spans: list[Span]) -> list[str]:
    tags = ["O"] * 13
    for start, stop, name in spans:
        tags[start:stop] = [f"B-{name}", *[f"I-{name}"] * (stop - start - 1)]
    return tags
