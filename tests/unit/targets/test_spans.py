"""Spans: schemes of tags, what programs write, the text form, and what is none."""

from __future__ import annotations

import json

import pytest

from core.errors import SourceError
from core.targets.spans.facts import SPANS, misfit
from core.targets.spans.form import spans_in
from core.targets.spans.reading import Layout, layout_of, read_row
from core.targets.spans.tags import SCHEMES, Scheme, decode, encode, scheme_of
from core.targets.spans.tokens import bounds_of, joined, of_characters, of_tokens

TYPES = {"LOC", "PER"}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_tags_of_every_scheme_come_back_as_they_were(scheme: Scheme) -> None:
    spans = ((0, 1, "PER"), (1, 3, "LOC"), (4, 7, "PER"))
    tags = encode(spans, 8, scheme)
    assert decode(tags, scheme).spans == spans
    assert decode(tags, scheme).faults == ()
    assert scheme_of([tags]) == scheme


def test_neighbours_of_one_type_stay_two_spans() -> None:
    spans = ((0, 1, "PER"), (1, 2, "PER"))
    assert encode(spans, 2, "IOB1") == ["I-PER", "B-PER"]
    for scheme in ("IOB1", "IOB2", "BIOES", "BILOU"):
        assert decode(encode(spans, 2, scheme), scheme).spans == spans  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("tags", "scheme", "spans"),
    [
        ("B-PER I-LOC O", "IOB2", ((0, 1, "PER"), (1, 2, "LOC"))),
        ("O I-LOC I-LOC", "IOB2", ((1, 3, "LOC"),)),
        ("O E-LOC O", "BIOES", ((1, 2, "LOC"),)),
        ("B-LOC O O", "BIOES", ((0, 1, "LOC"),)),
        ("B-LOC I-LOC B-PER", "BILOU", ((0, 2, "LOC"), (2, 3, "PER"))),
    ],
)
def test_bad_sequences_are_mended_and_told(tags: str, scheme: Scheme, spans: tuple[tuple[int, int, str], ...]) -> None:
    found = decode(tags.split(), scheme)
    assert found.spans == spans
    assert found.faults


def test_inside_after_another_type_is_right_in_the_first_scheme() -> None:
    assert decode(["I-PER", "I-LOC", "I-LOC"], "IOB1") == decode(["B-PER", "B-LOC", "I-LOC"], "IOB2")


@pytest.mark.parametrize(
    ("written", "spans"),
    [
        ([[0, 5, "PER"]], ((0, 5, "PER"),)),  # doccano, spaCy
        ([{"id": 3, "label": "PER", "start_offset": 0, "end_offset": 5}], ((0, 5, "PER"),)),  # doccano's newer one
        ([{"start": 0, "end": 5, "label": "PER", "token_start": 0}], ((0, 5, "PER"),)),  # Prodigy
        ([{"start": 0, "end": 5, "text": "Paris", "labels": ["LOC"]}], ((0, 5, "LOC"),)),  # Label Studio
        ([{"entity_group": "LOC", "start": 7, "end": 9}, [0, 5, "PER"]], ((0, 5, "PER"), (7, 9, "LOC"))),
        ([{"offset": 2, "length": 3, "type": "LOC"}], ((2, 5, "LOC"),)),
        ([], ()),
        ([[0, 5]], None),
        (["B-PER"], None),
        ("PER", None),
    ],
)
def test_what_programs_write(written: object, spans: object) -> None:
    assert spans_in(written) == spans


def test_tokens_and_tags_become_a_text_with_spans() -> None:
    tokens, tags = ["Ada", "lives", "in", "New", "York"], ["B-PER", "O", "O", "B-LOC", "I-LOC"]
    row = read_row(json.dumps(tokens), json.dumps(tags), Layout("tags", "IOB2"), mend=True)
    assert (row.text, row.label) == ("Ada lives in New York", '[[0,3,"PER"],[13,21,"LOC"]]')
    bounds = bounds_of(row.tokens, row.text or "")
    assert [(row.text or "")[start:stop] for start, stop in bounds] == tokens


def test_a_row_of_bad_tags_is_set_aside_or_mended() -> None:
    tokens, tags = json.dumps(["Ada", "Paris"]), json.dumps(["B-PER", "I-LOC"])
    aside = read_row(tokens, tags, Layout("tags", "IOB2"), mend=False)
    assert aside.fault == "tags against IOB2: I-LOC after B-PER"
    mended = read_row(tokens, tags, Layout("tags", "IOB2"), mend=True)
    assert (mended.fault, mended.mended, mended.label) == (None, True, '[[0,3,"PER"],[4,9,"LOC"]]')


def test_rows_that_do_not_fit_say_why() -> None:
    spans = Layout("spans", "")
    assert "not within the text of 3 characters" in (read_row("Ada", '[[0,9,"PER"]]', spans, True).fault or "")
    assert "no list of spans" in (read_row("Ada", "PER", spans, True).fault or "")
    assert read_row("Ada", "[]", spans, True).label == "[]"
    assert read_row("Ada", None, spans, True).label is None
    assert read_row('["Ada"]', '["O","O"]', Layout("tags", "IOB2"), True).fault == "1 tokens and 2 tags"


def test_characters_are_code_points() -> None:
    text, bounds = joined(["👩🏽‍🚀", "Ada", "日本"])
    spans = of_characters([(1, 2, "PER"), (2, 3, "LOC")], bounds)
    assert [text[start:stop] for start, stop, _ in spans] == ["Ada", "日本"]
    assert of_tokens(spans, bounds) == [(1, 2, "PER"), (2, 3, "LOC")]


def test_a_span_that_ends_within_a_token_cuts_it() -> None:
    bounds = bounds_of("[[0,9]]", "Paris-bas", [(0, 5, "LOC")])
    assert bounds == ((0, 5), (5, 9))
    assert of_tokens([(0, 5, "LOC")], bounds) == [(0, 1, "LOC")]


def test_numbers_without_names_are_refused() -> None:
    with pytest.raises(SourceError, match="numbers of tags"):
        layout_of(["[0, 1, 2]"], "ner_tags")
    with pytest.raises(SourceError, match="neither tags nor spans"):
        layout_of(["sport"], "label")


def test_the_text_form_and_what_is_none() -> None:
    label = SPANS.tidied('[[10, 17, "LOC"], {"start": 0, "end": 5, "label": "PER"}]')
    assert label == '[[0,5,"PER"],[10,17,"LOC"]]'
    assert SPANS.objection(label, TYPES) == ""
    assert SPANS.objection("[]", TYPES) == ""
    assert "no list of spans" in SPANS.objection("PER", TYPES)
    assert "Did you mean 'LOC'?" in SPANS.objection('[[0,5,"LOCC"]]', TYPES)
    assert SPANS.words(label) == "PER 0–5, LOC 10–17"
    assert SPANS.words_in is not None
    assert SPANS.words_in('[[0,5,"LOC"],[7,10,"PER"]]', "Paris, Ada") == "Paris LOC, Ada PER"
    assert SPANS.renamed(label, str.lower) == '[[0,5,"per"],[10,17,"loc"]]'


def test_spans_that_are_none_of_a_text() -> None:
    assert misfit('[[0,3,"PER"]]', "Ada") == ""
    assert "not within the text, which has 3 characters" in misfit('[[0,4,"PER"]]', "Ada")
    both = '[[0,3,"PER"],[2,5,"LOC"]]'
    assert "overlap" in misfit(both, "Ada Paris")
    assert misfit(both, "Ada Paris", may_overlap=True) == ""
