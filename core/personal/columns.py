"""Personal data in columns that are kept with a row: a column's name says of its values what a word before them says in
a text.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import permutations

from core.personal.patterns import Personal, merged, personal_in

_NO = "(?:number|no|nr|num)"
_WHICH = (
    rf"{_NO}|\d+|home|work|office|private|business|primary|secondary|main|emergency|contact|customer|client|person|user"
    "|patient|employee|owner|guest|sender|recipient|buyer|seller|raw|text|full"
)
"""What may follow the word that says it: whose it is, or which of several. Before any other word it says nothing of the
values: those of `card_type` and `phone_price` are no numbers of somebody's."""
_WORDS = {
    "phone": rf"(?:cell ?|tele)?phone|phonenumber|tel|telefon(?:nummer)?|mobile?|mobilnummer|handy(?:nummer)?|fax"
    rf"|rufnummer|(?:cell|contact) {_NO}",
    "identity": rf"ssn|social (?:security|insurance)|passport|reisepass|(?:reise)?passnummer|national id(?:entity)?"
    rf"|national insurance|identity (?:card|{_NO})|id card|tax(?: ?payer)? (?:id|{_NO})|nino|nhs {_NO}"
    r"|driv(?:er(?:'? ?s)?|ing) licen[cs]e|steuer(?:nummer| ?id)|(?:personal)?ausweis(?:nummer)?"
    "|sozialversicherungsnummer",
    "iban": rf"iban|bank account|(?:account|acct) {_NO}|accountnumber|konto {_NO}|kontonummer",
    "card": rf"card {_NO}|cardnumber|(?:credit|debit) card|kreditkarte|(?:kredit)?kartennummer",
}
_CHINESE = {"phone": "电话|手机|传真", "identity": "身份证|护照", "iban": "账号|账户", "card": "卡号"}
_KINDS = {
    kind: re.compile(rf"\b(?:{words})(?: (?:{_WHICH}))*(?: of .*)?$|(?:{_CHINESE[kind]})(?:号码?)?$")
    for kind, words in _WORDS.items()
}
_MAYBE = re.compile(rf"\b(?:card|account|cell)(?: (?:{_WHICH}))*$")
"""Names of columns in which digits alone are looked at as in a text. Those of any other are more often ids of rows: of
random ones of 13 to 19 digits 5 in 100 pass as a card's, by their first digits and the check digit."""
_BORN = re.compile(
    rf"\b(?:birth(?: ?(?:day|date))?|dob|born(?: on)?|geboren(?: am)?|geb|geburts(?:tag|datum))(?: (?:{_WHICH}))*"
    r"(?: of .*)?$|出生(?:日期|年月日?)?$|生日$"
)
_NAME = re.compile(r"[a-z] ?name$|姓名|联系人|收件人")
"""A bare “name” is that of a thing as often."""
_PART = re.compile(r"\b(?:first|last|family|given|middle|maiden|sur) ?name$|\b(?:vor|nach|familien)name$")
_WHOLE = re.compile(r"\b(?:full|customer|client|patient|employee|contact|student|author) ?name$")
_CALLED = re.compile(r"[^\W\d_]+[.'’]?(?:[ ,’'-]{1,2}[^\W\d_]+\.?){0,4}")
_NOBODY = frozenset(("", "none", "null", "nan", "unknown", "anonymous", "not given"))

_DIGITS = re.compile(r"(?<![\w@.-])\+?\(?\d(?:[\s().\-–/]{0,3}\d){6,18}(?![\w@])")
_SIGNS = re.compile(r"[A-Za-z0-9](?:[ ./-]?[A-Za-z0-9]){5,33}")
_DECIMAL = re.compile(r"[-+]?\d*\.(?!0$)\d+")
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec"
_GERMAN = {"mär": "mar", "mae": "mar", "mai": "may", "okt": "oct", "dez": "dec"}
_AT = r"(?:[T ]\d{1,2}:\d{2}\S*(?: ?[AaPp]\.?[Mm]\.?| ?UTC)?)?"
_DAY = re.compile(rf"(\d{{1,4}})[./ -]{{1,2}}(\d{{1,2}})[./ -]{{1,2}}(\d{{2,4}}){_AT}")
_DAY_IN_ONE = re.compile(r"(\d{8})(?:\.0)?")
_DAY_IN_WORDS = re.compile(
    r"(?:(\d{1,4})(?:st|nd|rd|th)?[. -]*(?:of )?)?([^\W\d_]{3,9})\.?[ -]*(\d{1,4})(?:st|nd|rd|th)?"
    rf"(?:[., -]+(\d{{2,4}}))?{_AT}"
)

_SHORT = 300
"""Characters of a value that is kept with what was found in it: values of a column repeat."""


@dataclass(frozen=True, slots=True)
class _Told:
    """What a column's name says of its values."""

    said: str
    kind: str | None
    """Whose kind a number in it is, in whatever form."""
    digits: bool
    """Whether digits alone are looked at."""
    born: bool
    called: bool
    """Whether a word of naming is the last of it."""


def tells(column: str) -> bool:
    """Whether a column of that name holds what is somebody's: its numbers and dates are looked at as texts are."""
    told = _told(column)
    return told.digits or told.born or told.called


def personal_in_column(column: str, value: str) -> list[Personal]:
    """The places of personal data in a value of the column of that name, as `personal_in` gives them: `1980-03-04` is a
    birth date in the column `date_of_birth`, `Jane Miller` a name in `customer_name`, and `4155550142` a number in
    `phone`. Digits alone are a card's or a phone's number only in a column that says so."""
    return list(_kept(column, value)) if len(value) <= _SHORT else _found(column, value)


@lru_cache(1 << 15)
def _kept(column: str, value: str) -> tuple[Personal, ...]:
    return tuple(_found(column, value))


def _found(column: str, value: str) -> list[Personal]:
    found, of = personal_in(value), _told(column)
    if not of.digits and value.strip().isdigit():
        found = [one for one in found if one.kind not in ("card", "phone")]
    if not (of.kind or of.born or of.called):
        return found
    told = _numbers(of.kind, value) if of.kind else []
    start, stop = len(value) - len(value.lstrip()), len(value.rstrip())
    if of.born and _is_day(value[start:stop]):
        told = [Personal("birth_date", start, stop)]
    elif of.called and _is_called(of.said, value[start:stop]):
        told = [Personal("name", start, stop)]
    if of.born or of.called:
        before = "birth date: " if of.born else f"{of.said}: "
        of_words = [(one.kind, one.start - len(before), one.stop - len(before)) for one in personal_in(before + value)]
        told = merged(told, [Personal(*one) for one in of_words if one[1] >= 0])
    # What a pattern knows of the same place stays, unless the name says more of it.
    new = [one for one in told if not any(old.start <= one.start and one.stop <= old.stop for old in found)]
    return merged(new, found)


def _numbers(kind: str, value: str) -> list[Personal]:
    """Where digits stand in a column that says whose they are: 7 to 19 of them, or a whole value of letters and digits
    where the number of a passport or of an account may have both."""
    whole = value.strip()
    if _DECIMAL.fullmatch(whole):
        return []
    start = value.index(whole) if whole else 0
    if kind in ("identity", "iban") and _SIGNS.fullmatch(whole):
        digits = sum(one.isdigit() for one in whole)
        if digits >= 5 and sum(one.isalpha() for one in whole) <= digits + 2:
            return [Personal(kind, start, start + len(whole))]
    return [Personal(kind, *match.span()) for match in _DIGITS.finditer(value)]


def _is_day(value: str) -> bool:
    """Whether a value is a day of a life: 1980-03-04, 04.03.80, 19800304, 3/4/1980 10:00, 4. März 1980, Mar 4, 1980."""
    if (match := _DAY_IN_ONE.fullmatch(value)) and (it := match[1]):
        return _can_be(it[:4], it[4:6], it[6:]) or _can_be(it[:2], it[2:4], it[4:])
    if match := _DAY.fullmatch(value):
        return _can_be(*match.groups())
    if match := _DAY_IN_WORDS.fullmatch(value):
        month = match[2][:3].lower()
        month = _GERMAN.get(month, month)
        numbers = [one for one in (match[1], match[3], match[4]) if one]
        return month in _MONTHS.split() and len(numbers) == 2 and _can_be("1", *numbers)
    return False


def _can_be(*parts: str) -> bool:
    for year, month, day in permutations(parts):
        if len(year) in (2, 4) and (len(year) == 2 or "1850" <= year <= "2100"):
            with suppress(ValueError):
                date(int(year) if len(year) == 4 else 2000 + int(year), int(month), int(day))
                return True
    return False


def _is_called(said: str, value: str) -> bool:
    """Whether a value is what somebody is called, in letters of any case, in a column for a person's name."""
    if value.lower() in _NOBODY or not _CALLED.fullmatch(value):
        return False
    return bool(_PART.search(said) or (_WHOLE.search(said) and " " in value))


@lru_cache(1 << 10)
def _told(column: str) -> _Told:
    """`contactPhone2` says what “contact phone 2” says."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=\d)", " ", column)
    said = " ".join(re.sub(r"[_.-]", " ", parted).split()).lower()
    kind = next((kind for kind, words in _KINDS.items() if words.search(said)), None)
    called = bool(_NAME.search(said))
    return _Told(said, kind, bool(kind or _MAYBE.search(said)), bool(_BORN.search(said)), called)
