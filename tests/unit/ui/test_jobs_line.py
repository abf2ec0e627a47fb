"""The words of a job's line."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from core.records import ENDED, Job, Progress
from core.ui.jobs.line import origin, standing
from core.ui.parts.job_words import MARKS

NOW = datetime.now(UTC)
JOB = Job(
    job_id="1",
    kind="scan",
    title="Scan of news",
    dataset_id="2",
    status="done",
    created_at=NOW - timedelta(seconds=90),
    created_by="ada",
    started_at=NOW - timedelta(seconds=80),
    ended_at=NOW,
    folder="/runs/1",
    progress=Progress("embedding", 45, 100, "", 32.4),
    error="",
    device="cuda:0",
    collected=True,
)


def test_a_job_says_what_it_is_whose_how_old_and_where_it_ran() -> None:
    assert origin(JOB, NOW) == "scan · ada · 1 min 30 s ago · cuda:0"
    assert origin(replace(JOB, device=""), NOW) == "scan · ada · 1 min 30 s ago"


def test_an_ended_job_says_how_and_after_how_long() -> None:
    assert standing(JOB) == "done after 1 min 20 s"
    assert standing(replace(JOB, status="cancelled", started_at=None)) == "cancelled"


def test_a_done_job_whose_result_is_on_its_way_says_so() -> None:
    assert standing(replace(JOB, collected=False)) == "done after 1 min 20 s · taking the result in"


def test_a_failed_job_says_why_and_a_long_cause_is_cut() -> None:
    assert standing(replace(JOB, status="failed", error="No space left.")).endswith(
        "failed after 1 min 20 s · No space left."
    )
    assert standing(replace(JOB, status="failed", error="x" * 500)).endswith("x" * 500)


def test_a_running_job_says_how_far_it_is() -> None:
    assert standing(replace(JOB, status="running")) == "embedding · 45% · 30 s left"


def test_every_state_has_a_mark() -> None:
    assert set(MARKS) == {"preparing", "queued", "running", "stopping", *ENDED}
