"""How well personal data is found that was planted into real questions, kind by kind, and how fast.

The forms that are planted were written down beside the patterns, so recall says that the patterns do what they are
to do and not how much there is that nobody has thought of. What is flagged of texts that nobody touched is counted.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import plotly.data
import pyarrow as pa

from bench.data import DATA, columns
from bench.row import Row
from core.issues.contract import Found
from core.issues.personal_data.find import find
from core.issues.signals import Signals
from core.personal import PATTERNS, luhn, personal_in

SEED, EACH = 0, 200
_NAMES = ("anna", "li.wei", "j_smith", "maria-jose", "ole", "k.brandt")
_HOSTS = ("example.com", "mail.example.org", "uni-example.de", "example.com.cn", "example.co.uk")
Draw = np.random.Generator


def rows() -> Iterator[Row]:
    """Recall of each kind, alarms among texts that nobody touched, texts per second."""
    texts = [text for name in ("train", "test") for text in columns(DATA / "banking77" / f"{name}.csv")["text"]]
    tweets = columns(DATA / "disaster_tweets" / "test.csv")["text"]
    draw = np.random.default_rng(SEED)
    for kind in PATTERNS:
        found, alone = 0, 0
        for _ in range(EACH):
            planted = _MAKERS[kind.name](draw)
            words = str(texts[int(draw.integers(len(texts)))]).split()
            at = int(draw.integers(len(words) + 1))
            told = [one.kind for one in personal_in(" ".join([*words[:at], planted, *words[at:]]))]
            found += kind.name in told
            alone += told == [kind.name]
        note = f"as this kind and nothing else: {alone / EACH:.3f}"
        yield Row(f"personal data, {kind.name}: recall", found / EACH, "", higher_is_better=True, note=note)
    for name, some in (("questions to a bank", texts), ("tweets", tweets)):
        began = time.perf_counter()
        held = sum(bool(personal_in(str(text))) for text in some)
        speed = len(some) / (time.perf_counter() - began)
        yield Row(f"personal data: flagged of {len(some):,} {name}", held, "rows")
        yield Row(f"personal data: {name} per second", speed, "texts/s", bound="≥ 2,000", higher_is_better=True)


def beside() -> Iterator[Row]:
    """The same in a column that is kept with the rows: what is planted stands alone there, dates and names bare where
    the column's name says what they are."""
    draw = np.random.default_rng(SEED)
    frame = plotly.data.gapminder()
    places = [f"{one}, {part}" for one, part in zip(frame["country"], frame["continent"], strict=True)]
    chosen = draw.choice(len(places), EACH, replace=False)
    for kind in PATTERNS:
        column = _NAMED.get(kind.name, "contact")
        planted = list(places)
        for row in chosen.tolist():
            planted[row] = _BARE.get(kind.name, _MAKERS[kind.name])(draw)
        told = found_in({column: planted}).evidence.column("kinds").to_pylist()
        found = sum(kind.name in (told[row] or ()) for row in chosen.tolist()) / EACH
        alone = sum(told[row] == [kind.name] for row in chosen.tolist()) / EACH
        note = f"in the column {column}; as this kind and nothing else: {alone:.3f}"
        yield Row(f"personal data in a column, {kind.name}: recall", found, "", higher_is_better=True, note=note)
    districts = [str(one) for one in plotly.data.election()["district"]]
    for name, some in (("countries", places), ("districts of Montréal", districts)):
        held = int(found_in({"place": some}).is_issue.sum())
        yield Row(f"personal data: flagged of {len(some):,} {name}", held, "rows")
    many = [places[row] for row in draw.integers(0, len(places), 1_000_000).tolist()]
    began = time.perf_counter()
    found_in({"location": many})
    speed = len(many) / (time.perf_counter() - began)
    yield Row("personal data: a million values that repeat, per second", speed, "values/s", higher_is_better=True)
    each = [f"{_email(draw)} {row}" for row in range(100_000)]
    began = time.perf_counter()
    found_in({"contact": each})
    speed = len(each) / (time.perf_counter() - began)
    note = "each holds an e-mail address"
    yield Row("personal data: values of which each is another, per second", speed, "values/s", note=note)


def found_in(kept: Mapping[str, Sequence[str]]) -> Found:
    """What a scan finds in columns."""
    columns = {name: pa.chunked_array([pa.array(values, pa.string())]) for name, values in kept.items()}
    count = len(next(iter(kept.values())))
    makers: dict[str, Callable[[], object]] = {
        "example_ids": lambda: np.arange(count),
        "written": lambda: None,
        "named": lambda: None,
        "kept": lambda: columns,
    }
    return find(Signals(makers))


def _of(draw: Draw, *choices: str) -> str:
    return choices[int(draw.integers(len(choices)))]


def _digits(draw: Draw, count: int) -> str:
    return "".join(str(one) for one in draw.integers(0, 10, count))


def _email(draw: Draw) -> str:
    return f"{_of(draw, *_NAMES)}{_digits(draw, 2)}@{_of(draw, *_HOSTS)}"


def _phone(draw: Draw) -> str:
    d = lambda count: _digits(draw, count)  # noqa: E731
    area = f"{draw.integers(2, 10)}{d(2)}"
    return _of(
        draw,
        f"+49 30 {d(6)}",
        f"+44 20 {d(4)} {d(4)}",
        f"+1-{area}-{d(3)}-{d(4)}",
        f"({area}) {d(3)}-{d(4)}",
        f"{area}-{d(3)}-{d(4)}",
        f"1{_of(draw, '38', '59', '86')}{d(8)}",
        f"010-6{d(7)}",
        f"0{draw.integers(20, 99)} {d(4)} {d(4)}",
    )


def _card(draw: Draw) -> str:
    body = _of(draw, "4", "51", "55", "6011")
    body += _digits(draw, 15 - len(body))
    number = next(body + digit for digit in "0123456789" if luhn(body + digit))
    parts = [number[at : at + 4] for at in range(0, 16, 4)]
    return _of(draw, number, " ".join(parts), "-".join(parts))


def _iban(draw: Draw) -> str:
    country, body = [("DE", _digits(draw, 18)), ("GB", f"WEST{_digits(draw, 14)}"), ("FR", _digits(draw, 23))][
        int(draw.integers(3))
    ]
    value = int("".join(str(int(one, 36)) for one in f"{body}{country}00"))
    number = f"{country}{98 - value % 97:02}{body}"
    return _of(draw, number, " ".join(number[at : at + 4] for at in range(0, len(number), 4)))


def _identity(draw: Draw) -> str:
    if draw.random() < 0.5:
        return f"{draw.integers(1, 600):03}-{draw.integers(1, 100):02}-{draw.integers(1, 10_000):04}"
    body = f"{_of(draw, '110105', '440305', '310104')}{draw.integers(1940, 2010)}{draw.integers(1, 13):02}"
    body += f"{draw.integers(1, 29):02}{_digits(draw, 3)}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
    return body + "10X98765432"[total % 11]


def _ip(draw: Draw) -> str:
    if draw.random() < 0.7:
        return f"{draw.integers(11, 224)}." + ".".join(str(one) for one in draw.integers(0, 256, 3))
    return ":".join(f"{one:04x}" for one in draw.integers(1, 65536, 8))


def _birth_date(draw: Draw) -> str:
    day, month, year = draw.integers(1, 29), draw.integers(1, 13), draw.integers(1930, 2015)
    return _of(
        draw,
        f"born on {day}/{month}/{year}",
        f"date of birth: {year}-{month:02}-{day:02}",
        f"DOB March {day}, {year}",
        f"geboren am {day}.{month}.{year}",
        f"出生日期：{year}年{month}月{day}日",
    )


def _address(draw: Draw) -> str:
    number = draw.integers(1, 2000)
    return _of(
        draw,
        f"{number} {_of(draw, 'Maple', 'Oak Hill', 'Saint James')} {_of(draw, 'Street', 'Ave', 'Road', 'Drive')}",
        f"{_of(draw, 'Haupt', 'Garten', 'Schiller')}straße {number % 200 + 1}",
        f"{_of(draw, '中山北', '人民', '解放')}路{number}号",
    )


def _name(draw: Draw) -> str:
    return _of(
        draw,
        f"Mr {_of(draw, 'Smith', 'Okafor', 'McKay')}",
        f"Dr. {_of(draw, 'Jane', 'Amir')} {_of(draw, 'Miller', 'Hassan')}",
        f"my name is {_of(draw, 'Ana', 'Wei')} {_of(draw, 'Lopez', 'Zhang')}",
        f"{_of(draw, '王', '李', '陈')}{_of(draw, '小明', '伟', '')}{_of(draw, '先生', '女士', '老师')}",
        f"姓名：{_of(draw, '张', '欧阳')}{_of(draw, '娜', '建国')}",
    )


_MAKERS: dict[str, Callable[[Draw], str]] = {
    "identity": _identity,
    "iban": _iban,
    "card": _card,
    "birth_date": _birth_date,
    "email": _email,
    "ip": _ip,
    "phone": _phone,
    "address": _address,
    "name": _name,
}
_NAMED = {"birth_date": "date_of_birth", "name": "customer_name"}
"""The columns in which some kinds are planted; all others in one that says nothing."""
_BARE: dict[str, Callable[[Draw], str]] = {
    "birth_date": lambda draw: (
        f"{draw.integers(1930, 2015)}-{draw.integers(1, 13):02}-{draw.integers(1, 29):02}"
        if draw.random() < 0.5
        else f"{draw.integers(1, 29)}.{draw.integers(1, 13)}.{draw.integers(1930, 2015)}"
    ),
    "name": lambda draw: f"{_of(draw, 'Jane', 'Amir', 'Ana', 'Wei')} {_of(draw, 'Miller', 'Hassan', 'Lopez', 'Zhang')}",
}
