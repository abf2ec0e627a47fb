"""What holds for every command: where output goes, exit codes, who may run beside it."""

from __future__ import annotations

import re
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from core.commands import COMMANDS
from core.finetune.settings import SETTINGS
from core.services.context import open_context
from core.services.runs.listing import flag
from core.settings import Workspace
from tests.integration.cli_support import (
    HEAVY,
    PROJECT,
    Run,
    finished,
    in_process,
    load,
)
from tests.integration.job_support import created, load_stories
from tests.runs import finished_run


@pytest.mark.parametrize("arguments", [["--json", "datasets"], ["datasets", "--json"]])
def test_json_may_stand_before_or_after_the_command(run: Run, arguments: list[str]) -> None:
    ran = run(*arguments)
    assert (ran.code, ran.json) == (0, [])


def test_of_two_workspaces_the_one_after_the_command_counts(run: Run, tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    assert run("--workspace", before, "datasets", "--workspace", after).code == 0
    assert after.exists() and not before.exists()


def test_what_looks_like_a_flag_may_be_said_with_an_equals_sign_or_after_two_dashes(run: Run, notes: Path) -> None:
    assert run("load", notes, "--name=--json").out.startswith("--json: 240 rows")
    assert run("profile", "--json", "--", "--json").json["dataset"] == "--json"


@pytest.mark.parametrize("before", [True, False])
def test_the_workspace_may_stand_before_or_after_the_command(run: Run, tmp_path: Path, before: bool) -> None:
    named = ["--workspace", str(tmp_path / "elsewhere")]
    ran = run(*named, "datasets") if before else run("datasets", *named)
    assert ran.code == 0
    assert (tmp_path / "elsewhere" / "winnow.duckdb").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["winnow"],
        ["--work", "x", "datasets"],
        ["datasets", "--js"],
        ["datasets", "--json=1"],
        ["datasets", "notes"],
        ["datasets", "--workspace"],
        ["scan"],
        ["scan", "notes", "--folds", "few"],
        ["issues", "notes", "--top", "0"],
        ["issues", "notes", "--top", "many"],
        ["issues", "notes", "--format", "xml"],
        ["issues", "notes", "--json", "--format", "csv"],
        ["decide", "notes", "--file", "x.csv"],
        ["version", "notes"],
        ["export", "notes", "--format", "csv"],
        ["export", "notes", "--format", "csv", "--out", "--json"],
        ["compare", "notes", "--runs", "1"],
        ["compare", "notes", "--runs", "1", "--json"],
        ["load", "some.csv"],
        ["load", "some.csv", "--name"],
        ["load", "some.csv", "--name", "--json"],
        ["train", "notes", "--learning_rate", "1"],
    ],
)
def test_wrong_usage_leaves_with_2_and_an_empty_output(run: Run, arguments: list[str]) -> None:
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["issues", "nowhere"],
        ["scan", "nowhere"],
        ["profile", "nowhere"],
        ["version", "nowhere", "--note", "x"],
        ["load", "/nowhere/at/all.csv", "--name", "x"],
    ],
)
def test_a_failure_leaves_with_1_and_says_what_to_do(run: Run, arguments: list[str]) -> None:
    ran = run(*arguments, "--json")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error: ")
    assert len(ran.err.splitlines()) >= 2


def test_a_version_that_does_not_exist_is_named_with_those_that_do(run: Run, notes: Path) -> None:
    load(run, notes)
    ran = run("profile", "notes@7")
    assert ran.code == 1
    assert "no version 7" in ran.err
    assert "Its versions: 1." in ran.err


def test_a_workspace_that_the_app_has_open_says_so_and_how_to_go_on(run: Run, tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys; from core.settings import workspace; from core.services.context import open_context\n"
            "held = open_context(workspace(sys.argv[1])); print('open', flush=True); sys.stdin.read()",
            str(tmp_path / "workspace"),
        ],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdin is not None
    assert holder.stdout.readline() == "open\n"
    ran = finished(in_process(tmp_path / "workspace", "datasets", "--json"))
    holder.stdin.close()
    holder.wait(20)
    assert (ran.code, ran.out) == (1, "")
    assert f"process {holder.pid}" in ran.err
    assert "Close the app" in ran.err


def test_a_reader_that_goes_away_is_no_defect(run: Run, tmp_path: Path, notes: Path) -> None:
    load(run, notes)
    profile = in_process(tmp_path / "workspace", "profile", "notes", "--json")
    assert profile.stdout is not None
    assert profile.stderr is not None
    profile.stdout.close()
    err = profile.stderr.read()
    profile.stderr.close()
    assert profile.wait(60) == 1
    assert "Traceback" not in err
    assert "defect" not in err


def test_the_command_line_brings_no_heavy_library_with_it(tmp_path: Path) -> None:
    script = (
        "import sys; from core.__main__ import main\n"
        f"main(['load', 'bbc-news', '--workspace', {str(tmp_path)!r}, '--json'])\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, timeout=120, check=True
    )
    assert answer.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(("option", "status"), [("--cancel", "cancelled"), ("--stop", "stopped")])
def test_a_job_is_ended_by_its_id(run: Run, workspace: Workspace, option: str, status: str) -> None:
    with closing(open_context(workspace)) as context:
        job = created(context.queue, "scan", "Scan of notes", "no.such.module", {}, None, "ann")
    ran = run("jobs", option, job.job_id)
    assert (ran.code, ran.out.strip()) == (0, f"Scan of notes is {status}.")
    assert [(one["job_id"], one["status"]) for one in run("jobs", "--json").json] == [(job.job_id, status)]
    assert "no job 'nobody'" in run("jobs", option, "nobody").err
    assert run("jobs", "--stop", "a", "--cancel", "b").code != 0


def test_a_run_is_deleted_by_its_number(run: Run, workspace: Workspace, tmp_path: Path) -> None:
    with closing(open_context(workspace)) as context:
        dataset = load_stories(context, tmp_path)
        made = finished_run(context, dataset, np.full((10, 2), 0.5, np.float32), ["test"] * 10)
    assert run("runs", "stories", "--delete", "1", "--json").json["run_id"] == made.run_id
    assert "Run 1 was deleted by" in run("runs", "stories", "--delete", "1").err
    assert run("runs", "stories", "--json").json == []
    assert not list(workspace.runs.glob("*train*"))


@pytest.mark.parametrize("help_", ["-h", "--help"])
def test_every_command_explains_itself(run: Run, help_: str) -> None:
    whole = run(help_).out
    listed = re.findall(r"^  ([a-z-]+)  +[A-Z]", whole[whole.index("Commands:") :], re.MULTILINE)
    assert listed == [command.name for command in COMMANDS]
    for command in COMMANDS:
        ran = run(command.name, help_)
        assert (ran.code, ran.err) == (0, "")
        assert command.help in " ".join(ran.out.split())  # lines are folded
        assert "--workspace FOLDER" in ran.out and "--json" in ran.out


def test_the_flags_of_a_fine_tune_are_its_settings(run: Run) -> None:
    flags = set(re.findall(r"^  (--[a-z-]+)", run("train", "--help").out, re.MULTILINE))
    assert flags - {"--version", "--resume", "--workspace", "--json"} == {flag(setting.name) for setting in SETTINGS}


@pytest.mark.parametrize(
    ("started", "named"), [("/usr/bin/winnow", "winnow"), ("/project/core/__main__.py", "python -m core")]
)
def test_help_names_the_program_as_it_was_started(
    run: Run, monkeypatch: pytest.MonkeyPatch, started: str, named: str
) -> None:
    monkeypatch.setattr(sys, "argv", [started])
    assert run("scan", "--help").out.startswith(f"Usage: {named} scan [OPTIONS] NAME\n")
    assert f"Try '{named} scan --help' for help." in run("scan").err


def test_a_wrong_value_is_named_with_what_is_right(run: Run) -> None:
    assert "'xml' is not one of 'csv', 'json', 'parquet'" in run("issues", "notes", "--format", "xml").err
    assert "'--name' requires an argument, not '--json'" in run("load", "some.csv", "--name", "--json").err
    assert "Did you mean 'datasets'?" in run("dataset").err
