"""Personal data in columns that are kept with a row: a column's name says of its values what a word before them says in
a text.
"""

from __future__ import annotations

import re
from functools import lru_cache

from core.personal.patterns import Personal, merged, personal_in

_TELLS = re.compile(r"birth|\bdob\b|born|\bgeb|[a-z] ?name$|出生|生日|姓名|联系人|收件人")
"""Names of columns that tell what their values are. A bare “name” is that of a thing as often."""
_NUMBERS = re.compile(
    r"\b(phone|tele?|mobile|cell|fax|card|account|iban|ssn|social|passport|identity|national|tax)|电话|手机|卡号|账号|身份证"
)
"""Names of columns whose numbers are somebody's. Those of any other are more often ids of rows: of random ones of 13 to
19 digits 5 in 100 pass as a card's, by their first digits and the check digit."""
_SHORT = 300
"""Characters of a value that is kept with what was found in it: values of a column repeat."""


def tells(column: str) -> bool:
    """Whether a column of that name holds what is somebody's: its numbers and dates are looked at as texts are."""
    said = _said(column)
    return bool(_TELLS.search(said) or _NUMBERS.search(said))


def personal_in_column(column: str, value: str) -> list[Personal]:
    """The places of personal data in a value of the column of that name, as `personal_in` gives them: `1980-03-04` is a
    birth date in the column `date_of_birth`, and `Jane Miller` a name in `customer_name`. Digits alone are a card's or
    a phone's number only in a column that says so."""
    return list(_kept(column, value)) if len(value) <= _SHORT else _found(column, value)


@lru_cache(1 << 15)
def _kept(column: str, value: str) -> tuple[Personal, ...]:
    return tuple(_found(column, value))


def _found(column: str, value: str) -> list[Personal]:
    found, said = personal_in(value), _said(column)
    if value.strip().isdigit() and not _NUMBERS.search(said):
        found = [one for one in found if one.kind not in ("card", "phone")]
    if not _TELLS.search(said):
        return found
    before = len(said) + 2
    told = [(one.kind, one.start - before, one.stop - before) for one in personal_in(f"{said}: {value}")]
    return merged(found, [Personal(*one) for one in told if one[1] >= 0])


def _said(column: str) -> str:
    return " ".join(column.replace("_", " ").split()).lower()
