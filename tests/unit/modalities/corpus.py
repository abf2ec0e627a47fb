"""Small corpora that the tests of signals share."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pyarrow as pa

from core.modalities.payloads import Payloads


def text_payloads(texts: Sequence[str]) -> Payloads:
    """Payloads of texts, hashed as the store hashes them."""
    hashes = [hashlib.md5(text.encode()).hexdigest() for text in texts]
    return Payloads.of(pa.chunked_array([pa.array(texts, pa.string())]), pa.chunked_array([hashes]))


def silent(done: float, total: float) -> None:
    """Progress that nobody watches."""
