"""Personal data in texts, by patterns and check digits: what can be told by its form.

A name is told where a title or a word of naming stands beside it; of all others, and of places, a model of the language
knows (`core.personal.names`).
"""

from __future__ import annotations

import ipaddress
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from core.words import later


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of personal data."""

    name: str
    title: str
    rule: str
    """What counts as it, in a sentence."""


@dataclass(frozen=True, slots=True)
class Pattern(Kind):
    """One that is told by its form."""

    needs: Callable[[str], bool]
    """Whether a text can have it at all: looked at first, so that most texts cost next to nothing."""
    pattern: re.Pattern[str]
    """Its group `it`, `named` or `called`, or the whole match, is what was found."""
    holds: Callable[[str], bool] = lambda found: True
    """Whether what the pattern found is it: check digits, ranges."""


@dataclass(frozen=True, slots=True)
class Personal:
    """A place of personal data in a text."""

    kind: str
    start: int
    stop: int


_DIGIT = re.compile(r"\d")
_MONTHS = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_DATE = (
    r"(?:\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})|\d{4}[./-]\d{1,2}[./-]\d{1,2}|\d{4}年\d{1,2}月\d{1,2}日"
    rf"|{_DAY}\.? {_MONTHS},? \d{{4}}|{_MONTHS} {_DAY},? \d{{4}})"
)
_STREETS = "street|avenue|road|boulevard|lane|drive|terrace|highway|parkway|st|ave|rd|blvd|ln|dr|pkwy"


_FOUND = ("it", "named", "called")
_TITLES = "Mr|Mrs|Ms|Mx|Miss|Sir|Dr|Prof|Professor|Herr|Frau|Monsieur|Madame|Mme|Señora?|Signora?"
_FACULTIES = "med|phil|jur|rer|nat|Ing"
_OFFICES = "President|Chair(?:man|woman)?|Speaker|Secretary|Ambassador|Chancellor|Minister|Justice|Mayor|Governor"
_WHOSE = "full|my|your|his|her|customer|client|patient|employee|contact|student|author"
_LATIN = [chr(code) for code in (*range(0x41, 0x5B), *range(0x61, 0x7B), *range(0xC0, 0x250))]
_UPPER, _LOWER = "".join(filter(str.isupper, _LATIN)), "".join(filter(str.islower, _LATIN))
_PART = f"(?:[{_UPPER}]['’])?[{_UPPER}][{_LOWER}]+(?:[{_UPPER}][{_LOWER}]+)?"
_WORD = f"{_PART}(?:['’-](?:{_PART}|[{_LOWER}]+))*"
_NAME = rf"(?:[A-Z]\.? )?{_WORD}(?: (?:[A-Z]\.|(?:de|van|der|von|la|da|bin|al)\b|{_WORD})){{0,3}}"
_SURNAMES = (
    "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|夏侯"
    "|[王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
    "苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯"
    "邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文]"
)
_ADDRESSED = "先生|女士|小姐|老师|医生|教授|师傅|律师|大夫"
_NO_SURNAME = (
    "高级|高中|高等|高校|任何|任课|任教|方便|文学|文化|万能|常任|常务|龙头|金牌|石油|田径|江湖"
    "|马上|于是|何况|许多|曾经|易学"
)
_INTRODUCED = (
    rf"\b(?:{_TITLES})\b\.?(?: (?:{_TITLES}|{_FACULTIES})\b\.?)* ?(?:(?:{_OFFICES}) )?(?!(?:{_OFFICES})\b)"
    rf"|\b[Mm]y name is |\b(?i:first|last|family|given|sur) ?[Nn]ame: ?"
    rf"|(?:^|[\n.;,|(] *|\b(?i:{_WHOSE})(?:'s)? )[Nn]ame: ?(?={_WORD} (?:[A-Z]\. )?{_WORD})"
)
"""What stands before a name. A bare “name:” is that of a thing as often: it has to head a line or say whose it is, and
two words have to follow."""
_CALLED = "我叫|名叫|姓名[是为：:] ?|联系人[是为：:]? ?|收件人[是为：:]? ?"
_NAMING = re.compile(rf"\b(?:{_TITLES})\b|[Nn]ame|我叫|名叫|姓名|联系人|收件人|{_ADDRESSED}")


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def luhn(number: str) -> bool:
    """Whether the last digit checks the others (ISO/IEC 7812-1)."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 * (value > 9)
    return total % 10 == 0


def _card(found: str) -> bool:
    digits = _digits(found)
    return 13 <= len(digits) <= 19 and digits[0] in "23456" and len(set(digits)) > 1 and luhn(digits)


_IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AT": 20, "BE": 16, "BG": 22, "BR": 29, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18,
    "EE": 20, "ES": 24, "FI": 18, "FR": 27, "GB": 22, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IS": 26,
    "IT": 27, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25,
    "RO": 24, "RS": 22, "SA": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TR": 26, "UA": 29,
}  # fmt: skip


def _iban(found: str) -> bool:
    """Whether country, length and the remainder of 97 are right (ISO 13616)."""
    plain = re.sub(r"\W", "", found).upper()
    if _IBAN_LENGTHS.get(plain[:2]) != len(plain):
        return False
    return int("".join(str(int(one, 36)) for one in plain[4:] + plain[:4])) % 97 == 1


def _resident(found: str) -> bool:
    """Whether a Chinese resident's number has a birth date and its check digit (GB 11643)."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    try:
        born = date(int(found[6:10]), int(found[10:12]), int(found[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(found[:17], weights, strict=True))
    return born.year >= 1900 and found[17].upper() == "10X98765432"[total % 11]


def _social_security(found: str) -> bool:
    area, group, serial = found[:3], found[4:6], found[7:]
    return area not in ("000", "666") and area < "900" and group != "00" and serial != "0000"


def _identity(found: str) -> bool:
    return _resident(found) if len(found) == 18 else _social_security(found)


def _phone(found: str) -> bool:
    digits = _digits(found)
    if not 8 <= len(digits) <= 15 or len(set(digits)) <= 2:
        return False
    if found.startswith("+1"):
        return len(digits) == 11 and digits[1] in "23456789"
    # Without its country's code one that begins with 0 has ten digits at least, or a sign between its parts.
    return not found.startswith("0") or len(digits) >= 10 or "/" in found or "-" in found


def _ip(found: str) -> bool:
    try:
        address = ipaddress.ip_address(found)
    except ValueError:
        return False
    long = any(len(group) > 2 for group in found.split(":")) or "." in found
    zeros = found.endswith(".0.0")  # a version of a program, or a whole network
    return long and not zeros and not (address.is_unspecified or address.is_loopback)


_FILES = frozenset(("png", "jpg", "jpeg", "gif", "svg", "webp", "css", "js", "ico", "pdf", "mp4"))


def _email(found: str) -> bool:
    name, _, host = found.rpartition("@")
    return ".." not in found and not name.startswith(".") and host.rpartition(".")[2].lower() not in _FILES


def _date(found: str) -> bool:
    """Whether its numbers can be a day, a month and a year."""
    numbers = [int(one) for one in re.findall(r"\d+", found)]
    years, rest = [one for one in numbers if one > 31], [one for one in numbers if one <= 31]
    if len(years) > 1 or any(99 < one < 1900 or one > 2100 for one in years):
        return False
    if len(numbers) == 2:  # the month is a word
        return len(years) == 1 and rest[0] >= 1
    days = rest if years else rest[:2]
    return len(days) >= 2 and 1 <= min(days) <= 12


PATTERNS = (
    Pattern(
        "identity",
        later("identity number"),
        later("A Chinese resident's number with its check digit, or a US social security number."),
        lambda text: len(_digits(text)) >= 9,
        re.compile(r"(?<![\d.-])(?:\d{17}[\dXx]|\d{3}-\d{2}-\d{4})(?![\d-])"),
        _identity,
    ),
    Pattern(
        "iban",
        later("bank account (IBAN)"),
        later("A country's letters and an account of its length whose check digits are right."),
        lambda text: len(text) >= 15 and _DIGIT.search(text) is not None,
        re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?: ?[A-Za-z0-9]{4}){2,7}(?: ?[A-Za-z0-9]{1,3})?(?![A-Za-z0-9])"),
        _iban,
    ),
    Pattern(
        "card",
        later("payment card"),
        later("13 to 19 digits in one, or in the groups of a card, whose check digit is right."),
        lambda text: len(_digits(text)) >= 13,
        re.compile(
            r"(?<![\d.,-])(?<!\d )(?:\d{13,19}|\d{4}(?P<by>[ -])\d{4}(?P=by)\d{4}(?P=by)\d{4}"
            r"|3\d{3}(?P<of>[ -])\d{6}(?P=of)\d{5})(?!\d|[.,-]\d| \d{4}(?!\d))"
        ),
        _card,
    ),
    Pattern(
        "birth_date",
        later("birth date"),
        later("A date right after a word for birth."),
        lambda text: _DIGIT.search(text) is not None,
        re.compile(
            r"(?:\bborn\b|\bbirth\s?da(?:te|y)\b|\bdate of birth\b|\bd\.?o\.?b\.?\b|\bgeboren\b|\bgeb\.|出生|生日)"
            rf"[^.!?。\n]{{0,12}}?(?P<it>{_DATE})",
            re.IGNORECASE,
        ),
        _date,
    ),
    Pattern(
        "email",
        later("e-mail address"),
        later("A name, @ and a domain."),
        lambda text: "@" in text,
        re.compile(
            r"(?<![A-Za-z0-9_.+-])[A-Za-z0-9_.+-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+"
            r"[A-Za-z]{2,24}(?![A-Za-z0-9]|:[A-Za-z])"
        ),
        _email,
    ),
    Pattern(
        "ip",
        later("IP address"),
        later("Four numbers up to 255, or eight groups of hexadecimal digits; not that of the machine itself."),
        lambda text: text.count(".") >= 3 or text.count(":") >= 2,
        re.compile(
            r"(?<![A-Za-z0-9_.:])(?<![A-Za-z]/)(?<![Vv]ersion )(?:(?:\d{1,3}\.){3}\d{1,3}(?![A-Za-z0-9_]|\.\d)"
            r"|(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}(?![A-Za-z0-9_:])"
            r"|(?:[0-9A-Fa-f]{1,4}:){1,6}(?::[0-9A-Fa-f]{1,4}){1,5}(?![A-Za-z0-9_:]))"
        ),
        _ip,
    ),
    Pattern(
        "phone",
        later("phone number"),
        later("A number with its country's code, a Chinese mobile number, or one in the usual groups."),
        lambda text: len(_digits(text)) >= 8,
        re.compile(
            r"(?<![A-Za-z0-9_.+-])(?<!\d )(?:\+\d{1,3}[ -]?(?:\(\d{1,4}\)[ -]?)?\d{1,4}(?:[ -]?\d{2,4}){1,4}"
            r"|\+\d{1,3}\.\d{2,4}\.\d{3,4}(?:\.\d{3,4})?|(?:1[ .-])?\(\d{3}\) ?\d{3}[ .-]\d{4}"
            r"|(?:1[.-])?\d{3}[.-]\d{3}[.-]\d{4}|1[3-9]\d{9}|0\d{2,3}-\d{7,8}|0\d{2,4}[ /-]\d{3,4}[ -]?\d{3,5})"
            r"(?![\d-]|[.,]\d| \d)"
        ),
        _phone,
    ),
    Pattern(
        "address",
        later("street address"),
        later("A number and a street's name with a word for a street, or a Chinese road with its number."),
        lambda text: _DIGIT.search(text) is not None,
        re.compile(
            r"\b\d{1,5}[A-Za-z]? (?!(?:Hour|Minute|Day|Year|Mile|Meter|Metre)s?\b)"
            rf"(?:[A-Z][A-Za-z'’.-]+ ){{1,3}}(?i:{_STREETS})\b\.?"
            r"|\b[A-ZÄÖÜ][a-zäöüß]+(?:straße|strasse|str\.|weg|platz|allee|gasse) \d{1,4}[a-z]?\b"
            r"|[\u4e00-\u9fff]{2,8}(?:路|街|大道|巷|弄)\d{1,5}号"
        ),
    ),
    Pattern(
        "name",
        later("name of a person"),
        later("A name after a title or a word of naming, or beside a Chinese form of address; others by choice."),
        lambda text: _NAMING.search(text) is not None,
        re.compile(
            rf"(?:{_INTRODUCED})(?P<it>{_NAME})"
            rf"|(?:{_CALLED})(?P<named>(?:{_SURNAMES})[\u4e00-\u9fff]{{1,2}})"
            rf"|(?P<called>(?<![任如为几])(?!{_NO_SURNAME})(?:{_SURNAMES})[\u4e00-\u9fff]{{0,2}})(?={_ADDRESSED})"
        ),
    ),
)
"""What is told by its form, and tells most of a person first."""
PLACE = Kind(
    "place",
    later("place"),
    later("A city, a country, a landmark or a region that a model of English takes for one; only by choice."),
)
KINDS: tuple[Kind, ...] = (*PATTERNS, PLACE)
"""All kinds, those that tell most of a person first: where two cover the same place, it is of the first."""
BY_NAME = {kind.name: kind for kind in KINDS}


def personal_in(text: str) -> list[Personal]:
    """The places of personal data in a text, by where they are; none of them overlap."""
    found: list[Personal] = []
    for kind in PATTERNS:
        if kind.needs(text):
            free = [one for one in _places(kind, text) if not _taken(found, one)]
            found = sorted([*found, *free], key=_start) if free else found
    return found


def _places(kind: Pattern, text: str) -> Iterator[Personal]:
    for match in kind.pattern.finditer(text):
        group = next((name for name in _FOUND if match.groupdict().get(name) is not None), 0)
        if kind.holds(match[group]):
            yield Personal(kind.name, *match.span(group))


def _start(one: Personal) -> int:
    return one.start


def _taken(found: Sequence[Personal], one: Personal) -> bool:
    """Whether one of the places, which are in order and apart, has a part of this one."""
    before = bisect_left(found, one.stop, key=_start)
    return before > 0 and found[before - 1].stop > one.start


def merged(found: Sequence[Personal], others: Sequence[Personal]) -> list[Personal]:
    """Places of a text and others of it, by where they are; of others that overlap any, the first alone is kept."""
    both = list(found)
    for one in others:
        if not _taken(both, one):
            both = sorted([*both, one], key=_start)
    return both
