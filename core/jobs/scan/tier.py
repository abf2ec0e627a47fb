"""Writes one tier of a scan: what the store takes in as a scan of its own, whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from core.arrays.disk_backed import empty_npy
from core.files import remove, remove_parts, whole
from core.issues.contract import Found
from core.issues.evidence import as_json
from core.issues.signals import Signals
from core.jobs.label_column import label_column
from core.targets import Target
from core.targets.arrays import unlabelled
from core.targets.spans.form import written
from core.typed import JsonObject


def write_tier(folder: Path, target: Target, signals: Signals, found: Mapping[str, Found], summary: JsonObject) -> None:
    """Writes the folder: issues.parquet, probabilities.npy, row_ids.npy and summary.json."""
    remove_parts(folder.parent)
    with whole(folder) as part:
        part.mkdir(parents=True)
        given = _given(target, signals)
        tables = [_issues(kind, target, given, signals, one) for kind, one in found.items()]
        pq.write_table(pa.concat_tables(tables), part / "issues.parquet")
        np.save(part / "row_ids.npy", signals.example_ids)
        _save(part / "probabilities.npy", signals.probabilities)
        (part / "summary.json").write_text(json.dumps(summary, ensure_ascii=False, indent=1), encoding="utf-8")
        remove(folder)


def _issues(kind: str, target: Target, given: pa.Array, signals: Signals, found: Found) -> pa.Table:
    """One type's list; its ranks are its own. Rows of which it can say nothing come after all others, and last those
    that a person has settled."""
    count = len(found.score)
    rank = np.empty(count, np.int64)
    judged = np.ones(count, bool) if found.judged is None else found.judged
    settled = np.zeros(count, bool) if found.settled is None else found.settled
    about = np.ones(count, bool) if found.about is None else found.about
    rank[np.lexsort((found.score, ~judged, settled, ~about))] = np.arange(1, count + 1)
    suggested = _suggested(target, signals, found) or pa.nulls(count, given.type)
    table = pa.table(
        {
            "example_id": signals.example_ids,
            "issue_type": pa.DictionaryArray.from_arrays(np.zeros(count, np.int32), [kind]).cast(pa.string()),
            "score": found.score.astype(np.float32),
            "is_issue": found.is_issue,
            "given": given,
            "suggested": suggested,
            "why": as_json(found.evidence),
            "rank": rank,
        }
    )
    return table if found.about is None else table.filter(pa.array(found.about))


def _given(target: Target, signals: Signals) -> pa.Array:
    if target.located:
        told = ~unlabelled(signals.labels)
        texts = [written(spans) if has else None for spans, has in zip(signals.words.spans, told, strict=True)]
        return pa.array(texts, pa.string())
    return label_column(target, signals.labels, signals.classes)


def _suggested(target: Target, signals: Signals, found: Found) -> pa.Array | None:
    """None for nothing; of labels that are spans, arrays do not say where they are."""
    if found.suggestion is None or (target.located and isinstance(found.suggestion, np.ndarray)):
        return None
    if isinstance(found.suggestion, np.ndarray):
        return label_column(target, found.suggestion, signals.classes)
    return pa.array(found.suggestion, pa.string())


def _save(path: Path, probabilities: NDArray[np.floating[Any]]) -> None:
    """As float32, part by part: they may be larger than memory."""
    out = empty_npy(path, probabilities.shape)
    for start in range(0, len(probabilities), 1 << 16):
        out[start : start + (1 << 16)] = probabilities[start : start + (1 << 16)]
    out.flush()
