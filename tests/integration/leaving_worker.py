"""A worker whose first part is short: it says in its result in which of its lives it came to its end."""

from __future__ import annotations

from core.jobs.entry import run
from core.queue import JobFolder, ProgressWriter


def main(folder: JobFolder, progress: ProgressWriter) -> dict[str, int] | None:
    first = folder.output / "first"
    lives = 2 if first.exists() else 1
    progress.update("first part", 1, 1)
    first.touch()
    if folder.leave_if_beside():
        return None
    progress.update("second part", 1, 1)
    return {"lives": lives}


if __name__ == "__main__":
    run(main)
