"""What rules come to over the rows of a version: one pass that counts rows by the rules that cover them, and sums."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from core.store.acts.in_force import standing_sql
from core.store.database import Database
from core.store.rules.covered import Ready, against, covered_sql, judged_labels_sql
from core.store.scans import latest_scan


@dataclass(slots=True)
class RuleCounts:
    """Rows of a version that a rule covers, and those of them of which something is so."""

    rows: int = 0
    overlaps: int = 0
    """Another rule covers them too."""
    conflicts: int = 0
    """Another rule says another class of them."""
    labelled: int = 0
    same: int = 0
    """They have the label that the rule says."""
    proposed: int = 0
    """They have another label, or none, and no verdict."""
    open: int = 0
    """These, without those on which rules conflict."""
    right: int = 0
    """A person looked at the row and said the class that the rule says."""
    wrong: int = 0
    """A person looked at the row and said another one."""
    suggested: int = 0
    """They have a label, and the newest scan of the version says which they look like."""
    suggested_same: int = 0
    """That is the class that the rule says."""
    unlabelled: int = 0
    """They have no label, and the scan says which they look like."""
    unlabelled_same: int = 0
    """That is the class that the rule says."""


@dataclass(slots=True)
class Together:
    """Rows that two rules cover both."""

    first: str
    second: str
    rows: int
    conflict: bool
    """Whether they say different classes."""


@dataclass(slots=True)
class Counted:
    """All rules of a version together."""

    rules: dict[str, RuleCounts] = field(default_factory=dict)
    """By name."""
    pairs: list[Together] = field(default_factory=list)
    """Most rows first, those in conflict before others; none without a row."""
    covered: int = 0
    """Rows that any rule covers."""
    conflicts: int = 0
    """Rows that rules say different classes of."""
    unlabelled: int = 0
    """Rows without a label that any rule covers."""
    scanned: bool = False
    """Whether the version has a scan that suggests labels."""


@dataclass(frozen=True, slots=True)
class _Group:
    """Rows that are alike in all that is asked."""

    mask: int
    label: str | None
    decided: bool
    said: str | None
    became: str | None
    suggested: str | None
    rows: int


def count_rules(db: Database, version_id: str, rules: Sequence[Ready], within: Ready | None = None) -> Counted:
    """What these rules come to together; with `within`, on the rows alone that this one of them covers."""
    counted = Counted({one.name: RuleCounts() for one in rules})
    both: Counter[tuple[int, int]] = Counter()
    others = [against(rules, one.label) for one in rules]
    counted.scanned, groups = _groups(db, version_id, rules, within)
    for group in groups:
        places = [place for place in range(len(rules)) if group.mask >> place & 1]
        conflict = any(group.mask & others[place] for place in places)
        counted.covered += group.rows
        counted.conflicts += conflict * group.rows
        counted.unlabelled += (group.label is None) * group.rows
        for place in places:
            one = rules[place]
            in_conflict = bool(group.mask & others[place])
            _add(counted.rules[one.name], group, one.label, len(places) > 1, in_conflict)
        for pair in combinations(places, 2):
            both[pair] += group.rows
    counted.pairs = [
        Together(rules[a].name, rules[b].name, rows, rules[a].label != rules[b].label) for (a, b), rows in both.items()
    ]
    counted.pairs.sort(key=lambda one: (not one.conflict, -one.rows, one.first, one.second))
    return counted


def _add(counts: RuleCounts, group: _Group, label: str, overlaps: bool, conflict: bool) -> None:
    rows = group.rows
    proposed = group.label != label and not group.decided
    counts.rows += rows
    counts.overlaps += overlaps * rows
    counts.conflicts += conflict * rows
    counts.labelled += (group.label is not None) * rows
    counts.same += (group.label == label) * rows
    counts.proposed += proposed * rows
    counts.open += (proposed and not conflict) * rows
    right = label in (group.said, group.became)
    counts.right += right * rows
    counts.wrong += (group.said is not None and not right) * rows
    if group.label is not None:
        counts.suggested += (group.suggested is not None) * rows
        counts.suggested_same += (group.suggested == label) * rows
    else:
        counts.unlabelled += (group.suggested is not None) * rows
        counts.unlabelled_same += (group.suggested == label) * rows


def _groups(
    db: Database, version_id: str, rules: Sequence[Ready], within: Ready | None
) -> tuple[bool, Iterator[_Group]]:
    scan = latest_scan(db, version_id)
    scanned = scan is not None and "label" in scan.types
    query, parameters = covered_sql(db, version_id, rules, within)
    suggested, join, own = "NULL", "", []
    if scan is not None and scanned:
        suggested = "i.suggested_label"
        # A row is of one of these types, by whether it has a label.
        of_labels = "i.scan_id = ? AND i.issue_type IN ('label', 'unlabelled')"
        join = f"LEFT JOIN issues i ON {of_labels} AND i.example_id = r.example_id"
        own = [scan.scan_id]
    found = db.fetch(
        f"""SELECT r.mask, r.label, d.example_id IS NOT NULL, j.said, j.became, {suggested}, count(*)
            FROM ({query}) r
            LEFT JOIN {standing_sql(db, version_id, unsure=True)} d ON d.example_id = r.example_id
            LEFT JOIN {judged_labels_sql(db, version_id)} j ON j.example_id = r.example_id
            {join} GROUP BY ALL""",
        [*parameters, *own],
    )
    return scanned, (_Group(int(mask), *rest) for mask, *rest in found)
