"""The GPU benchmark's promises about what goes wrong: nothing that is lost takes something else with it."""

from __future__ import annotations

import json
import math
import sys
import time
from pathlib import Path

from bench.__main__ import table
from bench.gpu import lines, measured, row_of
from bench.gpu_measurements import CEILING, HEAD, SLICE, WINNOW, Measurement, Place
from bench.gpu_processes import Outcome, run_process
from core.identity import identify


def place(root: Path) -> Place:
    return Place(root, SLICE, [], {}, ([], [], []))


def broken(where: Place, seconds: float) -> Outcome:
    raise ValueError("no such model")


def solved(where: Place, seconds: float) -> Outcome:
    return Outcome([{"solving_seconds": 0.5}])


def test_a_measurement_that_fails_becomes_a_row_with_its_reason_and_loses_no_other(tmp_path: Path) -> None:
    found = measured([Measurement(WINNOW, 9, broken), Measurement(HEAD, 9, solved)], place(tmp_path), 60)
    found[CEILING] = Outcome()
    wanted = {line.name: line for line in lines(SLICE, compiled=False) if line.ours[0] in (WINNOW, HEAD)}
    failed = row_of(wanted["banking77, full: whole process, with prediction"], found)
    kept = row_of(wanted["banking77, quick retrain: solving"], found)
    assert failed is not None and math.isnan(failed.ours) and failed.note == "not measured: ValueError: no such model"
    assert kept is not None and kept.ours == 0.5 and kept.note == ""
    assert "| – |  |  | not measured: ValueError: no such model |" in table([failed, kept])
    assert json.loads(json.dumps(failed.as_dict()))["ours"] is None


def test_a_measurement_for_which_no_time_is_left_is_not_begun(tmp_path: Path) -> None:
    found = measured([Measurement(HEAD, 9, solved)], place(tmp_path), 3)
    assert found[HEAD].figures == []
    assert found[HEAD].failure == "no time: 3 s were left"


def test_seeds_of_one_name_are_kept_together(tmp_path: Path) -> None:
    found = measured([Measurement(HEAD, 9, solved)] * 2, place(tmp_path), 60)
    assert found[HEAD].figures == [{"solving_seconds": 0.5}] * 2


def test_a_process_that_takes_too_long_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    child, log = tmp_path / "child", tmp_path / "log.txt"
    script = (
        "import pathlib, subprocess, sys, time; "
        "started = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); "
        f"pathlib.Path({str(child)!r}).write_text(str(started.pid)); time.sleep(60)"
    )
    assert run_process([sys.executable, "-c", script], {}, log, 5) == "not done within 5 s"
    deadline = time.monotonic() + 30
    while identify(int(child.read_text())) is not None and time.monotonic() < deadline:
        time.sleep(0.05)
    assert identify(int(child.read_text())) is None


def test_a_process_that_fails_tells_the_last_line_that_it_printed(tmp_path: Path) -> None:
    script = "print('one'); raise KeyError('weights')"
    assert (
        run_process([sys.executable, "-c", script], {}, tmp_path / "log.txt", 60) == "exit code 1: KeyError: 'weights'"
    )
