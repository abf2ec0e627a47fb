"""Missing values: how many rows lack each attribute, and whether that goes together with the label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import NormalDist

import numpy as np

from core.profile.association import independence
from core.profile.by_group.rates import holm
from core.profile.records import CHANCE, Counts, MissingByLabel, MissingByNumber, MissingValues, Rows
from core.profile.shares import MIN_GROUP_ROWS
from core.profile.sql import labelled, number, scale, text
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
    listed = tuple(sorted(columns, key=lambda item: -item[2]))
    if rows.target.numeric:
        return MissingValues(int(total), listed, by_number=_by_number(rows, lacking) if lacking else ())
    return MissingValues(int(total), listed, _by_label(rows, lacking) if lacking else ())


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


def _by_number(rows: Rows, attributes: Sequence[Attribute]) -> tuple[MissingByNumber, ...]:
    """By the Mann-Whitney test of the numbers of rows without a value against those with one, corrected for ties, where
    either side has enough rows for its normal approximation."""
    ((largest,),) = rows.fetch(f"SELECT max(abs(CAST(label AS DOUBLE))) FROM {rows.relation}")
    factor = scale(largest or 0.0)
    held = ", ".join(f"{value_sql(attribute)} AS value{n}" for n, attribute in enumerate(attributes))
    sides = ", ".join(
        f"count(*) FILTER (value{n} IS NULL), sum(place) FILTER (value{n} IS NULL),"
        f" avg(number) FILTER (value{n} IS NULL), coalesce(var_samp(number) FILTER (value{n} IS NULL), 0),"
        f" avg(number) FILTER (value{n} IS NOT NULL), coalesce(var_samp(number) FILTER (value{n} IS NOT NULL), 0)"
        for n in range(len(attributes))
    )
    ((total, ties, *figures),) = rows.fetch(
        f"WITH numbers AS (SELECT *, CAST(label AS DOUBLE) * {factor!r}::DOUBLE AS number"
        f" FROM {labelled(rows, held)}),"
        " placed AS (SELECT *, count(*) OVER (PARTITION BY number) AS alike,"
        " rank() OVER (ORDER BY number) + (count(*) OVER (PARTITION BY number) - 1) / 2 AS place FROM numbers)"
        f" SELECT count(*), sum(CAST(alike AS DOUBLE) * alike - 1), {sides} FROM placed"
    )
    tested = []
    for n, attribute in enumerate(attributes):
        lacking, places, *moments = figures[6 * n : 6 * n + 6]
        if min(int(lacking), int(total) - int(lacking)) >= MIN_GROUP_ROWS:
            tested.append(_ordered(attribute, (int(lacking), int(total)), float(places), float(ties), moments, factor))
    p_values = holm([one.p_value for one in tested])
    tied = [replace(one, p_value=p_value) for one, p_value in zip(tested, p_values, strict=True) if p_value < CHANCE]
    return tuple(sorted(tied, key=lambda one: -abs(one.larger - 0.5)))


def _ordered(
    attribute: Attribute,
    sizes: tuple[int, int],
    places: float,
    ties: float,
    moments: Sequence[float],
    factor: float,
) -> MissingByNumber:
    """Of the rows without a value and all rows; the sum of the first ones' ranks; Σ(t² - 1) over all rows, t being how
    many have the same number; mean and variance without and with a value, multiplied with `factor` and its square."""
    from scipy.special import stdtrit

    lacking, total = sizes
    others = total - lacking
    above = places - lacking * (lacking + 1) / 2
    spread = lacking * others / 12 * (total + 1 - ties / (total * (total - 1)))
    away = max(0.0, abs(above - lacking * others / 2) - 0.5)
    p_value = 2 * NormalDist().cdf(-away / spread**0.5) if spread > 0 else 1.0
    without, of_without, present, of_present = (float(one) for one in moments)
    each = of_without / lacking, of_present / others
    error = sum(each)
    difference = without - present
    degrees = error**2 / max(each[0] ** 2 / (lacking - 1) + each[1] ** 2 / (others - 1), 1e-300) if error else 1.0
    half = float(stdtrit(degrees, 0.975)) * error**0.5
    around = Estimate(difference / factor, (difference - half) / factor, (difference + half) / factor)
    return MissingByNumber(
        attribute.name,
        attribute.column,
        lacking,
        without / factor,
        present / factor,
        around,
        above / (lacking * others),
        p_value,
    )


def value_sql(attribute: Attribute) -> str:
    """An attribute's value in SQL; NULL where it is missing, as empty texts and NaN are."""
    if attribute.kind not in ("number", "time"):
        return text(attribute)
    return f"CASE WHEN NOT isnan({number(attribute)}) THEN {number(attribute)} END"
