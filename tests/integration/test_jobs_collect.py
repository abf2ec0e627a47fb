"""From a job's output into the store: tiers as they appear, once each, across stops, losses and restarts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from core.context import Context
from core.errors import JobError, ProbabilitiesError, UsageError
from core.jobs.registry import KINDS
from core.jobs.scan import web
from core.jobs.submit import prepare_and_enqueue
from core.queue import JobFolder, ProgressWriter, Resources
from core.records import Dataset, IssueFilter, Job, ScanSpec
from core.services import jobs, scan
from core.services.collect import collect, start_collector
from core.services.follow import follow
from core.store.issues import count_issues
from core.store.scans import latest_scan
from tests.integration.job_support import created, found_lost, kill_wrapper, load_stories, wait_for_end, wait_until

SPEC = ScanSpec(("lexical",))


@pytest.fixture
def dataset(context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Dataset:
    """Ten rows to scan, with a worker whose second tier waits for `input/go`."""
    kind = replace(web.SCAN, module="tests.integration.tier_worker")
    monkeypatch.setattr(web, "SCAN", kind)
    monkeypatch.setitem(KINDS, "scan", kind)  # type: ignore[arg-type]
    return load_stories(context, tmp_path)


def _start(context: Context, dataset: Dataset) -> Job:
    return scan.start_scan(context, dataset.latest_version_id, SPEC, "ada")


def _tiers(context: Context, dataset: Dataset) -> list[str]:
    found = context.store.fetch(
        "SELECT tier FROM scans WHERE version_id = ? ORDER BY tier_order DESC", [dataset.latest_version_id]
    )
    return [tier for (tier,) in found]


def _wait_for_tiers(context: Context, dataset: Dataset, count: int) -> None:
    def arrived() -> bool:
        collect(context)
        return len(_tiers(context, dataset)) == count

    wait_until(arrived, f"{count} tiers")


def _go(context: Context, job: Job) -> None:
    (context.queue.folder(job.job_id).input / "go").touch()


def test_the_first_tier_is_in_the_store_while_the_second_is_awaited(context: Context, dataset: Dataset) -> None:
    job = _start(context, dataset)
    _wait_for_tiers(context, dataset, 1)
    assert context.queue.get(job.job_id).status == "running"
    first = latest_scan(context.store, dataset.latest_version_id)
    assert first is not None and first.tier == "lexical" and not first.final
    _go(context, job)
    assert follow(context, job.job_id).collected
    best = latest_scan(context.store, dataset.latest_version_id)
    assert best is not None and best.tier == "lexical + minilm" and best.final


def test_each_tier_is_taken_in_once_also_by_an_app_that_forgot_it_had(context: Context, dataset: Dataset) -> None:
    job = _start(context, dataset)
    _wait_for_tiers(context, dataset, 1)
    context.queue.mark_part_collected(job.job_id, 0)
    collect(context)
    _go(context, job)
    follow(context, job.job_id)
    collect(context)
    assert _tiers(context, dataset) == ["lexical + minilm", "lexical"]
    best = latest_scan(context.store, dataset.latest_version_id)
    assert best is not None
    assert count_issues(context.store, best, IssueFilter()) == 10


def test_a_stopped_scan_keeps_the_tier_that_it_reached(context: Context, dataset: Dataset) -> None:
    job = _start(context, dataset)
    _wait_for_tiers(context, dataset, 1)
    jobs.stop(context, job.job_id)
    with pytest.raises(JobError, match="was stopped"):
        follow(context, job.job_id)
    assert _tiers(context, dataset) == ["lexical"]


def test_a_lost_scan_is_started_again_and_goes_on_to_its_best_tier(context: Context, dataset: Dataset) -> None:
    job = _start(context, dataset)
    _wait_for_tiers(context, dataset, 1)
    kill_wrapper(job)
    assert found_lost(context.queue) == [job.job_id]
    lost = context.queue.get(job.job_id)
    assert lost.status == "lost" and jobs.can_restart(context, lost)
    assert jobs.restart(context, job.job_id).status == "preparing"
    _go(context, job)
    assert follow(context, job.job_id).status == "done"
    assert _tiers(context, dataset) == ["lexical + minilm", "lexical"]


def test_the_collecting_thread_takes_tiers_in_and_finds_lost_jobs(context: Context, dataset: Dataset) -> None:
    collector = start_collector(context)
    try:
        job = _start(context, dataset)
        wait_until(lambda: _tiers(context, dataset) == ["lexical"], "the first tier")
        kill_wrapper(job)
        assert wait_for_end(context.queue, job).status == "lost"
    finally:
        collector.stop()


def test_the_same_scan_asked_for_twice_runs_once(context: Context, dataset: Dataset) -> None:
    job = _start(context, dataset)
    assert _start(context, dataset).job_id == job.job_id
    other = scan.start_scan(context, dataset.latest_version_id, ScanSpec(("lexical",), seed=1), "ada")
    assert other.job_id != job.job_id
    for started in (job, other):
        context.queue.cancel(started.job_id)
        wait_for_end(context.queue, started)


def test_own_probabilities_are_copied_beside_the_rows(context: Context, dataset: Dataset, tmp_path: Path) -> None:
    own = tmp_path / "mine.NPY"
    own.write_bytes(b"numbers")
    job = scan.start_scan(context, dataset.latest_version_id, ScanSpec((), probabilities=str(own)), "ada")
    wait_until(lambda: context.queue.get(job.job_id).status != "preparing", "the preparation")
    folder = context.queue.folder(job.job_id)
    assert (folder.input / folder.spec()["probabilities"]).read_bytes() == b"numbers"
    context.queue.cancel(job.job_id)
    wait_for_end(context.queue, job)


def test_a_job_that_cannot_be_prepared_fails_and_says_why(context: Context) -> None:
    def full(context: Context, folder: JobFolder) -> None:
        raise OSError(28, "No space left on device")

    job = created(context.queue, "scan", "Scan", "tests.integration.tier_worker", {}, None, "ada")
    prepare_and_enqueue(context, job, full)
    failed = wait_for_end(context.queue, job)
    assert failed.status == "failed" and f"There is no room in {job.folder}" in failed.error


def test_an_unreadable_result_makes_the_job_a_failed_one(context: Context, dataset: Dataset) -> None:
    job = created(
        context.queue, "scan", "Scan", "tests.integration.job_worker", {}, None, "ada", Resources(device=False)
    )
    ProgressWriter(context.queue.folder(job.job_id)).event("tier", tier="lexical", order=0, final=True)
    context.queue.enqueue(job.job_id)
    with pytest.raises(JobError, match="could not be taken in"):
        follow(context, job.job_id)
    assert context.queue.uncollected() == []


def test_a_result_that_could_not_be_taken_in_is_kept_and_taken_in_without_running_again(
    context: Context, dataset: Dataset
) -> None:
    job = _start(context, dataset)
    wait_until(lambda: context.queue.get(job.job_id).status != "preparing", "the preparation")
    _go(context, job)
    wait_for_end(context.queue, job)
    folder = context.queue.folder(job.job_id)
    issues, away = folder.output / "1" / "issues.parquet", folder.path / "away"
    issues.rename(away)
    with pytest.raises(JobError, match="could not be taken in"):
        follow(context, job.job_id)
    failed = context.queue.get(job.job_id)
    assert failed.status == "failed" and jobs.is_untaken(context, failed) and jobs.can_restart(context, failed)
    with pytest.raises(JobError, match="take it in again") as raised:
        jobs.restart(context, job.job_id)
    assert str(folder.path) in raised.value.hint
    away.rename(issues)
    written = folder.progress_path.read_bytes()
    done = jobs.restart(context, job.job_id)
    assert (done.status, done.error, done.collected) == ("done", "", True)
    assert _tiers(context, dataset) == ["lexical + minilm", "lexical"]
    assert folder.progress_path.read_bytes() == written
    assert context.queue.untaken() == [] and not jobs.can_restart(context, done)


def test_the_collecting_thread_tries_again_what_could_not_be_taken_in(context: Context, dataset: Dataset) -> None:
    job = _start(context, dataset)
    wait_until(lambda: context.queue.get(job.job_id).status != "preparing", "the preparation")
    _go(context, job)
    wait_for_end(context.queue, job)
    output = context.queue.folder(job.job_id).output
    output.rename(output.parent / "away")
    with pytest.raises(JobError, match="could not be taken in"):
        follow(context, job.job_id)
    (output.parent / "away").rename(output)
    collector = start_collector(context)
    try:
        wait_until(lambda: context.queue.get(job.job_id).status == "done", "the next visit")
    finally:
        collector.stop()
    assert _tiers(context, dataset) == ["lexical + minilm", "lexical"]


def test_a_foreground_scan_reports_progress_and_returns_its_best_tier(context: Context, dataset: Dataset) -> None:
    seen: list[str] = []

    def on_progress(job: Job) -> None:
        seen.append(job.status)
        _go(context, job)

    best = scan.run_scan(context, dataset.latest_version_id, SPEC, "ada", on_progress)
    assert best.final and seen[-1] == "done"


def test_an_interrupt_of_a_foreground_scan_cancels_it(context: Context, dataset: Dataset) -> None:
    def interrupt(job: Job) -> None:
        if job.status == "running":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scan.run_scan(context, dataset.latest_version_id, SPEC, "ada", interrupt)
    assert [job.status for job in context.queue.list()] == ["cancelled"]


@pytest.mark.parametrize(
    ("spec", "error", "says"),
    [
        (ScanSpec((), folds=1), UsageError, "1 folds"),
        (ScanSpec((), flag_by="luck"), UsageError, "'luck'"),
        (ScanSpec((), probabilities="/no/such.npy"), ProbabilitiesError, "/no/such.npy"),
        (ScanSpec((), probabilities="/etc/hostname"), ProbabilitiesError, "hostname"),
    ],
)
def test_settings_that_cannot_be_are_refused_before_anything_runs(
    context: Context, dataset: Dataset, spec: ScanSpec, error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        scan.start_scan(context, dataset.latest_version_id, spec, "ada")
    assert context.queue.count() == 0
