"""What is registered is documented, and what the documents name is there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from core.commands import COMMANDS
from core.finetune.settings import SETTINGS, Setting
from core.issues import ISSUE_TYPES
from core.modalities import MODALITIES
from core.modalities.encoders import ENCODERS
from core.sources import SOURCES
from core.targets import TARGETS
from core.tasks import TASKS
from core.ui.shell.pages import PAGES

ROOT = Path(__file__).parents[2]
CODE = ("core", "pages", "bench", "tests")
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
SETTINGS_PAGE = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
PAGES_OF_DOCUMENTS = (*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md")))
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


def _variables(text: str) -> set[str]:
    return set(re.findall(r"\bWINNOW_[A-Z_]*[A-Z]\b", text))


@pytest.mark.parametrize(("what", "name"), [(what, name) for what, names in REGISTERED.items() for name in names])
def test_what_is_registered_stands_on_the_architecture_page(what: str, name: str) -> None:
    assert f"`{name}`" in ARCHITECTURE, f"{what}: {name}"


def test_every_job_kind_stands_on_the_architecture_page() -> None:
    kinds = _job_kinds()
    assert len(kinds) > 4
    assert [kind for kind in kinds if f"`{kind}`" not in ARCHITECTURE] == []


def test_the_variables_of_the_environment_on_the_settings_page_are_those_that_the_code_reads() -> None:
    files = [ROOT / "app.py", ROOT / "Makefile", *(file for room in CODE for file in (ROOT / room).rglob("*.py"))]
    read = set().union(*(_variables(file.read_text(encoding="utf-8")) for file in files))
    assert "WINNOW_WORKSPACE" in read
    assert _variables(SETTINGS_PAGE) == read


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_a_setting_of_a_fine_tune_stands_on_the_settings_page_as_the_form_and_the_flag_say_it(setting: Setting) -> None:
    rows = re.findall(rf"^\| `--{setting.name.replace('_', '-')}` \| (.*) \|$", SETTINGS_PAGE, re.MULTILINE)
    assert len(rows) == 1
    title, text, values, default, strategies = rows[0].split(" | ")
    assert (title, text) == (setting.title, setting.help)
    assert [choice for choice in setting.choices if f"`{choice}`" not in values] == []
    assert setting.default in (None, "") or default == f"`{setting.default}`"
    assert strategies == ("all" if len(setting.strategies) == 3 else ", ".join(setting.strategies))


def test_the_settings_page_has_no_setting_that_is_gone() -> None:
    flags = re.findall(r"^\| `--([a-z-]+)` \|", SETTINGS_PAGE, re.MULTILINE)
    assert flags == [setting.name.replace("_", "-") for setting in SETTINGS]


def test_the_keys_of_the_review_desk_stand_on_their_page_and_no_others() -> None:
    actions = (ROOT / "core" / "ui" / "review_desk" / "actions.js").read_text(encoding="utf-8")
    keys = [key.upper() for key in re.findall(r'^  \{ id: "\w+", key: "(\w)"', actions, re.MULTILINE)]
    page = (ROOT / "docs" / "review.md").read_text(encoding="utf-8").split("## ")[0]
    assert len(keys) == 11
    keys.insert(2, "1")
    keys[keys.index("Z") : keys.index("Z")] = "DH"  # of the desk alone, where there are guidelines, or sounds
    assert re.findall(r"^\| `(\w)`", page, re.MULTILINE) == keys


def test_files_that_the_architecture_page_names_are_there() -> None:
    named = set(re.findall(r"`((?:core|pages|ui|commands)/[\w/]+\.(?:py|js))`", ARCHITECTURE))
    assert len(named) > 4
    homes = (ROOT, ROOT / "core")
    assert [name for name in named if not any((home / name).is_file() for home in homes)] == []


def test_the_glossary_is_in_order() -> None:
    words = re.findall(r"^\| ([^|]+?) \|", (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert words[0] == "word" and words[2:] == sorted(words[2:], key=str.lower)


def test_the_projects_version_is_the_newest_of_the_changelog_and_the_only_one_that_may_have_no_date() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    headings = re.findall(r"^## (.*)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    newest, *older = headings
    assert re.fullmatch(rf"{re.escape(project['version'])} \((unreleased|\d{{4}}-\d\d-\d\d)\)", newest)
    assert [heading for heading in older if not re.fullmatch(r"\d+\.\d+\.\d+ \(\d{4}-\d\d-\d\d\)", heading)] == []


def test_the_file_tree_names_files_that_exist_and_every_room() -> None:
    tree = re.search(r"## Files\n.*?```\n(.*?)```", ARCHITECTURE, re.DOTALL)
    assert tree is not None
    named: list[str] = []
    parents: list[str] = []
    for line in tree.group(1).splitlines():
        indent, name = len(line) - len(line.lstrip()), line.split()[0] if line.split() else ""
        if not name:
            continue
        parents = [*parents[: indent // 2], name]
        named.append("".join(parents))
    missing = [path for path in named if not (ROOT / path).exists()]
    assert not missing
    rooms = {f"core/{folder.name}/" for folder in (ROOT / "core").iterdir() if (folder / "__init__.py").exists()}
    assert rooms <= set(named), rooms - set(named)


def _anchors(page: Path) -> set[str]:
    """What GitHub calls the headings of a page in an address."""
    headings = re.findall(r"^#{1,6} (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES_OF_DOCUMENTS, ids=lambda page: page.name)
def test_links_between_documents_lead_to_files_and_headings_that_are_there(page: Path) -> None:
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    dead = []
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        path, _, anchor = link.partition("#")
        if "://" in path:
            continue
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (anchor and anchor not in _anchors(file)):
            dead.append(link)
    assert dead == []


def test_every_page_of_the_documents_is_named_in_the_readme() -> None:
    named = set(re.findall(r"\]\(docs/([\w-]+\.md)", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert {page.name for page in (ROOT / "docs").glob("*.md")} - named == {"releasing.md"}  # CONTRIBUTING names it
