"""`import winnow` as a notebook uses it: by itself, and beside the app in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import winnow
from core.__main__ import main
from core.errors import NotFoundError, UsageError
from tests.browser.conftest import start_server
from tests.integration.cli_support import PROJECT, Run, write_rows

CELLS = """
import json, sys
import winnow
lines = []
w = winnow.open(sys.argv[1], progress=lines.append)
w.scan("notes", encoder="lexical")
worst = w.issues("notes", top=4)
worst["action"], worst["label"] = "relabel", worst["suggested_label"]
done = w.decide("notes", worst, reviewer="notebook")
made = w.version("notes", "from a notebook")
trained = w.train("notes", model="minilm", strategy="head")
scored = w.evaluate("notes", trained["run"])
print(json.dumps([len(worst), done["written"], made["number"], trained["status"], scored["rows"], lines[:2]]))
"""


@pytest.fixture
def loaded(tmp_path: Path) -> winnow.Workspace:
    write_rows(tmp_path / "notes.csv")
    w = winnow.open(tmp_path / "workspace", progress=lambda line: None)
    roles = {"payload": "text", "label": "topic", "id": "key"}
    assert w.load(tmp_path / "notes.csv", name="notes", **roles)["rows"] == 240
    return w


def test_a_notebook_reads_decides_and_trains_beside_the_app(loaded: winnow.Workspace, tmp_path: Path) -> None:
    server = start_server(tmp_path)
    try:
        ran = subprocess.run(
            [sys.executable, "-c", CELLS, str(loaded.path)],
            cwd=PROJECT, capture_output=True, text=True, timeout=250,
        )  # fmt: skip
        assert ran.returncode == 0, ran.stderr
        assert ran.stdout.startswith('[4, 4, 2, "done", ') and "Scan of notes, version 1: " in ran.stdout
        assert ran.stderr == ""
        with pytest.raises(NotFoundError, match="has no version 7"):
            loaded.issues("notes@7")
        assert [version["number"] for version in loaded.datasets()[0]["versions"]] == [1, 2]
    finally:
        server.end()


def test_answers_are_those_of_the_command_line(loaded: winnow.Workspace, run: Run, tmp_path: Path) -> None:
    progress: list[str] = []
    w = winnow.open(loaded.path, progress=progress.append)
    scanned = w.scan("notes", encoder=["lexical"], folds=4, seed=1)
    assert scanned["rows"] == 240
    assert "on this machine" in progress[0] and progress[1].startswith("Scan of notes, version 1: ")
    assert not any("\n" in line for line in progress)
    assert w.datasets() == run("datasets", "--json").json
    assert w.command("profile", "notes") == run("profile", "notes", "--json").json
    listed = w.issues("notes", top=3)
    printed = run("issues", "notes", "--top", "3", "--json").json
    assert listed["example_id"].tolist() == [row["example_id"] for row in printed]
    assert listed["suggested_label"].tolist() == [row["suggested_label"] for row in printed]
    assert set(listed.columns) == set(printed[0])
    assert w.issues("notes", "near_duplicate", flagged=True).empty
    assert w.command("issues", "notes", summary=True)["type"] == "label"


def test_decisions_come_as_a_table_as_records_and_as_a_file(loaded: winnow.Workspace, tmp_path: Path) -> None:
    import pandas as pd

    table = pd.DataFrame({"example_id": [0, 1], "action": ["relabel", "keep"], "label": ["food", None]})
    assert loaded.decide("notes", table, reviewer="ada")["written"] == 2
    records = ({"key": f"k{row}", "action": "exclude"} for row in (2, 3))
    assert loaded.decide("notes", records, reviewer="ada")["written"] == 2
    table.to_csv(tmp_path / "again.csv", index=False)
    assert loaded.decide("notes", tmp_path / "again.csv", reviewer="bob")["unchanged"] == 2
    with pytest.raises(UsageError, match="Line 1"):
        loaded.decide("notes", [{"example_id": 0, "action": "relabel", "label": "no class"}], reviewer="ada")
    assert loaded.version("notes", "first pass")["row_count"] == 238


def test_what_is_asked_wrongly_says_what_there_is(loaded: winnow.Workspace) -> None:
    with pytest.raises(winnow.WinnowError, match=r"'--fold'.*--folds"):
        loaded.command("scan", "notes", fold=3)
    with pytest.raises(UsageError, match=r"no command 'scam'.*load, datasets"):
        loaded.command("scam")
    with pytest.raises(UsageError, match="'many' is not a valid integer"):
        loaded.scan("notes", folds="many")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="--batch"):
        loaded.train("notes", batch="few")


def test_names_that_look_like_flags_and_lists_of_columns_go_through(tmp_path: Path) -> None:
    rows = [f"row {row} of text,{row % 2},{row % 3 % 2}" for row in range(60)]
    (tmp_path / "rows.csv").write_text("\n".join(["text,a,b", *rows]))
    w = winnow.open(tmp_path / "workspace", progress=lambda line: None)
    made = w.load(tmp_path / "rows.csv", name="--json", payload="text", label_columns=["a", "b"])
    assert (made["dataset"], made["classes"], made["task"]) == ("--json", 2, "multi-label-text")
    assert w.command("profile", "--json")["rows"] == 60


def test_threads_of_one_process_take_turns(loaded: winnow.Workspace) -> None:
    def decide(row: int) -> int:
        return int(loaded.decide("notes", [{"example_id": row, "action": "keep"}], reviewer=f"r{row}")["written"])

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(decide, range(16))) == [1] * 16


def test_a_workspace_that_a_command_has_is_waited_for(
    loaded: winnow.Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    holder = subprocess.Popen(
        [
            *(sys.executable, "-c"),
            "import sys, time; from core.settings import workspace; from core.services.context import open_context\n"
            "held = open_context(workspace(sys.argv[1])); print('open', flush=True); time.sleep(2); held.close()",
            str(loaded.path),
        ],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None and holder.stdout.readline() == "open\n"
    assert main(["datasets", "--json", "--workspace", str(loaded.path)]) == 0
    said = capsys.readouterr()
    assert f"(process {holder.pid}). Waiting …\n" in said.err
    assert '"notes"' in said.out
    holder.communicate(timeout=20)


def test_a_command_that_the_holder_did_not_take_before_it_left_is_run_alone(loaded: winnow.Workspace) -> None:
    script = """
import sys
from core.services.context import open_context
from core.settings import workspace
from core.together.address import listen
held = open_context(workspace(sys.argv[1]))
listener = listen(held.workspace)
print("open", flush=True)
connection, _ = listener.accept()
held.close()
"""
    holder = subprocess.Popen(
        [sys.executable, "-c", script, str(loaded.path)], cwd=PROJECT, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None and holder.stdout.readline() == "open\n"
    assert [one["name"] for one in loaded.datasets()] == ["notes"]
    holder.communicate(timeout=20)
