"""`profile --reference` on the command line: typed, from a file, and what cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.cli_support import Run


@pytest.fixture
def notes(run: Run, tmp_path: Path) -> Path:
    path = tmp_path / "notes.csv"
    lines = [f"note {n},{'ab'[n % 2]},{'east' if n < 150 else 'west' if n < 190 else 'north'}" for n in range(200)]
    path.write_text("\n".join(["text,label,region", *lines]))
    loaded = run("load", str(path), "--name", "notes", "--payload", "text", "--label", "label")
    assert loaded.code == 0, loaded.err
    return tmp_path


def test_shares_that_are_typed_are_held_against_those_of_the_groups(run: Run, notes: Path) -> None:
    found = run("profile", "notes", "--by", "region", "--reference", "east=50, west=50", "--json").json
    assert (found["attribute"], found["rows"], found["others"], found["chance"]) == ("region", 190, 10, False)
    east, west = found["groups"]
    assert (east["group"], east["rows"], east["reference"], west["lacking"]) == ("east", 150, 0.5, 110)
    assert east["share"]["estimate"] == pytest.approx(150 / 190)
    text = run("profile", "notes", "--by", "region", "--reference", "east=50,west=50").out
    assert "not as frequent as the reference says" in text and "+110" in text and "10 rows of groups" in text


def test_a_csv_file_says_the_same_and_shares_may_be_within_chance(run: Run, notes: Path) -> None:
    file = notes / "shares.csv"
    file.write_text("region,share\neast,75\nwest,20\nnorth,5\n")
    found = run("profile", "notes", "--by", "region", "--reference", str(file), "--json").json
    assert found["chance"] and [one["group"] for one in found["groups"]] == ["east", "west", "north"]
    assert "within chance" in run("profile", "notes", "--by", "region", "--reference", str(file)).out


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("--reference", "east=50,west=50"), "half of a question"),
        (("--by", "region"), "half of a question"),
        (("--by", "nowhere", "--reference", "east=50,west=50"), "'nowhere' not found"),
        (("--by", "region", "--reference", "east=x,west=50"), "east=x"),
        (("--by", "region", "--reference", "up=50,down=50"), "up"),
        (("--by", "region", "--reference", "no-such-file.csv"), "no file that can be read"),
    ],
)
def test_what_cannot_be_read_is_said(run: Run, notes: Path, asked: tuple[str, ...], said: str) -> None:
    refused = run("profile", "notes", *asked)
    assert refused.code == 2 and said in refused.err
