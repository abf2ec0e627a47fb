"""Looks for the patterns in every text and every column of texts that is kept with it, and for names and places where
the scan was asked to."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa

from core.issues.contract import Found
from core.issues.evidence import lists_of_texts
from core.issues.signals import Signals
from core.personal import KINDS, Personal, merged, personal_in, personal_in_column

AT_ONCE = 10_000
"""Texts that are in Python's memory at a time."""
PLACES = 20
"""Of a text, the first so many places are kept, to be shown in it."""
_RANK = {kind.name: rank for rank, kind in enumerate(KINDS)}
_Held = dict[str, Counter[str]]
"""Column ("" for the example itself) → kind → places."""


def find(signals: Signals) -> Found:
    """Flags every row in which a pattern, a name or a place is, in its text or beside it; only these are listed."""
    count = len(signals.example_ids)
    held: defaultdict[int, _Held] = defaultdict(dict)
    own: dict[int, Sequence[Personal]] = {}
    for row, found in _in_texts(signals):
        held[row][""] = Counter(one.kind for one in found)
        own[row] = found[:PLACES]
    for column, values in signals.kept.items():
        for row, kinds in _in_column(column, values):
            held[row][column] = kinds
    score = np.ones(count)
    lists = "kinds", "columns", "column_kinds", "place_kinds"
    names: dict[str, list[list[str] | None]] = {one: [None] * count for one in lists}
    numbers = "counts", "column_counts", "starts", "stops"
    counts: dict[str, list[list[int] | None]] = {one: [None] * count for one in numbers}
    for row, places_of in own.items():
        names["place_kinds"][row] = [one.kind for one in places_of]
        counts["starts"][row] = [one.start for one in places_of]
        counts["stops"][row] = [one.stop for one in places_of]
    for row, places in held.items():
        total = _total(places)
        names["kinds"][row], counts["counts"][row] = list(total), list(total.values())
        beside = [(column, *one) for column, each in places.items() if column for one in _total({"": each}).items()]
        if beside:
            names["columns"][row] = [column for column, *_ in beside]
            names["column_kinds"][row] = [kind for _, kind, _ in beside]
            counts["column_counts"][row] = [places for *_, places in beside]
        # Half at most, by the kind that tells most; more of them make it a little worse.
        score[row] = 0.5 * (_RANK[next(iter(total))] + 1 / sum(total.values())) / (len(KINDS) + 1)
    flagged = score < 0.5
    evidence = {one: lists_of_texts(rows) for one, rows in names.items()}
    evidence |= {one: pa.array(rows, pa.list_(pa.int64())) for one, rows in counts.items()}
    columns = Counter(column for places in held.values() for column in places if column)
    summary = {
        "kinds": dict(Counter(kind for places in held.values() for kind in _total(places)).most_common()),
        "names": signals.named is not None,
        **({"columns": dict(columns.most_common())} if columns else {}),
    }
    return Found(score, flagged, None, pa.table(evidence), summary, about=flagged)


def _total(places: _Held) -> dict[str, int]:
    """Kind → places in all columns, that which tells most of a person first."""
    total = sum(places.values(), Counter[str]())
    return {kind: total[kind] for kind in sorted(total, key=_RANK.__getitem__)}


def _in_texts(signals: Signals) -> Iterator[tuple[int, Sequence[Personal]]]:
    texts, named = signals.written, signals.named
    if texts is None:
        return
    for start in range(0, len(texts), AT_ONCE):
        for row, text in enumerate(texts.slice(start, AT_ONCE).to_pylist(), start):
            places = personal_in(text or "")
            if named and row in named:
                places = merged(places, named[row])
            if places:
                yield row, places


def _in_column(column: str, values: pa.ChunkedArray) -> Iterator[tuple[int, Counter[str]]]:
    """Each value once: those of a column often repeat."""
    for start in range(0, len(values), AT_ONCE * 10):
        part = values.slice(start, AT_ONCE * 10).combine_chunks().dictionary_encode()
        found = {
            place: Counter(one.kind for one in places)
            for place, value in enumerate(part.dictionary.to_pylist())
            if value and (places := personal_in_column(column, value))
        }
        if not found:
            continue
        indices = part.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        for row in np.flatnonzero(np.isin(indices, list(found))).tolist():
            yield start + row, found[int(indices[row])]
