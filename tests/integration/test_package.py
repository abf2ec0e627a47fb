"""What `pip install .` puts on a machine: core and winnow, the pins of requirements.txt, a program that works."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib.metadata import Distribution, distributions
from pathlib import Path

import pytest

from core.release import release
from tests.conftest import PROJECT

PACKAGES = ("core", "winnow")
SOURCES = ("pyproject.toml", "requirements.txt", "README.md", "LICENSE")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the package in it, and nothing else; built from a copy, since building leaves files behind."""
    copy, folder = tmp_path_factory.mktemp("copy"), tmp_path_factory.mktemp("installed")
    for name in SOURCES:
        shutil.copy(PROJECT / name, copy)
    for name in PACKAGES:
        shutil.copytree(PROJECT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    words = ["install", "--quiet", "--no-deps", "--no-build-isolation", "--no-compile", "--target", str(folder)]
    subprocess.run([sys.executable, "-m", "pip", *words, str(copy)], check=True, timeout=200)
    return folder


@pytest.fixture(scope="module")
def distribution(installed: Path) -> Distribution:
    (found,) = distributions(path=[str(installed)])
    return found


def winnow(installed: Path, folder: Path, *words: str) -> str:
    """What the installed program prints, started from `folder`."""
    done = subprocess.run(
        [str(installed / "bin" / "winnow"), *words],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(installed), "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_file_of_its_folders_is_in_the_package(installed: Path) -> None:
    def files(root: Path) -> set[str]:
        found = (path.relative_to(root) for name in PACKAGES for path in (root / name).rglob("*") if path.is_file())
        return {str(path) for path in found if path.parent.name != "__pycache__"}

    assert files(installed) == files(PROJECT)


def test_the_package_asks_for_the_pins_of_requirements_txt_and_has_the_projects_version(
    distribution: Distribution,
) -> None:
    lines = (PROJECT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert sorted(distribution.requires or []) == sorted(line for line in lines if not line.startswith("#"))
    assert distribution.version == release()


def test_the_installed_program_works_from_any_folder(installed: Path, tmp_path: Path) -> None:
    assert winnow(installed, tmp_path, "--version") == f"winnow {release()}\n"
    winnow(installed, tmp_path, "load", "digits", "--name", "digits")
    found = json.loads(winnow(installed, tmp_path, "scan", "digits", "--encoder", "pixels", "--json"))
    assert found["rows"] == 1797
    assert (tmp_path / "workspace" / "winnow.duckdb").is_file()


def test_the_installed_package_is_imported_from_any_folder(installed: Path, tmp_path: Path) -> None:
    script = """
import winnow
w = winnow.open("own", progress=lambda line: None)
w.load("digits")
w.decide("digits", [{"example_id": 3, "action": "exclude"}], reviewer="ada")
print(winnow.__file__, w.version("digits", "first pass")["row_count"])
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(installed), "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert (done.stdout, done.stderr) == (f"{installed / 'winnow' / '__init__.py'} 1796\n", "")
    assert (tmp_path / "own" / "winnow.duckdb").is_file()
