import time
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.context import Context
from core.errors import UsageError
from core.jobs.groups.web import make_split
from core.records import ENDED, Dataset, Job, RowFilter, Version
from core.services.load import preview, start_load, wait
from core.services.review.among import OfVersion
from core.services.splits import SplitPlan, move, move_back, plan_move, split_counts, start_split
from core.store.datasets import get_dataset
from core.store.relations import relation
from core.store.upkeep.again import make_again
from core.store.versions import get_version, unfingerprinted

SHARES = {"train": 0.5, "test": 0.5}


def _ended(context: Context, job: Job) -> Job:
    while (job := context.queue.get(job.job_id)).status not in ENDED:
        time.sleep(0.01)
    return job


def test_a_split_is_a_new_version_and_the_old_one_stays(context: Context, news: Dataset) -> None:
    job = start_split(context, news.latest_version_id, "stratified", SHARES, 0, None, "tester")
    assert _ended(context, job).status == "done"
    made = get_version(context.store, get_dataset(context.store, "news").latest_version_id)
    assert (made.kind, made.parent_id) == ("split", news.latest_version_id)
    assert made.note == "stratified split: train 50%, test 50%; seed 0"
    assert split_counts(context, made.version_id) == {
        "x": {"test": 10, "train": 11},
        "y": {"test": 10, "train": 9},
    } or (sum(parts["train"] for parts in split_counts(context, made.version_id).values()) == 20)
    assert split_counts(context, news.latest_version_id) == {"x": {None: 21}, "y": {None: 19}}


def test_rows_that_share_a_group_stay_together(context: Context, news: Dataset) -> None:
    made = make_split(context, news.latest_version_id, SplitPlan("grouped", SHARES, 0, "author"), "tester")
    assert make_split(
        context, news.latest_version_id, SplitPlan("grouped", SHARES, 0, "author"), "tester"
    ).fingerprint == (made.fingerprint)
    from core.store.relations import relation

    found = context.store.fetch(
        f"SELECT author, count(DISTINCT split) FROM {relation(context.store, made.version_id)} GROUP BY author"
    )
    assert {parts for _, parts in found} == {1}


def test_near_duplicates_stay_together_when_leak_safe(
    context: Context, news: Dataset, tmp_path_factory: pytest.TempPathFactory
) -> None:
    groups = tmp_path_factory.mktemp("groups") / "groups.parquet"
    pq.write_table(pa.table({"example_id": list(range(40)), "group": [i // 4 for i in range(40)]}), groups)
    made = make_split(context, news.latest_version_id, SplitPlan("leak-safe", SHARES), "tester", groups)
    from core.store.relations import relation

    found = context.store.fetch(
        f"SELECT example_id // 4, count(DISTINCT split) FROM {relation(context.store, made.version_id)} GROUP BY 1"
    )
    assert {parts for _, parts in found} == {1}


def test_clusters_that_a_job_of_release_0_1_has_found_are_taken(
    context: Context, news: Dataset, tmp_path_factory: pytest.TempPathFactory
) -> None:
    groups = tmp_path_factory.mktemp("groups") / "groups.parquet"
    pq.write_table(pa.table({"row_id": list(range(40)), "group": [i // 4 for i in range(40)]}), groups)
    made = make_split(context, news.latest_version_id, SplitPlan("leak-safe", SHARES), "tester", groups)
    assert made.number == 2


@pytest.mark.parametrize(
    ("method", "shares", "group", "message"),
    [
        ("shuffled", SHARES, None, "Split method 'shuffled' not found"),
        ("random", {"train": 0.5, "test": 0.4}, None, "add up to 0.9"),
        ("random", {"train": 1.0, "test": 0.0}, None, "above 0"),
        ("grouped", SHARES, None, "do not go together"),
        ("random", SHARES, "author", "do not go together"),
    ],
)
def test_a_plan_that_does_not_add_up_says_what_is_wrong(
    method: str, shares: dict[str, float], group: str | None, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        SplitPlan(method, shares, 0, group)


def test_loads_and_splits_come_with_their_fingerprints(context: Context, news: Dataset) -> None:
    made = make_split(context, news.latest_version_id, SplitPlan("random", SHARES), "tester")
    assert made.fingerprint != get_version(context.store, news.latest_version_id).fingerprint != ""
    assert not unfingerprinted(context.store)


def test_a_load_is_waited_for_until_its_splits_are_there(
    context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(*asked: object) -> Version:
        time.sleep(1)
        return make_split(*asked)  # type: ignore[arg-type]

    monkeypatch.setattr("core.jobs.groups.web.make_split", late)
    (tmp_path / "a.csv").write_text("text,label\n" + "".join(f"text {row},{'xy'[row % 2]}\n" for row in range(20)))
    path = [str(tmp_path / "a.csv")]
    plan = SplitPlan("stratified", SHARES)
    job = start_load(context, path, preview(context, path).guess, name="a", by="ann", split_plan=plan)
    assert get_version(context.store, wait(context, job.job_id).latest_version_id).number == 2


def test_rows_of_a_filter_move_to_a_split_and_all_others_stay(context: Context, news: Dataset) -> None:
    first = make_split(context, news.latest_version_id, SplitPlan("random", SHARES), "tester")
    before = split_of(context, first)
    sport = OfVersion(first.version_id, RowFilter(label=news.labels[0]))
    planned = plan_move(context, sport, " held  out ")
    rows = planned.rows.tolist()
    assert planned.to == "held out" and planned.there == 0
    assert dict(planned.sources) == dict(Counter(before[row] for row in rows))
    made = move(context, planned, "ann", "label: sport", "a key")
    assert move(context, planned, "ann", "label: sport", "a key") == made, "asked for twice, done once"
    assert (made.kind, made.parent_id, made.created_by) == ("split", first.version_id, "ann")
    assert made.note == f"{len(rows)} rows moved to held out: label: sport"
    assert split_of(context, made) == before | dict.fromkeys(rows, "held out")
    again = plan_move(context, OfVersion(made.version_id, RowFilter(label=news.labels[0])), "held out")
    assert (len(again.rows), again.there, again.sources) == (0, len(rows), ())
    with pytest.raises(UsageError, match="held out"):
        move(context, again, "ann", "label: sport")
    with pytest.raises(UsageError, match="No row is asked for"):
        move(context, plan_move(context, OfVersion(made.version_id, RowFilter(example_ids=())), "test"), "ann", "none")
    for name in ("", "  ", "x" * 41, "a\0b"):
        with pytest.raises(UsageError, match="no name of a split"):
            plan_move(context, sport, name)


def test_rows_of_no_split_can_be_moved_to_one(context: Context, news: Dataset) -> None:
    planned = plan_move(context, OfVersion(news.latest_version_id, RowFilter(example_ids=(0, 1))), "test")
    assert planned.sources == ((None, 2),)
    made = move(context, planned, "ann", "two rows")
    assert {row for row, part in split_of(context, made).items() if part} == {0, 1}


def split_of(context: Context, version: Version) -> dict[int, str | None]:
    return dict(context.store.fetch(f"SELECT example_id, split FROM {relation(context.store, version.version_id)}"))


def test_rows_that_were_moved_go_back_to_their_splits_and_to_none(context: Context, news: Dataset) -> None:
    first = make_split(context, news.latest_version_id, SplitPlan("random", SHARES), "tester")
    before = split_of(context, first)
    made = move(context, plan_move(context, OfVersion(first.version_id, RowFilter(label="x")), "held out"), "ann", "x")
    back = move_back(context, made, "bob", "a key")
    assert move_back(context, made, "bob", "a key") == back, "asked for twice, done once"
    assert split_of(context, back) == before and back.fingerprint == first.fingerprint
    moved = sum(part != before[row] for row, part in split_of(context, made).items())
    assert (back.parent_id, back.created_by) == (made.version_id, "bob")
    assert back.note == f"{moved} rows moved back to their splits before version {made.number}"
    with pytest.raises(UsageError, match=f"Version {back.number} was made after version {made.number}"):
        move_back(context, made, "bob")
    of_none = move_back(context, move_back(context, back, "bob"), "bob")
    assert split_of(context, of_none) == before, "an undo is undone as well"


def test_rows_of_no_split_are_in_none_again_and_a_repair_knows_it(context: Context, news: Dataset) -> None:
    rows = OfVersion(news.latest_version_id, RowFilter(example_ids=(0, 1)))
    made = move(context, plan_move(context, rows, "test"), "ann", "two rows")
    back = move_back(context, made, "ann")
    assert set(split_of(context, back).values()) == {None}
    kept = context.ledger.versions.by_id(back.version_id)
    assert kept is not None
    with context.store.write() as cursor:
        cursor.execute("DELETE FROM overrides WHERE version_id = ?", [back.version_id])
        cursor.execute("DELETE FROM versions WHERE version_id = ?", [back.version_id])
    assert make_again(context.store, kept) == "made"
    assert set(split_of(context, get_version(context.store, back.version_id)).values()) == {None}


def test_only_splits_are_moved_back(context: Context, news: Dataset) -> None:
    with pytest.raises(UsageError, match="Version 1 did not give rows their splits"):
        move_back(context, get_version(context.store, news.latest_version_id), "ann")
