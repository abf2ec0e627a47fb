"""What the Issues page asks of the workflow."""

from __future__ import annotations

from core.context import Context
from core.records import Dataset, Job
from core.services.issues.listing import newest_scan_job
from core.store.versions import get_version
from tests.integration.job_support import created


def scan_job(context: Context, dataset_id: str, version_id: str) -> Job:
    job = created(context.queue, "scan", "Scan", "none", {"version_id": version_id}, dataset_id, "ada")
    return context.queue.cancel(job.job_id)


def test_a_versions_newest_scan_job_is_found_behind_any_number_of_other_jobs(context: Context, news: Dataset) -> None:
    version = get_version(context.store, news.latest_version_id)
    assert newest_scan_job(context, version) is None
    scan_job(context, news.dataset_id, version.version_id)
    newest = scan_job(context, news.dataset_id, version.version_id)
    scan_job(context, news.dataset_id, "another version")
    for _ in range(21):
        scan_job(context, "another dataset", "of which")
    found = newest_scan_job(context, version)
    assert found is not None
    assert found.job_id == newest.job_id
