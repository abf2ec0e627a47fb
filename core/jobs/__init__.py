"""The kinds of jobs, one folder each: `spec.py` is what crosses between processes, `web.py` starts and collects in the
process that has the workspace open, `run.py` reads a job folder, calls stages and writes the folder in one of its own.
"""

import os

# Before torch is loaded: threads that wait must not spin. Beside other work on the same cores, such as the app that
# shows this job's progress, spinning made the same fit take 24 s instead of 8.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
