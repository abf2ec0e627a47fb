"""What is wrong with texts as they are. What is rare is looked for by Arrow first, so that Python sees few of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from core.modalities.payloads import Measures, Payloads
from core.modalities.suspicion import Suspicion
from core.modalities.text.faults import FEW, NEARLY_ALL, REPEATED, SOME_WORDS, TIMES
from core.modalities.text.faults.boilerplate import boilerplate, cut, sentences
from core.modalities.text.faults.encoding import CANDIDATE, mended
from core.modalities.text.faults.repeats import repeats
from core.modalities.text.language import UNCLEAR
from core.progress import Report

AT_ONCE = 20_000
UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
"""Characters of scripts that put no blanks between words, each of which counts as a word."""
SAYS = r"[\p{L}\p{N}\p{So}]"
"""What a text has that says anything, for RE2: letters, digits, emoji."""
NOTHING = frozenset(
    (
        *("n/a", "na", "n.a.", "nan", "null", "(null)", "none", "nil", "undefined", "<na>", "#n/a", "#na", "#ref!"),
        *("#value!", "#name?", "[deleted]", "[removed]", "[empty]", "deleted", "removed", "empty", "blank"),
    )
)
"""What stands for nothing, in small letters."""
UNREADABLE = r"[\x00-\x08\x0B\x0C\x0E-\x1F\x7F\x{80}-\x{84}\x{86}-\x{9F}\x{FFFD}\x{FFFE}\x{FFFF}\p{Co}]"
_TAGS = (
    "a abbr article aside b blockquote body br button center code dd div dl dt em embed font footer form h1 h2 h3 h4 "
    "h5 h6 head header hr html i iframe img input label li link meta nav object ol option p pre s script section "
    "select small span strike strong style sub sup svg table tbody td textarea tfoot th thead title tr tt u ul video"
)
MARKUP = (
    rf"(?i)</?(?:{'|'.join(_TAGS.split())})(?:\s[^<>]{{0,500}})?/?>|<!--|<!doctype"
    r"|&(?:amp|lt|gt|quot|apos|nbsp|copy|reg|hellip|mdash|ndash|[lr]squo|[lr]dquo|bull|euro|#\d{1,6}|#x[0-9a-f]{1,5});"
)
ESCAPES = r"\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|\\[nrt](?:\\[nrt]|[A-Z]|\s|$)|\\[\"']"
"""What a program writes for a character that it does not write as it is, and another one did not read as that."""


def find(payloads: Payloads, measures: Measures, tick: Report) -> dict[str, Suspicion]:
    """As `core.modalities.heavy` says."""
    return suspicions(payloads.column, measures.get("language"), tick)


def suspicions(
    texts: pa.ChunkedArray, languages: NDArray[Any] | None = None, tick: Report = lambda done, total: None
) -> dict[str, Suspicion]:
    """Of n texts; in which of the `languages` (n,) each is, where that is known."""
    parts, total = [], len(texts)
    for start in range(0, total, AT_ONCE):
        tick(start, total)
        parts.append(_Part.of(pc.fill_null(texts.slice(start, AT_ONCE), "")))
    whole = _Part.joined(parts)
    words = whole.words
    known = words[words > 0]
    fewer, more = np.quantile(known, (0.05, 0.95)) if len(known) else (0.0, 0.0)
    median = float(np.median(known)) if len(known) else 0.0
    counted = np.where(whole.empty, np.nan, words)
    shared, notices = boilerplate(
        lambda row: str(texts[row].as_py() or ""), np.array(whole.digests, np.int64), whole.sentences
    )
    foreign = {} if languages is None else {"foreign": _foreign(languages, words)}
    return {
        "empty": Suspicion(whole.empty, 0.25, certain=0.25, amiss=True, found=whole.beginnings),
        "too_short": Suspicion(counted, median / TIMES, low=True, ratios=True, usual=float(fewer)),
        "too_long": Suspicion(counted, median * TIMES, ratios=True, usual=float(more)),
        "mojibake": Suspicion(whole.mojibake, 0.5, certain=0.5, amiss=True, found=whole.mended),
        "unreadable": Suspicion(whole.unreadable, 0.5, certain=0.5, amiss=True, found=whole.lost),
        "escapes": Suspicion(whole.escaped, 0.5, certain=0.5, amiss=True, found=whole.escapes),
        "markup": Suspicion(whole.markup, 0.5, certain=0.5, amiss=True, found=whole.tags),
        "repeated": Suspicion(whole.repeated, REPEATED, certain=REPEATED, amiss=True, found=whole.again),
        "boilerplate": Suspicion(shared, 0.5, certain=0.5, amiss=True, found=notices),
        **foreign,
    }


def _foreign(languages: NDArray[Any], words: NDArray[np.float64]) -> Suspicion:
    """Texts of some words in a language that hardly another text is in, where nearly all are in one."""
    told = np.array([language not in (None, "", UNCLEAR) for language in languages.tolist()], bool)
    _, place, counts = np.unique(languages[told].astype(str), return_inverse=True, return_counts=True)
    shares = counts / max(1, counts.sum())
    most = float(shares.max(initial=0.0))
    foreign = np.full(len(languages), np.nan)
    foreign[told] = (shares <= FEW)[place] if most >= NEARLY_ALL else 0.0
    foreign[words < SOME_WORDS] = np.nan
    names = [str(language or "") for language in languages.tolist()]
    return Suspicion(foreign, 0.25, certain=0.25, usual=most, found=names)


class _Part:
    """What is counted in some texts, and the first thing of each kind that was found in each."""

    words: NDArray[np.float64]
    empty: NDArray[np.float64]
    mojibake: NDArray[np.float64]
    unreadable: NDArray[np.float64]
    markup: NDArray[np.float64]
    repeated: NDArray[np.float64]
    beginnings: list[str]
    mended: list[str]
    lost: list[str]
    tags: list[str]
    again: list[str]
    escaped: NDArray[np.float64]
    escapes: list[str]
    digests: list[int]
    sentences: list[NDArray[np.int64]]
    """Digests of the sentences of each."""

    @classmethod
    def of(cls, texts: pa.ChunkedArray) -> _Part:
        part = cls()
        listed: list[str] = texts.to_pylist()
        split = [words_of(text) for text in listed]
        part.words = np.array([len(words) for words in split], float)
        silent = ~_matches(texts, SAYS)
        short = np.flatnonzero(part.words <= 2)
        nothing = np.zeros(len(listed), bool)
        nothing[[row for row in short if listed[row].strip().lower() in NOTHING]] = True
        part.empty = (silent | nothing).astype(float)
        part.beginnings = [cut(text) if empty else "" for text, empty in zip(listed, part.empty, strict=True)]
        part.mojibake, part.mended = _found(listed, _matches(texts, CANDIDATE), _mojibake)
        part.unreadable, part.lost = _found(listed, _matches(texts, UNREADABLE), _unreadable)
        part.markup, part.tags = _found(listed, _matches(texts, MARKUP), _markup)
        again = [repeats(words) for words in split]
        part.repeated = np.array([share for share, _ in again])
        part.again = [cut(said) for _, said in again]
        part.escaped, part.escapes = _found(listed, _matches(texts, ESCAPES), _escapes)
        part.digests = [hash(text) for text in listed]
        part.sentences = [np.array([hash(one) for one in sentences(text)], np.int64) for text in listed]
        return part

    @classmethod
    def joined(cls, parts: Sequence[_Part]) -> _Part:
        whole = cls()
        for name in cls.__annotations__:
            values = [getattr(part, name) for part in parts]
            arrays = not values or isinstance(values[0], np.ndarray)
            listed = [one for value in values for one in value]
            setattr(whole, name, np.concatenate([np.empty(0), *values]) if arrays else listed)
        return whole


def words_of(text: str) -> list[str]:
    """What blanks part; in scripts that have none between words, each character."""
    if UNSPACED.search(text):
        text = UNSPACED.sub(r" \g<0> ", text)
    return text.split()


def _matches(texts: pa.ChunkedArray, pattern: str) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = pc.match_substring_regex(texts, pattern).to_numpy(zero_copy_only=False)
    return found


def _found(
    texts: Sequence[str], rows: NDArray[np.bool_], look: Callable[[str], tuple[int, str]]
) -> tuple[NDArray[np.float64], list[str]]:
    counts, words = np.zeros(len(texts)), [""] * len(texts)
    for row in np.flatnonzero(rows).tolist():
        counts[row], words[row] = look(texts[row])
    return counts, words


def _mojibake(text: str) -> tuple[int, str]:
    found = mended(text)
    return len(found), f"“{cut(found[0][0])}” → “{cut(found[0][1])}”" if found else ""


_LOST = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ufffd\ufffe\uffff\ue000-\uf8ff]")


def _unreadable(text: str) -> tuple[int, str]:
    found = _LOST.findall(text)
    return len(found), f"U+{ord(found[0]):04X}" if found else ""


_ESCAPES = re.compile(ESCAPES)


def _escapes(text: str) -> tuple[int, str]:
    found = _ESCAPES.findall(text)
    return len(found), found[0] if found else ""


_MARKUP = re.compile(MARKUP.removeprefix("(?i)"), re.IGNORECASE)


def _markup(text: str) -> tuple[int, str]:
    found = _MARKUP.findall(text)
    return len(found), cut(found[0]) if found else ""
