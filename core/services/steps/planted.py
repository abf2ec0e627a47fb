"""How well a scan has found the labels that were changed on purpose, where a sample has any.

Nothing else in Winnow asks for the truth of such a sample, and no store, job or file of a workspace holds it.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.context import Context
from core.proportions import wilson
from core.records import Dataset, Estimate, IssueFilter, Scan, Version
from core.sources.samples import planted_truth
from core.store.issues import example_ids
from core.store.rows import labels
from core.store.scans import latest_scan


@dataclass(frozen=True, slots=True)
class PlantedErrors:
    """A scan's flags held against the labels that were changed on purpose."""

    planted: int
    """Labels that were changed."""
    flagged: int
    """Rows that the scan flags for their label, at its own cut."""
    found: int
    """Rows that are both: true positives."""
    precision: Estimate
    """Share of the flagged rows whose label was changed; interval by Wilson (1927)."""
    recall: Estimate
    """Share of the changed labels that are flagged; interval by Wilson (1927)."""
    tier: str
    """What the scan's probabilities came from."""
    restored: int
    """Changed labels that are right again, or whose rows are excluded, in the dataset's newest version."""
    broken: int
    """Right labels that its newest version has wrong."""


def planted_errors(context: Context, dataset: Dataset, versions: tuple[Version, ...]) -> PlantedErrors | None:
    """None where nothing was changed on purpose, or no version with the labels as loaded has been scanned. `versions`
    are all of the dataset's, in any order."""
    truth = planted_truth(dataset.source)
    if truth is None or len(truth) != dataset.row_count:
        return None
    scan = _scan_as_loaded(context, versions)
    if scan is None:
        return None
    given, newest = labels(context.store, scan.version_id), labels(context.store, dataset.latest_version_id)
    planted = {number for number, true in truth.items() if number in given and given[number] != true}
    flagged = set(example_ids(context.store, scan, IssueFilter("label")))
    found = len(flagged & planted)
    return PlantedErrors(
        len(planted),
        len(flagged),
        found,
        _share(found, len(flagged)),
        _share(found, len(planted)),
        scan.tier,
        sum(newest.get(number, truth[number]) == truth[number] for number in planted),
        sum(newest.get(number, true) != true for number, true in truth.items() if number not in planted),
    )


def _scan_as_loaded(context: Context, versions: tuple[Version, ...]) -> Scan | None:
    """The newest scan of a version that nobody has reviewed yet."""
    in_order = sorted(versions, key=lambda version: version.number)
    reviewed = next((version.number for version in in_order if version.kind == "review"), len(in_order) + 1)
    as_loaded = [version for version in in_order if version.number < reviewed]
    scans = (latest_scan(context.store, version.version_id) for version in reversed(as_loaded))
    return next((scan for scan in scans if scan is not None), None)


def _share(part: int, whole: int) -> Estimate:
    """Not a number of nothing."""
    low, high = wilson([part], [whole])  # type: ignore[arg-type]
    return Estimate(part / whole if whole else float("nan"), float(low[0]), float(high[0]))
