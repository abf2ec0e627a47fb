from pathlib import Path

import pytest

from core.modalities.image.guess import looks_like_image
from core.records import Schema
from core.sources import Bench
from core.sources.delimited import source as delimited
from core.sources.guess import describe, guess, split_name


def _guess(names: list[str], rows: list[tuple[object, ...]], types: list[str] | None = None) -> Schema:
    columns = describe(names, types or ["VARCHAR"] * len(names), rows)
    return guess(columns, [dict(zip(names, row, strict=True)) for row in rows])


def test_roles_are_guessed_by_name() -> None:
    rows: list[tuple[object, ...]] = [("a", "some text", "x", "train", 3), ("b", "more text", "y", "test", 4)]
    found = _guess(["id", "text", "category", "split", "age"], rows)
    assert found == Schema("text-classification", "text", "category", "split", "id", ("age",))


def test_without_telling_names_the_longest_texts_are_the_payload_and_few_values_the_label() -> None:
    rows: list[tuple[object, ...]] = [(f"a rather long sentence {i}", "xy"[i % 2]) for i in range(10)]
    found = _guess(["c0", "c1"], rows)
    assert (found.payload, found.label) == ("c0", "c1")


def test_a_given_label_comes_before_a_gold_label() -> None:
    rows: list[tuple[object, ...]] = [("t", "0", "1"), ("u", "1", "1")]
    assert _guess(["text", "gold_label", "crowd_label"], rows).label == "crowd_label"


def test_ids_that_repeat_are_an_attribute() -> None:
    rows: list[tuple[object, ...]] = [("1", "t", "x"), ("1", "u", "y")]
    assert _guess(["id", "text", "label"], rows).id is None


def test_no_label_is_guessed_where_nothing_fits() -> None:
    assert _guess(["text"], [("one",), ("two",)]).label is None


@pytest.mark.parametrize(
    "value",
    [
        "a/b.PNG",
        "https://x.org/a.jpg?size=2",
        "data:image/png;base64,AAAA",
        b"\x89PNG....",
        {"bytes": b"\xff\xd8\xff", "path": None},
    ],
)
def test_images_are_recognised_by_path_uri_and_bytes(value: object) -> None:
    assert looks_like_image(value)
    assert _guess(["picture", "label"], [(value, "x"), (value, "y")]).task == "image-classification"


@pytest.mark.parametrize(
    ("name", "split"),
    [
        *(("banking_train", "train"), ("test", "test"), ("dev", "validation"), ("val-2", "validation")),
        *(("restrain", None), ("测试集", "test"), ("新闻_训练", "train"), ("jeu-entrai\u0302nement", "train")),
    ],
)
def test_a_file_name_names_its_split_as_a_whole_word(name: str, split: str | None) -> None:
    assert split_name(name) == split


@pytest.mark.parametrize(
    ("names", "roles"),
    [
        (["编号", "标题", "来源", "类别"], ("标题", "类别", "编号")),
        (["番号", "本文", "出典", "カテゴリ"], ("本文", "カテゴリ", "番号")),
        (["번호", "본문", "출처", "분류"], ("본문", "분류", "번호")),
        (["Nummer", "Kommentar", "Quelle", "Kategorie"], ("Kommentar", "Kategorie", "Nummer")),
        (["Nume\u0301ro", "Texte", "Source", "Cate\u0301gorie"], ("Texte", "Cate\u0301gorie", "Nume\u0301ro")),
        (["номер", "отзыв", "источник", "Класс"], ("отзыв", "Класс", "номер")),
        (["# id", "text", "source", "label"], ("text", "label", "# id")),
    ],
)
def test_roles_are_guessed_by_names_in_many_languages(names: list[str], roles: tuple[str, str, str]) -> None:
    rows: list[tuple[object, ...]] = [
        (f"{i}", f"a sentence {i}", "press" if i % 3 else "web", "ab"[i % 2]) for i in range(9)
    ]
    found = _guess(names, rows)
    assert (found.payload, found.label, found.id) == roles


def test_ids_are_counted_in_all_rows_looked_at_and_not_in_those_shown(tmp_path: Path, bench: Bench) -> None:
    (tmp_path / "a.csv").write_text("id,text,label\n" + "".join(f"K{i},card {i},{'ab'[i % 2]}\n" for i in range(90)))
    assert delimited.preview([str(tmp_path / "a.csv")], bench).guess.id == "id"


@pytest.mark.parametrize("count", [10, 120])
def test_a_split_is_found_however_its_parts_are_spelled(tmp_path: Path, bench: Bench, count: int) -> None:
    names = ["train", "Train", "TRAIN", "training", "Training", "test", "Test", "TEST", "dev", "validation"]
    rows = "".join(f"word {i},{'ab'[i % 2]},{names[i % 10]}\n" for i in range(count))
    (tmp_path / "a.csv").write_text("text,label,split\n" + rows)
    found = delimited.preview([str(tmp_path / "a.csv")], bench)
    assert found.guess.split == "split"
    assert "'split': Train, TRAIN, training, Training is read as train." in found.notes


def test_a_column_that_is_only_called_split_is_said_not_to_be_one(tmp_path: Path, bench: Bench) -> None:
    (tmp_path / "a.csv").write_text("text,label,split\n" + "".join(f"word {i},{'ab'[i % 2]},{i}\n" for i in range(20)))
    found = delimited.preview([str(tmp_path / "a.csv")], bench)
    assert found.guess.split is None
    assert "'split' is not taken for the split: it has 20 different values." in found.notes


def test_every_role_of_a_table_in_chinese_is_guessed() -> None:
    names = ["序号", "来源", "日期", "标题", "评论", "情感", "集合"]
    rows: list[tuple[object, ...]] = [
        (
            i,
            ("微博", "新闻")[i % 2],
            f"2024-01-0{i}",
            f"标题{i}",
            f"这是第{i}条评论，内容不短",
            "正负"[i // 3],
            "训验"[i % 2],
        )
        for i in range(6)
    ]
    found = _guess(names, rows, ["BIGINT", *["VARCHAR"] * 6])
    assert (found.payload, found.label, found.split, found.id) == ("评论", "情感", "集合", "序号")
    assert found.attributes == ("来源", "日期", "标题")


@pytest.mark.parametrize(
    ("values", "task"),
    [
        ([0.5 * place for place in range(60)], "text-regression"),
        ([float(place % 3) for place in range(60)], "text-classification"),
        ([place % 5 for place in range(60)], "text-classification"),
        (list(range(1_000, 1_060)), "text-regression"),
        ([f"{place}.5" for place in range(60)], "text-regression"),
        (["good", "bad"] * 30, "text-classification"),
    ],
    ids=["fractions", "whole fractions", "few whole numbers", "all different", "texts of fractions", "words"],
)
def test_a_label_of_fractions_or_of_ever_other_whole_numbers_is_a_number(values: list[object], task: str) -> None:
    kind = {float: "DOUBLE", int: "BIGINT", str: "VARCHAR"}[type(values[0])]
    rows = [(f"this is the text of row {place}", value) for place, value in enumerate(values)]
    columns = describe(["text", "label"], ["VARCHAR", kind], rows)
    named = [dict(zip(("text", "label"), row, strict=True)) for row in rows]
    schema = guess(columns, named[:50], count=len(rows))
    assert (schema.task, schema.label) == (task, "label")
