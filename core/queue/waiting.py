"""Why a job waits and when it will likely start: the jobs before it, and how long they will take."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.queue.launcher import BESIDE
from core.queue.table import Row


@dataclass(frozen=True, slots=True)
class Wait:
    """What a job waits for."""

    behind: str
    """The title of the job after which it starts."""
    seconds: float | None
    """Until its likely start; None where nothing tells how long one of those before it takes."""


def waits(
    active: Sequence[Row], waiting: Sequence[str], waiting_beside: Sequence[str], left: Mapping[str, float | None]
) -> dict[str, Wait]:
    """For each job that waits, by its id. `active`: jobs that have not ended; `waiting`, `waiting_beside`: as the table
    has them, where one may be that has come since; `left`: seconds that are left of those that run."""
    rows = {row["job_id"]: row for row in active}
    running = [row for row in active if row["status"] in ("running", "stopping")]
    beside = [row for row in running if row["device"] == BESIDE]
    on_devices = [row for row in running if row["device"] not in ("", BESIDE)]
    waiting, waiting_beside = ([one for one in line if one in rows] for line in (waiting, waiting_beside))
    of_devices = _line(rows, on_devices, waiting, left, sum(len(row["device"].split(",")) for row in on_devices))
    of_beside = _line(rows, beside, waiting_beside, left, 1)
    return of_devices | {name: _sooner(of_devices.get(name), wait) for name, wait in of_beside.items()}


def _line(
    rows: Mapping[str, Row],
    running: Sequence[Row],
    waiting: Sequence[str],
    left: Mapping[str, float | None],
    slots: int,
) -> dict[str, Wait]:
    """Those that wait take the slot that is free first, one after the other; infinity stands for what nobody knows."""
    free = [(_known(left.get(row["job_id"])), place, row["title"]) for place, row in enumerate(running)]
    heapq.heapify(free)
    found: dict[str, Wait] = {}
    for place, name in enumerate(waiting, len(free)):
        if len(free) < max(1, slots):
            at, behind = 0.0, ""
        else:
            at, _, behind = heapq.heappop(free)
        if behind:
            found[name] = Wait(behind, None if at == float("inf") else at)
        heapq.heappush(free, (at + _known(rows[name]["estimate"]), place, rows[name]["title"]))
    return found


def _known(seconds: float | None) -> float:
    return float("inf") if seconds is None else seconds


def _sooner(one: Wait | None, other: Wait) -> Wait:
    return other if one is None or _known(other.seconds) <= _known(one.seconds) else one
