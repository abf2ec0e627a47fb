"""What job processes run: each module reads a job folder, calls stages, writes the folder. Never opens the store."""

import os

# Before torch is loaded: threads that wait must not spin. Beside other work on the same cores, such as the app that
# shows this job's progress, spinning made the same fit take 24 s instead of 8.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
