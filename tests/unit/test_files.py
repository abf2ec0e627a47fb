"""What is written is there whole or not at all: after an error, after a kill, and when several write at once."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.files import remove_parts, whole

SIZE = 1 << 22
WRITER = f"""
import sys
from itertools import count
from pathlib import Path
from core.files import whole
target = Path(sys.argv[1])
for turn in count():
    with whole(target) as part, part.open("wb") as file:
        for _ in range(64):
            file.write(b"ab"[turn % 2 : turn % 2 + 1] * ({SIZE} // 64))
            file.flush()
    if not turn:
        print("once", flush=True)
"""


def test_a_file_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    target = tmp_path / "result.json"
    for content in ("first", "second"):
        with whole(target) as part:
            part.write_text(content)
            assert part.parent == tmp_path
        assert target.read_text() == content
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_appears_with_all_that_is_in_it(tmp_path: Path) -> None:
    with whole(tmp_path / "model") as part:
        (part / "inner").mkdir(parents=True)
        (part / "inner" / "weights").write_bytes(b"w")
        assert not (tmp_path / "model").exists()
    assert [path.name for path in sorted(tmp_path.rglob("*"))] == ["model", "inner", "weights"]


@pytest.mark.parametrize("flush", [True, False])
def test_an_error_leaves_what_was_there_and_nothing_beside_it(tmp_path: Path, flush: bool) -> None:
    target = tmp_path / "result.json"
    target.write_text("old")
    with pytest.raises(KeyboardInterrupt), whole(target, flush=flush) as part:
        part.write_text("half")
        raise KeyboardInterrupt
    with pytest.raises(OSError), whole(target, flush=flush):
        pass  # nothing was written that could take its place
    assert (target.read_text(), list(tmp_path.iterdir())) == ("old", [target])


def test_two_may_write_the_same_target_at_once(tmp_path: Path) -> None:
    target = tmp_path / "image.png"
    with whole(target) as first, whole(target) as second:
        first.write_bytes(b"one")
        second.write_bytes(b"one")
    assert (target.read_bytes(), list(tmp_path.iterdir())) == (b"one", [target])


def test_a_kill_at_any_moment_leaves_one_content_or_the_other(tmp_path: Path) -> None:
    chance = random.Random(0)
    for turn in range(8):
        target = tmp_path / f"{turn}" / "file"
        target.parent.mkdir()
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(target)], stdout=subprocess.PIPE)
        assert writer.stdout is not None and writer.stdout.readline() == b"once\n"
        time.sleep(chance.uniform(0, 0.05))
        writer.kill()
        writer.communicate()
        assert target.read_bytes() in (b"a" * SIZE, b"b" * SIZE)
        remove_parts(target.parent)
        assert list(target.parent.iterdir()) == [target]
