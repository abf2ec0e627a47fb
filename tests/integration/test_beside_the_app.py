"""Commands while the app has the workspace open: the same answers as alone, from the app's own process."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from core.__main__ import main
from core.commands import COMMANDS
from core.commands.command import Command
from core.issues import ISSUE_TYPES
from core.reading.wire import receive, send
from core.release import release
from core.services.context import open_context
from core.settings import Workspace
from core.store.acts.decisions import in_force
from core.store.datasets import list_datasets
from core.together.address import connect
from tests.browser.conftest import Server, start_server
from tests.integration.cli_support import PROJECT, Run, begun, finished, in_process, write_rows
from tests.integration.job_support import wait_until

Step = tuple[str, ...]
Twins = tuple[Path, Server]
Outcomes = Callable[[Twins, Step], tuple[tuple[int, str, str], tuple[int, str, str]]]
READ: Sequence[Step] = (
    ("datasets",),
    ("media", "--json"),
    ("steps", "notes"),
    ("health", "notes"),
    ("views", "notes"),
    ("sql", "notes", "SELECT label, count(*) FROM rows GROUP BY label ORDER BY label", "--csv"),
    ("profile", "notes"),
    ("profile", "notes@1", "--json"),
    ("map", "notes"),
    ("issues", "notes@1", "--top", "5"),
    ("issues", "notes@1", "--json", "--top", "5"),
    ("issues", "notes@1", "--format", "parquet", "--out", "OUT/list.parquet"),
    ("issues", "notes@1", "--summary"),
    ("issues", "notes@1", "--out", "OUT/list.csv"),
    ("evaluate", "notes", "--run", "1", "--json"),
    ("evaluate", "notes", "--run", "1"),
    ("compare", "notes", "--runs", "1", "1"),
    ("export", "notes", "--format", "csv", "--out", "OUT/notes.csv"),
    ("export", "notes", "--format", "datasets", "--out", "OUT/notes"),
)
"""What answers the same to the last byte."""
WRITE: Sequence[Step] = (
    ("load", "GIVEN/notes.csv", "--name", "more", "--payload", "text", "--label", "topic", "--id", "key"),
    ("scan", "more", "--encoder", "lexical"),
    ("proof", "more", "--copies", "2"),
    ("mitigation", "more", "--by", "text length"),
    ("decide", "more", "--file", "GIVEN/decisions.csv", "--reviewer", "ada"),
    ("decisions", "more"),
    ("tag", "more", "to ask", "--rows", "3,4"),
    ("tags", "more"),
    ("rule", "more", "first", "--where", "text contains a", "--label", "food"),
    ("rules", "more"),
    ("classes", "more", "--name", "food=Food", "--guideline", "food=What one eats."),
    ("version", "more", "--note", "first pass"),
    ("mask", "more", "--how", "hash", "--to", "hidden"),
    ("train", "more", "--model", "minilm", "--strategy", "head"),
    ("runs", "notes"),
    ("report", "notes", "--run", "1", "--out", "OUT/report.html"),
    ("story", "notes", "--json"),
    ("cleaning-effect", "more", "--seeds", "2"),
    ("predict", "GIVEN/notes.csv", "--run", "1", "--dataset", "notes", "--column", "text", "--out", "OUT/p.csv"),
    ("split", "more", "--method", "random", "--shares", "train=50,test=50", "--json"),
    ("jobs",),
    ("backup", "--to", "OUT/backups"),
)
"""What answers the same but for times, ids and what takes how long."""
WRONG: Sequence[Step] = (
    ("profile", "nowhere"),
    ("profile", "notes@9", "--json"),
    ("decide", "notes", "--reviewer", "ada"),
    ("decide", "notes", "--file", "GIVEN/none.csv", "--reviewer", "ada"),
    ("load", "GIVEN/none.csv", "--name", "x"),
    ("load", "GIVEN/notes.csv", "--name", "notes", "--payload", "text", "--label", "topic"),
    ("export", "notes", "--format", "csv", "--out", "GIVEN/notes.csv"),
    ("train", "notes", "--model", "./nowhere"),
)
SAME = (".csv", ".parquet")
VARYING = re.compile(
    r"\d{8}-\d{6}-[\w-]+|\d{4}-\d\d-\d\d( \d\d:\d\d(:\d\d)?)?|\d+\.\d s\b|\d+(\.\d+)? [KMG]B|[0-9a-f]{32}| {2,}|-{3,}"
)
"""Ids, times, durations, and the widths of columns that they make."""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a workspace in which one dataset is loaded, scanned and learnt, and with files to give."""
    folder = tmp_path_factory.mktemp("prepared")
    write_rows(folder / "notes.csv")
    (folder / "decisions.csv").write_text("example_id,action,label\n0,relabel,food\n1,keep,\n2,exclude,\n")
    roles = ("--name", "notes", "--payload", "text", "--label", "topic", "--id", "key")
    for words in (
        ("load", str(folder / "notes.csv"), *roles),
        ("scan", "notes", "--encoder", "lexical"),
        ("train", "notes", "--model", "minilm", "--strategy", "head"),
    ):
        assert main([*words, "--workspace", str(folder / "workspace")]) == 0
    return folder


@pytest.fixture
def beside(prepared: Path, tmp_path: Path) -> Iterator[Server]:
    """The app on a workspace of its own."""
    shutil.copytree(prepared / "workspace", tmp_path / "workspace")
    server = start_server(tmp_path)
    yield server
    server.end()


@contextmanager
def twins_in(folder: Path, prepared: Path) -> Iterator[Twins]:
    """The same workspace twice: one that nobody has open, and one that the app has."""
    for workspace in (folder / "alone" / "workspace", folder / "beside" / "workspace"):
        shutil.copytree(prepared / "workspace", workspace)
    server = start_server(folder / "beside")
    try:
        yield folder / "alone" / "workspace", server
    finally:
        server.end()


@pytest.fixture(scope="module")
def twins(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twins]:
    with twins_in(tmp_path_factory.mktemp("twins"), prepared) as both:
        yield both


@pytest.fixture
def twins_to_change(prepared: Path, tmp_path: Path) -> Iterator[Twins]:
    with twins_in(tmp_path, prepared) as both:
        yield both


@pytest.fixture
def outcomes(prepared: Path, run: Run) -> Outcomes:
    """Exit code, standard output, and standard error where it is an error, alone and beside the app; paths by what
    they stand for."""

    def of(workspace: Path, step: Step) -> tuple[int, str, str]:
        out = str(workspace.parent / "out")
        words = [word.replace("GIVEN", str(prepared)).replace("OUT", out) for word in step]
        ran = run(*words, "--workspace", workspace)
        named = {out: "OUT", str(prepared): "GIVEN", str(workspace): "WORKSPACE"}
        texts = [ran.out, ran.err if ran.code else ""]
        for path, name in named.items():
            texts = [text.replace(path, name) for text in texts]
        return ran.code, texts[0], texts[1]

    return lambda twins, step: (of(twins[0], step), of(twins[1].workspace, step))


def test_what_reads_answers_beside_the_app_to_the_last_byte_as_alone(outcomes: Outcomes, twins: Twins) -> None:
    for step in READ:
        by_itself, by_the_app = outcomes(twins, step)
        assert by_the_app == by_itself
        assert by_itself[0] == 0, by_itself
    files, others = (
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.*") if path.suffix in SAME}
        for folder in (twins[0].parent / "out", twins[1].workspace.parent / "out")
    )
    assert files == others
    assert sorted(map(str, files)) == ["list.csv", "list.parquet", "notes.csv"]


def test_what_is_wrong_is_said_beside_the_app_in_the_same_words(outcomes: Outcomes, twins: Twins) -> None:
    for step in WRONG:
        by_itself, by_the_app = outcomes(twins, step)
        assert by_the_app == by_itself
        assert by_itself[0] in (1, 2) and "error: " in by_itself[2], by_itself


@pytest.mark.timeout(900)
def test_what_writes_and_computes_answers_beside_the_app_as_alone(outcomes: Outcomes, twins_to_change: Twins) -> None:
    assert {step[0] for step in (*READ, *WRITE)} == {one.name for one in COMMANDS if isinstance(one, Command)}
    for step in WRITE:
        both = outcomes(twins_to_change, step)
        by_itself, by_the_app = ((code, VARYING.sub("", out), err) for code, out, err in both)
        assert by_the_app == by_itself
        assert by_itself[0] == 0, by_itself
    assert "libtorch" not in Path(f"/proc/{twins_to_change[1].process.pid}/maps").read_text()


def test_progress_comes_while_the_command_runs(beside: Server) -> None:
    scan = in_process(beside.workspace, "scan", "notes", "--encoder", "lexical", "--seed", "5", "--json")
    assert begun(scan).startswith("Scan of notes, version 1: ")
    assert scan.poll() is None
    ran = finished(scan)
    assert (ran.code, ran.json["rows"]) == (0, 240)
    stages = {line.partition("version 1: ")[2] for line in ran.err.splitlines()}
    own = {"near-duplicates", "lexical: probabilities", *(f"{name} issues" for name in ISSUE_TYPES)}
    assert len(stages & own) >= 2, stages  # a quick one may be over between two looks


def test_paths_mean_what_the_shell_means(beside: Server, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    write_rows(folder / "more.csv")
    script = """set -eu
    winnow() { "$PYTHON" -m core "$@"; }
    winnow load more.csv --name more --payload text --label topic
    winnow issues notes --top 2 --out here/list.csv
    printf 'example_id,action,label\\n0,keep,\\n' | winnow decide more --file /dev/stdin --reviewer ada
    winnow decide more --file <(printf 'example_id,action,label\\n1,exclude,\\n') --reviewer ada
    winnow predict more.csv --run 1 --dataset notes --column text
    ! winnow load requirements.txt --name theirs
    """
    ran = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env=os.environ | {"WINNOW_WORKSPACE": "../workspace", "PYTHONPATH": str(PROJECT), "PYTHON": sys.executable},
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert ran.returncode == 0, ran.stderr
    assert len((folder / "here" / "list.csv").read_text().splitlines()) == 3
    assert ran.stdout.count("1 of 1 decisions written for version 1 of more.") == 2
    assert len((folder / "more-predicted.csv").read_text().splitlines()) == 241
    assert f"There is nothing at {folder}/requirements.txt" in ran.stderr  # as there is where the app was started


def test_of_twenty_commands_at_once_none_is_lost(beside: Server, tmp_path: Path) -> None:
    deciding = []
    for reviewer in range(14):
        file = tmp_path / f"{reviewer}.csv"
        rows = [f"{row},keep," for row in range(reviewer * 10, reviewer * 10 + 10)]
        file.write_text("\n".join(["example_id,action,label", *rows]))
        deciding.append(("decide", "notes", "--file", file, "--reviewer", f"reviewer {reviewer}", "--json"))
    reading = [("issues", "notes", "--format", "json"), ("profile", "notes", "--json"), ("datasets", "--json")] * 2
    ran = [finished(one) for one in [in_process(beside.workspace, *words) for words in (*deciding, *reading)]]
    assert [one.err for one in ran if one.code] == []
    assert [one.json["written"] for one in ran[:14]] == [10] * 14
    assert [len(one.json) for one in ran[14::3]] == [240, 240]
    exclude = tmp_path / "exclude.jsonl"
    exclude.write_text('{"example_id": 200, "action": "exclude"}\n')
    finished(in_process(beside.workspace, "decide", "notes", "--file", exclude, "--reviewer", "ada"))
    made = finished(in_process(beside.workspace, "version", "notes", "--note", "all of it", "--json"))
    assert (made.code, made.json["row_count"]) == (0, 239)
    beside.stop()
    with closing(open_context(Workspace(beside.workspace))) as context:
        (dataset,) = list_datasets(context.store)
        standing = in_force(context.store, made.json["parent_id"])
        assert {(one.example_id, one.reviewer) for one in standing if one.action == "keep"} == {
            (row, f"reviewer {row // 10}") for row in range(140)
        }
        assert dataset.latest_version_id == made.json["version_id"]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL], ids=["Ctrl-C", "gone"])
def test_a_scan_that_nobody_waits_for_any_more_is_cancelled(beside: Server, how: signal.Signals) -> None:
    scan = in_process(beside.workspace, "scan", "notes", "--encoder", "minilm", "--seed", "6")
    assert "Scan of notes" in begun(scan)
    time.sleep(0.5)
    scan.send_signal(how)
    ran = finished(scan)
    if how is signal.SIGINT:
        assert (ran.code, ran.out) == (1, "")
        assert ran.err.endswith("stopped\n")

    def newest() -> str:
        jobs = finished(in_process(beside.workspace, "jobs", "--json")).json
        return str(next(job["status"] for job in jobs if job["kind"] == "scan"))

    wait_until(lambda: newest() == "cancelled", "the end of the scan")


def test_a_fine_tune_that_is_stopped_beside_the_app_saves_and_says_how_to_go_on(beside: Server) -> None:
    words = ("train", "notes", "--model", "minilm", "--strategy", "last", "--epochs", "50")
    train = in_process(beside.workspace, *words)
    assert train.stderr is not None
    while "training" not in train.stderr.readline().lower().partition(":")[2]:
        assert train.poll() is None
    train.send_signal(signal.SIGINT)
    ran = finished(train)
    assert ran.code == 1
    assert "What it had learnt is saved; go on with: python -m core train notes --resume 2" in ran.out


def test_a_killed_app_is_named_by_the_command_and_the_next_one_works_alone(beside: Server, tmp_path: Path) -> None:
    scan = in_process(beside.workspace, "scan", "notes", "--encoder", "lexical", "--encoder", "minilm", "--seed", "7")
    assert "Scan of notes" in begun(scan)
    beside.kill()
    ran = finished(scan)
    assert (ran.code, ran.out) == (1, "")
    assert f"error: Process {beside.process.pid}, which has the workspace open, ended" in ran.err
    assert "`jobs` says which" in ran.err
    assert "Traceback" not in ran.err
    assert (beside.workspace / "socket" / "commands").exists()
    assert finished(in_process(beside.workspace, "datasets", "--json")).json[0]["name"] == "notes"
    again = start_server(tmp_path)
    try:
        assert connect(Workspace(beside.workspace)) is not None
        assert finished(in_process(beside.workspace, "datasets", "--json")).code == 0
    finally:
        again.end()
    assert not (beside.workspace / "socket" / "commands").exists()


def test_a_command_of_another_release_is_told_so(beside: Server) -> None:
    connection = connect(Workspace(beside.workspace))
    assert connection is not None
    with connection:
        send(connection, {"release": "0.0.9", "name": "datasets", "options": {}})
        assert receive(connection) == {"taken": True}
        said = receive(connection)
    assert said["error"][0] == "UsageError"
    assert said["said"][0] == f"The app that has the workspace open is Winnow {release()}; this is 0.0.9."
