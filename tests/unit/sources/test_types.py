"""A column's type gives back what was written, in the sample and, by the same rule in SQL, in every row."""

import math

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.sources.delimited.types import fits, infer

CODES = ["007", "3E2", "1E4", "1_000", "0x10", "+5", " 7", "7 ", "1,5", ".5", "5.", "-0", "１２", "1e400", "NaN", "inf",
         "1234567890123456", "0.12345678901234567890", "2023-02-29", "2024-1-5", "2024/01/05", "24:00", "t", "yes",
         "2024-01-01 10:00:00+02", "2024-01-01T10:00Z", "epoch", "infinity", "1.10.2"]  # fmt: skip
KINDS = ("BIGINT", "DOUBLE", "BOOLEAN", "DATE", "TIMESTAMP", "DECIMAL(18,2)")


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
        (["2.1", "2.10", "2.20"], "VARCHAR"),
        (["1.10", "2.50", "-3.00"], "DECIMAL(18,2)"),
        (["0.00", "-0.00"], "VARCHAR"),
        (["1.5", "300.0", "1e-05", "2"], "DOUBLE"),
        (["3E2", "1E4"], "VARCHAR"),
        (["0.00007825774200542671", "-0.00000688533926897426"], "DOUBLE"),
        (["1.2345678901234567E20", "1.23456789012345000e-05", "123456789012345680.0"], "DOUBLE"),
        (["0.00007825774200542671234"], "VARCHAR"),
        (["2024-01-01T10:00:00+02:00"], "VARCHAR"),
    ],
)
def test_a_type_holds_every_value_and_changes_none(values: list[str | None], kind: str) -> None:
    assert infer(values) == kind


@pytest.mark.parametrize("code", CODES)
def test_what_a_number_or_a_date_would_not_give_back_is_text(code: str) -> None:
    assert infer([code]) == "VARCHAR"
    assert not any(_fits(code, kind) for kind in KINDS)


@pytest.mark.parametrize(
    "number",
    ["0.00007825774200542671", "-0.00000688533926897426", "1.2345678901234567E20", "1.23456789012345000e-05",
     "123456789012345680.0", "0.30000000000000004", "-7.825774200542671E-05", "7.419600763291612E7",
     "1.2345678901234567E+05", "5.861311982526817E-15"],
)  # fmt: skip
def test_a_number_in_another_notation_than_duckdb_s_is_no_misfit(number: str) -> None:
    assert infer([number]) == "DOUBLE"
    assert _fits(number, "DOUBLE")


@pytest.mark.parametrize(
    "number",
    ["0.00007825774200542671234", "1.23456789012345678901E20", "12345678901234567.0", "5.8613119825268171E-15"],
)
def test_digits_that_a_double_would_lose_are_a_misfit(number: str) -> None:
    assert infer([number]) != "DOUBLE"
    assert not _fits(number, "DOUBLE")


def _fits(text: str, kind: str) -> bool:
    return bool(duckdb.execute(f"SELECT {fits('x', kind)} FROM (SELECT ?::VARCHAR AS x)", [text]).fetchone()[0])


_NUMBERS = st.one_of(
    st.integers().map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**12), max_value=10**12).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map("{:.3e}".format),
)
_TIMES = st.one_of(st.dates().map(str), st.datetimes().map(str), st.datetimes().map(lambda at: at.isoformat()))
_WRITTEN = st.one_of(_NUMBERS, _TIMES, st.booleans().map(str), st.text("0123456789.eE+-_ :T", min_size=1, max_size=20))


@given(_WRITTEN)
def test_the_sample_and_every_row_are_judged_by_one_rule(text: str) -> None:
    kind = infer([text])
    if kind != "VARCHAR":
        assert _fits(text, kind)
    if _fits(text, "DOUBLE"):
        assert infer([text]) in ("BIGINT", "DOUBLE")


@given(_WRITTEN)
def test_a_typed_value_is_the_value_that_was_written(text: str) -> None:
    kind = infer([text])
    if kind == "VARCHAR":
        return
    (value,) = duckdb.execute(f"SELECT CAST(? AS {kind})", [text]).fetchone() or (None,)
    if kind == "DOUBLE":
        assert math.isclose(value, float(text), rel_tol=0)
        assert value == float(text)
    elif kind == "BOOLEAN":
        assert str(value).lower() == text.lower()
    else:
        assert str(value).replace("T", " ").startswith(text.replace("T", " "))
