"""The web process stays light: no page, started alone in a fresh interpreter, brings a heavy library with it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
HEAVY = ("torch", "transformers", "datasets", "accelerate", "cleanlab", "sklearn")
PAGES = sorted(path.stem for path in (PROJECT / "pages").glob("*.py"))
SCRIPT = """
import json, sys
from streamlit.testing.v1 import AppTest
shown = AppTest.from_file(sys.argv[1], default_timeout=60).run()
print(json.dumps({
    "heavy": [name for name in %r if name in sys.modules],
    "problems": [error.value for error in [*shown.exception, *shown.error]],
}))
import os
os._exit(0)
"""


@pytest.mark.parametrize("page", PAGES)
def test_a_page_in_a_fresh_interpreter_imports_no_heavy_library(page: str, tmp_path: Path) -> None:
    answer = subprocess.run(
        [sys.executable, "-c", SCRIPT % (HEAVY,), str(PROJECT / "pages" / f"{page}.py")],
        cwd=PROJECT,
        env=os.environ | {"WINNOW_WORKSPACE": str(tmp_path / "workspace"), "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr[-2000:]
    assert json.loads(answer.stdout.splitlines()[-1]) == {"heavy": [], "problems": []}


def test_the_app_itself_imports_no_heavy_library() -> None:
    script = f"import app, sys; print([name for name in {HEAVY!r} if name in sys.modules])"
    answer = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, timeout=60, check=True
    )
    assert answer.stdout.splitlines()[-1] == "[]"
