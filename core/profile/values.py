"""How the values of a category spread: language, image size, or any attribute of the source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from core.profile.balance import balance_of
from core.profile.records import Balance, Rows
from core.profile.sql import text
from core.records import Attribute

MAX_VALUES = 10_000


def value_balance(rows: Rows, attribute: Attribute) -> tuple[Balance, int]:
    """The balance of an attribute's `MAX_VALUES` commonest values, and how many rows have none."""
    counted = rows.fetch(
        f"SELECT {text(attribute)} AS value, count(*) AS rows FROM {rows.relation} GROUP BY value"
        f" ORDER BY rows DESC, value LIMIT {MAX_VALUES + 1}"
    )
    counts = {str(value): int(count) for value, count in counted if value is not None}
    return balance_of(counts), sum(int(count) for value, count in counted if value is None)


def shown_apart(rows: Rows, attribute: Attribute, values: Sequence[str]) -> dict[str, str]:
    """Of the values of an attribute those that may not be shown as they are, with what stands in their place: each by a
    name of its own, though they are masked alike."""
    shown = told_apart([rows.shown(attribute.name, value) for value in values])
    return {value: name for value, name in zip(values, shown, strict=True) if name != value}


def told_apart(names: Sequence[str]) -> list[str]:
    """The names, with a number behind each that another one before it has: `east`, `east (2)`."""
    seen: Counter[str] = Counter()
    found = []
    for name in names:
        seen[name] += 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return found
