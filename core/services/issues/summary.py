"""What a scan says of a dataset as a whole, in words and as JSON values: for `issues --summary` and `scan`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from core.issues.contract import IssueType
from core.records import Scan
from core.review.budget import Budget
from core.services.issues.budget import WORTH, budget_data, budget_lines
from core.services.issues.flags import ListLength, choices, worst_rows
from core.store.acts.of_lists import ListCounts
from core.typed import JsonObject

SHOWN_CLASSES = 10
BALANCE = ": the list with the best balance of hits and misses to be expected"


def type_text(scan: Scan, kind: IssueType[Any], counts: ListCounts, called: Callable[[str], str] = str) -> str:
    """How many rows a type flags and how sure that is: `Wrong labels: 12 flagged, 3 of them decided. 4.1% of …`."""
    about = scan.found(kind.name)
    untold = f" {about['untold']}" if about.get("untold") else ""
    decided = f", {counts.decided:,} of them decided" if counts.decided else ""
    before = f", {counts.settled_before:,} more decided in earlier versions" if counts.settled_before else ""
    return f"{kind.title}: {counts.flagged:,} flagged{decided}{before}. {kind.told(about, called)}.{untold}"


def summary_data(
    scan: Scan, kind: IssueType[Any], counts: ListCounts, rows: int | None, budget: Budget | None = None
) -> JsonObject:
    """What a type says of the dataset; of wrong labels what lists of each length hold too, and what the next reviews
    find; `rows`: one more length."""
    about = dict(scan.found(kind.name)) | asdict(counts)
    data = {"scan_id": scan.scan_id, "tier": scan.tier, "type": kind.name, "rows": scan.summary["rows"]} | about
    if data.pop("curve", None) is None:
        return data
    data.pop("joint", None)
    lengths = [asdict(length) | {"that_is": length.often} for length in _lengths(scan, rows)]
    return data | {"review": lengths} | ({} if budget is None else {"budget": budget_data(budget, WORTH)})


def summary_text(
    name: str,
    scan: Scan,
    kind: IssueType[Any],
    counts: ListCounts,
    rows: int | None,
    budget: Budget | None = None,
    called: Callable[[str], str] = str,
) -> str:
    """The same for people: a line for the type, and of wrong labels one per length of the list and one per class, the
    noisiest first; of several classes those that are missing or too much most often."""
    about = scan.found(kind.name)
    known = (one for one in about.get("classes", ()) if one.get("noise", 0) is not None)
    classes = sorted(known, key=lambda one: -_doubts(one))
    lines = [
        f"{scan.tier}, {scan.summary['rows']:,} rows. {type_text(scan, kind, counts, called)}",
        *([f"The {about['flagged']:,} worst rows{BALANCE}."] if "curve" in about and about["flagged"] else []),
        *(_length_text(length) for length in (_lengths(scan, rows) if "curve" in about else ())),
        *([] if budget is None else budget_lines(budget, WORTH)),
        *(["Wrong labels per class, most first:"] if classes else []),
        *(_class_text(one, called) for one in classes[:SHOWN_CLASSES]),
        f"The list itself: python -m core issues {name} --type {kind.name} --flagged",
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


def _doubts(one: Mapping[str, Any]) -> float:
    """The share of wrong labels of a class, or the flagged rows that lack it or have it too much."""
    return float(one["missing"] + one["extra"] if "missing" in one else one["noise"] or 0)


def _class_text(one: JsonObject, called: Callable[[str], str]) -> str:
    name = called(str(one["label"]))
    if "missing" in one:
        return f"  {name}: too much in {one['extra']:,} of {one['support']:,}, missing in {one['missing']:,}"
    low, high = one.get("noise_low"), one.get("noise_high")
    between = "" if low is None or high is None else f" ({low:.0%} – {high:.0%})"
    return f"  {name}: {one['noise']:.1%}{between} of {one['support']:,}"
