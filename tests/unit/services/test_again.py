"""What a restore makes again of jobs that made datasets: nothing of those that are here."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from core.context import Context
from core.services.upkeep.again import make_all_again
from tests.integration.load_support import loaded


@pytest.mark.parametrize("here", [True, False])
def test_a_masked_copy_that_is_here_is_not_lost(context: Context, tmp_path: Path, here: bool) -> None:
    path = tmp_path / "notes.csv"
    path.write_text("text,label\n" + "".join(f"a text {row},{'xy'[row % 2]}\n" for row in range(8)))
    made = loaded(context, path, name="notes masked").dataset_id if here else "0" * 32
    job = context.queue.start_local("mask", "Masked copy of notes, version 1", {}, None, "ada")
    context.queue.finish_local(job.job_id, "done", dataset_id=made)
    shutil.rmtree(context.queue.folder(job.job_id).output)
    lost = make_all_again(context).lost
    assert len(lost) == (not here)
    assert here or ("make the masked copy again" in lost[0] and "output" not in lost[0]), lost
