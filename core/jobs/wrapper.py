"""`python -m core.jobs.wrapper RUN_FOLDER LIVENESS_FD`: the small process that stands between the app and a job.

It holds the job's liveness lock (taken by the queue, handed over as an open file), waits for a device slot in the
order in which jobs were made, starts the job in a process group of its own, passes on requests to end it, and records
how it ended. It imports nothing heavy and reads nothing of what the job prints.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from core.jobs import ending
from core.jobs.cause import cause
from core.jobs.folder import RunFolder
from core.jobs.processes import MARK, group_members, identify, kill_job, signal_group
from core.jobs.slots import HeldSlots, cores, find_slots, try_slots
from core.jobs.table import JobTable, Row
from core.settings import Workspace

LOOK_EVERY = 0.1
"""Seconds between two looks at what somebody asked for."""
GRACE_SECONDS = 0.5
"""How long a cancelled job may take to end by itself."""
NICENESS = 5
"""Jobs give way to the pages: on two cores a scan would otherwise slow every click."""
ACCELERATE = (
    *("-m", "accelerate.commands.launch", "--num_machines", "1"),
    *("--mixed_precision", "no", "--dynamo_backend", "no"),
)


def main() -> None:
    folder = RunFolder(Path(sys.argv[1]))
    workspace = Workspace(folder.path.parents[1])
    table = JobTable(workspace.jobs_database)
    os.nice(NICENESS)
    signal.signal(signal.SIGTERM, lambda *_: folder.request_stop())
    try:
        row = table.row(folder.job_id)
        if row is not None:
            run_job(table, row, folder, workspace.root / "slots")
    except Exception as problem:
        traceback.print_exc()
        ending.end(table, folder.job_id, "failed", f"The job could not be started: {problem}")


def run_job(table: JobTable, row: Row, folder: RunFolder, slots: Path) -> None:
    """Waits for the job's turn, runs it, and records how it ended."""
    held = wait_for_slots(table, folder, slots, row["processes"]) if row["needs_device"] else None
    device = held.name if held else ""
    started = table.update(folder.job_id, ("queued",), status="running", started_at=time.time(), device=device)
    if not started or folder.stop_requested():
        ending.end(table, folder.job_id, ending.how_it_ended(folder, otherwise="stopped"))
        return
    leader = start(row, folder, held)
    known = identify(leader.pid)
    if known:
        identity: dict[str, Any] = {
            "leader_pid": known.pid,
            "leader_started": known.started,
            "leader_command": known.command,
        }
        table.update(folder.job_id, **identity)
    # accelerate needs no signal: it would end the workers by force, and those see the request in the run folder.
    watch(leader, folder, signal_stop=row["launch"] == "python")
    record_end(table, leader.returncode, folder)


def wait_for_slots(table: JobTable, folder: RunFolder, slots: Path, count: int = 1) -> HeldSlots | None:
    """`count` free slots (0: all) once every job made earlier has its own; None when the job is asked to end before."""
    devices = find_slots()
    while not folder.stop_requested():
        waiting = table.waiting()
        if folder.job_id not in waiting:
            return None
        if waiting[0] == folder.job_id:
            held = try_slots(slots, devices, count)
            if held:
                bury_former_holders(table, {slot.name for slot in held.slots})
                return held
        elif (head := table.row(waiting[0])) is not None:
            ending.bury_if_dead(table, head)
        time.sleep(min(1.0, LOOK_EVERY * (waiting.index(folder.job_id) + 1)))
    return None


def bury_former_holders(table: JobTable, devices: set[str]) -> None:
    """A job that is said to run on a device whose slot is ours has lost its wrapper: its processes still use the
    device and have to go before ours start."""
    for row in table.active():
        if devices & set(row["device"].split(",")):
            ending.bury(table, row)


def start(row: Row, folder: RunFolder, held: HeldSlots | None) -> subprocess.Popen[bytes]:
    """Starts the job's module as the leader of a session and process group of its own."""
    on_cpu = held is None or held.name == "cpu"
    processes = max(1, row["processes"]) if held is None or on_cpu else len(held.slots)
    device = held.environment if held else {}
    launcher, environment = ((), {}) if row["launch"] == "python" else accelerate(processes, on_cpu)
    with folder.log_path.open("ab") as log:
        return subprocess.Popen(
            [sys.executable, *launcher, "-m", row["module"], str(folder.path)],
            env=os.environ | {MARK: folder.job_id, "PYTHONFAULTHANDLER": "1"} | device | environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def accelerate(processes: int, on_cpu: bool) -> tuple[tuple[str, ...], dict[str, str]]:
    """The arguments of Python that put `accelerate launch` before `-m MODULE …`, and the environment that it needs."""
    threads = os.environ.get("OMP_NUM_THREADS") or str(max(1, cores() // processes))  # accelerate's own default is 1
    arguments = (*ACCELERATE, "--num_processes", str(processes), "--num_cpu_threads_per_process", threads)
    if processes == 1:
        return ((*arguments, "--cpu") if on_cpu else arguments), {}
    # With --cpu it starts a single process unless there is MPI; its launcher for several is the one for GPUs.
    environment = {"ACCELERATE_USE_CPU": "true"} if on_cpu else {}
    return (*arguments, "--multi_gpu", "--main_process_port", "0"), environment


def watch(leader: subprocess.Popen[bytes], folder: RunFolder, *, signal_stop: bool = True) -> None:
    """Returns when no process of the job is left, having passed on requests to end it.

    A stop is asked for once, with `signal_stop` by SIGTERM too, and waited for. A cancel is followed by force. What a
    leader leaves behind when it ends by itself is killed: it would hold on to the device.
    """
    asked = False
    kill_at: float | None = None
    while _runs(leader):
        if folder.stop_requested() and not asked:
            asked = True
            if signal_stop or folder.cancel_requested():
                signal_group(leader.pid, signal.SIGTERM)
        if kill_at is None and folder.cancel_requested():
            kill_at = time.monotonic() + GRACE_SECONDS
        abandoned = leader.returncode is not None and not asked
        if abandoned or (kill_at is not None and time.monotonic() >= kill_at):
            signal_group(leader.pid, signal.SIGKILL)
    # Those that left the group: accelerate gives each of several workers a session of its own.
    kill_job(folder.job_id, None)


def _runs(leader: subprocess.Popen[bytes]) -> bool:
    """Whether the job still has a process, after waiting a moment for it to end."""
    try:
        leader.wait(LOOK_EVERY)
    except subprocess.TimeoutExpired:
        return True
    if not group_members(leader.pid):
        return False
    time.sleep(LOOK_EVERY)
    return True


def record_end(table: JobTable, returncode: int, folder: RunFolder) -> None:
    status = ending.how_it_ended(folder, otherwise="failed")
    error = folder.error() or cause(returncode, folder)
    ending.end(table, folder.job_id, status, error if status == "failed" else "")


if __name__ == "__main__":
    main()
