"""Values that look like personal data and are nobody's: of ranges kept for examples, or never given out."""

from __future__ import annotations

from core.personal.patterns import luhn

_FIRST = ("jo", "max", "kim", "lee", "sam", "alex", "robin", "chris", "pat", "toni", "kai", "mika")
_LAST = ("hart", "vale", "wood", "lake", "field", "moor", "stone", "brook", "hale", "marsh", "thorn")
_CHINESE = ("安明", "乐天", "思远", "知行", "若水", "向阳", "小川", "一诺", "青山", "白露")
_PLACES = ("Exampleton", "Samplebury", "Northfield", "Lakeside", "Oldbridge", "Greenhill", "Eastmoor", "Westvale")
_STREETS = ("Example Street", "Sample Road", "Model Avenue", "Pattern Lane")
_CHECKS = ((7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), "10X98765432")


class _Draws:
    """Numbers from one large number, which is used up."""

    def __init__(self, number: int) -> None:
        self.number = number

    def below(self, limit: int) -> int:
        self.number, found = divmod(self.number, limit)
        return found

    def of(self, choices: tuple[str, ...] | list[str]) -> str:
        return choices[self.below(len(choices))]


def stand_in(kind: str, value: str, number: int) -> str:
    """A value of a kind in place of another; the same for the same `number` (256 bits)."""
    draw = _Draws(number)
    chinese = any("\u4e00" <= letter <= "\u9fff" for letter in value)
    if kind == "email":  # RFC 2606
        return f"{draw.of(_FIRST)}.{draw.of(_LAST)}{draw.below(10_000)}@example.org"
    if kind == "phone":  # 555-0100 to 555-0199 are for fiction, in every area of North America
        return f"+1 {200 + draw.below(800)}-555-01{draw.below(100):02}"
    if kind == "card":  # a number of the card networks' tests begins so
        return _checked(f"400000{draw.below(10**9):09}")
    if kind == "iban":  # no bank has the code TEST
        return _iban(f"TEST{draw.below(10**14):014}")
    if kind == "identity":
        return _resident(draw) if sum(map(str.isdigit, value)) > 9 else f"9{draw.below(100):02}-{_serial(draw)}"
    if kind == "ip":  # RFC 5737 and RFC 3849
        if ":" in value:
            return "2001:db8:" + ":".join(f"{draw.below(1 << 16):04x}" for _ in range(6))
        return f"{draw.of(['192.0.2', '198.51.100', '203.0.113'])}.{1 + draw.below(254)}"
    if kind == "birth_date":
        year, month, day = 1930 + draw.below(75), 1 + draw.below(12), 1 + draw.below(28)
        return f"{year}年{month}月{day}日" if chinese else f"{year}-{month:02}-{day:02}"
    if kind == "address":
        return f"示例路{1 + draw.below(999)}号" if chinese else f"{1 + draw.below(999)} {draw.of(_STREETS)}"
    if kind == "place":
        return draw.of(_PLACES)
    return f"{draw.of(['安', '常', '乐'])}{draw.of(_CHINESE)}" if chinese else _name(draw, " " in value.strip())


def _name(draw: _Draws, whole: bool) -> str:
    first, last = draw.of(_FIRST).title(), draw.of(_LAST).title()
    return f"{first} {last}" if whole else first


def _serial(draw: _Draws) -> str:
    return f"{1 + draw.below(99):02}-{1 + draw.below(9999):04}"


def _checked(body: str) -> str:
    return next(body + digit for digit in "0123456789" if luhn(body + digit))


def _iban(account: str) -> str:
    value = int("".join(str(int(one, 36)) for one in f"{account}GB00"))
    return f"GB{98 - value % 97:02}{account}"


def _resident(draw: _Draws) -> str:
    """Of a region that there is not (999999)."""
    year, month, day = 1930 + draw.below(75), 1 + draw.below(12), 1 + draw.below(28)
    body = f"999999{year}{month:02}{day:02}{draw.below(1000):03}"
    weights, digits = _CHECKS
    return body + digits[sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11]
