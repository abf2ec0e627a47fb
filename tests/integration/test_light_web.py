"""The web process stays light: no page, started alone in a fresh interpreter, brings a heavy library with it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from core.services.context import open_context
from core.settings import workspace
from tests.pages import issues_data, training_data
from tests.unit.services.test_cleaning import review

PROJECT = Path(__file__).resolve().parents[2]
HEAVY = ("torch", "transformers", "datasets", "accelerate", "cleanlab", "peft", "sklearn")
USED_BY_EVALUATION = "sklearn"
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
VIEWS = {
    "training": {
        "runs": "done after",
        "new": "Runs on",
        "effect": "rows to learn from changed in review",
        "use": "Download model",
    },
    "evaluation": {
        "matrix": "Most confused",
        "report": "the surest first",
        "curves": "How it learnt",
        "compare": "that both have predicted",
    },
}
"""What each view says once it has all that it shows."""
WALK = """
import json, os, sys, time
from streamlit.testing.v1 import AppTest
page, views, heavy = sys.argv[1], json.loads(sys.argv[2]), sys.argv[3].split(",")

def texts(shown):
    named = [*shown.button, *shown.get("link_button"), *shown.get("download_button")]
    return [str(one.value) for one in [*shown.markdown, *shown.caption]] + [one.proto.label for one in named]

for view, proof in views.items():
    shown = AppTest.from_file(page, default_timeout=60)
    shown.query_params.update({"dataset": "news", "version": "2", "view": view})
    deadline = time.monotonic() + 30
    while not any(proof in text for text in texts(shown.run())) and time.monotonic() < deadline:
        time.sleep(0.1)
    print(json.dumps({
        "view": view,
        "shown": any(proof in text for text in texts(shown)),
        "heavy": [name for name in heavy if name in sys.modules],
        "problems": [error.value for error in [*shown.exception, *shown.error]],
    }))
sys.stdout.flush()
os._exit(0)
"""


def test_a_server_that_starts_waits_for_no_library_of_figures() -> None:
    asked = f"import sys, app; print([one for one in {(*HEAVY, 'scipy')!r} if one in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", asked], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


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


@pytest.mark.parametrize("page", VIEWS)
def test_no_view_of_training_or_evaluation_imports_a_heavy_library_for_what_it_shows(page: str, tmp_path: Path) -> None:
    with closing(open_context(workspace(tmp_path / "workspace"))) as context:
        dataset = issues_data.load(context, tmp_path)
        review(context, dataset, *((row, "relabel", dataset.labels[(row + 1) % 3]) for row in range(9)))
        for _ in range(2):
            run = training_data.begin(context, dataset)
            training_data.learn(context, run)
            training_data.finish(context, run)
            model = context.queue.folder(run.run_id).output / "model"
            model.mkdir()
            (model / "config.json").write_text("{}")
    heavy = [name for name in HEAVY if name != USED_BY_EVALUATION]
    answer = subprocess.run(
        [
            *(sys.executable, "-c", WALK, str(PROJECT / "pages" / f"{page}.py")),
            *(json.dumps(VIEWS[page]), ",".join(heavy)),
        ],
        cwd=PROJECT,
        env=os.environ | {"WINNOW_WORKSPACE": str(tmp_path / "workspace"), "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr[-2000:]
    seen = [json.loads(line) for line in answer.stdout.splitlines() if line.startswith("{")]
    assert seen == [{"view": view, "shown": True, "heavy": [], "problems": []} for view in VIEWS[page]]


def test_the_app_itself_imports_no_heavy_library() -> None:
    script = f"import app, sys; print([name for name in {HEAVY!r} if name in sys.modules])"
    answer = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, timeout=60, check=True
    )
    assert answer.stdout.splitlines()[-1] == "[]"
