"""Puts the health of a version together from what is computed: the scan's lists, the verdicts, the profile's
measures. What is not computed yet is worked out beside and named meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import TypeVar

from core.beside.answers import TIMEOUT, Pending
from core.context import Context
from core.progress import Report
from core.records import Dataset, Estimate, Scan, Version
from core.services.health.lists import OfScan, list_rows, overlap_rows
from core.services.health.measures import Measured, measured_rows
from core.services.health.rows import Health, HealthRow, fix_first
from core.services.profile import figures
from core.services.profile.drift import Between, drift_of
from core.services.story.expected import expected_wrong
from core.store.scans import latest_scan
from core.store.telling.health import Counted, Pace, counted, pace
from core.store.telling.story import left_ranks
from core.store.versions import nothing_labelled
from core.tasks import nothing_to_tell_apart, target_of, task_named
from core.words import later, say, stored

USUAL_SECONDS = 6.0
"""For a verdict, where too few were given to know."""
ENOUGH = 20
"""Verdicts from which on the pace is taken."""

BETWEEN_SPLITS, ALONG_THE_FILE = Between("splits"), Between("order")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Open:
    """What is read of a scan and its verdicts."""

    counted: list[Counted]
    pace: Pace | None
    expected: Estimate | None


def health(context: Context, dataset: Dataset, version: Version, timeout: float | None = TIMEOUT) -> Health | Pending:
    """What is wrong with a version, in the language of whoever asks. `Pending` only while the lists are counted; of
    the measures, those that are not there yet are named in it. `timeout=None` waits for all of them."""
    scan = latest_scan(context.store, version.version_id)
    found = _open(context, dataset, scan, timeout) if scan else _Open([], pace(context.store, dataset.dataset_id), None)
    if isinstance(found, Pending):
        return found
    counting: list[str] = []
    measured = _measured(context, dataset, version, scan, timeout, counting)
    known = found.pace is not None and found.pace.verdicts >= ENOUGH
    seconds = found.pace.seconds if found.pace is not None and known else USUAL_SECONDS
    lists: list[HealthRow] = []
    if scan is not None:
        of = OfScan(dataset, version, scan, found.expected, seconds)
        lists = [*list_rows(of, found.counted), *overlap_rows(of)]
    rows = sorted([*lists, *measured_rows(dataset, version, measured)], key=fix_first)
    return Health(dataset, version, scan, tuple(rows), tuple(counting), _pace_said(found.pace, seconds, known))


def _pace_said(found: Pace | None, seconds: float, known: bool) -> str:
    if found is not None and known:
        return say(
            "Minutes are worked out from {seconds:.1f} seconds a row, the median of the newest {n:,} verdicts here.",
            seconds=seconds,
            n=found.verdicts,
        )
    return say(
        "Minutes are worked out from {seconds:.0f} seconds a row: too little is decided here to know the pace.",
        seconds=seconds,
    )


def _open(context: Context, dataset: Dataset, scan: Scan, timeout: float | None) -> _Open | Pending:
    def work(report: Report) -> _Open:
        about = scan.found("label") if "label" in scan.types else {}
        ranks = [rank for of in left_ranks(context.store, scan).values() for rank in of] if "curve" in about else []
        expected = expected_wrong(scan, ranks) if "curve" in about else None
        return _Open(counted(context.store, scan), pace(context.store, dataset.dataset_id), expected)

    key = (scan.scan_id, scan.version_id, context.store.newest_act())
    return context.beside.answers("health").ask(key, stored("Counting what is open"), work, timeout)


_NAMES = {
    "balance": later("the classes"),
    "repeats": later("the copies"),
    "attributes": later("lengths, languages and shapes"),
    "missing": later("missing values"),
    "associations": later("the attributes"),
    "drifts": later("the splits"),
    "order": later("the order of the file"),
    "idle": later("the columns"),
    "words": later("the words"),
}
"""What is counted, by what it is for."""


def _measured(
    context: Context,
    dataset: Dataset,
    version: Version,
    scan: Scan | None,
    timeout: float | None,
    counting: list[str],
) -> Measured:
    """What there is at once; what is not begun is begun. Adds to `counting` what is on its way."""
    until = None if timeout is None else monotonic() + timeout

    def have(name: str, ask: Callable[[float | None], T | Pending]) -> T | None:
        answer = ask(None if until is None else max(0.0, until - monotonic()))
        if isinstance(answer, Pending):
            counting.append(say(_NAMES[name]))
            return None
        return answer

    version_id = version.version_id
    numeric = target_of(dataset).numeric
    judged = not nothing_labelled(context.store, version_id) and not nothing_to_tell_apart(dataset)
    with_copies = scan is not None and "near_duplicate" in scan.types
    balance = repeats = None
    if judged and not numeric:
        balance = have("balance", lambda wait: figures.class_balance(context, version_id, wait))
    if judged and not with_copies:
        repeats = have("repeats", lambda wait: figures.duplicates(context, version_id, wait))
    if have("attributes", lambda wait: figures.derived(context, dataset.dataset_id, wait)) is None:
        return Measured(balance, repeats)
    missing = have("missing", lambda wait: figures.missing_values(context, version_id, wait))
    drifts = have("drifts", lambda wait: drift_of(context, version_id, BETWEEN_SPLITS, wait))
    order = have("order", lambda wait: drift_of(context, version_id, ALONG_THE_FILE, wait))
    idle = have("idle", lambda wait: figures.idle_columns(context, version_id, wait))
    associations = words = None
    if judged:
        associations = have("associations", lambda wait: figures.associations(context, version_id, wait))
        if task_named(dataset.task).modality.written and not numeric:
            words = have("words", lambda wait: figures.words_tied(context, version_id, None, wait))
    return Measured(
        balance,
        repeats,
        missing,
        associations,
        words,
        drifts.found if drifts else None,
        order.found if order else None,
        idle,
    )
