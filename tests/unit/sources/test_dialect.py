import csv
import io

import pytest

from core.errors import SourceError
from core.sources.delimited.dialect import find

ROWS = [("good film, really", "pos"), ("bad film", "neg"), ("fine film", "pos"), ("awful; truly", "neg")]


@pytest.mark.parametrize("mark", [",", "\t", ";", "|"])
def test_the_delimiter_is_found_also_where_others_occur_in_the_text(mark: str) -> None:
    text = f"text{mark}label\n" + "".join(f'"{text}"{mark}{label}\n' for text, label in ROWS)
    found = find(text, "film.csv")
    assert (found.delimiter, found.names) == (mark, ("text", "label"))
    assert found.rows[0] == ("good film, really", "pos")


def test_dirty_rows_do_not_mislead_about_quotes_or_delimiter() -> None:
    text = 'text,label,age\n"one, two",a,1\ntoo,many,1,4\nfew\n"x",b,2\n' + "plain,a,3\n" * 5
    found = find(text, "dirty.csv")
    assert (found.delimiter, found.quote, found.types) == (",", '"', ("VARCHAR", "VARCHAR", "BIGINT"))


def test_backslashes_escape_where_quotes_are_not_doubled() -> None:
    assert find('text,label\n"a \\"b\\" c",x\n"d",y\n', "a.csv").rows[0] == ('a "b" c', "x")


def test_a_file_without_a_header_is_recognised_by_a_class_in_its_first_row() -> None:
    found = find("good film,pos\nbad film,neg\nfine film,pos\nawful film,neg\n", "film.csv")
    assert not found.header
    assert found.names == ("column0", "column1")
    assert len(found.rows) == 4


def test_numbers_in_the_first_row_are_no_header() -> None:
    assert not find("a text,1\nb text,0\n", "a.csv").header


@pytest.mark.parametrize("header", ["text,true", "0,1", ",2024-01-01", "text,1"])
def test_a_cell_of_another_kind_than_the_values_below_it_is_a_name(header: str) -> None:
    assert find(f"{header}\na text,x\nb text,y\nc text,x\n", "a.csv").header
    assert find("text,true,guess\na text,0,1\nb text,1,1\n", "a.csv").names == ("text", "true", "guess")


@pytest.mark.parametrize("text", ["a,1.5\nb,n/a\nc,2\n", "a,2024-01-01\nb,2024-01-02\n", "a,true\nb,false\n", "a,1\n"])
def test_a_cell_of_the_kind_of_most_values_below_it_is_a_value(text: str) -> None:
    assert not find(text, "a.csv").header


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("text,label,text", "column name 'text' occurs 2 times"),
        ("text,label,Text", "'text' and 'Text' differ in capitals"),
    ],
)
def test_a_column_name_that_occurs_twice_is_refused_by_name(header: str, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        find(f"{header}\na,b,c\n", "twice.csv")


BODY = "".join(f"delivery {i} was {'wet' if i % 2 else 'dry'};{'wet' if i % 2 else 'dry'}\n" for i in range(8))
TEXTS = tuple(f"delivery {i} was {'wet' if i % 2 else 'dry'}" for i in range(8))


@pytest.mark.parametrize(
    "above",
    [
        "sep=;\n",
        '"sep=;"\r\n',
        "# by the weather desk\n# 8 rows\n",
        "# one; two\n",
        "Deliveries in June\n\n",
        "Deliveries, June, all\n",
        "Deliveries;\n;\n",
        '"A title\nover two lines"\n',
        "\n\n",
    ],
)
def test_the_header_is_found_below_titles_remarks_and_the_line_for_excel(above: str) -> None:
    found = find(f"{above}text;label\n{BODY}", "a.csv")
    assert (found.delimiter, found.names, found.header) == (";", ("text", "label"), True)
    assert tuple(row[0] for row in found.rows) == TEXTS
    assert found.lines_before == above.count("\n") + 1
    assert len(found.above) == above.count("\n")


@pytest.mark.parametrize(
    ("header", "end", "empty"),
    [("text;label;", "", 0), ("text;label", ";", 1), ("text;label;", ";", 1), ("text;label;;;", ";;;", 3)],
)
def test_separators_at_the_end_of_the_header_or_the_rows_make_no_column(header: str, end: str, empty: int) -> None:
    found = find(f"{header}\n" + BODY.replace("\n", f"{end}\n"), "a.csv")
    assert (found.names, found.empty, found.rows[1]) == (("text", "label"), empty, (TEXTS[1], "wet"))


def test_a_column_without_a_name_that_holds_something_is_kept() -> None:
    found = find("text;label;\n" + BODY.replace("\n", ";x\n"), "a.csv")
    assert (found.names, found.empty) == (("text", "label", "column2"), 0)


def test_a_name_that_no_row_has_a_cell_for_is_said() -> None:
    found = find(f"text;label;note\n{BODY}", "a.csv")
    assert (found.names, found.unfilled) == (("text", "label"), ("note",))


def test_numbers_of_rows_as_r_writes_them_are_a_column_of_their_own() -> None:
    rows = "".join(f'"{i + 1}";{line}\n' for i, line in enumerate(BODY.splitlines()))
    found = find(f'"text";"label"\n{rows}', "a.csv")
    assert (found.names, found.rows[0]) == (("column0", "text", "label"), ("1", TEXTS[0], "dry"))


def test_a_bad_first_row_of_a_file_without_header_is_not_taken_for_one() -> None:
    found = find(f"broken\n{BODY}", "a.csv")
    assert (found.header, found.above, len(found.rows)) == (False, (), 8)


def test_remarks_above_rows_without_a_header_are_left_out() -> None:
    found = find(f"# no header here\n{BODY}", "a.csv")
    assert (found.header, found.lines_before, len(found.rows)) == (False, 1, 8)


@pytest.mark.parametrize("mark", ["\u2028", "\u2029", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85"])
def test_only_line_ends_end_a_line(mark: str) -> None:
    found = find(f"text;label\nin{mark}side;a\nplain;b\n", "a.csv")
    assert found.rows == ((f"in{mark}side", "a"), ("plain", "b"))


def test_a_backslash_before_a_doubled_quote_is_a_backslash() -> None:
    out = io.StringIO()
    texts = [f'match \\"item {i}\\", then stop' if i % 3 else f"plain, {i}" for i in range(9)]
    csv.writer(out).writerows([("text", "label"), *((text, "ab"[i % 2]) for i, text in enumerate(texts))])
    found = find(out.getvalue(), "rules.csv")
    assert (found.escape, [row[0] for row in found.rows]) == ('"', texts)


def test_one_backslash_before_a_closing_quote_does_not_make_it_the_escape() -> None:
    found = find('text,label\n"C:\\dir\\",x\n"say ""hi""",y\n"plain, text",x\n', "a.csv")
    assert (found.escape, found.rows[0], found.rows[1]) == ('"', ("C:\\dir\\", "x"), ('say "hi"', "y"))
