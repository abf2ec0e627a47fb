"""What import-linter cannot see: the pages and the app, which stand outside `core`."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
PAGES = sorted((PROJECT / "pages").glob("*.py"))
PAGE_MAY_IMPORT = ("core.words", "streamlit", "core.ui", "core.services", "core.charts", "core.records", "core.errors")
APP_MAY_IMPORT = (
    *("streamlit", "starlette", "anyio"),
    *(
        "core.ui.shell.announce",
        "core.ui.shell.context",
        "core.ui.shell.door",
        "core.ui.shell.headers",
        "core.ui.shell.health",
        "core.ui.shell.pages",
        "core.ui.shell.routes",
        "core.ui.parts.problems",
        "core.together.server",
        "core.context",
        "core.errors",
    ),
)
STANDARD_LIBRARY_OF_PAGES = ("__future__", "collections", "dataclasses", "functools")


def imports(path: Path) -> set[str]:
    """Every module that a file imports, also inside its functions; `from a import b` counts as `a.b` and as `a`."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} has a relative import"
            found.add(str(node.module))
    return found


def allowed(module: str, names: tuple[str, ...]) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in names)


def test_there_is_a_page_for_every_entry_of_the_navigation() -> None:
    from core.ui.shell.pages import PAGES as ENTRIES

    assert {path.stem for path in PAGES} == set(ENTRIES)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_imports_only_ui_workflow_charts_records_and_errors(path: Path) -> None:
    names = PAGE_MAY_IMPORT + STANDARD_LIBRARY_OF_PAGES
    assert not [module for module in imports(path) if not allowed(module, names)]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_has_at_most_80_lines_and_a_docstring(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 80
    assert ast.get_docstring(ast.parse(path.read_text()))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_opens_its_frame_which_holds_the_guard(path: Path) -> None:
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    assert any(isinstance(call.func, ast.Name) and call.func.id == "open_page" for call in calls)


def test_a_part_takes_the_records_that_it_draws_and_not_the_frame() -> None:
    """But for the Issues page and the filters of its list, which the review desk shares."""
    ui = PROJECT / "core" / "ui"
    spared = {ui / "parts" / "issue_filter.py", ui / "review" / "scan.py", *(ui / "issues").rglob("*.py")}
    for path in sorted({*ui.rglob("*.py")} - spared - {*(ui / "shell").rglob("*.py")}):
        functions = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef))
        taking = [one.name for one in functions if "frame" in {argument.arg for argument in one.args.args}]
        assert not taking, path


def test_the_app_has_at_most_60_lines_and_draws_nothing_itself() -> None:
    path = PROJECT / "app.py"
    assert len(path.read_text().splitlines()) <= 60
    names = (*APP_MAY_IMPORT, "logging", "contextlib", "importlib", "pathlib", "collections", "typing")
    assert not [module for module in imports(path) if not allowed(module, names)]


def test_no_page_of_the_ui_lets_user_text_through_as_html() -> None:
    for path in [*PAGES, *(PROJECT / "core" / "ui").rglob("*.py")]:
        assert "unsafe_allow_html" not in path.read_text(), path


def test_every_chart_of_the_ui_comes_with_its_files_but_the_examples_of_empty_pages() -> None:
    """Only the helper draws one itself: whoever goes past it draws a chart that nobody can save."""
    ui = PROJECT / "core" / "ui"
    spared = {ui / "chart_files" / "__init__.py", ui / "parts" / "examples.py"}
    drawing = {
        path
        for path in (*PAGES, *ui.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr == "plotly_chart"
    }
    assert drawing == spared


URL_WRITERS = (
    *("put", "name", "choose_all", "put_filters", "choose_cell", "choose_classes", "choices_to_url"),
    *("to_url", "optional_to_url", "switch_to_url"),
)
URL_WRITES = ("pop", "update", "from_dict", "clear")


def writes_of_url(nodes: Iterable[ast.AST]) -> int:
    """How often such code writes the address at most, once through; a loop counts twice."""
    return sum(map(_writes, nodes))


def _writes(node: ast.AST) -> int:
    match node:
        case ast.FunctionDef() | ast.Lambda() | ast.ClassDef():
            return 0  # called on its own
        case ast.If():
            return max(writes_of_url(node.body), writes_of_url(node.orelse))
        case ast.For() | ast.While():
            ends = any("st.rerun()" in ast.unparse(one) for one in node.body)
            return writes_of_url(node.body) * (1 if ends else 2)
        case ast.Assign():
            own = any(ast.unparse(one).startswith("st.query_params[") for one in node.targets)
        case ast.Call():
            called = ast.unparse(node.func)
            own = called in URL_WRITERS or called in [f"st.query_params.{one}" for one in URL_WRITES]
        case _:
            own = False
    return own + writes_of_url(ast.iter_child_nodes(node))


def test_one_act_writes_the_address_once_so_that_one_press_of_back_takes_it_back() -> None:
    twice = ast.parse("def f():\n  put({})\n  if a:\n    st.query_params['b'] = c\n  else:\n    name(d)")
    assert [writes_of_url(one.body) for one in twice.body if isinstance(one, ast.FunctionDef)] == [2]
    several = {
        f"{path.relative_to(PROJECT)}: {node.name}"
        for path in (*PAGES, *(PROJECT / "core" / "ui").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and writes_of_url(node.body) > 1
    }
    assert not several


def test_no_room_of_core_has_more_than_twenty_files() -> None:
    folders = {path.parent for path in (PROJECT / "core").rglob("*.py")}
    crowded = {str(folder.relative_to(PROJECT)): len(list(folder.glob("*.py"))) for folder in folders}
    assert {name: count for name, count in crowded.items() if count > 20} == {}
