from __future__ import annotations

from pathlib import Path

import pytest

from core.records import CsvFile
from core.store.ingest import lines
from core.store.ingest.lines import lines_of_bytes, lines_of_records


def _file(tmp_path: Path, text: str) -> CsvFile:
    path = tmp_path / "a.csv"
    path.write_text(text, newline="")
    return CsvFile(str(path), ",")


def test_a_byte_position_is_given_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "_BLOCK", 4)
    path = tmp_path / "a.txt"
    path.write_bytes(b"one\ntwo\n\n\nfive\nsix")
    assert lines_of_bytes(path, [0, 4, 8, 10, 15]) == {0: 1, 4: 2, 8: 5, 10: 5, 15: 6}


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_record_is_given_the_line_it_starts_on(tmp_path: Path, end: str) -> None:
    text = end.join(["a,b", "1,x", "", '"2', 'more",y', "3,z,bad", "4,w"])
    found = lines_of_records(_file(tmp_path, text), rejected={6}, ordinals=[1, 2], accepted=3)
    assert found == {1: 4, 2: 7}


def test_where_the_count_of_records_disagrees_no_line_is_given(tmp_path: Path) -> None:
    assert lines_of_records(_file(tmp_path, "a,b\n1,x\n2,y\n"), rejected=(), ordinals=[0], accepted=3) == {}


def test_a_file_without_header_or_quotes_is_walked_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    path.write_text('1\t"x\n2\ty\n')
    file = CsvFile(str(path), "\t", quote="", escape="", lines_before=0)
    assert lines_of_records(file, rejected=(), ordinals=[0, 1], accepted=2) == {0: 1, 1: 2}
