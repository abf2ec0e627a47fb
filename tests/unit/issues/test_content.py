"""Content: what is wrong with examples as they are, on planted faults and beside them rows that are only unusual."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image, ImageFilter, ImageOps
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_wine

from core.issues import ISSUE_TYPES
from core.issues.contract import Found, Seen
from core.issues.evidence import as_json
from core.issues.signals import Signals
from core.modalities import MODALITIES
from core.modalities.audio.faults.find import suspicions as of_sounds
from core.modalities.faults import COMMON
from core.modalities.image.faults.find import borders, looks
from core.modalities.image.faults.find import find as find_in_images
from core.modalities.image.faults.find import suspicions as of_images
from core.modalities.payloads import Payloads
from core.modalities.suspicion import Suspicion, judged
from core.modalities.table_row.faults.find import suspicions as of_tables
from core.modalities.text.faults.find import suspicions as of_texts

CONTENT = ISSUE_TYPES["content"]
ROW = Seen(None, None, ())


def found(suspicions: dict[str, Suspicion]) -> Found:
    count = len(next(iter(suspicions.values())).value)
    return CONTENT.find()(Signals({"faults": lambda: suspicions, "example_ids": lambda: np.arange(count)}))


def kinds(one: Found, row: int) -> list[str]:
    return json.loads(as_json(one.evidence)[row].as_py()).get("kinds", [])


def reason(one: Found, row: int) -> str:
    return CONTENT.say(CONTENT.read(json.loads(as_json(one.evidence)[row].as_py())), ROW)


def questions(*more: str, rows: int = 300) -> pa.ChunkedArray:
    """Sentences of 8 to 16 words, and what stands behind them."""
    generator = np.random.default_rng(0)
    words = ["card", "money", "where", "is", "my", "the", "transfer", "why", "how", "can", "account", "pending", "top"]
    usual = [" ".join(generator.choice(words, generator.integers(8, 17))) for _ in range(rows)]
    return pa.chunked_array([pa.array([*usual, *more], pa.large_string())])


@pytest.mark.parametrize(
    ("text", "kind", "says"),
    [
        ("...", "empty", "Empty: it says nothing, “...”."),
        ("[Deleted]", "empty", "“[Deleted]”"),
        ("money", "too_short", "Too short: 1 word; 95 % of the texts here have"),
        ("my card is where the money of the account is " * 30, "too_long", "Too long: 300 words; 95 %"),
        ("Where is my caf\xc3\xa9 payment that I made on the card", "mojibake", "“Ã©” → “é”"),
        ("I donâ€™t know where my money is and why it is pending", "mojibake", "“â€™” → “’”"),
        ("РџСЂРёРІРµС‚ where is my money and why is it pending", "mojibake", "→ “Привет”"),
        (
            "Where is my \ufffd\ufffd payment that I made on the card",
            "unreadable",
            "Unreadable: 2 characters, such as U+FFFD.",
        ),
        (
            "Where is my money<br />and why is it &amp; pending",
            "markup",
            "2 tags and entities of HTML, such as <br />.",
        ),
        (
            "Where is my money?\\nAnd why is it pending, caf\\u00e9 owner",
            "escapes",
            "Escapes left over: 2 signs for characters, such as \\n",
        ),
        ("where is my card " * 5, "repeated", "80% of its words say again"),
        ("a" * 60, "repeated", "“a”"),
    ],
)
def test_a_fault_of_a_text_is_found_and_said(text: str, kind: str, says: str) -> None:
    one = found(of_texts(questions(text)))
    assert one.is_issue.nonzero()[0].tolist() == [300]
    assert kind in kinds(one, 300)
    assert says in reason(one, 300)


def test_texts_that_are_only_unusual_have_no_fault() -> None:
    fine = (
        "É uma ação que não é ruim e São Paulo está à mão, Ümläüte öfters",
        "Привет, где мои деньги и почему карта не работает сегодня",
        "我的钱在哪里为什么还没有到账请尽快告诉我谢谢你们的帮助",
        "2 < 3 and 5 > 4 & more, a <3 to all of you & yours today",
        "no no no, where is my card and why is my money pending",
        "❤️ 👍🏽 my card, finally, after all these days 🎉🎉🎉",
        "my card is not here where is it",
    )
    one = found(of_texts(questions(*fine)))
    assert [fine[row - 300] for row in one.is_issue.nonzero()[0]] == []
    assert one.about is not None
    assert not one.about.any()


def test_a_text_in_a_language_of_hardly_any_other_is_foreign_and_kin_are_not() -> None:
    texts = questions("Wo ist mein Geld und warum geht die Karte nicht", "Mein Geld", "ok ok ok ok ok")
    languages = np.array(["English"] * 280 + ["Scots"] * 20 + ["German", "German", "unclear"], object)
    one = found(of_texts(texts, languages))
    assert "foreign" in kinds(one, 300)
    assert "Foreign language: German; 93% of the texts here are in one other." in reason(one, 300)
    assert not any("foreign" in kinds(one, row) for row in (*range(300), 301, 302))
    mixed = np.array(["English"] * 150 + ["German"] * 150 + ["Polish"] * 3, object)
    assert "foreign" not in found(of_texts(texts, mixed)).summary["kinds"]
    assert "foreign" not in of_texts(texts)


def test_a_sentence_that_many_texts_share_is_boilerplate_and_copies_of_a_text_are_not() -> None:
    usual = questions().to_pylist()
    notice = "This message is confidential and meant for you alone."
    signed = [f"{text}. {notice}" if row < 12 else text for row, text in enumerate(usual)]
    lines = [f"{text}\nSent from my phone" if 20 <= row < 32 else text for row, text in enumerate(signed)]
    copies = ["Where is my money that I sent to my friend. Please send it back to me at once today."] * 15
    few = [f"{text}. Thank you very much for all the help." for text in usual[40:48]]
    one = found(of_texts(pa.chunked_array([pa.array([*lines, *copies, *few], pa.large_string())])))
    flagged = [row for row in one.is_issue.nonzero()[0].tolist() if "boilerplate" in kinds(one, row)]
    assert flagged == [*range(12), *range(20, 32)]
    said = "Boilerplate: 1 sentence that so many texts share: “This message is confidential and meant…” (12)."
    assert reason(one, 0) == said
    two = [f"{text}\nThis message is meant for you alone. Please tell us if it is not for you." for text in usual[:15]]
    twice = found(of_texts(pa.chunked_array([pa.array([*two, *usual[15:]], pa.large_string())])))
    assert reason(twice, 0).startswith("Boilerplate: 2 sentences that many texts share"), "not their line, too"
    chinese = [f"我的银行卡在取款机里被吞了{row}。本邮件内容保密仅供收件人阅读使用。" for row in range(300)]
    assert found(of_texts(pa.chunked_array([chinese]))).summary["common"] == {"boilerplate": 1.0}


def test_an_emoji_alone_is_no_empty_text_and_words_of_short_messages_are_not_too_short() -> None:
    short = pa.chunked_array([["ok", "yes please", "no", "thanks a lot", "❤️", "see you at nine", "hi", "lol"] * 20])
    assert not found(of_texts(short)).is_issue.any()


def test_what_more_than_one_in_five_has_is_counted_and_no_row_is_flagged_for_it() -> None:
    every = [f"{text}<br /><br />and more" if row % 2 else text for row, text in enumerate(questions().to_pylist())]
    one = found(of_texts(pa.chunked_array([every])))
    assert not one.is_issue.any()
    assert one.summary["common"] == {"markup": 0.5}
    assert "usual here, so not flagged: markup left over 50%" in CONTENT.sure({"flagged": 0, **one.summary})


def photographs(count: int = 120) -> list[Image.Image]:
    """Coloured noise over slopes: as sharp, as bright and as colourful as one another."""
    generator = np.random.default_rng(0)
    slope = np.linspace(20, 235, 48)[None, :, None]
    made = [
        np.clip(slope + generator.normal(0, 30, (32, 48, 3)) + generator.normal(0, 15, 3), 0, 255) for _ in range(count)
    ]
    return [Image.fromarray(one.astype(np.uint8)) for one in made]


def test_faults_of_images_are_found_and_nothing_else() -> None:
    images = photographs()
    planted = {
        "dark": Image.fromarray((np.asarray(images[0]) * 0.1).astype(np.uint8)),
        "light": Image.fromarray((230 + np.asarray(images[1]) * 0.1).astype(np.uint8)),
        "blurred": images[2].filter(ImageFilter.GaussianBlur(2)),
        "little_information": Image.new("RGB", (48, 32), (90, 120, 90)),
        "odd_size": images[3].resize((480, 320), Image.Resampling.NEAREST),
        "odd_shape": images[4].resize((128, 12)),
        "grey": images[5].convert("L").convert("RGB"),
        "borders": ImageOps.expand(images[6].crop((0, 4, 48, 28)), (0, 4), "black"),
    }
    one = found(of_images(np.stack([looks(image) for image in (*images, *planted.values())])))
    assert one.is_issue.nonzero()[0].tolist() == list(range(120, 128))
    assert [kind for place, kind in enumerate(planted) if kind not in kinds(one, 120 + place)] == []
    assert one.summary["kinds"]["dark"] == 1
    assert "480 × 320 pixels; a side of 39 is usual here" in reason(one, 124)


def test_a_thing_on_a_plain_ground_and_a_sky_have_no_borders() -> None:
    ground = Image.new("RGB", (60, 40), "white")
    ground.paste(photographs(1)[0].resize((10, 10)), (25, 15))
    sky = Image.new("RGB", (60, 40), (80, 140, 220))
    sky.paste(photographs(1)[0].resize((60, 20)), (0, 20))
    film = Image.new("RGB", (60, 40), "black")
    film.paste(photographs(1)[0].resize((60, 30)), (0, 5))
    shares = [round(borders(np.asarray(one)), 3) for one in (ground, sky, film, Image.new("RGB", (9, 9)))]
    assert shares == [0, 0, 0.25, 0]


def test_images_that_lie_turned_in_their_file_and_metadata_that_says_nothing_are_found(tmp_path: Path) -> None:
    names = []
    for row, image in enumerate(photographs(30)):
        tags = Image.Exif()
        tags[271] = "a camera"
        if row == 3:
            tags[274] = 6
        held = tags.tobytes() if row != 5 else tags.tobytes()[:10] + b"\xff\xff\xff\x7f" + tags.tobytes()[14:]
        image.save(tmp_path / f"{row}.jpg", exif=held, quality=95)
        names.append(f"{row}.jpg")
    hashes = pa.chunked_array([[f"{row:02x}" * 32 for row in range(30)]])
    one = found(find_in_images(Payloads.of(pa.chunked_array([names]), hashes, tmp_path), tmp_path / "arrays", print))
    told = {row: kinds(one, row) for row in one.is_issue.nonzero()[0].tolist()}
    assert told == {3: ["turned", "odd_shape"], 5: ["unreadable_metadata"]}, "48 × 32 lies across among 32 × 48"
    assert "in the file it lies on its left side" in reason(one, 3)


def test_faults_of_rows_of_a_table_are_found_and_nothing_else() -> None:
    rng = np.random.default_rng(0)
    rows = 2000
    age = rng.integers(18, 80, rows).astype(float)
    income = np.exp(rng.normal(10, 1, rows))
    city = np.array(["London", "Paris", "Berlin", "Madrid", "Room 1"], object)[rng.integers(0, 5, rows)]
    dose = rng.normal(size=rows).round(3).astype(str).astype(object)
    mostly_zero = np.where(rng.random(rows) < 0.9, 0.0, rng.integers(1, 16, rows))
    age[10:13], age[20], income[5] = 999, -30, 1e12
    city[3], city[4], city[6] = "Lodnon", "london ", "Room 2"
    dose[7], dose[8] = "abc", "n/a"
    gaps = [None if row == 9 else value for row, value in enumerate(city)]
    table = {"age": age, "income": income, "city": gaps, "dose": dose, "clicks": mostly_zero}
    table |= {f"gap {at}": [None if row == 9 else 1.0 + row for row in range(rows)] for at in range(5)}
    one = found(of_tables(pa.table(table)))
    told = {row: kinds(one, row) for row in one.is_issue.nonzero()[0].tolist()}
    assert told == {
        3: ["spelling"], 4: ["spelling"], 5: ["far_off"], 7: ["no_number"], 8: ["stand_in"], 9: ["mostly_missing"],
        10: ["stand_in"], 11: ["stand_in"], 12: ["stand_in"], 20: ["below_zero"],
    }  # fmt: skip
    assert reason(one, 3) == "Odd spelling: city “Lodnon” → “London”."
    assert reason(one, 10) == "Stands in for a missing value: age 999."
    assert "Far off: income 1,000,000,000,000 (" in reason(one, 5)
    assert reason(one, 9) == "Mostly missing: 60% of its values; 0% are usual here."


def test_codes_names_and_values_of_their_own_are_no_faults_of_a_table() -> None:
    rng = np.random.default_rng(0)
    rows = 600
    codes = rng.choice(["DE", "FR", "US", "NA", "IT", "ES"], rows, p=[0.3, 0.2, 0.2, 0.02, 0.18, 0.1])
    known = rng.choice(["yes", "no", "unknown"], rows, p=[0.5, 0.25, 0.25])
    names = [["Martin", "Maria", "Peter"][row % 3] if row < 120 else f"Name {row}" for row in range(rows)]
    names[500], names[501] = "Martina", "Marten"
    table = pa.table({"country": codes.tolist(), "smokes": known.tolist(), "name": names})
    assert not found(of_tables(table)).is_issue.any()


@pytest.mark.parametrize("load", [load_wine, load_breast_cancer, load_diabetes, load_digits])
def test_measurements_as_they_are_have_no_fault(load: Callable[[], Any]) -> None:
    values = load().data
    assert not found(of_tables(pa.table({str(at): values[:, at] for at in range(values.shape[1])}))).is_issue.any()


def test_digits_on_black_are_neither_dark_nor_grey_nor_blurred() -> None:
    generator = np.random.default_rng(0)
    drawn = np.zeros((200, 28, 28), np.uint8)
    for row in drawn:
        left, top = generator.integers(6, 16, 2)
        row[top : top + 10, left : left + 3] = 255
    images = [Image.fromarray(row).filter(ImageFilter.GaussianBlur(0.7)).convert("RGB") for row in drawn]
    black = Image.new("RGB", (28, 28))
    one = found(of_images(np.stack([looks(image) for image in (*images, black)])))
    assert one.is_issue.nonzero()[0].tolist() == [200]
    assert kinds(one, 200)[0] == "dark"


def test_sounds_are_judged_by_what_their_load_measured() -> None:
    generator = np.random.default_rng(0)
    measures = {
        "seconds": np.r_[generator.uniform(0.4, 0.6, 100), 0.05, 4.0, 0.5, 0.5, 0.5],
        "silent_share": np.r_[generator.uniform(0, 0.4, 100), 0, 0, 1.0, 0, 0],
        "clipped_share": np.r_[np.zeros(100), 0, 0, 0, 0.2, 0],
        "sample_rate": np.r_[np.full(104, 8000.0), 16000.0],
    }
    one = found(of_sounds(measures))
    assert [kinds(one, row) for row in one.is_issue.nonzero()[0]] == [
        *(["brief"], ["lengthy"], ["silent"], ["clipped"], ["odd_rate"]),
    ]
    assert reason(one, 104) == "Odd rate: 16,000 samples a second; most sounds here have 8,000."


def test_of_sounds_that_were_not_measured_nothing_is_said() -> None:
    one = CONTENT.find()(Signals({"faults": lambda: of_sounds({}), "example_ids": lambda: np.arange(3)}))
    assert not one.is_issue.any()
    assert "out of the ordinary" in CONTENT.sure({"flagged": 0, **one.summary})


def test_the_limit_gives_way_to_the_dataset_but_not_beyond_what_is_certain() -> None:
    night = np.random.default_rng(0).uniform(20, 60, 200)
    assert judged(Suspicion(night, 64, low=True)).share > COMMON
    dim = np.r_[np.random.default_rng(0).uniform(60, 255, 200), 5.0, 40.0]
    assert judged(Suspicion(dim, 64, low=True)).has.sum() == 0
    assert judged(Suspicion(dim, 64, low=True, certain=10)).has.nonzero()[0].tolist() == [200]


@pytest.mark.parametrize("name", [one.name for one in MODALITIES.values() if one.faults])
def test_every_fault_has_a_name_of_its_own_and_says_its_reason(name: str) -> None:
    for fault in MODALITIES[name].faults:
        assert CONTENT.kinds[fault.name] == (fault.title, fault.rule)
        assert fault.reason(0.5, 1.0, "this").endswith((".", "”."))
    assert len(CONTENT.kinds) == sum(len(one.faults) for one in MODALITIES.values())


def test_what_was_measured_of_an_image_is_kept_by_its_content(tmp_path: Path) -> None:
    from core.modalities.image.faults.find import Looks, find
    from core.modalities.payloads import Payloads

    photographs(1)[0].save(tmp_path / "one.png")
    hashes = pa.chunked_array([["0" * 64]])
    payloads = Payloads.of(pa.chunked_array([["one.png"]]), hashes, tmp_path)
    first = find(payloads, tmp_path / "arrays", lambda done, total: None)
    (tmp_path / "one.png").unlink()
    again = Looks().embed(payloads, tmp_path / "arrays", lambda done, total: None)
    assert again[0, 0] == 48
    assert first["odd_size"].found == ["48 × 32"]
