import pytest

from core.lookalikes import isolated, lookalike_notes, lookalikes, quoted, stripped


@pytest.mark.parametrize("around", [" ", "\t", "\xa0", "\u200b", "\ufeff", "\u3000", "\x00", " \u202e"])
def test_blanks_and_invisible_characters_are_no_part_of_a_name(around: str) -> None:
    assert stripped(f"{around}re fund{around}{around}") == "re fund"


def test_what_gives_a_character_its_form_stays() -> None:
    heart, family, flag = "\u2764\ufe0f", "\U0001f468\u200d\U0001f469", "\U0001f3f4\U000e0067\U000e007f"
    assert [stripped(name) for name in (heart, family, flag)] == [heart, family, flag]


def test_names_that_differ_in_what_hardly_shows_are_grouped() -> None:
    names = ["refund", "Refund", "REFUND", "re\u200bfund", "repair", "Repair", "other", "caf\xe9", "cafe\u0301", "cafe"]
    assert lookalikes(names) == [
        ("REFUND", "Refund", "refund", "re\u200bfund"), ("Repair", "repair"), ("cafe\u0301", "caf\xe9"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("names", "difference"),
    [
        (["refund", "Refund"], "capitals only: Refund, refund."),
        (["new york", "new  york"], "blanks or invisible characters only: new  york, new york."),
        (["re\u200bfund", "refund"], r"blanks or invisible characters only: refund, 're\u200bfund'."),
        (["caf\xe9", "cafe\u0301"], r"how letters and accents are encoded only: 'cafe\u0301', 'caf\xe9'."),
        (["Stra\xdfe ", "STRASSE\u200b", "strasse"], "capitals, blanks or how letters are encoded only: "),
    ],
)
def test_a_note_says_in_what_names_differ(names: list[str], difference: str) -> None:
    assert lookalike_notes(names)[0].startswith(f"Classes that differ in {difference}")


def test_many_groups_are_counted() -> None:
    notes = lookalike_notes(name for i in range(8) for name in (f"a{i}", f"A{i}"))
    assert len(notes) == 6
    assert notes[-1] == "… and 3 more groups of classes that look alike."


def test_names_of_other_scripts_are_not_alike() -> None:
    assert lookalikes(["新聞", "體育", "спорт", "ΣΟΦΟΣ", "\u2764", "\U0001f3f4"]) == []


def test_a_name_read_from_the_right_is_set_apart_in_a_sentence() -> None:
    assert quoted("شكوى") == "\u2068“شكوى”\u2069"
    assert isolated("תלונה") == "\u2068תלונה\u2069"
    assert (quoted("sport"), isolated("体育")) == ("“sport”", "体育")
