"""The kinds of jobs, one folder each: `spec.py` is what crosses between processes, `web.py` starts and collects in the
process that has the workspace open, `run.py` reads a job folder, calls stages and writes the folder in one of its own.
"""

import gc
import os

# Before torch is loaded: threads that wait must not spin. Beside other work on the same cores, such as the app that
# shows this job's progress, spinning made the same fit take 24 s instead of 8.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# Libraries make hundreds of thousands of objects that stay. Looking through them for garbage at every 700 new ones is a
# tenth of the time that a job takes to start, and finds nothing.
if "WINNOW_JOB" in os.environ:  # the mark of `core.queue.local.processes`: the process is a job
    gc.set_threshold(10_000, 10, 10)
