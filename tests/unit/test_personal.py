"""Personal data that is told by its form: what is found, what only looks like it, and what a mask leaves."""

from __future__ import annotations

import random
import time

import pytest

from core.personal import KINDS, Personal, luhn, masked, merged, personal_in


def kinds(text: str) -> list[str]:
    return [one.kind for one in personal_in(text)]


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("Write to jane.doe+news@mail.example.co.uk, please", "email", "jane.doe+news@mail.example.co.uk"),
        ("call +49 30 901820 today", "phone", "+49 30 901820"),
        ("call (212) 555-0147.", "phone", "(212) 555-0147"),
        ("Tel: 212-555-0147", "phone", "212-555-0147"),
        ("+1 (212) 555-0147", "phone", "+1 (212) 555-0147"),
        ("手机13812345678，谢谢", "phone", "13812345678"),
        ("座机 010-62771234", "phone", "010-62771234"),
        ("IBAN DE89 3704 0044 0532 0130 00 bitte", "iban", "DE89 3704 0044 0532 0130 00"),
        ("GB82WEST12345698765432", "iban", "GB82WEST12345698765432"),
        ("paid with 4111 1111 1111 1111", "card", "4111 1111 1111 1111"),
        ("card 5500-0055-5555-5559 declined", "card", "5500-0055-5555-5559"),
        ("身份证 11010519491231002X", "identity", "11010519491231002X"),
        ("SSN 536-90-4399", "identity", "536-90-4399"),
        ("from 192.168.17.43 at noon", "ip", "192.168.17.43"),
        ("2001:0db8:85a3:0000:0000:8a2e:0370:7334", "ip", "2001:0db8:85a3:0000:0000:8a2e:0370:7334"),
        ("born on 12/03/1987 in Rome", "birth_date", "12/03/1987"),
        ("DOB: March 5, 1990", "birth_date", "March 5, 1990"),
        ("出生日期：1990年3月5日", "birth_date", "1990年3月5日"),
        ("He lives at 221 Baker Street now", "address", "221 Baker Street"),
        ("Hauptstraße 12 in Bonn", "address", "Hauptstraße 12"),
        ("住在中山北路25号", "address", "住在中山北路25号"),
        ("联系john@example.com谢谢", "email", "john@example.com"),
        ("john_doe@example.com_", "email", "john_doe@example.com"),
        ("账号DE89370400440532013000已", "iban", "DE89370400440532013000"),
        ("是192.168.1.1的", "ip", "192.168.1.1"),
        ("http://10.0.0.1:8080/x", "ip", "10.0.0.1"),
        ("fe80::1ff:fe23:4567:890a", "ip", "fe80::1ff:fe23:4567:890a"),
        ("1-800-555-1234", "phone", "1-800-555-1234"),
        ("card 4111111111111111 12/25", "card", "4111111111111111"),
        ("4111 1111 1111 1111 123", "card", "4111 1111 1111 1111"),
        ("3782 822463 10005", "card", "3782 822463 10005"),
        ("told Dr. Jane van Dyke yesterday", "name", "Jane van Dyke"),
        ("my name is Ana Lopez-Garcia and I wait", "name", "Ana Lopez-Garcia"),
        ("Name: John P. Doe", "name", "John P. Doe"),
        ("Mr. O'Brien came by", "name", "O'Brien"),
        ("Herr Müller ruft an", "name", "Müller"),
        ("bei Prof. Dr. med. Anna McWeber", "name", "Anna McWeber"),
        ("order 12\nname: Łukasz Żak", "name", "Łukasz Żak"),
        ("Customer's name: Jane Doe, 12", "name", "Jane Doe"),
        ("First name: Jane", "name", "Jane"),
        ("请找王小明先生", "name", "王小明"),
        ("我叫李雷，你好", "name", "李雷"),
        ("收件人：欧阳娜娜 电话", "name", "欧阳娜娜"),
    ],
)
def test_what_has_the_form_of_it_is_found(text: str, kind: str, found: str) -> None:
    [place] = personal_in(text)
    assert (place.kind, text[place.start : place.stop]) == (kind, found)


@pytest.mark.parametrize(
    "text",
    [
        "In 2019, 4 of 12,345 rows had 3.14159 and 1,000,000",
        "4111 1111 1111 1112",
        "DE89 3704 0044 0532 0130 01",
        "110105194912310021",
        "000-12-3456 and 666-12-3456",
        "version 1.2.3.4.5 and 300.1.1.1, 127.0.0.1",
        "meet @jane at 10:30, or 12:45:10",
        "Product name: Apple Watch, file name: Report Final",
        "name:Value and Name: Unknown",
        "The concert of 12/03/1987 was reborn 5 times",
        "isbn 978-3-16-148410-0",
        "0.12345678901234567",
        "1111 1111 1111 1111",
        "we drove 5 Miles and 3 Big Red dogs",
        "a@b and a@@b.com",
        "30 32 34 36 38 40 42 44",
        "+12.345678, +3.14159265",
        "scores +100 200 300",
        "012 345 678",
        "Chrome/120.0.0.0 and version 1.2.3.4, 10.2.0.0",
        "1:2:3:4:5:6:7:8 and 1:2::3",
        "icon@2x.png and git@github.com:foo",
        "2008 Supreme Court, 100 Meters Court and 24 Hours Drive",
        "the name is good, Miss is a title, and Dr too",
        "Mr. President you are here, and Mr Speaker, Sir",
        "高级经理和高中老师，任何医生",
        "born 99/99/99, born 1980-13-45, born in 1990. 12/03/2004",
    ],
)
def test_what_only_looks_like_it_is_not(text: str) -> None:
    assert kinds(text) == []


def test_a_mask_leaves_the_rest_and_nothing_to_find() -> None:
    text = "Jane (jane@example.com, +49 30 901820) paid with 4111111111111111 from 10.1.2.3."
    assert masked(text) == "Jane ([email], [phone]) paid with [card] from [ip]."
    assert kinds(masked(text)) == []
    assert masked("Nothing here.") == "Nothing here."


def test_every_card_of_a_right_check_digit_is_found() -> None:
    draw = random.Random(0)
    for _ in range(200):
        body = draw.choice("3456") + "".join(draw.choice("0123456789") for _ in range(14))
        number = next(body + digit for digit in "0123456789" if luhn(body + digit))
        assert "card" in kinds(f"my card {number}!")


def test_long_texts_of_digits_take_no_time() -> None:
    for text in ("1" * 20_000, "1 2-" * 5_000, "a.b-" * 5_000 + "@", "A1 " * 7_000, "12:" * 7_000, "+1 " * 7_000):
        begun = time.perf_counter()
        personal_in(text)
        assert time.perf_counter() - begun < 1, text[:10]


def test_lists_of_numbers_are_no_cards_and_no_phones() -> None:
    draw, alarms = random.Random(1), 0
    for _ in range(300):
        alarms += bool(kinds(" ".join(str(draw.randrange(10, 100)) for _ in range(50))))
        alarms += bool(kinds(" ".join(str(draw.randrange(256)) for _ in range(50))))
        alarms += bool(kinds(" ".join(f"{draw.uniform(-20, 20):+.6f}" for _ in range(5))))
        alarms += bool(kinds(", ".join(str(draw.randrange(1900, 2030)) for _ in range(12))))
    assert alarms == 0


def test_a_text_of_many_places_takes_no_time() -> None:
    text = " ".join(f"p{row}@example.com 10.1.{row % 250}.7" for row in range(10_000))
    begun = time.perf_counter()
    assert len(personal_in(text)) == 20_000
    assert time.perf_counter() - begun < 3


def test_each_kind_says_what_it_is() -> None:
    assert len({kind.name for kind in KINDS}) == len(KINDS) == 10
    assert [kind.name for kind in KINDS][-2:] == ["name", "place"], "what tells most of a person comes first"


def test_others_are_added_where_nothing_is_yet() -> None:
    text = "Jane of jane@example.com met Joe"
    others = [Personal("name", 0, 4), Personal("name", 8, 12), Personal("name", 29, 32), Personal("name", 30, 32)]
    places = merged(personal_in(text), others)
    assert [(one.kind, text[one.start : one.stop]) for one in places] == [
        ("name", "Jane"),
        ("email", "jane@example.com"),
        ("name", "Joe"),
    ]
