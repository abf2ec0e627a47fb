"""Wrong labels that are spans, by hand: what is missed, invented, of a wrong type, or begins or ends elsewhere."""

from __future__ import annotations

import json

import numpy as np
from cleanlab.token_classification.rank import get_label_quality_scores

from core.duplicates.neighbourhood import Neighbourhood
from core.issues import ISSUE_TYPES
from core.issues.contract import Found, Seen
from core.issues.evidence import as_json
from core.issues.label.find import find
from core.issues.label.words import spans_from
from core.issues.signals import LabelledWords, Signals

TYPES = ("LOC", "PER")
Span = tuple[int, int, str]
SURE = {"O": (0.9, 0.05, 0.05), "LOC": (0.05, 0.9, 0.05), "PER": (0.05, 0.05, 0.9)}
LOOKS: list[tuple[str, list[Span], str]] = [
    ("Ada in Paris", [(0, 3, "PER"), (7, 12, "LOC")], "PER O LOC"),
    ("Bob went home", [], "PER O O"),
    ("so it goes", [(0, 2, "PER")], "O O O"),
    ("Paris is big", [(0, 5, "PER")], "LOC O O"),
    ("in New York", [(7, 11, "LOC")], "O LOC LOC"),
    ("Ada Byron Bob", [(0, 9, "PER"), (10, 13, "PER")], "PER PER PER"),
    ("", [], ""),
    ("Rio", [(0, 3, "LOC")], "LOC"),
]
"""Texts, their given spans, and what each word looks like."""


def scanned(flag_by: str = "winnow", unsure: dict[int, tuple[float, ...]] | None = None) -> Found:
    """`unsure`: probabilities of some words, by their place among all of them."""
    bounds, labels, offsets, probabilities = [], [], [0], []
    for text, spans, looks in LOOKS:
        at = 0
        for word, one in zip(text.split(), looks.split(), strict=True):
            own = next((name for start, stop, name in spans if start <= at < stop), "O")
            bounds.append((at, at + len(word)))
            labels.append(("O", *TYPES).index(own))
            probabilities.append(SURE[one])
            at += len(word) + 1
        offsets.append(len(bounds))
    shares = np.array(probabilities)
    for place, row in (unsure or {}).items():
        shares[place] = row
    texts, spans = [one[0] for one in LOOKS], [one[1] for one in LOOKS]
    judged = np.ones(len(labels), bool)
    words = LabelledWords(texts, spans, np.array(offsets), np.array(bounds), np.array(labels), shares, judged)
    count = len(LOOKS)
    embeddings = np.eye(count, dtype=np.float32)
    signals = Signals.of(
        np.zeros((count, 2), np.int8),
        np.zeros((count, 2)),
        np.ones(count, bool),
        words=words,
        classes=TYPES,
        example_ids=np.arange(count),
        neighbours=Neighbourhood(embeddings),
    )
    signals.settings = {"flag_by": flag_by}
    return find(signals)


def test_every_kind_of_error_is_flagged_and_what_the_words_look_like_is_suggested() -> None:
    found = scanned()
    assert found.is_issue.tolist() == [False, True, True, True, True, False, False, False]
    assert found.suggestion is not None
    suggested = [json.loads(one) for one in found.suggestion]
    assert suggested[1:5] == [[[0, 3, "PER"]], [], [[0, 5, "LOC"]], [[3, 11, "LOC"]]]
    assert [[tuple(span) for span in suggested[row]] for row in (0, 5, 6)] == [LOOKS[row][1] for row in (0, 5, 6)]
    assert max(found.score[1:5]) < min(found.score[[0, 5, 6, 7]])


def test_evidence_has_a_line_for_each_span_given_or_missing() -> None:
    lines = [json.loads(one) for one in as_json(scanned().evidence).to_pylist()]
    assert [lines[0][name] for name in ("span_text", "span_given", "span_suggested")] == [
        ["Ada", "Paris"],
        ["PER", "LOC"],
        ["PER", "LOC"],
    ]
    assert (lines[1]["span_given"], lines[1]["span_suggested"], lines[1]["span_text"]) == (["O"], ["PER"], ["Bob"])
    assert (lines[2]["span_given"], lines[2]["span_suggested"]) == (["PER"], ["O"])
    assert (lines[4]["span_start"], lines[4]["span_suggested_start"]) == ([7], [3])
    assert "span_text" not in lines[6]


def test_reasons_are_sentences_about_the_spans() -> None:
    kind = ISSUE_TYPES["label"]
    lines = [json.loads(one) for one in as_json(scanned().evidence).to_pylist()]
    said = [kind.say(kind.read(line), Seen("", None, ())) for line in lines]
    assert said[1] == "“Bob” is not marked but looks like PER."
    assert said[2] == "“so” is marked as PER but looks like no span."
    assert said[3] == "“Paris” is marked as PER but looks like LOC."
    assert said[4] == "“York” is LOC but seems to begin or end elsewhere."
    assert said[0] == "No span is in doubt."


def test_a_word_that_looks_only_a_little_more_like_another_type_is_left_alone() -> None:
    assert not scanned(unsure={3: (0.4, 0.1, 0.5)}).is_issue[1]


def test_two_spans_side_by_side_stay_two() -> None:
    """One type without a gap: where the given ones part, so do those that are read off the words."""
    words = LabelledWords(
        ["Ada Bob"], [[(0, 3, "PER"), (4, 7, "PER")]], np.array([0, 2]), np.array([(0, 3), (4, 7)]),
        np.array([2, 2]), np.array([SURE["PER"]] * 2), np.ones(2, bool),
    )  # fmt: skip
    assert spans_from(np.array([2, 2]), words, TYPES) == [[(0, 3, "PER"), (4, 7, "PER")]]


def test_by_cleanlab_the_score_is_cleanlabs() -> None:
    found = scanned("predicted_neq_given")
    labels = [[2, 0, 1], [0, 0, 0], [2, 0, 0], [2, 0, 0], [0, 0, 1], [2, 2, 2], [1]]
    shares = [np.array([SURE[one] for one in looks.split()]) for _, _, looks in LOOKS if looks]
    expected, _ = get_label_quality_scores(labels, shares, sentence_score_method="min")
    assert np.allclose(found.score[[0, 1, 2, 3, 4, 5, 7]], expected)
    assert found.is_issue.tolist() == [False, True, True, True, True, False, False, False]
