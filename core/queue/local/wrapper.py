"""`python -m core.queue.local.wrapper JOB_FOLDER LIVENESS_FD`: the small process that stands between the app and a job.

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
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from core.identity import identify
from core.queue import ending
from core.queue.accelerate_config import AccelerateConfig, config_of, slots_of
from core.queue.cause import cause
from core.queue.folder import MAY_LEAVE, STARTED, JobFolder
from core.queue.launcher import BESIDE
from core.queue.local.launcher import LocalLauncher
from core.queue.local.processes import MARK, group_members, kill_job, signal_group
from core.queue.local.slots import HeldSlots, find_slots, slot_beside, try_slots
from core.queue.local.start import Start, accelerated, following, join_script, launched, script
from core.queue.table import JobTable, Row
from core.room import met, once_there_is_room
from core.settings import Workspace

LOOK_EVERY = 0.1
"""Seconds between two looks at what somebody asked for."""
GRACE_SECONDS = 0.5
"""How long a cancelled job may take to end by itself."""
NICENESS = 5
"""Jobs give way to the pages: on two cores a scan would otherwise slow every click."""
NICENESS_OF_LONG = 10
"""Long ones give way to short ones too, which have seconds of work and somebody who waits for them."""


def main() -> None:
    folder = JobFolder(Path(sys.argv[1]))
    workspace = Workspace(folder.path.parents[1])
    table = JobTable(workspace.jobs_database)
    os.nice(NICENESS)
    signal.signal(signal.SIGTERM, lambda *_: folder.request_stop())
    try:
        row = table.row(folder.job_id)
        if row is not None:
            run_job(table, row, folder, workspace.root / "slots")
    except Exception as problem:
        said = f"The job could not be started: {met(problem, folder.path) or problem}"
        folder.give_room()
        with suppress(OSError):
            traceback.print_exc()
        once_there_is_room(folder.path, lambda: ending.end(table, folder.job_id, "failed", said))


def run_job(table: JobTable, row: Row, folder: JobFolder, slots: Path) -> None:
    """Waits for the job's turn, runs it, and records how it ended."""
    config = config_of(folder)
    while True:
        held = wait_for_slots(table, folder, slots, row["processes"], config) if row["needs_device"] else None
        leader = _start(table, row, folder, held, config)
        if leader is None:
            return
        returncode = leader.returncode
        if held is None or returncode or not wants_turn(folder):
            break
        # Its short part is done: the rest is long work, and waits for its turn like any other.
        held.give_back()
        if not table.update(folder.job_id, ("running",), status="queued", lane="long", device="", leader_pid=None):
            break
        folder.take_turn()
        row = table.row(folder.job_id) or row
    record_end(table, returncode, folder)


def wants_turn(folder: JobFolder) -> bool:
    """Whether the job has ended its short part only, and nobody has asked it to end."""
    return folder.turn_wanted() and not folder.is_done() and not folder.stop_requested()


def _start(
    table: JobTable, row: Row, folder: JobFolder, held: HeldSlots | None, config: AccelerateConfig | None
) -> subprocess.Popen[bytes] | None:
    """Starts the job on what it holds and returns its first process once that has ended, all others being gone; None
    where somebody ended it before."""
    device = held.name if held else ""
    now = time.time()
    begun = {"started_at": row["started_at"] or now, "device": device}
    started = table.update(folder.job_id, ("queued",), status="running", **begun)
    if not started or folder.stop_requested():
        folder.give_room()
        ending.end(table, folder.job_id, ending.how_it_ended(folder, otherwise="stopped"))
        return None
    own = following(config, folder) if config else None
    how, typed = how_to_start(row, held, own), by_line(row, held, own)
    folder.script_path.write_text(script(typed, row["module"], folder), encoding="utf-8")
    if config and config.machines > 1:
        folder.join_path.write_text(join_script(typed, row["module"], folder), encoding="utf-8")
    beside = held is not None and held.name == BESIDE
    here = {STARTED: str(now), **({MAY_LEAVE: "1"} if beside and row["lane"] == "first" else {})}
    leader = start(replace(how, environment={**how.environment, **here}), row["module"], folder)
    give_way(leader.pid, NICENESS if beside or row["lane"] == "short" or held is None else NICENESS_OF_LONG)
    known = identify(leader.pid)
    if known:
        identity = {"leader_pid": known.pid, "leader_started": known.started, "leader_command": known.command}
        table.update(folder.job_id, (), **identity)
    # The launcher needs no signal: it would end the workers by force, and those see the request in the job folder.
    watch(leader, folder, signal_stop=not how.launcher)
    return leader


def give_way(leader: int, niceness: int) -> None:
    """Sets how far a session that has just begun gives way. Where the kernel groups processes by session, niceness has
    an effect within a group alone: then that of the group counts."""
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, leader, niceness)
    with suppress(OSError):
        Path(f"/proc/{leader}/autogroup").write_text(str(niceness), encoding="ascii")


def wait_for_slots(
    table: JobTable, folder: JobFolder, slots: Path, count: int = 1, config: AccelerateConfig | None = None
) -> HeldSlots | None:
    """`count` free slots (0: all) of those that the config allows, once every job before it has its own; for short work
    the one beside them where none is free. None when the job is asked to end before."""
    devices = slots_of(config, find_slots()) if config else find_slots()
    while not folder.stop_requested():
        waiting = table.waiting()
        if folder.job_id not in waiting:
            return None
        held = try_slots(slots, devices, count) if waiting[0] == folder.job_id else None
        beside = table.waiting_beside()
        if held is None and beside[:1] == [folder.job_id]:
            held = try_slots(slots, [slot_beside(devices)])
        if held:
            mark_lost_former_holders(table, {slot.name for slot in held.slots})
            return held
        for head in {waiting[0], *beside[:1]} - {folder.job_id}:
            if (row := table.row(head)) is not None:
                ending.mark_lost_if_dead(table, row, LocalLauncher())
        time.sleep(min(1.0, LOOK_EVERY * (waiting.index(folder.job_id) + 1)))
    return None


def mark_lost_former_holders(table: JobTable, devices: set[str]) -> None:
    """A job that is said to run on a device whose slot is ours has lost its wrapper: its processes still use the
    device and have to go before ours start."""
    for row in table.active():
        if devices & set(row["device"].split(",")):
            ending.mark_lost(table, row, LocalLauncher())


def how_to_start(row: Row, held: HeldSlots | None, own: Start | None) -> Start:
    """By what, and with which devices in sight; `own` is what a person's own config says."""
    how = own or (Start() if row["launch"] == "python" else accelerated(*_processes(row, held)))
    return replace(how, environment={**(held.environment if held else {}), **how.environment})


def by_line(row: Row, held: HeldSlots | None, own: Start | None) -> Start:
    """The same for whoever types it: with the launcher for one process too, and with the devices that they have."""
    return own or (Start() if row["launch"] == "python" else launched(*_processes(row, held)))


def _processes(row: Row, held: HeldSlots | None) -> tuple[int, bool]:
    """How many, and whether on the CPU."""
    on_cpu = held is None or held.name in ("cpu", BESIDE)
    return max(1, row["processes"]) if held is None or on_cpu else len(held.slots), on_cpu


def start(how: Start, module: str, folder: JobFolder) -> subprocess.Popen[bytes]:
    """Starts the job's module as the leader of a session and process group of its own."""
    with folder.log_path.open("ab") as log:
        return subprocess.Popen(
            [sys.executable, *how.launcher, "-m", module, str(folder.path)],
            env={**os.environ, MARK: str(folder.path), "PYTHONFAULTHANDLER": "1", **how.environment},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def watch(leader: subprocess.Popen[bytes], folder: JobFolder, *, signal_stop: bool = True) -> None:
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
    kill_job(str(folder.path), None)


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


def record_end(table: JobTable, returncode: int, folder: JobFolder) -> None:
    status = ending.how_it_ended(folder, otherwise="failed")
    error = (folder.error() or cause(returncode, folder)) if status == "failed" else ""  # sees whether the disk is full
    folder.give_room()
    once_there_is_room(folder.path, lambda: ending.end(table, folder.job_id, status, error))


if __name__ == "__main__":
    main()
