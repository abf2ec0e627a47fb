"""What stands in the place of personal data, by each manner."""

from __future__ import annotations

import pytest

from core.personal import KINDS, Masking, Personal, masked, masked_by, personal_in, personal_in_column

TEXT = "Jane (jane@example.com, +49 30 901820) paid with 4111111111111111 from 10.1.2.3; born on 12/03/1987."


def test_equal_values_stay_equal_and_others_do_not() -> None:
    how = Masking("hash", salt="a")
    first, counts = masked_by(how, "x@y.org, X@Y.org and z@y.org; +49 30 901820, +49-30-901820")
    same, again, other, phone, called = (one.split("]")[0] for one in first.split("[")[1:])
    assert same == again != other and phone == called
    assert counts == {"email": 3, "phone": 2}
    assert masked_by(how, "x@y.org")[0] == f"[{same}]", "in every text"
    assert masked_by(Masking("hash", salt="b"), "x@y.org")[0] != f"[{same}]", "and not in another workspace"


def test_a_replacement_is_of_the_kind_and_nobody_s() -> None:
    how = Masking("replacement", salt="a")
    text, _ = masked_by(how, TEXT)
    assert [one.kind for one in personal_in(text)] == [one.kind for one in personal_in(TEXT)]
    assert "@example.org" in text and "-555-01" in text
    assert not {"jane@example.com", "901820", "4111111111111111", "10.1.2.3", "1987"} & set(text.split())
    assert masked_by(how, TEXT)[0] == text


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("iban", "DE89 3704 0044 0532 0130 00"),
        ("card", "4111 1111 1111 1111"),
        ("ip", "2001:0db8:85a3:0000:0000:8a2e:0370:7334"),
        ("ip", "192.168.17.43"),
        ("identity", "11010519491231002X"),
        ("address", "221 Baker Street"),
        ("email", "jo@firm.com"),
        ("phone", "+49 30 901820"),
    ],
)
def test_a_replacement_has_the_form_and_the_check_digits_of_its_kind(kind: str, value: str) -> None:
    seen = set()
    for salt in map(str, range(50)):
        text, _ = masked_by(Masking("replacement", salt=salt), value, [Personal(kind, 0, len(value))])
        assert [one.kind for one in personal_in(text)] == [kind], text
        seen.add(text)
    assert len(seen) > 20 and value not in seen


def test_every_kind_has_a_replacement() -> None:
    for kind in KINDS:
        for value in ("Jane Doe", "王小明", "536-90-4399"):
            text, _ = masked_by(Masking("replacement", salt="a"), value, [Personal(kind.name, 0, len(value))])
            assert text and text != value


def test_only_the_kinds_that_are_asked_for_are_masked() -> None:
    text, counts = masked_by(Masking(kinds=("email",)), TEXT)
    assert text == TEXT.replace("jane@example.com", "[email]") and counts == {"email": 1}


@pytest.mark.parametrize(
    ("column", "value", "left"),
    [
        ("date_of_birth", "1980-03-04", "[birth_date]"),
        ("DOB", "March 4, 1980", "[birth_date]"),
        ("bought", "1980-03-04", "1980-03-04"),
        ("customer_name", "Jane Miller", "[name]"),
        ("First name", "Jane", "[name]"),
        ("姓名", "张娜", "[name]"),
        ("name", "Blue Chair", "Blue Chair"),
        ("file_name", "Blue Chair", "Blue Chair"),
        ("notes", "Name: Jane Miller", "Name: [name]"),
        ("customer_name", "jane@example.com", "[email]"),
        ("birthplace", "call 212-555-0142", "call [phone]"),
        ("birthday", "", ""),
        ("id", "4111111111111111", "4111111111111111"),
        ("card_number", "4111111111111111", "[card]"),
        ("手机号", "13800138000", "[phone]"),
        ("order", "4111 1111 1111 1111", "[card]"),
    ],
)
def test_a_column_s_name_says_what_its_values_are(column: str, value: str, left: str) -> None:
    assert masked(value, column) == left
    assert masked(value, column) == masked_by(Masking(), value, personal_in_column(column, value))[0]


@pytest.mark.parametrize(
    ("text", "column", "masked_text"),
    [
        (
            '{"full_name":"Jane Miller","born":"1980-03-04","n":7}',
            "",
            '{"full_name": "[name]", "born": "[birth_date]", "n": 7}',
        ),
        ('{"user":{"full_name":"Jane Miller"}}', "text", '{"user": {"full_name": "[name]"}}'),
        ('[{"full_name":"Jane Miller"}, "jo@firm.com"]', "rows", '[{"full_name": "[name]"}, "[email]"]'),
        ('{"a@firm.com":1,"b@firm.com":2}', "", '{"[email]": 1, "[email] 2": 2}'),
        ('{"full_name":"Jane Miller","full_name":"x"}', "", '{"full_name": "[name]", "full_name 2": "x"}'),
        ('{"first":"Jane Miller"}', "customer_name", '{"first": "[name]"}'),
        (r'{"a":"\ud800","full_name":"Jane Miller"}', "", r'{"a": "\ud800", "full_name": "[name]"}'),
        ('{"when": "1980-03-04",  "n": 1}', "", '{"when": "1980-03-04",  "n": 1}'),
        ("{jo@firm.com} wrote", "", "{[email]} wrote"),
        ("[" * 100_000 + "jo@firm.com", "", "[" * 100_000 + "[email]"),
    ],
)
def test_what_holds_several_values_is_masked_by_their_names(text: str, column: str, masked_text: str) -> None:
    assert masked(text, column) == masked_text
