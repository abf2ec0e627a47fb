"""How long a load of images takes is said before it starts, and better once one was done here."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.context import Context
from core.jobs.load.plan import BYTES, units_of
from core.queue.plan import read_plan
from core.services.load import preview, start_load, wait
from core.services.runs.forecast_time import time_of_load
from tests.images import png


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in range(12):
        place = tmp_path / "pets" / ("cat", "dog")[number % 2]
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{number}.png").write_bytes(png(number))
    return tmp_path / "pets"


def test_a_load_of_images_says_its_time_and_has_a_plan(context: Context, folder: Path) -> None:
    found = preview(context, [str(folder)])
    told = time_of_load(context, [str(folder)], found.guess, found)
    assert told is not None and 0 < told.seconds < 60
    job = start_load(context, [str(folder)], found.guess, name="pets", by="ada", found=found)
    wait(context, job.job_id)
    stages = read_plan(context.queue.folder(job.job_id))
    assert [(stage.name, stage.units > 0) for stage in stages] == [("start", True), ("Reading images", True)]
    assert context.queue.pace("cpu: load: start") is not None, "the next is foretold by this one"


def test_large_files_take_longer_than_small_ones_and_tables_say_no_time(
    context: Context, folder: Path, tmp_path: Path
) -> None:
    small = units_of([str(folder)])
    assert 12 < small < 13
    (folder / "cat" / "large.png").write_bytes(b"1" * 10 * BYTES)
    assert units_of([str(folder)]) == pytest.approx(small + 11)
    assert units_of([str(tmp_path / "nothing")]) == 0
    table = tmp_path / "notes.csv"
    table.write_text("text,label\na good one,x\na bad one,y\n")
    found = preview(context, [str(table)])
    assert time_of_load(context, [str(table)], found.guess, found) is None
