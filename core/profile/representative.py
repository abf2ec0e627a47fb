"""Whether groups are as frequent as they should be: their shares beside reference shares that somebody gives, such as
those of a population."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.errors import UsageError
from core.profile.records import CHANCE, GroupTable
from core.proportions import wilson
from core.records import CROSS, Estimate

_PAIR = re.compile(r"([^=\n;]+)=([^,;\n]*)[,;\n]?")
"""A name, which may have a comma, and what is said of it."""


@dataclass(frozen=True, slots=True)
class GroupShare:
    """A group beside its reference."""

    group: str
    rows: int
    share: Estimate
    """Of the rows of all groups that the reference names."""
    reference: float
    """What it should be, 0–1."""
    lacking: int
    """Rows to be added so that the group has its share where all others stay as they are; below 0: to be taken out."""

    @property
    def apart(self) -> bool:
        """Whether the reference lies beyond the interval."""
        return not self.share.low <= self.reference <= self.share.high


@dataclass(frozen=True, slots=True)
class Representativeness:
    """All groups beside their references."""

    groups: tuple[GroupShare, ...]
    """In the order of the reference."""
    rows: int
    """Of these groups."""
    others: int
    """Rows of groups that the reference does not name, the missing ones included: they are left out."""
    absent: tuple[str, ...]
    """What the reference names and no row is of: groups without a row, or names that are written otherwise."""
    folded: tuple[str, ...]
    """What it names and may be among groups that are not listed, being small: left out."""
    p_value: float
    """That shares as far from the reference come about by chance (chi-square goodness of fit)."""

    @property
    def chance(self) -> bool:
        """Whether the difference may be chance."""
        return self.p_value >= CHANCE


def reference_shares(text: str) -> dict[str, float]:
    """What somebody wrote as `east=50, west=50`, or as lines of a CSV file with a name and a share, with a comma, a
    semicolon or a tab between them: name → share, which sum to 1 whatever they were written in. Raises `UsageError`
    with the part that cannot be read."""
    written = _PAIR.findall(text) if "=" in text else [_cells(line) for line in text.splitlines() if line.strip()]
    part = _PAIR.sub("", text).strip(" ,;\n\t\r") if "=" in text else ""
    if part:
        raise _unread(part)
    between = "=" if "=" in text else ","
    found: dict[str, float] = {}
    for line, (name, said) in enumerate(written):
        part = between.join(one.strip() for one in (name, said) if one.strip())
        try:
            share = float(said.strip().rstrip("%"))
        except ValueError:
            if line == 0 and "=" not in text:
                continue  # the names of the columns
            raise _unread(part) from None
        if not name.strip() or not math.isfinite(share) or share < 0:
            raise _unread(part)
        if name.strip() in found:
            raise UsageError(f"The reference names {name.strip()!r} twice.", "Name each group once.")
        found[name.strip()] = share
    total = sum(found.values())
    if len(found) < 2 or total <= 0:
        raise UsageError("A reference needs the shares of two groups at least.", "Write it as east=50, west=50.")
    return {name: share / total for name, share in found.items()}


def _cells(line: str) -> tuple[str, str]:
    separator = next((one for one in "\t;" if one in line), ",")
    cells = next(csv.reader([line], delimiter=separator))
    return cells[0], cells[-1] if len(cells) > 1 else ""


def _unread(part: str) -> UsageError:
    return UsageError(
        f"{part!r} is no group with its share.", "Write each as east=50, or as a line east,50; numbers as 1200.5."
    )


def named_rows(table: GroupTable) -> dict[str, int]:
    """The rows of each group that a reference can name."""
    return {group.name: group.count for group in table.groups if group.where is not None}


def representativeness(table: GroupTable, reference: Mapping[str, float]) -> Representativeness:
    """The groups of a table beside reference shares, which sum to 1. Raises `UsageError` where no group has a name of
    the reference, or one alone where small groups are not listed."""
    from scipy.special import chdtrc

    rows = named_rows(table)
    if not rows.keys() & reference.keys():
        known = ", ".join(list(rows)[:10])
        raise UsageError(
            f"None of the groups {', '.join(map(repr, reference))} is there.", f"{table.attribute} has: {known}."
        )
    unknown = tuple(name for name in reference if name not in rows)
    not_all = CROSS in table.column or any(group.where is None for group in table.groups)
    folded = unknown if not_all else ()
    if folded:
        kept = {name: share for name, share in reference.items() if name in rows}
        if len(kept) < 2:
            raise UsageError(
                f"Of the reference's groups {next(iter(kept))!r} alone is listed.",
                "The others are not there, or too small to be listed: name groups that are.",
            )
        reference = {name: share / sum(kept.values()) for name, share in kept.items()}
    counts = np.array([rows.get(name, 0) for name in reference], dtype=np.int64)
    wanted, total = np.array(list(reference.values())), int(counts.sum())
    low, high = wilson(counts, np.full(len(counts), total))
    expected = wanted * total
    with np.errstate(divide="ignore", invalid="ignore"):
        away = np.where(expected > 0, (counts - expected) ** 2 / expected, np.where(counts > 0, np.inf, 0.0))
    groups = tuple(
        GroupShare(
            name,
            int(counts[at]),
            Estimate(float(counts[at] / total), float(low[at]), float(high[at])),
            share,
            _lacking(int(counts[at]), total, share),
        )
        for at, (name, share) in enumerate(reference.items())
    )
    p_value = float(chdtrc(max(1, int((wanted > 0).sum()) - 1), float(away.sum())))
    absent = () if folded else unknown
    return Representativeness(groups, total, int(table.sizes.sum()) - total, absent, folded, p_value)


def _lacking(rows: int, total: int, share: float) -> int:
    """`x` with (rows + x) / (total + x) = share, to whole rows."""
    if share >= 1:
        return 0
    return round((share * total - rows) / (1 - share))
