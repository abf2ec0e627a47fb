"""The whole profile of a version at once, as plain values: what the command line prints and writes as JSON."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from core.beside.answers import Pending
from core.context import Context
from core.lookalikes import lookalikes
from core.profile import bias
from core.profile.balance import balance, split_balance
from core.profile.columns import idle_columns
from core.profile.duplicates import duplicates
from core.profile.groups import group_table
from core.profile.label_numbers import InBands, in_bands, label_numbers
from core.profile.label_sets import label_sets
from core.profile.missing import missing_values
from core.profile.numbers import number_profile
from core.profile.records import GroupTable, LabelSets, Rows
from core.profile.shares import parity
from core.profile.spans import spans_profile
from core.profile.wording import WordTie, wording
from core.progress import Report, part, unheard
from core.records import Attribute
from core.services.profile.drift import Between, content_between, drift_of
from core.services.profile.figures import derive
from core.services.profile.slices import profiles_of
from core.store.datasets import get_dataset
from core.store.rows import rows_of
from core.store.versions import get_version
from core.targets import Target
from core.tasks import task_named

_DERIVING = 0.5
"""The share of the work that making the derived attributes is taken for, where they are not made yet."""


def whole_profile(
    context: Context, version_id: str, on_progress: Report = unheard, *, against: str = ""
) -> dict[str, Any]:
    """Balance, classes that look alike, splits, duplicates, missing values and, per attribute, its association, groups
    and parity; what differs between splits, along the file and, where it is the id of one, from the version `against`;
    where a label is several classes, which of them go together.

    Makes the derived attributes first where they are not. `on_progress` gets a share done of 1.
    """
    version = get_version(context.store, version_id)
    dataset = get_dataset(context.store, version.dataset_id)
    if not dataset.derived_ready:
        derive(context, dataset.dataset_id, part(on_progress, 0, _DERIVING), lambda: False)
        dataset = get_dataset(context.store, version.dataset_id)
    rows = rows_of(context.store, version_id)
    fifths = in_bands(rows) if rows.target.numeric else None
    attributes = {}
    for position, attribute in enumerate(dataset.attributes):
        on_progress(_DERIVING + (1 - _DERIVING) * position / len(dataset.attributes), 1)
        attributes[attribute.name] = _attribute(rows, fifths or rows, attribute)
    on_progress(1, 1)
    profile = {
        "dataset": dataset.name,
        "version": version.number,
        "rows": version.row_count,
        **(_numbers(rows, fifths) if fifths else _classes(rows, dataset.labels)),
        "duplicates": asdict(duplicates(rows)),
        "missing": asdict(missing_values(rows, dataset.attributes)),
        "idle_columns": [asdict(one) for one in idle_columns(rows, dataset.attributes)],
        "attributes": attributes,
        "drift": {kind: _drift(context, version_id, one) for kind, one in _compared(against).items()},
    }
    if slices := profiles_of(context, version_id):
        profile["slices"] = [asdict(one) for one in slices[1:]]
    if task_named(dataset.task).modality.written and not rows.target.numeric:
        profile["words"] = [_word(one) for one in wording(rows).ties]
    if rows.target.located:
        spans = spans_profile(rows)
        profile["spans"] = asdict(spans)
    elif rows.target.several:
        profile["label_sets"] = _label_sets(label_sets(rows), rows.target)
    return {key: _finite(value) for key, value in profile.items()}


def _compared(against: str) -> dict[str, Between]:
    kinds = {"splits": Between("splits"), "order": Between("order")}
    return {**kinds, "other": Between("other", against)} if against else kinds


def _drift(context: Context, version_id: str, between: Between) -> dict[str, object]:
    found = drift_of(context, version_id, between, timeout=None)
    content = content_between(context, version_id, between, timeout=None)
    assert not isinstance(found, Pending) and not isinstance(content, Pending), "they were waited for"
    return {
        "sides": [{"name": one.name, "rows": one.rows, "first": one.first, "last": one.last} for one in found.sides],
        "attributes": [
            {"name": one.table.attribute, **asdict(one.size), "p_value": one.p_value, "chance": one.chance}
            for one in found.found
        ],
        "content": [
            {"side": one.side, "encoder": one.encoder, "rows": list(one.rows), **asdict(one.auc.auc),
             "p_value": one.auc.p_value}
            for one in content
        ],
    }  # fmt: skip


def _word(tie: WordTie) -> dict[str, object]:
    return {**asdict(tie), "information": asdict(tie.information)}


def _classes(rows: Rows, labels: Sequence[str]) -> dict[str, object]:
    splits = split_balance(rows, labels)
    return {
        "balance": asdict(balance(rows, labels)),
        "lookalike_classes": lookalikes(labels),
        "splits": asdict(splits) | {"counts": splits.counts.tolist()},
    }


def _numbers(rows: Rows, fifths: InBands) -> dict[str, object]:
    """How the numbers are spread, and the bands that stand in for classes beneath `attributes`."""
    found = asdict(label_numbers(rows))
    splits = [{"split": name, **spread} for name, spread in found.pop("splits")]
    return {"numbers": {**found, "splits": splits, "bands": [asdict(one) for one in fifths.bands]}}


def _label_sets(sets: LabelSets, target: Target) -> dict[str, object]:
    """Labels as lists of classes, and the pairs that occur together, most first."""
    places = zip(*np.triu(sets.together, 1).nonzero(), strict=True)
    together = sorted(places, key=lambda pair: -int(sets.together[pair]))
    pairs = [
        {"classes": [sets.labels[one], sets.labels[other]], "rows": int(sets.together[one, other])}
        for one, other in together
    ]
    return {
        "cardinality": sets.cardinality,
        "none": sets.none,
        "distinct": sets.distinct,
        "commonest": [{"classes": target.classes_of(label), "rows": count} for label, count in sets.commonest],
        "together": pairs,
    }


def _attribute(rows: Rows, labelled: Rows, attribute: Attribute) -> dict[str, object]:
    """`labelled`: the rows with classes for labels, bands where they are numbers."""
    measured = bias.association(labelled, attribute)
    table = group_table(labelled, attribute) if measured.value is not None else None
    if table is not None and isinstance(labelled, InBands):
        table = labelled.named(table)
    spread = number_profile(rows, attribute) if attribute.kind in ("number", "time") else None
    return {
        "kind": attribute.kind,
        "derived": attribute.derived,
        "association": asdict(measured),
        "distribution": None if spread is None else asdict(spread),
        "groups": [] if table is None else _groups(table),
        "parity": [] if table is None else [asdict(one) for one in parity(table)],
    }


def _groups(table: GroupTable) -> list[dict[str, object]]:
    return [
        {
            "name": group.name,
            "rows": group.count,
            "judged": group.judged,
            "labels": dict(zip(table.labels, counts, strict=True)),
        }
        for group, counts in zip(table.groups, table.counts.tolist(), strict=True)
    ]


def _finite(value: Any) -> Any:
    """JSON has no infinity: an open end of a bin is null."""
    if isinstance(value, dict):
        return {key: _finite(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
