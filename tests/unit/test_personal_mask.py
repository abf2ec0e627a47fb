"""What stands in the place of personal data, by each manner."""

from __future__ import annotations

import pytest

from core.personal import KINDS, Masking, Personal, masked, masked_by, personal_in, personal_in_column, tells

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
        ("phone", "4155550142", "[phone]"),
        ("phone", "415 5550142 or 4155550143", "[phone] or [phone]"),
        ("phone_number", "4155550142.0", "[phone]"),
        ("contactPhone", "4155550142", "[phone]"),
        ("mobileNumberHome", "(415) 555 0142", "[phone]"),
        ("tel", "020 7946 0958", "[phone]"),
        ("phone_2", "030/901820", "[phone]"),
        ("Telefonnummer", "0301234567", "[phone]"),
        ("phone", "jane.1234567@example.com", "[email]"),
        ("phone", "4111111111111111", "[card]"),
        ("ssn", "123456789", "[identity]"),
        ("socialSecurityNumber", "123 45 6789", "[identity]"),
        ("passport", "C01234567", "[identity]"),
        ("passport_no", "C01X00T47", "[identity]"),
        ("nino", "AB 12 34 56 C", "[identity]"),
        ("tax_id", "12 345 678 901", "[identity]"),
        ("account_no", "12345678", "[iban]"),
        ("accountNumber", "12345678", "[iban]"),
        ("Kontonummer", "0532013000", "[iban]"),
        ("iban", "DE89 3704 0044 0532 0130 01", "[iban]"),
        ("card_no", "1234 5678 9012 3456", "[card]"),
        ("dob", "19800304", "[birth_date]"),
        ("dob", "03041980", "[birth_date]"),
        ("geburtsdatum", "04.03.1980", "[birth_date]"),
        ("geburtsdatum", "4. März 1980", "[birth_date]"),
        ("dateOfBirth", "1980-03-04 00:00:00", "[birth_date]"),
        ("birth_date", "04-Mar-80", "[birth_date]"),
        ("birth_date", "3/4/1980", "[birth_date]"),
        ("birth_date", "on 3/4/1980 in Rome", "on [birth_date] in Rome"),
        ("full_name", "jane miller", "[name]"),
        ("lastName", "MILLER-O'BRIEN", "[name]"),
        ("full_name", "Miller, Jane", "[name]"),
        ("patient_name", "łukasz żak", "[name]"),
        ("first_name", "unknown", "unknown"),
        ("full_name", "n/a", "n/a"),
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


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("id", "4155550142"),
        ("phone_id", "4155550142"),
        ("account_id", "12345678"),
        ("phone_price", "12345678"),
        ("mobile_visits", "12345678"),
        ("mobile", "0.41555501"),
        ("number_of_phones", "12345678"),
        ("tax_amount", "13800138000"),
        ("taxi_fare", "13800138000"),
        ("cell_type", "12345678"),
        ("cellar", "13800138000"),
        ("cardinality", "4111111111111111"),
        ("account_balance", "13800138000"),
        ("card_type", "4111111111111111"),
        ("social_class", "123456789"),
        ("phone", "none"),
        ("passport_expiry", "20300304"),
        ("account", "12345678"),
        ("created", "19800304"),
        ("newborn", "1980-03-04"),
        ("birth_weight", "34567890"),
        ("dob", "99999999"),
        ("birth_order", "19800304"),
        ("file_name", "jane miller"),
        ("product_name", "jane miller"),
        ("hotel", "4155550142"),
    ],
)
def test_a_word_of_another_column_s_name_says_nothing(column: str, value: str) -> None:
    assert masked(value, column) == value


@pytest.mark.parametrize(
    ("column", "told"),
    [("phone", True), ("dateOfBirth", True), ("ssn", True), ("card", True), ("account", True), ("手机号", True)]
    + [(one, False) for one in ("tax_amount", "taxi_fare", "cardinality", "cellar", "cell_type", "account_balance")]
    + [
        (one, False)
        for one in (
            "card_type",
            "social_class",
            "newborn",
            "birth_weight",
            "nationality",
            "gebuehr",
            "phone_price",
            "id",
        )
    ],
)
def test_only_whole_words_tell(column: str, told: bool) -> None:
    assert tells(column) is told
