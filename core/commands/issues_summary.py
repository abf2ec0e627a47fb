"""What a scan says of a dataset as a whole, in words and as JSON values: for `issues --summary` and `scan`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from core.records import Scan
from core.services.issues.flags import ListLength, choices, worst_rows

SHOWN_CLASSES = 10
BALANCE = ": the list with the best balance of hits and misses to be expected"


def share_text(scan: Scan) -> str:
    """How many labels are wrong, with the interval; or that it cannot be told, and why."""
    share, untold = scan.summary["share_wrong"], scan.summary.get("untold")
    if untold:
        return f"How many labels are wrong cannot be told. {untold}"
    between = f"{share['low']:.1%} – {share['high']:.1%}"
    return f"{share['estimate']:.1%} of the labels are probably wrong ({between}, 95 % interval)."


def summary_data(scan: Scan, rows: int | None) -> dict[str, Any]:
    """Share, classes, and what lists of each length hold; `rows`: one more length."""
    summary = scan.summary
    return {
        "scan_id": scan.scan_id,
        "tier": scan.tier,
        "rows": summary["rows"],
        "flagged": summary["flagged"],
        "share_wrong": summary["share_wrong"],
        "untold": summary.get("untold"),
        "classes": summary["classes"],
        "review": [asdict(length) | {"that_is": length.often} for length in _lengths(scan, rows)],
    }


def summary_text(name: str, scan: Scan, rows: int | None) -> str:
    """The same for people: a line for the share, one per length of the list, one per class, the noisiest first."""
    summary = scan.summary
    classes = sorted((one for one in summary["classes"] if one["noise"] is not None), key=lambda one: -one["noise"])
    lines = [
        f"{scan.tier}, {summary['rows']:,} rows. {share_text(scan)}",
        f"{summary['flagged']:,} rows are flagged{BALANCE if summary['flagged'] else ''}.",
        *(_length_text(length) for length in _lengths(scan, rows)),
        *(["Wrong labels per class, most first:"] if classes else []),
        *(_class_text(one) for one in classes[:SHOWN_CLASSES]),
        f"The list itself: python -m core issues {name} --flagged",
    ]
    return "\n".join(lines)


def _lengths(scan: Scan, rows: int | None) -> list[ListLength]:
    found = {length.rows: length for length in choices(scan)}
    if rows is not None and (asked := worst_rows(scan, rows)) is not None:
        found[asked.rows] = asked
    return [found[length] for length in sorted(found)]


def _length_text(length: ListLength) -> str:
    return (
        f"  review {length.rows:,}: about {length.wrong:,.0f} wrong ({length.low:,.0f} – {length.high:,.0f}), "
        f"{length.often}"
    )


def _class_text(one: dict[str, Any]) -> str:
    low, high = one.get("noise_low"), one.get("noise_high")
    between = "" if low is None or high is None else f" ({low:.0%} – {high:.0%})"
    return f"  {one['label']}: {one['noise']:.1%}{between} of {one['support']:,}"
