import pytest

from core.errors import SourceError
from core.sources.dialect import find
from core.sources.types import infer

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


@pytest.mark.parametrize("header", ["text,label,text", "text,label,Text"])
def test_a_column_name_that_occurs_twice_is_refused_by_name(header: str) -> None:
    with pytest.raises(SourceError, match="column name 'text' occurs 2 times"):
        find(f"{header}\na,b,c\n", "twice.csv")


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", "-2", None], "BIGINT"),
        (["1", "2.5"], "DOUBLE"),
        (["007", "123"], "VARCHAR"),
        (["true", "False"], "BOOLEAN"),
        (["2024-02-29"], "DATE"),
        (["2023-02-29"], "VARCHAR"),
        (["2024-01-01 10:00:00", "2024-01-01T10:00"], "TIMESTAMP"),
        (["1234567890123456"], "VARCHAR"),
        ([None, ""], "VARCHAR"),
    ],
)
def test_a_type_holds_every_value_and_changes_none(values: list[str | None], kind: str) -> None:
    assert infer(values) == kind
