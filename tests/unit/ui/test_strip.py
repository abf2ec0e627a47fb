"""The words of the line that says what is running."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.records import Job, Progress
from core.services.runs.time_in_words import duration, rough
from core.ui.shell.strip import progress_text

JOB = Job(
    job_id="1",
    kind="scan",
    title="Scan of news",
    dataset_id="2",
    status="running",
    created_at=datetime.now(UTC),
    created_by="ada",
    started_at=datetime.now(UTC),
    ended_at=None,
    folder="/runs/1",
    progress=Progress("embedding", 45, 100, "", 32.4),
    error="",
    device="cpu",
    collected=False,
)


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, "0 s"), (59.4, "59 s"), (61, "1 min 01 s"), (3725, "1 h 02 min"), (-3, "0 s")]
)
def test_a_duration_is_read_at_a_glance(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_a_running_job_says_stage_share_and_time_left() -> None:
    assert progress_text(JOB) == "embedding · 45% · 30 s left"


def test_a_unit_does_not_stand_in_for_the_stage() -> None:
    loading = replace(JOB, progress=Progress("Loading", 5, 10, "rows"))
    assert progress_text(loading) == "Loading · 50%"


def test_a_stage_without_a_total_says_no_share() -> None:
    assert progress_text(replace(JOB, progress=Progress("reading", 3, None))) == "reading"


def test_a_waiting_job_says_its_place_in_the_queue() -> None:
    assert progress_text(replace(JOB, status="queued", queue_position=2)) == "waiting, 2 in the queue"


def test_a_waiting_job_says_behind_which_and_until_when() -> None:
    waiting = replace(JOB, status="queued", queue_position=2, behind="Scan of old", starts_in=912.0)
    assert progress_text(waiting) == "starts in about 15 min, behind Scan of old"
    assert progress_text(replace(waiting, starts_in=None)) == "waiting, 2 in the queue, behind Scan of old"


def test_a_time_that_is_not_steady_is_said_to_be_about_so_long() -> None:
    progress = Progress("embedding", 45, 100, "", 754.0, share=0.3, steady=False)
    assert progress_text(replace(JOB, progress=progress)) == "embedding · 30% · about 13 min left"
    ending = replace(progress, seconds_left=1.0, share=0.99, steady=True)
    assert progress_text(replace(JOB, progress=ending)) == "embedding · 99% · a moment left"


@pytest.mark.parametrize(
    ("seconds", "words"), [(2.4, "2 s"), (43, "45 s"), (280, "4 min 30 s"), (1490, "25 min"), (7300, "2 h 00 min")]
)
def test_what_is_still_to_come_is_told_no_more_exactly_than_it_is_known(seconds: float, words: str) -> None:
    assert rough(seconds) == words


def test_any_other_state_is_named() -> None:
    assert progress_text(replace(JOB, status="stopping")) == "stopping"
