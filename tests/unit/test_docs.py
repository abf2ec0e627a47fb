"""What is registered is documented, and what the documents name is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from core.commands import COMMANDS
from core.issues import ISSUE_TYPES
from core.modalities import MODALITIES
from core.modalities.encoders import ENCODERS
from core.sources import SOURCES
from core.targets import TARGETS
from core.tasks import TASKS
from core.ui.shell.pages import PAGES

ROOT = Path(__file__).parents[2]
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
REGISTERED = {
    "sources": tuple(SOURCES),
    "tasks": tuple(TASKS),
    "modalities": tuple(MODALITIES),
    "targets": tuple(TARGETS),
    "issue types": tuple(ISSUE_TYPES),
    "encoders": tuple(ENCODERS),
    "pages": tuple(PAGES),
    "commands": tuple(command.name for command in COMMANDS),
}


def _job_kinds() -> list[str]:
    """Folders whose `run` is started as `python -m core.jobs.<kind>.run`, the resident model aside."""
    return [run.parent.name for run in (ROOT / "core" / "jobs").glob("*/run.py") if run.parent.name != "resident"]


@pytest.mark.parametrize(("what", "name"), [(what, name) for what, names in REGISTERED.items() for name in names])
def test_what_is_registered_stands_on_the_architecture_page(what: str, name: str) -> None:
    assert f"`{name}`" in ARCHITECTURE, f"{what}: {name}"


def test_every_job_kind_stands_on_the_architecture_page() -> None:
    kinds = _job_kinds()
    assert len(kinds) > 4
    assert [kind for kind in kinds if f"`{kind}`" not in ARCHITECTURE] == []


def test_every_variable_of_the_environment_is_documented() -> None:
    code = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "core").glob("**/*.py"))
    names = set(re.findall(r'"(WINNOW_[A-Z_]+)"', code))
    assert names
    assert [name for name in names if name not in ARCHITECTURE] == []


def test_files_that_the_architecture_page_names_are_there() -> None:
    named = set(re.findall(r"`((?:core|pages|ui|commands)/[\w/]+\.(?:py|js))`", ARCHITECTURE))
    assert len(named) > 4
    homes = (ROOT, ROOT / "core")
    assert [name for name in named if not any((home / name).is_file() for home in homes)] == []


def test_the_glossary_is_in_order() -> None:
    words = re.findall(r"^\| ([^|]+?) \|", (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert words[0] == "word" and words[2:] == sorted(words[2:], key=str.lower)
