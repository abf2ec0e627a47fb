"""Mojibake: UTF-8 that was read in another encoding. A run of characters is one where those of the other encoding are,
as bytes, UTF-8 again, which what people write all but never is: continuation bytes stand where letters do not.

As ftfy does (Speer, 2019), without its tables of what is likely.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

CANDIDATE: Final = r"[\x{80}-\x{FF}\x{410}-\x{44F}][^\x00-\x7F]"
"""Texts without two such characters in a row have none, for RE2."""
_RUN = re.compile("[^\x00-\x7f]{2,}")
_CODES: Final = ("cp1252", "cp1251")
_MOST = 200
"""Characters of a run that are looked at."""


def mended(text: str) -> list[tuple[str, str]]:
    """What stands in a wrong encoding, and what it says."""
    found = ((run, right) for run in _RUN.findall(text) if (right := _right(run[:_MOST])) is not None)
    return list(found)


def _right(run: str) -> str | None:
    """What a run says in UTF-8, or None where it is none. Latin-1 fills the five gaps of cp1252, as browsers do; of
    Cyrillic two letters may be UTF-8 by chance."""
    for code in _CODES:
        data = bytearray()
        for character in run:
            try:
                data += character.encode(code)
            except UnicodeEncodeError:
                if code != "cp1252" or ord(character) > 0xFF:
                    break
                data.append(ord(character))
        else:
            try:
                right = data.decode("utf-8")
            except UnicodeDecodeError:
                continue
            if (code == "cp1252" or len(right) >= 2) and not unicodedata.combining(right[0]):
                return right
    return None
