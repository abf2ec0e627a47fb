"""How well names of people and places are found, by their cues and by the model of English, and how fast.

Planted names come from several parts of the world and stand in sentences of ordinary spelling; WNUT-17 has tweets whose
names people have marked, many of them written in small letters or of people whom no model knows.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from bench.data import DATA, columns
from bench.row import Row
from core.personal import Personal, personal_in
from core.personal.names import names_in

SEED, EACH = 0, 200
_FIRST = "Anna Priya Wei Mohammed Kwame Yuki José Fatima Olga Liam Noah Aisha Björn Chloé Dmitri Emily Giulia Hans"
_LAST = "Smith Raghunathan Zhang Hassan Mensah Tanaka García Okafor Ivanova Murphy Cohen Lindqvist Dubois Müller"
_PLACES = "Berlin|Nairobi|São Paulo|Chicago|Kyoto|Lagos|Marseille|Toronto|Mumbai|New Zealand|Lake Geneva|Bavaria|Leeds"
_PERSON = (
    "My brother {} sent the money on Monday.",
    "I spoke to {} from your team and nothing happened.",
    "{} told me that the card was on its way.",
    "Please transfer 200 to {}, not to me.",
    "The account belongs to {}.",
)
_PLACE = (
    "I moved to {} last month.",
    "My card was stolen in {} yesterday.",
    "Can I use it while I travel to {}?",
    "We live near {} now.",
)
_CHINESE = ("请联系{}先生。", "我叫{}，卡丢了。", "收件人：{}，电话稍后给您。", "昨天{}老师没有收到短信。")
_GIVEN = ("小明", "伟", "丽华", "建国", "芳", "子涵", "雪")


def rows() -> Iterator[Row]:
    """Recall of planted names, precision and recall in tweets with marked ones, rates."""
    draw = np.random.default_rng(SEED)
    person = [f"{_of(draw, _FIRST.split())} {_of(draw, _LAST.split())}" for _ in range(EACH)]
    place = [_of(draw, _PLACES.split("|")) for _ in range(EACH)]
    yield _recall("name", [_of(draw, _PERSON).format(one) for one in person], person)
    yield _recall("place", [_of(draw, _PLACE).format(one) for one in place], place)
    chinese = [_of(draw, list("王李张刘陈杨赵黄")) + _of(draw, _GIVEN) for _ in range(EACH)]
    texts = [_of(draw, _CHINESE).format(one) for one in chinese]
    held = sum(_named(personal_in(text), text, one) for text, one in zip(texts, chinese, strict=True))
    yield Row("names: Chinese beside a cue, recall", held / EACH, "", higher_is_better=True, note="by patterns")
    yield from _marked()
    for name, some in (
        ("tweets", columns(DATA / "disaster_tweets" / "test.csv")["text"]),
        ("questions to a bank", columns(DATA / "banking77" / "train.csv")["text"]),
        ("questions about books and wares", columns(DATA / "amazon_isbook" / "questions.csv")["text"]),
    ):
        texts = [str(text) for text in some]
        names_in(texts[:1])
        began = time.perf_counter()
        found = names_in(texts)
        speed = len(texts) / (time.perf_counter() - began)
        long = np.mean([len(text) for text in texts])
        note = f"{long:.0f} characters each; {len(found):,} of {len(texts):,} flagged"
        yield Row(f"names: {name} per second, one core", speed, "texts/s", higher_is_better=True, note=note)


def _recall(kind: str, texts: Sequence[str], planted: Sequence[str]) -> Row:
    found = names_in(texts)
    held = sum(
        _named([one for one in found.get(row, ()) if one.kind == kind], text, planted[row])
        for row, text in enumerate(texts)
    )
    return Row(f"names: planted {kind}, recall", held / len(texts), "", higher_is_better=True, note="the whole of it")


def _named(found: Sequence[Personal], text: str, planted: str) -> bool:
    start = text.index(planted)
    return any(one.start <= start and one.stop >= start + len(planted) for one in found)


def _marked() -> Iterator[Row]:
    """WNUT-17 in the form of `word TAB tag`."""
    texts, marks = [], []
    for name in ("emerging.dev.conll", "wnut17train.conll"):
        for block in (DATA / "wnut17" / name).read_text(encoding="utf-8").replace("\t\n", "\n").split("\n\n"):
            text, spans = _read(block)
            if text:
                texts.append(text)
                marks.append(spans)
    found = names_in(texts)
    by_cue = {row: [one for one in personal_in(text) if one.kind == "name"] for row, text in enumerate(texts)}
    for kind, tag, some in (("name", "person", found), ("place", "location", found), ("name", "person", by_cue)):
        told = {row: [one for one in places if one.kind == kind] for row, places in some.items()}
        given = {row: [one for one in spans if one[0] == tag] for row, spans in enumerate(marks)}
        precision, recall = _scores(told, given)
        how = "beside a title, by patterns" if some is by_cue else "by the model"
        count = sum(len(one) for one in told.values())
        note = f"{count:,} found, {sum(map(len, given.values())):,} marked in {len(texts):,} tweets"
        yield Row(f"names: {tag} in WNUT-17, {how}: precision", precision, "", higher_is_better=True, note=note)
        yield Row(f"names: {tag} in WNUT-17, {how}: recall", recall, "", higher_is_better=True)


def _scores(
    told: Mapping[int, Sequence[Personal]], given: Mapping[int, Sequence[tuple[str, int, int]]]
) -> tuple[float, float]:
    """Of what touches what was marked."""
    right = [
        any(one.start < stop and start < one.stop for _, start, stop in given[row])
        for row, places in told.items()
        for one in places
    ]
    met = [
        any(one.start < stop and start < one.stop for one in told.get(row, ()))
        for row, spans in given.items()
        for _, start, stop in spans
    ]
    return float(np.mean(right)), float(np.mean(met))


def _read(block: str) -> tuple[str, list[tuple[str, int, int]]]:
    text, spans = "", []
    for line in block.splitlines():
        word, *_, tag = line.split("\t") if "\t" in line else (line, "O")
        if not word.strip():
            continue
        start = len(text) + bool(text)
        text = f"{text} {word}" if text else word
        if tag.startswith("B-"):
            spans.append((tag[2:].strip(), start, len(text)))
        elif tag.startswith("I-") and spans:
            spans[-1] = (*spans[-1][:2], len(text))
    return text, spans


def _of(draw: np.random.Generator, choices: Sequence[str]) -> str:
    return choices[int(draw.integers(len(choices)))]
