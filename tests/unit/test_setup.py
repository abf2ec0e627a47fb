"""The set-up of a new machine: what is missing is named, and every version is the one that the tests ran on."""

from __future__ import annotations

import os
import shutil
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).resolve().parents[2]
OF_THE_MACHINE = {"torch"}
"""Which build of it fits is the machine's business; its version is in requirements.txt."""


def pins(file: str) -> list[Requirement]:
    lines = (PROJECT / file).read_text().splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith(("#", "-r"))]


def test_every_requirement_is_among_the_constraints_with_its_pin() -> None:
    constraints = {canonicalize_name(one.name): str(one.specifier) for one in pins("constraints.txt")}
    asked = {canonicalize_name(one.name): str(one.specifier) for one in pins("requirements.txt")}
    asked |= {canonicalize_name(one.name): str(one.specifier) for one in pins("requirements-dev.txt")}
    for name in OF_THE_MACHINE:
        assert name not in constraints
        del asked[name]
    assert {name: constraints.get(name) for name in asked} == asked


def test_what_is_installed_is_what_the_constraints_say() -> None:
    told = [one for one in pins("constraints.txt") if one.marker is None or one.marker.evaluate()]
    found: dict[str, str] = {}
    for one in told:
        try:
            found[one.name] = version(one.name)
        except PackageNotFoundError:  # what only another platform brings along
            continue
    wrong = {one.name: found[one.name] for one in told if one.name in found and found[one.name] not in one.specifier}
    assert not wrong
    assert len(found) > 100


def make(path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """`make` with nothing on the PATH but what a shell needs and what is in `path`."""
    for name in ("make", "sh", "rm", "touch"):
        (path / name).symlink_to(str(shutil.which(name)))
    command = ["make", "--dry-run", f"VENV={path / 'venv'}", *words]
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(command, cwd=PROJECT, env=clean | {"PATH": str(path)}, capture_output=True, text=True)


def stub(path: Path, name: str) -> None:
    (path / name).write_text("#!/bin/sh\nexit 0\n")
    (path / name).chmod(0o755)


def test_without_python_the_commands_that_bring_one_are_named(tmp_path: Path) -> None:
    ran = make(tmp_path, "app")
    assert ran.returncode != 0
    assert "Winnow needs Python 3.11, 3.12 or 3.13" in ran.stderr
    assert "apt-get install python3 python3-venv" in ran.stderr
    assert "brew install" in ran.stderr


@pytest.mark.parametrize("name", ["python3.11", "python3.12", "python3.13"])
def test_any_supported_python_will_do(tmp_path: Path, name: str) -> None:
    stub(tmp_path, name)
    ran = make(tmp_path, "app")
    assert ran.returncode == 0, ran.stderr
    assert f"{name} -m venv {tmp_path / 'venv'}" in ran.stdout
    assert "-m pip install --quiet -c constraints.txt -r requirements.txt" in ran.stdout


def test_uv_is_used_where_it_is_and_brings_a_python(tmp_path: Path) -> None:
    stub(tmp_path, "uv")
    ran = make(tmp_path, "app")
    assert ran.returncode == 0, ran.stderr
    assert f"uv venv --quiet --python 3.12 {tmp_path / 'venv'}" in ran.stdout
    assert "uv pip install --quiet" in ran.stdout
