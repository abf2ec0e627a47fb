"""Puts together what a modality says may be wrong with its examples."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from core.issues.contract import Found
from core.issues.evidence import lists_of_texts
from core.issues.signals import Signals
from core.modalities.faults import COMMON
from core.modalities.suspicion import judged


def find(signals: Signals) -> Found:
    """Flags every row that has a fault; only these are listed."""
    suspicions = signals.faults
    held = {name: judged(one) for name, one in suspicions.items()}
    count = len(signals.example_ids)
    scores = np.stack([one.score for one in held.values()]) if held else np.ones((1, count))
    score = scores.min(0)
    flagged = score < 0.5
    kinds: list[list[str] | None] = [None] * count
    columns: dict[str, list[list[float] | None]] = {"values": [None] * count, "usual": [None] * count}
    found: list[list[str] | None] = [None] * count
    names = list(held)
    for row in np.flatnonzero(flagged).tolist():
        has = [names[place] for place in np.argsort(scores[:, row], kind="stable") if scores[place, row] < 0.5]
        kinds[row] = has
        columns["values"][row] = [round(float(suspicions[name].value[row]), 6) for name in has]
        columns["usual"][row] = [round(held[name].usual, 6) for name in has]
        found[row] = [words[row] if (words := suspicions[name].found) is not None else "" for name in has]
    return Found(
        score,
        flagged,
        None,
        pa.table(
            {
                "kinds": lists_of_texts(kinds),
                **{name: pa.array(rows, pa.list_(pa.float64())) for name, rows in columns.items()},
                "found": lists_of_texts(found),
            }
        ),
        {
            "kinds": _most_first({name: int(one.has.sum()) for name, one in held.items()}),
            "common": {
                name: round(one.share, 4) for name, one in held.items() if one.share > COMMON and suspicions[name].amiss
            },
        },
        about=flagged,
    )


def _most_first(counts: dict[str, int]) -> dict[str, int]:
    return {name: rows for name, rows in sorted(counts.items(), key=lambda one: -one[1]) if rows}
