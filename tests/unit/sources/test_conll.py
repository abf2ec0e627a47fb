"""CoNLL files, and columns that hold spans."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.records import Column
from core.sources import conll, find
from core.sources.guess import guess
from core.sources.located import tagged

TWO = "Ada\tB-PER\nlives\tO\n\t\nin\tO\nParis\tB-LOC\n"
FOUR = """-DOCSTART- -X- -X- O

EU NNP I-NP I-ORG
rejects VBZ I-VP O

-DOCSTART- -X- -X- O

# id = 7
# NN I-NP O
call NN I-NP O
"""


def _rows(text: str) -> list[dict[str, object]]:
    return [dict(conll.fields_of(one)) for one in conll.sentences(iter(text.splitlines(keepends=True)))]


def test_two_columns_with_tabs_and_a_line_of_blanks_between_sentences() -> None:
    assert [json.loads(str(row["tokens"])) for row in _rows(TWO)] == [["Ada", "lives"], ["in", "Paris"]]


def test_four_columns_with_documents_and_comments() -> None:
    first, second = _rows(FOUR)
    assert json.loads(str(first["ner_tags"])) == ["I-ORG", "O"]
    assert json.loads(str(first["column_2"])) == ["NNP", "VBZ"]
    assert (first["document"], second["document"], second["id"]) == ("document 1", "document 2", "7")
    assert json.loads(str(second["tokens"])) == ["#", "call"]


def test_a_sentence_without_a_label_has_a_line_in_place_of_its_tags() -> None:
    labelled, not_yet = _rows("Ada\tB-PER\n\nAda\t_\nlives\t_\n")
    assert "ner_tags" in labelled
    assert "ner_tags" not in not_yet


def test_a_line_without_its_tag_is_told() -> None:
    sentence = next(iter(conll.sentences(iter(["Ada B-PER\n", "lives\n"]))))
    with pytest.raises(ValueError, match="no tag in line 2: lives"):
        conll.fields_of(sentence)


def test_a_text_file_is_taken_where_it_is_of_tags(tmp_path: Path) -> None:
    (tmp_path / "train.txt").write_text(TWO * 2)
    (tmp_path / "notes.tsv").write_text("text\tlabel\nA good film\tO\nA bad film\tX\n")
    assert find([str(tmp_path / "train.txt")]).name == "conll"
    assert find([str(tmp_path / "notes.tsv")]).name == "csv"


def _columns(rows: list[dict[str, object]]) -> tuple[Column, ...]:
    return tuple(Column(name, "VARCHAR", 2, 0) for name in rows[0])


def test_of_several_columns_of_tags_the_entities_are_taken() -> None:
    row: dict[str, object] = {
        "id": "1",
        "tokens": '["Ada", "lives"]',
        "chunk_tags": '["B-NP", "B-VP"]',
        "ner_tags": '["B-PER", "O"]',
    }
    rows = [row, row | {"id": "2"}]
    found = tagged(_columns(rows), rows)
    assert found and [one.name for one in found] == ["tokens", "ner_tags"]
    rows.append(row | {"id": "3", "tokens": '["no", "label", "yet"]', "ner_tags": None})
    made = guess(_columns(rows), rows)
    assert (made.task, made.payload, made.label) == ("token-classification", "tokens", "ner_tags")


def test_a_text_with_spans_is_found_and_lists_of_classes_are_none() -> None:
    rows: list[dict[str, object]] = [{"text": "Ada lives", "label": '[[0, 3, "PER"]]'}, {"text": "Hm", "label": "[]"}]
    made = guess(_columns(rows), rows)
    assert (made.task, made.payload, made.label) == ("token-classification", "text", "label")
    rows = [{"text": "Ada lives", "label": '["a", "b"]'}, {"text": "Hm", "label": '["a"]'}]
    assert guess(_columns(rows), rows).task == "multi-label-text"
