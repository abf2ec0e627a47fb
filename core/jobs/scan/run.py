"""A job that scans a version for issues: `python -m core.jobs.scan.run FOLDER`.

Reads spec.json and input/rows.parquet; writes one folder per tier, output/0, output/1 …, each better than the one
before, and announces each by an event `tier` {tier, order, final} as soon as it is whole.
"""

from __future__ import annotations

import time

from core.jobs.entry import run
from core.jobs.rows import read_rows
from core.jobs.scan.fold_settings import forget_folds
from core.jobs.scan.scan import Scan
from core.jobs.scan.spec import ScanJobSpec, ScanResult
from core.jobs.scan.verdicts import read_verdicts
from core.queue import JobFolder, ProgressWriter
from core.tasks import task_named


def main(folder: JobFolder, progress: ProgressWriter) -> ScanResult | None:
    """Runs the scan; the result names its tiers. None where it ends after the first one, to wait for its turn."""
    spec = folder.spec_as(ScanJobSpec)
    rows = read_rows(folder, spec.about.task, spec.about.media, len(spec.about.labels))
    scan = _kind(spec)(folder, progress, spec, rows, read_verdicts(folder, rows.labels))
    scan.check()
    tiers = []
    for tier in scan.own() if spec.settings.probabilities else scan.encoders():
        tiers.append(tier)
        if not scan.final and folder.leave_if_beside():
            return None
    forget_folds(folder.output)
    return ScanResult(tuple(tiers), round(time.monotonic() - scan.started, 2))


def _kind(spec: ScanJobSpec) -> type[Scan]:
    target = task_named(spec.about.task).target
    if target.numeric:
        from core.jobs.scan.numbers import NumberScan

        return NumberScan
    if target.located:
        from core.jobs.scan.spans import SpanScan

        return SpanScan
    from core.jobs.scan.classes import ClassScan

    return ClassScan


if __name__ == "__main__":
    run(main)
