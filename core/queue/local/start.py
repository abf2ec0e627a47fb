"""How the process of a job is started: what comes before `-m MODULE FOLDER`, and the environment that it needs.

Several processes go through `accelerate launch`, and so does whatever follows a person's own config. A single one
without gets the variables that the launcher would set, without it: it imports torch and accelerate to do no more than
that, and the job imports them once again.
"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from core.queue.accelerate_config import AccelerateConfig, config_path
from core.queue.folder import JobFolder
from core.queue.local.slots import cores
from core.settings import PROJECT

LAUNCHER = ("-m", "accelerate.commands.launch")
LAUNCH = (
    *(*LAUNCHER, "--num_machines", "1"),
    *("--mixed_precision", "no", "--dynamo_backend", "no"),
    *("--gpu_ids", "all"),  # of those in sight: the default config of whoever runs it may say others
)
SCRIPT = """\
#!/bin/sh
# {what}
cd {project} && export PATH={programs}:"$PATH" || exit
{line}
"""
AGAIN = "Makes this run once more, in the new folder that the line ends with; what the run has made stays as it is."
JOIN = "Starts another machine's part of this run there: sh join.sh RANK. Project and job folder are at the same paths."
RANK = '"${1:?RANK of this machine: 1, 2 …}"'
ALONE: Mapping[str, str] = {
    "ACCELERATE_MIXED_PRECISION": "no",
    "ACCELERATE_DYNAMO_BACKEND": "NO",
    "ACCELERATE_DYNAMO_MODE": "default",
    "ACCELERATE_DYNAMO_USE_FULLGRAPH": "False",
    "ACCELERATE_DYNAMO_USE_DYNAMIC": "False",
    "ACCELERATE_DYNAMO_USE_REGIONAL_COMPILATION": "False",
}
"""What accelerate's simple launcher sets for a single process (`accelerate.utils.launch`), on any device."""
ALONE_ON_CPU: Mapping[str, str] = {"KMP_AFFINITY": "granularity=fine,compact,1,0", "KMP_BLOCKTIME": "1"}
"""And on the CPU."""


@dataclass(frozen=True, slots=True)
class Start:
    """How to start a module."""

    launcher: tuple[str, ...] = ()
    """Arguments of Python before `-m MODULE …`; none where the module runs in the very process that is started."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Variables beside those of the process that starts it."""


def accelerated(processes: int, on_cpu: bool) -> Start:
    """A module that uses accelerate, in so many processes."""
    return alone(on_cpu) if processes == 1 else launched(processes, on_cpu)


def alone(on_cpu: bool) -> Start:
    """A single process as `launched(1, on_cpu)` would have started it."""
    threads = {"ACCELERATE_USE_CPU": str(on_cpu), "OMP_NUM_THREADS": _threads(1)}
    return Start((), {**ALONE, **threads, **(ALONE_ON_CPU if on_cpu else {})})


def launched(processes: int, on_cpu: bool) -> Start:
    """So many processes by `accelerate launch`."""
    arguments = (*LAUNCH, "--num_processes", str(processes), "--num_cpu_threads_per_process", _threads(processes))
    if processes == 1:
        return Start((*arguments, "--cpu") if on_cpu else arguments)
    # With --cpu it starts a single process unless there is MPI; its launcher for several is the one for GPUs.
    environment = {"ACCELERATE_USE_CPU": "true"} if on_cpu else {}
    return Start((*arguments, "--multi_gpu", "--main_process_port", "0"), environment)


def following(config: AccelerateConfig, folder: JobFolder) -> Start:
    """As the run's copy of a person's config says, by `accelerate launch`.

    Of several processes on the CPU it would start one and leave the others to MPI, so it is told to use its launcher
    for GPUs. A port that the config leaves open is one that is free, and not the same for all runs.
    """
    arguments = [*LAUNCHER, "--config_file", str(config_path(folder))]
    arguments += ["--num_cpu_threads_per_process", _threads(config.here)]
    if config.processes > 1 and config.port is None:
        arguments += ["--main_process_port", "0"]
    if config.kind != "MULTI_CPU":
        return Start(tuple(arguments))
    return Start((*arguments, "--multi_gpu"), {"ACCELERATE_USE_CPU": "true"})


def script(how: Start, module: str, folder: JobFolder) -> str:
    """A shell script that makes the job's output once more; its last line does so by itself in the project's folder
    and environment."""
    return _script(AGAIN, _line(how, module, folder.path, folder.again))


def join_script(how: Start, module: str, folder: JobFolder) -> str:
    """A shell script by which another machine takes part in the run itself, with its rank as the argument."""
    return _script(JOIN, _line(how, module, folder.path, more=f"--machine_rank {RANK} "))


def _line(how: Start, module: str, *folders: Path, more: str = "") -> str:
    by = ("accelerate", "launch", *how.launcher[2:]) if how.launcher else ("python",)
    variables = (f"{name}={value}" for name, value in how.environment.items())
    return f"{shlex.join([*variables, *by])} {more}{shlex.join(['-m', module, *map(str, folders)])}"


def _script(what: str, line: str) -> str:
    programs = str(Path(sys.executable).parent)
    return SCRIPT.format(what=what, project=shlex.quote(str(PROJECT)), programs=shlex.quote(programs), line=line)


def _threads(processes: int) -> str:
    """Of each process; accelerate's own default is 1."""
    return os.environ.get("OMP_NUM_THREADS") or str(max(1, cores() // processes))
