"""The profile of a stored version: derived attributes first, one answer per version, plain values for JSON."""

from __future__ import annotations

import json
import math
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.context import Context
from core.errors import NotFoundError
from core.jobs.load.web import add_derived
from core.profile.records import NumberProfile
from core.progress import unheard
from core.records import Dataset, Decision, Reader, RowFilter, Schema
from core.services.classes.naming import name_classes
from core.services.profile import figures as profile
from core.services.profile.report import whole_profile
from core.store.datasets import get_dataset
from core.store.ids import new_id
from core.store.rows import count_rows
from core.store.times import now
from core.store.versions import make_review_version
from tests.staged import taken_in


@pytest.fixture
def dataset(context: Context, tmp_path: Path) -> Dataset:
    """60 rows of two classes; `at` is a time, `size` a number that grows with the row."""
    lines = [
        f'"Text {i} of the day",{"ab"[i % 2]},{i * 1.5 if i else "NaN"},2020-01-{1 + i % 28:02}' for i in range(60)
    ]
    (tmp_path / "rows.csv").write_text("\n".join(["text,label,size,at", *lines]))
    schema = Schema("text", "text", "label", None, None, ("size", "at"))
    return taken_in(context.store, Reader(sql=f"read_csv('{tmp_path / 'rows.csv'}')"), schema, "rows")


def test_the_profile_and_the_end_of_a_load_derive_the_same_columns_once(context: Context, dataset: Dataset) -> None:
    def load_ends() -> None:
        add_derived(context, dataset, unheard, lambda: False)

    def profile_opens() -> None:
        whole_profile(context, dataset.latest_version_id)

    with ThreadPoolExecutor(6) as pool:
        for one in [pool.submit(work) for work in (load_ends, profile_opens) * 3]:
            one.result()
    names = [one.name for one in get_dataset(context.store, dataset.dataset_id).attributes]
    assert len(names) == len(set(names)) == 6


def test_derived_attributes_are_made_once_and_measured_like_the_others(context: Context, dataset: Dataset) -> None:
    made = profile.derived(context, dataset.dataset_id, None)
    assert isinstance(made, Dataset)
    assert {one.column for one in made.attributes if one.derived} == {
        "text_length",
        "word_count",
        "language",
        "characters",
    }
    assert profile.derived(context, dataset.dataset_id, 0) == made
    found = profile.associations(context, dataset.latest_version_id, None)
    assert isinstance(found, tuple)
    assert {one.attribute for one in found} >= {"size", "text length"}


def test_a_later_version_has_a_profile_of_its_own(context: Context, dataset: Dataset) -> None:
    first = dataset.latest_version_id
    decision = Decision(new_id(), new_id(), dataset.dataset_id, first, 0, "relabel", "b", "ada", now(), None, {})
    context.ledger.decisions.append([decision])
    second = make_review_version(context.store, first, "", "ada").version_id
    sizes = []
    for version_id in (first, second):
        balance = profile.class_balance(context, version_id, None)
        assert not isinstance(balance, profile.Pending)
        sizes.append({one.label: one.count for one in balance.classes})
    assert sizes == [{"a": 30, "b": 30}, {"a": 29, "b": 31}]


@pytest.mark.parametrize("column", ["size", "at", "text_length", "characters"])
def test_every_group_opens_exactly_the_rows_it_counts(context: Context, dataset: Dataset, column: str) -> None:
    profile.derived(context, dataset.dataset_id, None)
    dataset = get_dataset(context.store, dataset.dataset_id)
    found = profile.group_shares(context, dataset.latest_version_id, [profile.attribute_of(dataset, column)], None)
    assert not isinstance(found, profile.Pending)
    for group in found.table.groups:
        assert group.where is not None
        assert count_rows(context.store, dataset.latest_version_id, group.where) == group.count


def test_every_crossed_group_opens_exactly_the_rows_it_counts(context: Context, tmp_path: Path) -> None:
    """A category, a number with gaps, and a time of three days, of which the last has no upper end of its own."""
    lines = [
        f'"Text {i}",{"ab"[i % 2]},{["east", "west"][i % 5 > 2]},{"NaN" if i % 6 == 0 else i},2020-01-{1 + i % 3:02}'
        for i in range(600)
    ]
    (tmp_path / "rows.csv").write_text("\n".join(["text,label,shop,size,at", *lines]))
    schema = Schema("text", "text", "label", None, None, ("shop", "size", "at"))
    dataset = taken_in(context.store, Reader(sql=f"read_csv('{tmp_path / 'rows.csv'}')"), schema, "rows")
    for columns in (("shop", "at"), ("size", "at"), ("shop", "size"), ("shop", "size", "at")):
        crossed = [profile.attribute_of(dataset, column) for column in columns]
        found = profile.group_shares(context, dataset.latest_version_id, crossed, None)
        assert not isinstance(found, profile.Pending)
        assert len(found.table.groups) > 5 and sum(found.table.sizes) == 600
        for group in found.table.groups:
            assert group.where is not None
            assert count_rows(context.store, dataset.latest_version_id, group.where) == group.count, group.name


@pytest.mark.parametrize("column", ["size", "at"])
def test_every_bar_of_a_histogram_opens_exactly_the_rows_it_counts(
    context: Context, dataset: Dataset, column: str
) -> None:
    attribute = profile.attribute_of(dataset, column)
    found = profile.distribution(context, dataset.latest_version_id, attribute, None)
    assert isinstance(found, NumberProfile)
    assert sum(one.count for one in found.bins) + found.missing == 60
    for one in found.bins:
        low, high = (edge if math.isfinite(edge) else None for edge in (one.low, one.high))
        where = RowFilter(attribute=column, low=low, high=high)
        assert count_rows(context.store, dataset.latest_version_id, where) == one.count


def test_an_unknown_attribute_is_named_with_those_that_do(dataset: Dataset) -> None:
    with pytest.raises(NotFoundError, match=r"'colour' not found\. This dataset has: size, at"):
        profile.attribute_of(dataset, "colour")


def test_the_whole_profile_is_plain_json(context: Context, dataset: Dataset) -> None:
    told: list[float] = []
    found = whole_profile(context, dataset.latest_version_id, lambda done, total: told.append(done / total))
    text = json.dumps(found, allow_nan=False)
    assert math.isclose(json.loads(text)["balance"]["effective_classes"], 2)
    assert set(found["attributes"]) >= {"size", "at", "language", "text length"}
    assert told == sorted(told)
    assert told[-1] == 1
    assert set(found["drift"]) == {"splits", "order"}
    order = found["drift"]["order"]
    assert sum(one["rows"] for one in order["sides"]) == found["rows"]
    assert "label" in {one["name"] for one in order["attributes"]}


def test_a_dataset_is_the_same_as_itself(context: Context, dataset: Dataset) -> None:
    found = whole_profile(context, dataset.latest_version_id, against=dataset.latest_version_id)["drift"]["other"]
    assert [one["rows"] for one in found["sides"]] == [dataset.row_count] * 2
    assert "label" in {one["name"] for one in found["attributes"]}
    assert all(one["chance"] and one["low"] == 0 for one in found["attributes"])


def test_classes_of_two_datasets_are_compared_by_what_people_call_them(context: Context, dataset: Dataset) -> None:
    version = dataset.latest_version_id

    def compared() -> set[str]:
        found = whole_profile(context, version, against=version)["drift"]["other"]
        return {one["name"] for one in found["attributes"]}

    assert "label" in compared()
    name_classes(context, dataset, "ann", {dataset.labels[0]: "Another name"})
    assert "label" in compared(), "a name makes it no other kind of label"
