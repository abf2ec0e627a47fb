"""The five first steps: done when what they leave is there, and what they come to."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.context import Context
from core.records import Dataset, IssueFilter
from core.review.records import Act
from core.services.load import load_sample, wait
from core.services.review.decisions import make_version, record
from core.services.steps.first_steps import bring_back, first_steps, put_away, shown_first_steps
from core.services.steps.planted import planted_errors
from core.sources.samples import planted_truth
from core.store.datasets import get_dataset
from core.store.ids import new_id
from core.store.issues import example_ids
from core.store.rows import labels
from core.store.scans import latest_scan
from core.store.versions import list_versions
from tests.pages import issues_data


@pytest.fixture
def dataset(context: Context, tmp_path: Path) -> Dataset:
    return issues_data.load(context, tmp_path)


def done(context: Context, dataset: Dataset) -> list[str]:
    found = first_steps(context, get_dataset(context.store, dataset.dataset_id))
    return [step.name for step in found.steps if step.done]


def decide(context: Context, version_id: str, rows: range, label: str = "tech") -> None:
    given = labels(context.store, version_id)
    acts = [Act(new_id(), "keep" if given[row] == label else "relabel", row, _other(given[row], label)) for row in rows]
    record(context, version_id, "ada", acts)


def _other(given: str | None, label: str) -> str | None:
    return None if given == label else label


def test_each_step_is_done_once_what_it_leaves_is_there(context: Context, dataset: Dataset, tmp_path: Path) -> None:
    assert done(context, dataset) == ["load"]
    issues_data.scan(context, tmp_path, dataset)
    assert done(context, dataset) == ["load", "scan"]
    decide(context, dataset.latest_version_id, range(19))
    found = first_steps(context, dataset)
    assert found.next is not None and (found.next.name, found.next.progress) == ("review", "19 of 20")
    decide(context, dataset.latest_version_id, range(19, 20))
    assert done(context, dataset) == ["load", "scan", "review"]
    make_version(context, dataset.latest_version_id, "", "ada")
    found = first_steps(context, get_dataset(context.store, dataset.dataset_id))
    assert found.next is not None and (found.next.name, found.next.version) == ("compare", 2)
    assert found.planted is None and found.effect is None


def test_an_undo_takes_the_tick_back(context: Context, dataset: Dataset, tmp_path: Path) -> None:
    issues_data.scan(context, tmp_path, dataset)
    decide(context, dataset.latest_version_id, range(20))
    assert "review" in done(context, dataset)
    record(context, dataset.latest_version_id, "ada", [Act(new_id(), "undo", None)])
    assert "review" not in done(context, dataset)


def test_whoever_knows_the_way_puts_the_steps_away_for_this_dataset_and_may_bring_them_back(
    context: Context, dataset: Dataset, tmp_path: Path
) -> None:
    other = issues_data.load(context, tmp_path, name="other")
    put_away(context, dataset, "ada")
    assert shown_first_steps(context, dataset) is None
    assert shown_first_steps(context, other) is not None
    bring_back(context, dataset)
    assert shown_first_steps(context, dataset) is not None


def test_where_a_scan_flags_nothing_there_is_nothing_to_walk_to(
    context: Context, dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = issues_data._summary
    monkeypatch.setattr(issues_data, "FLAGGED", 0)
    monkeypatch.setattr(issues_data, "_summary", lambda *of: summary(*of) | {"flagged": 0})
    issues_data.scan(context, tmp_path, dataset)
    assert shown_first_steps(context, dataset) is None


def test_the_scan_of_planted_errors_is_measured_by_hand_and_nothing_of_the_truth_is_stored(
    context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = wait(context, load_sample(context, "bbc-planted", "ada").job_id)
    versions = tuple(list_versions(context.store, dataset.dataset_id))
    assert planted_errors(context, dataset, versions) is None, "not scanned yet"
    columns = {row[0] for row in context.store.fetch(f"DESCRIBE examples_{dataset.dataset_id}")}
    assert not {column for column in columns if "true" in column or "planted" in column or "topic" in column}
    assert [attribute.name for attribute in dataset.attributes if not attribute.derived] == []
    monkeypatch.setattr(issues_data, "FLAGGED", 100)
    scan = issues_data.scan(context, tmp_path, dataset)
    truth, given = planted_truth("bbc-planted"), labels(context.store, dataset.latest_version_id)
    assert truth is not None and set(example_ids(context.store, scan, IssueFilter())) == set(range(100))
    wrong = {row for row in truth if truth[row] != given[row]}
    found = planted_errors(context, dataset, versions)
    assert found is not None
    assert (found.planted, found.flagged, found.found) == (48, 100, len(wrong & set(range(100))))
    assert found.precision.estimate == pytest.approx(found.found / 100)
    assert found.recall.estimate == pytest.approx(found.found / 48)
    assert found.precision.low < found.precision.estimate < found.precision.high
    assert (found.restored, found.broken) == (0, 0)

    mended, spoilt = sorted(wrong)[:2], next(row for row in truth if row not in wrong and truth[row] != "tech")
    acts = [Act(new_id(), "relabel", row, truth[row]) for row in mended[:1]]
    acts += [Act(new_id(), "exclude", mended[1]), Act(new_id(), "relabel", spoilt, "tech")]
    record(context, dataset.latest_version_id, "ada", acts)
    make_version(context, dataset.latest_version_id, "", "ada")
    dataset = get_dataset(context.store, dataset.dataset_id)
    after = planted_errors(context, dataset, tuple(list_versions(context.store, dataset.dataset_id)))
    assert after is not None and (after.restored, after.broken) == (2, 1)
    assert after.precision == found.precision, "measured on the labels as loaded"
    assert latest_scan(context.store, dataset.latest_version_id) is None
