"""Starts the wrapper of a job, detached from the process that asks for it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

from core.queue.folder import JobFolder
from core.settings import PROJECT


def spawn_wrapper(folder: JobFolder, liveness: int) -> None:
    """Starts the wrapper in a session of its own and hands it the liveness lock that this process holds.

    Its output, and the job's, goes to the run's log file: nobody has to be there to read it.
    """
    with folder.log_path.open("ab") as log:
        wrapper = subprocess.Popen(
            [sys.executable, "-m", "core.queue.local.wrapper", str(folder.path), str(liveness)],
            cwd=PROJECT,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=(liveness,),
        )
    # Only so that it does not stay behind as a zombie of this process once it has ended.
    threading.Thread(target=wrapper.wait, name=f"reap-{folder.job_id}", daemon=True).start()
