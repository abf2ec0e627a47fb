"""Whether cleaning treats groups alike, counted row by row."""

from __future__ import annotations

import pytest

from core.profile.by_group.cleaned import cleaned
from core.records import Attribute
from tests.unit.profile.conftest import MakeRows

REGION = Attribute("region", "region", "category")


def test_flags_and_verdicts_are_counted_in_each_group(make_rows: MakeRows) -> None:
    """Of 100 rows of each region the first 20 and 40 are flagged; half of the flags of each are judged: all of `a` were
    wrong, a quarter of `b`."""
    region = ["a"] * 100 + ["b"] * 100
    labels = ["x"] * 199 + [None]
    rows = make_rows({"example_id": list(range(200)), "label": labels, "region": region})
    flagged = [*range(20), *range(100, 140)]
    verdicts = [(row, "relabel") for row in range(8)] + [(8, "exclude"), (9, "exclude")]
    verdicts += [(row, "keep" if row % 4 else "relabel") for row in range(100, 120)]
    verdicts += [(121, "unsure"), (150, "relabel")]
    ids = f"(SELECT unnest({flagged}) AS example_id)"
    said = ", ".join(f"({row}, '{action}')" for row, action in verdicts)
    found = cleaned(rows, ids, f"(SELECT * FROM (VALUES {said}) v(example_id, action))", [REGION])
    assert [(group.name, group.count) for group in found.groups] == [("a", 100), ("b", 99)], "no label, no row"
    assert found.flagged.hits.tolist() == [20, 40] and found.flagged.trials.tolist() == [100, 99]
    assert found.confirmed.hits.tolist() == [10, 5] and found.confirmed.trials.tolist() == [10, 20]
    assert found.relabelled.hits.tolist() == [8, 6] and found.excluded.hits.tolist() == [2, 0]
    assert found.confirmed.difference == pytest.approx(0.75) and found.confirmed.p_value < 0.001


def test_nothing_judged_is_compared_with_nothing(make_rows: MakeRows) -> None:
    rows = make_rows({"example_id": list(range(80)), "label": ["x"] * 80, "region": ["a", "b"] * 40})
    none = "(SELECT 1 AS example_id, 'keep' AS action WHERE false)"
    found = cleaned(rows, none, none, [REGION])
    assert found.flagged.difference == 0 and found.confirmed.ends is None and found.confirmed.p_value == 1
