"""A module that says which process it is and then does nothing for a minute."""

import os
import sys
import time
from pathlib import Path

(Path(sys.argv[1]) / "pid").write_text(str(os.getpid()))
time.sleep(60)
