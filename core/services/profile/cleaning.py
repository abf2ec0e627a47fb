"""Whether scan and review treat the groups of an attribute alike: reads the store, asks `profile.by_group.cleaned`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.beside.answers import TIMEOUT, Pending
from core.context import Context
from core.profile.by_group.cleaned import Cleaned, cleaned
from core.profile.by_group.rates import holm
from core.profile.records import CHANCE
from core.progress import Report
from core.records import CROSS, Attribute, Scan, Version
from core.store.acts.in_force import said_sql
from core.store.rows import rows_of
from core.store.scans import latest_scan
from core.words import stored


@dataclass(frozen=True, slots=True)
class CleaningByGroup:
    """The groups of one attribute, and whether what differs between them may be chance."""

    found: Cleaned
    scan: Scan
    differs: frozenset[str]
    """Which of its four rates (`flagged`, `confirmed`, `relabelled`, `excluded`) differ by more than chance, corrected
    for all four (Holm)."""


def cleaning_by_group(
    context: Context, version: Version, attributes: Sequence[Attribute], timeout: float | None = TIMEOUT
) -> CleaningByGroup | Pending | None:
    """Of the version's newest scan and the verdicts in force on it; None where it was never scanned."""
    scan = latest_scan(context.store, version.version_id)
    if scan is None:
        return None

    def work(report: Report) -> CleaningByGroup:
        flagged = (
            f"(SELECT example_id FROM issues WHERE scan_id = '{scan.scan_id}' AND issue_type = '{scan.types[0]}'"
            " AND is_issue)"
        )
        verdicts = said_sql(context.store, version.version_id)
        found = cleaned(rows_of(context.store, version.version_id), flagged, verdicts, attributes)
        p_values = holm([one.p_value for one in found.rates.values()])
        differ = (name for name, p_value in zip(found.rates, p_values, strict=True) if p_value < CHANCE)
        return CleaningByGroup(found, scan, frozenset(differ))

    key = (
        "cleaning",
        version.version_id,
        scan.scan_id,
        context.store.newest_act(),
        tuple(one.column for one in attributes),
        context.store.masked(),
    )
    name = CROSS.join(one.name for one in attributes)
    what = stored(f"Comparing the groups of {name}")
    return context.beside.answers("cleaning by group", kept=16).ask(key, what, work, timeout)
