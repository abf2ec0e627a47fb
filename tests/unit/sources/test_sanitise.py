from functools import partial
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from core.errors import StoppedError
from core.settings import MAX_CELL_BYTES
from core.sources import Bench
from core.sources.delimited.encoding import detect
from core.sources.delimited.sanitise import BLOCK, csv_records, faults, look, sanitise
from core.sources.rejects import RejectWriter


def _washed(path: Path, bench: Bench, escape: str = '"') -> tuple[list[str], list[tuple[int, str]]]:
    clean, rejected = bench.scratch / "clean.csv", bench.scratch / "rejected.parquet"
    records = partial(csv_records, delimiter=",", quote='"', escape=escape)
    with RejectWriter(rejected) as rejects:
        sanitise(path, clean, detect(path.read_bytes()[:100_000]), records, rejects, bench)
    found = pq.read_table(rejected).to_pylist() if rejects.count else []
    aside = [(row["line"], row["reason"]) for row in found]
    return clean.read_text(encoding="utf-8").split("\n")[:-1], aside


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"text,label\nplain,x\n", ""),
        (b"text,label\r\nplain,x\r\n", ""),
        (b'text,label\n"two\nlines",x\n', ""),
        (b'text,label\n"open,x\nplain,y\n', "a quote that is never closed"),
        (b"text,label\r\nplain,x\n", "mixed line ends"),
        (b"text,label\n" + b"x" * 2 * BLOCK + b",y\n", "a very long line"),
        (b'text,label\n"' + b"x\n" * BLOCK + b'",y\n', "a very long quoted cell"),
    ],
)
def test_a_look_says_why_a_file_cannot_be_read_as_it_is(tmp_path: Path, content: bytes, why: str) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(content)
    assert look(file) == why


def test_a_quote_that_is_never_closed_costs_its_own_line_only(tmp_path: Path, bench: Bench) -> None:
    file = tmp_path / "a.csv"
    file.write_text('t,l\n"open,x\na,b\n"q, ""r""",c\nlast,d\n')
    lines, aside = _washed(file, bench)
    assert lines == ["t,l", "", "a,b", '"q, ""r""",c', "last,d"]
    assert aside == [(2, "quote is opened and never closed")]


def test_a_cell_over_several_lines_stays_whole_and_lines_keep_their_numbers(tmp_path: Path, bench: Bench) -> None:
    file = tmp_path / "a.csv"
    file.write_text('t,l\n"one\ntwo\n\nfour",x\n"bad" tail,y\nlast,"z"\n')
    lines, aside = _washed(file, bench)
    assert lines == ["t,l", '"one', "two", "", 'four",x', "", 'last,"z"']
    assert aside == [(6, "quotes inside a cell are not doubled")]


def test_backslash_escapes_are_followed(tmp_path: Path, bench: Bench) -> None:
    file = tmp_path / "a.csv"
    file.write_text('t,l\n"a \\"b\\" c",x\n"open\\",y\nlast,z\n')
    lines, aside = _washed(file, bench, escape="\\")
    assert (lines[1], [line for line, _ in aside]) == ('"a \\"b\\" c",x', [3])


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_cell_of_200_mb_is_set_aside_and_the_rest_kept(tmp_path: Path, bench: Bench, quote: str) -> None:
    file = tmp_path / "a.csv"
    inside = b"x" * 1999 + b"\n" if quote else b"x" * 2000
    with file.open("wb") as out:
        out.write(b"t,l\nbefore,x\n" + quote.encode())
        for _ in range(100):
            out.write(inside * 1000)
        out.write(quote.encode() + b",y\nafter,z\n")
    lines, aside = _washed(file, bench)
    assert aside == [(3, f"cell over {MAX_CELL_BYTES // 1024**2} MB")]
    assert [line for line in lines if line] == ["t,l", "before,x", "after,z"]


def test_utf_16_becomes_utf_8(tmp_path: Path, bench: Bench) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes("t,l\r\ncafé,x\r\n".encode("utf-16"))
    assert _washed(file, bench) == (["t,l", "café,x"], [])


def test_undecodable_lines_are_set_aside_one_by_one(tmp_path: Path, bench: Bench) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(b"t,l\ncaf\xe9 \xfcber,x\n\x81\x8d,y\nplain \xe0,z\n")
    lines, aside = _washed(file, bench)
    assert (lines, aside) == (["t,l", "café über,x", "", "plain à,z"], [(3, "undecodable bytes")])


def test_line_ends_inside_a_quoted_cell_are_part_of_its_value(tmp_path: Path, bench: Bench) -> None:
    file, clean = tmp_path / "a.csv", bench.scratch / "clean.csv"
    file.write_bytes(b't,l\n"one\r\ntwo\rthree\nfour",x\r\nplain,y\n')
    _washed(file, bench)
    assert clean.read_bytes() == b't,l\n"one\r\ntwo\rthree\nfour",x\nplain,y\n'


@pytest.mark.parametrize(("escape", "broken"), [('"', 1), ("\\", 3)])
def test_faults_count_the_records_that_break_the_rules_of_quoting(escape: str, broken: int) -> None:
    text = 't,l\n"a \\""b\\"" c",x\n"d ""e""",y\n"f" g,z\n'
    assert faults(text, ",", '"', escape) == broken


def test_washing_stops_when_asked_to(tmp_path: Path, bench: Bench) -> None:
    file = tmp_path / "a.csv"
    file.write_text("t,l\n" + "a,b\n" * 100)
    stopping = Bench(bench.query, bench.scratch, stopped=lambda: True)
    with pytest.raises(StoppedError):
        _washed(file, stopping)
