"""Missing values: how many rows lack each attribute, and whether that goes together with the label."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.profile.association import independence
from core.profile.by_group.rates import holm
from core.profile.records import CHANCE, Counts, MissingByLabel, MissingValues, Rows
from core.profile.shares import MIN_GROUP_ROWS
from core.profile.sql import labelled, number, text
from core.proportions import wilson
from core.records import Attribute, Estimate


def missing_values(rows: Rows, attributes: Sequence[Attribute]) -> MissingValues:
    """Counts NULLs and empty texts per attribute, in one pass; and once more label by label where there are any."""
    counts = ", ".join(f"count({value_sql(attribute)})" for attribute in attributes)
    ((total, *present),) = rows.fetch(f"SELECT count(*){', ' + counts if counts else ''} FROM {rows.relation}")
    columns = [
        (attribute.name, attribute.column, int(total - held))
        for attribute, held in zip(attributes, present, strict=True)
    ]
    lacking = [attribute for attribute, (_, _, missing) in zip(attributes, columns, strict=True) if missing]
    by_label = _by_label(rows, lacking) if lacking else ()
    return MissingValues(int(total), tuple(sorted(columns, key=lambda item: -item[2])), by_label)


def _by_label(rows: Rows, attributes: Sequence[Attribute]) -> tuple[MissingByLabel, ...]:
    held = ", ".join(f"{value_sql(attribute)} AS value{n}" for n, attribute in enumerate(attributes))
    counts = ", ".join(f"count(*) - count(value{n})" for n in range(len(attributes)))
    found = rows.fetch(
        f"SELECT label, count(*), {counts} FROM {labelled(rows, held)} WHERE label IS NOT NULL GROUP BY label"
        f" HAVING count(*) >= {MIN_GROUP_ROWS} ORDER BY label"
    )
    if len(found) < 2:
        return ()
    labels = [str(label) for label, *_ in found]
    sizes: Counts = np.array([size for _, size, *_ in found], dtype=np.int64)
    missing: Counts = np.array([each for _, _, *each in found], dtype=np.int64)
    tests = [independence(np.stack([lacks, sizes - lacks], axis=1)) for lacks in missing.T]
    p_values = holm([1.0 if test is None else test.p_value for test in tests])
    tied = [
        _tied(attribute, labels, missing[:, n], sizes, p_value)
        for n, (attribute, p_value) in enumerate(zip(attributes, p_values, strict=True))
        if p_value < CHANCE
    ]
    return tuple(sorted(tied, key=lambda one: one.least_share.estimate - one.most_share.estimate))


def _tied(
    attribute: Attribute, labels: Sequence[str], missing: Counts, sizes: Counts, p_value: float
) -> MissingByLabel:
    shares = missing / sizes
    low, high = wilson(missing, sizes)
    most, least = int(shares.argmax()), int(shares.argmin())
    ends = [Estimate(float(shares[at]), float(low[at]), float(high[at])) for at in (most, least)]
    return MissingByLabel(attribute.name, attribute.column, labels[most], ends[0], labels[least], ends[1], p_value)


def value_sql(attribute: Attribute) -> str:
    """An attribute's value in SQL; NULL where it is missing, as empty texts and NaN are."""
    if attribute.kind not in ("number", "time"):
        return text(attribute)
    return f"CASE WHEN NOT isnan({number(attribute)}) THEN {number(attribute)} END"
