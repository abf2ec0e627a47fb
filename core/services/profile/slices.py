"""What the slices of a dataset hold: how many rows of a version, and of which classes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.beside.answers import TIMEOUT, Pending
from core.context import Context
from core.errors import WinnowError
from core.proportions import Z95
from core.records import Estimate, RowFilter, Version
from core.services.evaluation.slices import in_slice
from core.store.row_facts import as_of
from core.store.rows import count_rows, label_counts, label_spread, rows_of
from core.store.versions import get_version
from core.words import stored


@dataclass(frozen=True, slots=True)
class SliceProfile:
    """What a slice holds of a version."""

    name: str
    """Empty for all rows."""
    rows: int
    share: float
    """Of all rows of the version."""
    labels: Mapping[str, int]
    """Rows of each class, the most frequent first: a row counts in each of its classes. Nothing of numbers."""
    problem: str = ""
    """Why it cannot be looked up."""
    mean: Estimate | None = None
    """Of labels that are numbers, with its 95 % interval by the standard error; None without any."""
    median: float | None = None


def slice_profiles(
    context: Context, version_id: str, timeout: float | None = TIMEOUT
) -> tuple[SliceProfile, ...] | Pending:
    """All rows of the version, then each slice, by name; nothing where nobody saved one."""
    names = context.store.slices.names(get_version(context.store, version_id).dataset_id)
    if not names:
        return ()
    fresh = as_of(context.store, in_slice(names[0]))
    answers = context.beside.answers("profiles of slices", kept=16)
    what = stored("Looking at slices")
    return answers.ask((version_id, fresh), what, lambda report: profiles_of(context, version_id), timeout)


def profiles_of(context: Context, version_id: str) -> tuple[SliceProfile, ...]:
    """The same, worked out now."""
    version = get_version(context.store, version_id)
    names = context.store.slices.names(version.dataset_id)
    return tuple(_profile(context, version, name) for name in ("", *names)) if names else ()


def _profile(context: Context, version: Version, name: str) -> SliceProfile:
    where = in_slice(name) if name else RowFilter()
    try:
        rows = count_rows(context.store, version.version_id, where)
        labels = label_counts(context.store, version.version_id, where)
        mean, median = _numbers(context, version, where)
    except WinnowError as error:
        return SliceProfile(name, 0, 0.0, {}, str(error))
    return SliceProfile(name, rows, rows / max(1, version.row_count), labels, mean=mean, median=median)


def _numbers(context: Context, version: Version, where: RowFilter) -> tuple[Estimate, float] | tuple[None, None]:
    if not rows_of(context.store, version.version_id).target.numeric:
        return None, None
    count, mean, deviation, median = label_spread(context.store, version.version_id, where)
    if not count:
        return None, None
    half = Z95 * deviation / count**0.5
    return Estimate(mean, mean - half, mean + half), median
