"""Writes one tier of a scan: what the store takes in as a scan of its own, whole or not at all."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from core.duplicates.neighbours import Neighbours
from core.files import remove, remove_parts, whole
from core.issues import Finding, Signals
from core.jobs.rows import Rows


@dataclass(frozen=True, slots=True)
class Reasons:
    """What stands behind each row's score, beside its probabilities."""

    queries: NDArray[np.int64]
    """(m,) positions of the rows that have neighbours."""
    neighbours: Neighbours
    """Of the queries, in their order."""


def write_tier(
    target: Path,
    rows: Rows,
    signals: Signals,
    findings: Mapping[str, Finding],
    reasons: Reasons,
    summary: dict[str, Any],
) -> None:
    """Writes the folder `target`: issues.parquet, probabilities.npy, row_ids.npy and summary.json."""
    remove_parts(target.parent)
    with whole(target) as part:
        part.mkdir(parents=True)
        tables = [_issues(kind, rows, signals, finding, reasons) for kind, finding in findings.items()]
        pq.write_table(pa.concat_tables(tables), part / "issues.parquet")
        np.save(part / "row_ids.npy", rows.row_ids)
        _save(part / "probabilities.npy", signals.probabilities)
        (part / "summary.json").write_text(json.dumps(summary, ensure_ascii=False, indent=1), encoding="utf-8")
        remove(target)


def summary_of(finding: Finding, signals: Signals, labels: Sequence[str]) -> dict[str, Any]:
    """The part of a tier's summary that comes from the issues."""
    supports = np.bincount(signals.labels, minlength=len(labels))
    flagged = np.bincount(signals.labels[finding.is_issue], minlength=len(labels))
    given, true, rows = finding.joint
    return {
        "rows": len(signals.labels),
        "flagged": int(finding.is_issue.sum()),
        "share_wrong": {name: _number(value) for name, value in asdict(finding.share_wrong).items()},
        "untold": finding.untold,
        "curve": [
            [int(length), round(float(wrong), 2), round(float(low), 2), round(float(high), 2)]
            for length, wrong, low, high in zip(
                finding.curve.lengths, finding.curve.wrong, finding.curve.low, finding.curve.high, strict=True
            )
        ],
        "classes": [
            {
                "label": label,
                "support": int(supports[index]),
                "flagged": int(flagged[index]),
                "noise": _number(finding.class_shares.estimates[index]),
                "noise_low": _number(finding.class_shares.low[index]),
                "noise_high": _number(finding.class_shares.high[index]),
                "threshold": _number(finding.thresholds[index]),
            }
            for index, label in enumerate(labels)
        ],
        "joint": [
            [labels[one], labels[other], round(float(count), 2)]
            for one, other, count in zip(given, true, rows, strict=True)
        ],
    }


def _issues(kind: str, rows: Rows, signals: Signals, finding: Finding, reasons: Reasons) -> pa.Table:
    """One type's list; its ranks are its own. Rows that cannot be judged come after all others."""
    count = len(rows)
    rank = np.empty(count, np.int64)
    rank[np.lexsort((finding.score, ~signals.judged))] = np.arange(1, count + 1)
    return pa.table(
        {
            "row_id": rows.row_ids,
            "issue_type": pa.DictionaryArray.from_arrays(np.zeros(count, np.int32), [kind]).cast(pa.string()),
            "score": finding.score.astype(np.float32),
            "is_issue": finding.is_issue,
            "given": signals.labels.astype(np.int32),
            "suggested": finding.suggested.astype(np.int32),
            "why": pa.array(_why(rows, signals, finding, reasons), pa.string()),
            "rank": rank,
        }
    )


def _why(rows: Rows, signals: Signals, finding: Finding, reasons: Reasons) -> list[str]:
    """One JSON object per row, put together as text: a million of them through `json` would take a minute."""
    order = np.arange(len(rows))
    given, suggested = signals.labels, finding.suggested
    numbers = [
        _texts(signals.probabilities[order, given]),
        _texts(signals.probabilities[order, suggested]),
        _texts(finding.thresholds[given]),
        _texts(finding.thresholds[suggested]),
    ]
    found = [("[]", "[]")] * len(rows)
    ids, similarities = rows.row_ids[reasons.neighbours.rows].tolist(), reasons.neighbours.similarities.tolist()
    for query, near, cosines in zip(reasons.queries.tolist(), ids, similarities, strict=True):
        found[query] = (str(near), "[" + ", ".join(f"{cosine:.4f}" for cosine in cosines) + "]")
    return [
        f'{{"given_probability": {one}, "suggested_probability": {two}, "given_threshold": {three}, '
        f'"suggested_threshold": {four}, "neighbours": {near}, "similarities": {cosines}}}'
        for one, two, three, four, (near, cosines) in zip(*numbers, found, strict=True)
    ]


def _texts(values: NDArray[np.floating[Any]]) -> list[str]:
    return ["null" if math.isnan(value) else f"{value:.6g}" for value in np.asarray(values, np.float64).tolist()]


def _number(value: float) -> float | None:
    return None if math.isnan(value) else round(float(value), 6)


def _save(path: Path, probabilities: NDArray[np.floating[Any]]) -> None:
    """As float32, part by part: they may be larger than memory."""
    out = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=probabilities.shape)
    for start in range(0, len(probabilities), 1 << 16):
        out[start : start + (1 << 16)] = probabilities[start : start + (1 << 16)]
    out.flush()
