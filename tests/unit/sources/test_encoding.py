from pathlib import Path

import pytest

from core.sources.delimited.encoding import UNDECODABLE, detect, read_sample

TEXT = "text,label\ncafé olé,x\nüber uns,y\n"


@pytest.mark.parametrize(
    ("codec", "title"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16-LE"),
        ("utf-16-be", "UTF-16-BE"),
        ("utf-32", "UTF-32"),
        ("latin-1", "Windows-1252 (Latin-1)"),
        ("cp1252", "Windows-1252 (Latin-1)"),
    ],
)
def test_an_encoding_is_found_and_decodes_to_the_same_text(codec: str, title: str) -> None:
    content = TEXT.encode(codec)
    found = detect(content)
    assert found.title == title
    assert content.decode(found.codec, found.errors).lstrip("\ufeff") == TEXT


def test_cyrillic_is_told_from_western_text() -> None:
    content = ("текст,метка\n" + "привет мир как дела,да\nещё один пример текста,нет\n" * 10).encode("cp1251")
    found = detect(content)
    assert content.decode(found.codec, found.errors).startswith("текст,метка")


def test_one_accent_in_latin_1_is_read_as_that_accent() -> None:
    content = b"price: \xa35\n"
    found = detect(content)
    assert content.decode(found.codec, found.errors) == "price: £5\n"


def test_bytes_that_nobody_writes_are_marked_as_undecodable_and_not_guessed() -> None:
    content = b"good,x\n" * 50 + b"\xff\xfe bad,y\n"
    found = detect(content)
    assert found.codec == "utf-8"
    assert UNDECODABLE in content.decode(found.codec, found.errors)


def test_a_broken_byte_in_a_utf_8_file_does_not_make_it_latin_1() -> None:
    content = "größe,x\n".encode() * 20 + b"caf\xe9,y\n"
    assert detect(content).native


def test_an_encoding_that_changes_far_into_the_file_is_seen_in_the_sample(tmp_path: Path) -> None:
    file = tmp_path / "late.csv"
    file.write_bytes(b"plain text,x\n" * 100_000 + "café,y\n".encode("latin-1") * 100_000)
    assert detect(read_sample(file)).title == "Windows-1252 (Latin-1)"
