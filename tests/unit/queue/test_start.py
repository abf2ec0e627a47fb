"""How job processes are started, held against what accelerate's own launcher does."""

from __future__ import annotations

import os
import shlex
import sys
from argparse import Namespace
from pathlib import Path

import pytest
from accelerate.commands import launch
from accelerate.utils.launch import prepare_multi_gpu_env, prepare_simple_launcher_cmd_env

from core.queue import JobFolder
from core.queue.accelerate_config import AccelerateConfig, config_of, config_path
from core.queue.local.start import Start, accelerated, following, join_script, launched, script

THREADS = "OMP_NUM_THREADS"


@pytest.fixture(autouse=True)
def nobodys_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable that the launcher sets is set, and nobody has a default config."""
    for name in [name for name in os.environ if name.startswith(("ACCELERATE_", "KMP_", "OMP_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(launch, "default_config_file", "/nowhere")


@pytest.mark.parametrize("threads", [None, "3"])
@pytest.mark.parametrize("on_cpu", [True, False])
def test_one_process_starts_as_accelerates_launcher_starts_it(
    on_cpu: bool, threads: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if threads:
        monkeypatch.setenv(THREADS, threads)
    words = launched(1, on_cpu).launcher[2:]
    arguments = launch.launch_command_parser().parse_args([*words, "-m", "a.module", "folder"])
    checked, _, _ = launch._validate_launch_command(arguments)
    command, environment = prepare_simple_launcher_cmd_env(checked)
    ours = accelerated(1, on_cpu)
    assert [sys.executable, *ours.launcher, "-m", "a.module", "folder"] == command
    assert {**os.environ, **ours.environment} == environment
    assert threads in (None, environment[THREADS])


@pytest.mark.parametrize("on_cpu", [True, False])
def test_several_processes_go_through_the_launcher(on_cpu: bool) -> None:
    how = accelerated(3, on_cpu)
    assert "accelerate.commands.launch" in how.launcher
    arguments = launch.launch_command_parser().parse_args([*how.launcher[2:], "-m", "a.module", "folder"])
    assert (arguments.num_processes, arguments.multi_gpu, arguments.num_machines) == (3, True, 1)
    assert how.environment == ({"ACCELERATE_USE_CPU": "true"} if on_cpu else {})


def test_the_line_of_a_job_names_all_that_accelerate_is_told_and_plain_python_for_a_job_without_it(
    tmp_path: Path,
) -> None:
    folder = JobFolder(tmp_path / "a run")
    run, again = str(folder.path), str(folder.again)

    def line(how: Start) -> list[str]:
        return shlex.split(script(how, "a.module", folder).splitlines()[-1])

    assert line(Start()) == ["python", "-m", "a.module", run, again]
    one = line(launched(1, on_cpu=True))
    assert one[:2] == ["accelerate", "launch"] and one[-4:] == ["-m", "a.module", run, again] and "--cpu" in one
    assert line(launched(2, on_cpu=True))[:3] == ["ACCELERATE_USE_CPU=true", "accelerate", "launch"]


def _followed(folder: JobFolder, text: str) -> AccelerateConfig:
    config_path(folder.create()).write_text(text)
    config = config_of(folder)
    assert config is not None
    return config


def _read_by_accelerate(how: Start) -> Namespace:
    words = [*how.launcher[2:], "-m", "a.module", "folder"]
    arguments = launch.launch_command_parser().parse_args(words)
    checked, _, from_config = launch._validate_launch_command(arguments)
    assert from_config
    return checked  # type: ignore[no-any-return]


def test_a_config_for_one_process_goes_through_the_launcher_too(tmp_path: Path) -> None:
    folder = JobFolder(tmp_path / "a run")
    how = following(_followed(folder, "distributed_type: 'NO'\nmixed_precision: fp16\nuse_cpu: true"), folder)
    checked = _read_by_accelerate(how)
    command, environment = prepare_simple_launcher_cmd_env(checked)
    assert (checked.multi_gpu, checked.num_processes, command[1:]) == (False, 1, ["-m", "a.module", "folder"])
    assert (environment["ACCELERATE_USE_CPU"], environment["ACCELERATE_MIXED_PRECISION"]) == ("True", "fp16")


@pytest.mark.parametrize(
    ("text", "on_cpu", "expected"),
    [
        ("distributed_type: MULTI_CPU\nnum_processes: 3", True, ("3", None, None)),
        ("distributed_type: MULTI_GPU\nnum_processes: 2\ngpu_ids: '1,3'", False, ("2", None, "1,3")),
        ("distributed_type: MULTI_CPU\nnum_processes: 4\nnum_machines: 2\nmain_process_ip: 10.0.0.1\n"
         "main_process_port: 29511", True, ("2", "2", None)),
    ],
)  # fmt: skip
def test_a_config_for_several_starts_as_many_by_accelerates_launcher(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, on_cpu: bool, expected: tuple[str | None, ...]
) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    folder = JobFolder(tmp_path / "a run")
    how = following(_followed(folder, f"mixed_precision: bf16\n{text}"), folder)
    checked = _read_by_accelerate(how)
    environment = prepare_multi_gpu_env(checked)
    found = (checked.nproc_per_node, getattr(checked, "nnodes", None), environment.get("CUDA_VISIBLE_DEVICES"))
    assert checked.multi_gpu and found == expected
    assert how.environment == ({"ACCELERATE_USE_CPU": "true"} if on_cpu else {})
    assert environment["ACCELERATE_MIXED_PRECISION"] == "bf16"
    # A port that is said is kept, one that is not is any that is free.
    assert checked.main_process_port == 29511 if expected[1] else checked.main_process_port not in (0, 29500, None)


def test_another_machine_joins_with_its_rank_and_the_runs_own_folder(tmp_path: Path) -> None:
    folder = JobFolder(tmp_path / "a run")
    text = "distributed_type: MULTI_CPU\nnum_processes: 2\nnum_machines: 2\nmain_process_ip: a\nmain_process_port: 1"
    how = following(_followed(folder, text), folder)
    line = join_script(how, "a.module", folder).splitlines()[-1]
    words = shlex.split(line.replace('"${1:?RANK of this machine: 1, 2 …}"', "1"))
    assert words[:5] == ["ACCELERATE_USE_CPU=true", "accelerate", "launch", "--config_file", str(config_path(folder))]
    assert words[-5:] == ["--machine_rank", "1", "-m", "a.module", str(folder.path)]
