"""Progress lines, events, and what a dying process leaves of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.queue import JobFolder, ProgressWriter, Stopped, events_after, read_events, read_progress


@pytest.fixture
def folder(tmp_path: Path) -> JobFolder:
    return JobFolder(tmp_path / "run").create()


def _write(folder: JobFolder, *lines: object) -> None:
    folder.progress_path.write_text("".join(json.dumps(line) + "\n" for line in lines))


def _line(done: float, total: float | None, t: float, since: float = 0.0, first: float = 0.0) -> dict[str, object]:
    return {"t": t, "since": since, "first": first, "stage": "embed", "done": done, "total": total}


def test_the_newest_state_is_read(folder: JobFolder) -> None:
    writer = ProgressWriter(folder)
    writer.update("read", 0, 10)
    writer.update("embed", 5, 20, "MiniLM")
    progress = read_progress(folder)
    assert (progress.stage, progress.done, progress.total, progress.message) == ("embed", 5, 20, "MiniLM")
    assert progress.fraction == 0.25


def test_a_run_that_wrote_nothing_has_empty_progress(folder: JobFolder) -> None:
    assert read_progress(folder).stage == ""
    assert read_progress(folder).fraction is None
    assert read_events(folder) == []


def test_many_updates_become_few_lines_but_the_last_one_is_kept(folder: JobFolder) -> None:
    writer = ProgressWriter(folder)
    for done in range(10_001):
        writer.update("embed", done, 10_000)
    assert read_progress(folder).done == 10_000
    assert len(folder.progress_path.read_text().splitlines()) < 20


def test_time_left_follows_the_mean_pace_of_the_stage(folder: JobFolder) -> None:
    _write(folder, _line(done=30, total=100, t=110, since=100, first=10))
    assert read_progress(folder, now=110).seconds_left == pytest.approx(70 * 10 / 20)


def test_time_left_runs_down_between_two_lines_and_never_below_zero(folder: JobFolder) -> None:
    _write(folder, _line(done=50, total=100, t=10))
    assert read_progress(folder, now=14).seconds_left == pytest.approx(6)
    assert read_progress(folder, now=99).seconds_left == 0


@pytest.mark.parametrize(("done", "total"), [(0, 100), (50, None), (0, 0)])
def test_no_time_left_is_guessed_before_there_is_a_pace(folder: JobFolder, done: float, total: float | None) -> None:
    _write(folder, _line(done=done, total=total, t=10))
    assert read_progress(folder).seconds_left is None


def test_a_torn_last_line_is_passed_over(folder: JobFolder) -> None:
    _write(folder, _line(done=50, total=100, t=10), {"t": 11, "event": "tier", "order": 0})
    with folder.progress_path.open("a") as file:
        file.write('{"t": 12, "event": "ti')
    assert read_progress(folder).done == 50
    assert [event["order"] for event in read_events(folder)] == [0]


def test_a_writer_that_follows_a_torn_line_does_not_lose_its_own_first_line(folder: JobFolder) -> None:
    folder.progress_path.write_text('{"t": 12, "event": "ti')
    ProgressWriter(folder).event("tier", order=1)
    assert [event["order"] for event in read_events(folder)] == [1]


def test_events_keep_their_order_and_their_data(folder: JobFolder) -> None:
    writer = ProgressWriter(folder)
    writer.event("tier", tier="lexical", order=0, final=False)
    writer.update("embed", 1, 2)
    writer.event("tier", tier="minilm", order=1, final=True)
    assert [(event["tier"], event["final"]) for event in read_events(folder)] == [("lexical", False), ("minilm", True)]


def test_progress_is_found_behind_events_larger_than_what_is_read_at_first(folder: JobFolder) -> None:
    writer = ProgressWriter(folder)
    writer.update("embed", 1, 2)
    writer.event("note", text="x" * 100_000)
    assert read_progress(folder).stage == "embed"


def test_an_update_ends_a_job_that_was_asked_to_stop(folder: JobFolder) -> None:
    writer = ProgressWriter(folder, raises_stopped=True)
    writer.update("embed", 0, 10)
    folder.request_stop()
    with pytest.raises(Stopped):
        writer.update("train", 0, 10)


def test_being_stopped_is_not_caught_as_an_error() -> None:
    assert not issubclass(Stopped, Exception)


def test_events_are_read_on_from_the_last_whole_line(folder: JobFolder) -> None:
    assert events_after(folder, 0) == ([], 0)
    progress = ProgressWriter(folder)
    progress.event("tier", order=0)
    first, offset = events_after(folder, 0)
    with folder.progress_path.open("ab") as file:
        file.write(b'{"event": "tier", "ord')
    assert events_after(folder, offset) == ([], offset)
    ProgressWriter(folder).event("tier", order=1)
    second, end = events_after(folder, offset)
    assert [event["order"] for event in [*first, *second]] == [0, 1]
    assert events_after(folder, end) == ([], end) and end == folder.progress_path.stat().st_size
