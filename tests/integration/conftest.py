"""Fixtures of the command line's tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.__main__ import main
from tests.integration.cli_support import Ran, Run, write_rows


@pytest.fixture
def run(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, one_reader: None
) -> Run:
    """`run("datasets", "--json")` in this process, on a workspace of the test's own."""
    monkeypatch.setenv("WINNOW_WORKSPACE", str(tmp_path / "workspace"))

    def call(*arguments: str | Path) -> Ran:
        capfdbinary.readouterr()
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as left:
            code = int(left.code or 0)
        captured = capfdbinary.readouterr()
        return Ran(code, captured.out.decode(), captured.err.decode())

    return call


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    path = tmp_path / "notes.csv"
    write_rows(path)
    return path
