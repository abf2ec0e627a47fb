"""The one sentence that says why a job failed."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.queue.cause import cause
from core.queue.folder import JobFolder

TRAINER = """Traceback (most recent call last):
  File "<frozen runpy>", line 198, in _run_module_as_main
  File "/home/ann/train.py", line 9, in <module>
    raise ValueError("Target 7 is out of bounds.")
ValueError: Target 7 is out of bounds.
second line of the message
"""
LAUNCHER = """Traceback (most recent call last):
  File "<frozen runpy>", line 198, in _run_module_as_main
  File "/venv/lib/python3.11/site-packages/accelerate/commands/launch.py", line 1423, in <module>
    main()
  File "/venv/lib/python3.11/site-packages/accelerate/commands/launch.py", line 999, in simple_launcher
    raise subprocess.CalledProcessError(returncode=process.returncode, cmd=cmd)
"""
CALLED = "subprocess.CalledProcessError: Command '['python', '-m', 'core.jobs.train.run']' "
INTERLEAVED = """[rank0]: Traceback (most recent call last):
[rank1]: Traceback (most recent call last):
[rank0]:   File "/home/ann/train.py", line 9, in <module>
[rank1]:   File "/home/ann/train.py", line 9, in <module>
[rank0]:     raise ValueError("Target 7 is out of bounds.")
[rank0]: ValueError: Target 7 is out of bounds.
[rank1]:     raise ValueError("Target 7 is out of bounds.")
[rank1]: ValueError: Target 7 is out of bounds.
W1122 06:22:45.418000 5933 .venv/lib/torch/distributed/elastic/multiprocessing/api.py:1028] Sending signal SIGTERM
E1122 06:22:45.456000 5933 .venv/lib/torch/distributed/elastic/multiprocessing/api.py:1002] failed (exitcode: 1)
"""
SEVERAL = """torch.distributed.elastic.multiprocessing.errors.ChildFailedError:
============================================================
core.jobs.train.run FAILED
Failures:
[1]:
  exitcode  : -15 (pid: 5938)
  traceback : Signal 15 (SIGTERM) received by PID 5938
Root Cause (first observed failure):
[0]:
  exitcode  : {}
============================================================
"""
KILLED = "The process was killed (SIGKILL), as the system does when memory runs out. See the log."


@pytest.fixture
def folder(tmp_path: Path) -> JobFolder:
    return JobFolder(tmp_path).create()


@pytest.mark.parametrize(
    ("log", "sentence"),
    [
        (TRAINER + LAUNCHER + CALLED + "returned non-zero exit status 1.\n", "ValueError: Target 7 is out of bounds."),
        (INTERLEAVED + LAUNCHER + SEVERAL.format("1 (pid: 5939)"), "ValueError: Target 7 is out of bounds."),
        (LAUNCHER + CALLED + "died with <Signals.SIGKILL: 9>.\n", KILLED),
        (LAUNCHER + SEVERAL.format("-9 (pid: 1)\n  traceback : Signal 9 (SIGKILL) received by PID 1"), KILLED),
        (TRAINER, "ValueError: Target 7 is out of bounds."),
        ("starting\npython: No module named core.jobs.nothing\n\n", "python: No module named core.jobs.nothing"),
        ("", "The process ended with exit code 1 and printed nothing."),
    ],
)
def test_the_cause_is_the_jobs_own_last_exception_never_the_launchers(
    folder: JobFolder, log: str, sentence: str
) -> None:
    folder.log_path.write_text(log)
    assert cause(1, folder) == sentence


def test_an_exception_that_the_worker_wrote_down_first_is_the_cause_whatever_the_log_ends_with(
    folder: JobFolder,
) -> None:
    folder.log_path.write_text(INTERLEAVED + LAUNCHER + SEVERAL.format("1 (pid: 5939)"))
    folder.write_defect("KeyError: 'spam'")
    folder.write_defect("RuntimeError: Connection closed by peer")
    assert (cause(1, folder), folder.error()) == ("KeyError: 'spam'", "")


def test_a_process_that_a_signal_ended_is_said_so(folder: JobFolder) -> None:
    assert cause(-9, folder) == KILLED
    assert cause(-11, folder) == "The process was ended by SIGSEGV. See the log."
