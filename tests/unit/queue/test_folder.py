"""The job folder on a real disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.queue import JobFolder


@pytest.fixture
def folder(tmp_path: Path) -> JobFolder:
    return JobFolder(tmp_path / "run").create()


def test_a_spec_comes_back_as_it_was_written(folder: JobFolder) -> None:
    folder.write_spec({"labels": ["ja", "né"], "folds": 5})
    assert folder.spec() == {"labels": ["ja", "né"], "folds": 5}


def test_a_run_without_a_result_is_not_done(folder: JobFolder) -> None:
    assert folder.result() is None
    folder.write_result({})
    assert folder.result() == {}


def test_nothing_half_written_is_left_beside_a_result(folder: JobFolder) -> None:
    folder.write_result({"rows": 3})
    assert sorted(path.name for path in folder.path.iterdir()) == ["input", "output", "result.json"]


def test_a_cancel_is_a_stop_but_a_stop_is_no_cancel(folder: JobFolder) -> None:
    folder.request_stop()
    assert folder.stop_requested() and not folder.cancel_requested()
    folder.clear()
    folder.request_cancel()
    assert folder.stop_requested() and folder.cancel_requested()


def test_clearing_forgets_the_end_and_keeps_what_was_made(folder: JobFolder) -> None:
    folder.request_cancel()
    folder.write_error("Broken.", "Mend it.")
    (folder.output / "part").write_text("kept")
    folder.clear()
    assert not folder.stop_requested() and folder.error() == ""
    assert (folder.output / "part").read_text() == "kept"


def test_an_error_reads_as_message_and_next_step(folder: JobFolder) -> None:
    folder.write_error("Model 'x' not found.", "Name a folder.")
    assert folder.error() == "Model 'x' not found. Name a folder."


@pytest.mark.parametrize(("written", "shown"), [("", ""), ("a\nb\nc\n", "b\nc"), ("a\nb\nc", "b\nc"), ("b", "b")])
def test_the_log_tail_is_the_last_lines(folder: JobFolder, written: str, shown: str) -> None:
    folder.log_path.write_text(written)
    assert folder.log_tail(2) == shown


def test_a_progress_bar_in_the_log_shows_its_last_state_only(folder: JobFolder) -> None:
    folder.log_path.write_bytes(b"start\r\n 1%\r 50%\r100%\nend\n")
    assert folder.log_tail() == "start\n100%\nend"


def test_the_log_of_a_run_that_printed_bytes_is_still_readable(folder: JobFolder) -> None:
    folder.log_path.write_bytes(b"\xff\xfe broken\n")
    assert "broken" in folder.log_tail()


def test_a_run_that_printed_nothing_has_an_empty_log(folder: JobFolder) -> None:
    assert folder.log_tail() == ""
