"""Looks for the patterns in every text, and for names and places where the scan was asked to."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pyarrow as pa

from core.issues.contract import Found
from core.issues.evidence import lists_of_texts
from core.issues.signals import Signals
from core.personal import KINDS, merged, personal_in

AT_ONCE = 10_000
"""Texts that are in Python's memory at a time."""
_RANK = {kind.name: rank for rank, kind in enumerate(KINDS)}


def find(signals: Signals) -> Found:
    """Flags every row in which a pattern, a name or a place is; only these are listed."""
    texts, named = signals.written, signals.named
    count = len(texts)
    score = np.ones(count)
    kinds: list[list[str] | None] = [None] * count
    counts: list[list[int] | None] = [None] * count
    for start in range(0, count, AT_ONCE):
        for row, text in enumerate(texts.slice(start, AT_ONCE).to_pylist(), start):
            places = personal_in(text or "")
            if named and row in named:
                places = merged(places, named[row])
            held = Counter(one.kind for one in places)
            if held:
                kinds[row] = sorted(held, key=_RANK.__getitem__)
                counts[row] = [held[kind] for kind in kinds[row] or ()]
                # Half at most, by the kind that tells most; more of them make it a little worse.
                worst = min(_RANK[kind] for kind in held)
                score[row] = 0.5 * (worst + 1 / held.total()) / (len(KINDS) + 1)
    flagged = score < 0.5
    rows = Counter(kind for each in kinds if each for kind in each)
    return Found(
        score,
        flagged,
        None,
        pa.table({"kinds": lists_of_texts(kinds), "counts": pa.array(counts, pa.list_(pa.int64()))}),
        {"kinds": dict(rows.most_common()), "names": named is not None},
        about=flagged,
    )
