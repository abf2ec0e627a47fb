"""The sample with planted errors: what it holds, and what it keeps to itself."""

from __future__ import annotations

from collections import Counter

import pyarrow.parquet as pq

from core.sources import SOURCES
from core.sources.base import Bench
from core.sources.samples import PLANTED, SAMPLE_SCHEMAS, _planted, _planted_rows, planted_truth


def test_eight_of_a_hundred_labels_are_another_topic_than_the_true_one() -> None:
    rows = _planted_rows()
    wrong = [(given, true) for _, given, _, true in rows if given != true]
    assert len(rows) == 600 and len(wrong) == 48
    assert Counter(true for *_, true in rows).keys() == Counter(given for _, given, *_ in rows).keys()
    assert set(Counter(true for *_, true in rows).values()) == {120}
    assert len({true for _, true in wrong}) == 5 and len({given for given, _ in wrong}) == 5


def test_only_rows_to_learn_from_were_changed_so_that_scores_on_the_test_rows_can_be_believed() -> None:
    rows = _planted_rows()
    assert Counter(split for *_, split, _ in rows) == {"train": 240, "test": 360}
    assert {split for _, given, split, true in rows if given != true} == {"train"}


def test_no_text_occurs_twice_so_that_no_label_gives_another_away() -> None:
    texts = [text for text, *_ in _planted_rows()]
    assert len(set(texts)) == len(texts)


def test_the_file_that_is_loaded_has_text_and_label_and_no_word_of_the_truth(bench: Bench) -> None:
    table = pq.read_table(_planted(bench).path)
    assert table.column_names == ["text", "label", "split"]
    assert table["label"].to_pylist() == [given for _, given, *_ in _planted_rows()]
    assert SAMPLE_SCHEMAS[PLANTED.name].attributes == () and SAMPLE_SCHEMAS[PLANTED.name].id is None


def test_the_order_of_the_rows_says_nothing_about_the_truth() -> None:
    rows = _planted_rows()
    halves = [sum(given != true for _, given, _, true in half) for half in (rows[:300], rows[300:])]
    assert min(halves) >= 15, "wrong labels lie anywhere"
    first = Counter(true for *_, true in rows[:100])
    assert min(first.values()) >= 10, "topics do too"


def test_every_row_of_it_has_a_true_label_and_no_other_source_has_any() -> None:
    truth = planted_truth(PLANTED.name)
    assert truth is not None and list(truth) == list(range(600))
    assert [planted_truth(name) for name in SOURCES if name != PLANTED.name] == [None] * (len(SOURCES) - 1)
