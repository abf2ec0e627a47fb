"""What reading the store again and again leaves in memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[3]
READING = """
import sys
from contextlib import closing
from pathlib import Path
from core.services.context import open_context
from core.settings import Workspace

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

with closing(open_context(Workspace(Path(sys.argv[1])))) as context:
    with context.store.write() as cursor:
        cursor.execute("CREATE TABLE many AS SELECT range AS i, 'x' || range AS s FROM range(600)")
    for number in range(7_001):
        context.store.fetch("SELECT i, s FROM many WHERE i < 77 ORDER BY s LIMIT 50")
        if number == 2_000:
            before = resident()
    print(resident() - before)
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the system does not say what is in memory")
def test_pages_of_a_list_leave_nothing_behind(tmp_path: Path) -> None:
    asked = [sys.executable, "-c", READING, str(tmp_path / "workspace")]
    said = subprocess.run(asked, cwd=PROJECT, capture_output=True, text=True, check=True, timeout=120)
    assert int(said.stdout) < 4 * 1024**2
