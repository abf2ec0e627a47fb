"""A file of decisions is read whole or not at all."""

from __future__ import annotations

import json

import pytest

from core.errors import UsageError
from core.review.table import DecisionLine, read_json_lines, read_table


def test_a_file_names_rows_by_number() -> None:
    table = read_table(["example_id,action,label\n", "3,relabel,tech\n", "4,keep,\n"])
    assert table.by_example_id
    assert table.lines == (DecisionLine(2, "3", "relabel", "tech"), DecisionLine(3, "4", "keep", None))


@pytest.mark.parametrize("name", ["source_id", "id", "ID"])
def test_a_file_may_name_rows_by_the_sources_own_ids(name: str) -> None:
    table = read_table([f"{name},action\n", "a-17,exclude\n"])
    assert not table.by_example_id
    assert table.lines == (DecisionLine(2, "a-17", "exclude", None),)


def test_the_sources_ids_may_stand_under_their_own_name() -> None:
    assert read_table(["Key,action\n", "a-17,keep\n"], "key").lines[0].row == "a-17"


def test_the_sources_ids_go_before_a_column_that_is_merely_called_id() -> None:
    assert read_table(["id,key,action\n", "1,a-17,keep\n"], "key").lines[0].row == "a-17"


def test_an_id_of_the_sources_own_is_its_own_and_in_an_export_winnows() -> None:
    own = read_table(["example_id,action\n", "2,keep\n"], "Example_ID", ["example_id"])
    assert (own.by_example_id, own.lines[0].row) == (False, "2")
    exported = read_table(["example_id,source_id,action\n", "1,2,keep\n"], "example_id", ["example_id"])
    assert (exported.by_example_id, exported.lines[0].row) == (True, "1")
    with pytest.raises(UsageError, match="may be either"):
        read_table(["example_id,action\n", "2,keep\n"], "key", ["example_id"])


def test_the_name_that_release_0_1_had_for_ids_is_read_unless_the_source_has_it_too() -> None:
    assert read_table(["row_id,action\n", "2,keep\n"], "example_id", ["example_id"]).by_example_id
    assert not read_table(["row_id,action\n", "2,keep\n"], "row_id", ["row_id"]).by_example_id
    assert read_table(["example_id,action\n", "2,keep\n"], "row_id", ["row_id"]).by_example_id


def test_the_same_verdict_twice_is_no_contradiction() -> None:
    assert len(read_table(["example_id,action\n", "2,keep\n", "2,keep\n"]).lines) == 2


def test_the_apostrophe_that_keeps_a_spreadsheet_from_running_a_cell_is_taken_off() -> None:
    table = read_table(["id,action,label\n", "'-4,relabel,'-1\n", "b,relabel,''=x\n", "c,relabel,'n sync\n"])
    assert [(line.row, line.label) for line in table.lines] == [("-4", "-1"), ("b", "'=x"), ("c", "'n sync")]


def test_columns_that_mean_nothing_are_passed_over() -> None:
    assert read_table(["score,example_id,note,action\n", "0.1,3,hm,keep,extra\n"]).lines[0].row == "3"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "columns are none"),
        (["text,action\n", "a,keep\n"], "text, action"),
        (["example_id,action\n"], "no decisions"),
        (["example_id,action\n", ",keep\n"], "Line 2 names no row"),
        (["example_id,action\n", "x1,keep\n"], "'x1' is no row number"),
        (["example_id,action\n", "1,drop\n"], "action 'drop' is none of keep, relabel, exclude, unsure"),
        (["example_id,action\n", "1,undo\n"], "action 'undo' is none of"),
        (["example_id,action,label\n", "1,relabel,\n"], "relabels but gives no label"),
        (
            ["example_id,action,label\n", "3,relabel,x\n", "3,exclude,\n"],
            "Line 3 says another thing of row 3 than line 2",
        ),
    ],
)
def test_a_wrong_file_says_which_line_is_wrong(lines: list[str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read_table(lines)


def test_many_wrong_lines_are_counted_and_the_first_named() -> None:
    with pytest.raises(UsageError, match=r"Line 2.*and 15 more") as caught:
        read_table(["example_id,action\n", *["1,drop\n"] * 20])
    assert "Nothing was written." in caught.value.hint


def test_json_lines_have_a_label_as_a_text_or_as_a_list() -> None:
    table = read_json_lines(
        [
            '{"Example_ID": 3, "action": "relabel", "label": ["b", "a"]}\n',
            "\n",
            '{"example_id": "4", "action": "relabel", "label": "[\\"a\\"]"}\n',
            '{"example_id": 5, "action": "relabel", "label": []}\n',
            '{"example_id": 6, "action": "keep", "label": null}\n',
            '{"example_id": 7, "action": "relabel", "label": 12}\n',
        ]
    )
    assert table.by_example_id
    assert table.lines == (
        DecisionLine(1, "3", "relabel", ("b", "a")),
        DecisionLine(3, "4", "relabel", '["a"]'),
        DecisionLine(4, "5", "relabel", ()),
        DecisionLine(5, "6", "keep", None),
        DecisionLine(6, "7", "relabel", "12"),
    )


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["[1]\n"], "Line 1 is no JSON object"),
        (['{"example_id": 1, "action": "keep"}\n', "example_id,action\n"], "Line 2 is no JSON object"),
        (['{"text": "a", "action": "keep"}\n'], "columns are text, action"),
        (['{"example_id": 1, "action": "keep"}\n', '{"action": "keep"}\n'], "Line 2 names no row"),
        (['{"id": "a", "action": "relabel"}\n'], "Line 1 relabels but gives no label"),
        ([], "columns are none"),
    ],
)
def test_wrong_json_lines_say_which_line_is_wrong(lines: list[str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read_json_lines(lines)


def test_a_list_in_another_order_is_no_contradiction() -> None:
    lines = [
        json.dumps({"example_id": 3, "action": "relabel", "label": label}) for label in (["b", "a"], ["a", "b", "a"])
    ]
    assert len(read_json_lines(lines).lines) == 2
    with pytest.raises(UsageError, match="Line 2 says another thing of row 3"):
        read_json_lines([lines[0], '{"example_id": 3, "action": "relabel", "label": ["a"]}\n'])


def test_json_lines_may_name_rows_by_the_sources_own_ids() -> None:
    table = read_json_lines(['{"key": "a-17", "action": "exclude"}\n'], "Key")
    assert (table.by_example_id, table.lines[0].row) == (False, "a-17")
