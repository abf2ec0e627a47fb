"""Which encoding a text file has, and how its bytes become text without losing track of what was undecodable."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path

UNDECODABLE = "\udc80"
"""Stands for bytes that no rule could decode. A lone surrogate: no valid file decodes to it."""
SAMPLE_BYTES = 256 * 1024
SAMPLE_PLACES = 5

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WESTERN = frozenset(
    "€‚„…‘’“”•–—™œŒšŠžŽ ¡£¥§©ª«®°±²³´µ¶·º»¼½¾¿ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝßàáâãäåæçèéêëìíîïñòóôõöøùúûüý"
)
"""What Western European text really uses of Windows-1252."""


_WESTERN_SHARE = 0.3
"""In Western text, at most so many bytes are no ASCII; in Cyrillic, Greek or Chinese text most of them are."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a file's bytes are to be decoded."""

    codec: str
    """A Python codec name."""
    errors: str
    """The name of a codec error handler that marks what it cannot decode with `UNDECODABLE`."""
    title: str
    """As a person knows it."""

    @property
    def native(self) -> bool:
        """Whether the store's CSV and JSON readers can take the file as it is."""
        return self.codec in ("utf-8", "utf-8-sig") and self.errors == "winnow-mark"


def _mark(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return UNDECODABLE, error.end


def _western(error: UnicodeError) -> tuple[str, int]:
    """Bytes that are no UTF-8 are taken for Windows-1252 where that gives characters in real use."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    text = error.object[error.start : error.end].decode("cp1252", "replace")
    return (text if set(text) <= _WESTERN else UNDECODABLE), error.end


codecs.register_error("winnow-mark", _mark)
codecs.register_error("winnow-western", _western)


def read_sample(path: Path) -> bytes:
    """The file's first `SAMPLE_BYTES` and as much from places spread over it, each cut at line ends."""
    size = path.stat().st_size
    with path.open("rb") as file:
        sample = file.read(SAMPLE_BYTES)
        if size <= SAMPLE_BYTES or b"\x00" in sample[:4096]:
            return sample
        cut = sample.rfind(b"\n") + 1
        pieces = [sample[: cut or None]]
        for place in range(1, SAMPLE_PLACES):
            file.seek(max(SAMPLE_BYTES, size * place // SAMPLE_PLACES))
            file.readline(SAMPLE_BYTES)
            piece = file.read(SAMPLE_BYTES // SAMPLE_PLACES)
            pieces.append(piece[: piece.rfind(b"\n") + 1])
    return b"".join(pieces)


def detect(sample: bytes) -> Encoding:
    """The encoding by byte order mark, by the pattern of zero bytes, by what decodes, and at last by statistics."""
    for bom, codec in _BOMS:
        if sample.startswith(bom):
            return Encoding(codec, "winnow-mark", codec.removesuffix("-sig").upper())
    if zeros := _zero_pattern(sample):
        return Encoding(zeros, "winnow-mark", zeros.upper())
    text = sample.decode("utf-8", "winnow-mark")
    if len(sample) >= SAMPLE_BYTES:
        text = text.rstrip(UNDECODABLE)
    broken = text.count(UNDECODABLE)
    if not broken:
        return Encoding("utf-8", "winnow-mark", "UTF-8")
    letters = sum(char > "\x7f" for char in text) - broken
    if letters > broken:
        return Encoding("utf-8", "winnow-mark", "UTF-8")
    return _legacy(sample, broken)


def _zero_pattern(sample: bytes) -> str | None:
    """UTF-16 without a mark shows as a zero in nearly every second byte of Western text."""
    head = sample[:4096]
    pairs = len(head) // 2
    if not pairs:
        return None
    even, odd = head[0 : 2 * pairs : 2].count(0), head[1 : 2 * pairs : 2].count(0)
    if odd > 0.4 * pairs > 4 * even:
        return "utf-16-le"
    if even > 0.4 * pairs > 4 * odd:
        return "utf-16-be"
    return None


def _legacy(sample: bytes, broken: int) -> Encoding:
    """Windows-1252 where the odd bytes look like it; another single- or multi-byte encoding where they abound."""
    odd = [byte for byte in sample if byte > 0x7F]
    western = sum(bytes([byte]).decode("cp1252", "replace") in _WESTERN for byte in odd)
    if len(odd) > _WESTERN_SHARE * len(sample):
        from charset_normalizer import from_bytes

        best = from_bytes(sample[:65536]).best()
        if best is not None and best.encoding not in ("ascii", "utf_8", "cp1252", "latin_1"):
            return Encoding(best.encoding, "winnow-mark", best.encoding.replace("_", "-"))
    if western > 0.5 * len(odd):
        return Encoding("utf-8", "winnow-western", "Windows-1252 (Latin-1)")
    return Encoding("utf-8", "winnow-mark", f"UTF-8 with {broken} undecodable places in the sample")
