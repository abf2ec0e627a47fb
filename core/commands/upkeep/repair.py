"""`repair`: mends what can be mended without a backup."""

from __future__ import annotations

from core.commands.command import Answer, files_command
from core.services.upkeep.repair import repair
from core.settings import Workspace


@files_command
def repair_command(workspace: Workspace) -> Answer:
    """Mend what can be mended without a backup."""
    done = repair(workspace)
    told = (
        (done.jobs, "jobs listed again from their folders"),
        (done.shards, "broken shards of arrays dropped; they are computed again when they are needed"),
        (done.unfinished, "half-written files removed"),
        (len(done.again.datasets), "datasets loaded again from where they came from, with the same rows"),
        (done.again.versions, "versions made again"),
        (done.again.outputs, "outputs of jobs taken in again"),
    )
    lines = [f"{count:,} {what}." for count, what in told if count]
    lines += [f"What was there lies in {done.aside}."] if done.aside else []
    lines += [f"  {one}" for one in done.again.lost]
    lines += [f"{one.what} is {one.state}: {one.said}; {one.step}." for one in done.left]
    return Answer(done, "\n".join(lines or ["There was nothing to mend."]), failed=bool(done.left))
