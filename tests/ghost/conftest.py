"""These tests run where the ghost device is torch's accelerator: `make test` puts this folder on PYTHONPATH."""

from __future__ import annotations

import os
from pathlib import Path

HERE = Path(__file__).parent
collect_ignore_glob = [] if str(HERE) in os.environ.get("PYTHONPATH", "").split(os.pathsep) else ["test_*.py"]
