"""`evaluate --by` and `--slices`, and slices in `profile`, where labels are numbers: real jobs on the command line."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.integration.cli_support import Run

ROWS = 300


def _write(path: Path) -> None:
    """The price follows the rooms that the text names, and in the south is 40 more, of which the text says nothing."""
    generator = random.Random(0)
    lines = []
    for row in range(ROWS):
        rooms, side = generator.randint(1, 9), "south" if row % 3 == 0 else "north"
        price = 100 * rooms + (40 if side == "south" else 0) + generator.gauss(0, 5)
        age = "" if generator.random() < 0.2 else f"{generator.uniform(0, 90):.1f}"
        part = "test" if row % 2 else "train"
        lines.append(f"a flat of {' '.join(['room'] * rooms)} at street {row},{price:.2f},{side},{age},{part}")
    path.write_text("\n".join(["text,price,side,age,split", *lines]))


def test_groups_and_slices_say_how_far_off_and_to_which_side(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "flats.csv"
    _write(path)
    asked = ("--payload", "text", "--label", "price", "--task", "text-regression", "--split", "split")
    loaded = run("load", str(path), "--name", "flats", *asked)
    assert loaded.code == 0, loaded.err
    trained = run("train", "flats", "--model", "minilm", "--strategy", "head")
    assert trained.code == 0, trained.err
    found = run("evaluate", "flats", "--run", "1", "--by", "side", "--json").json
    by_name = {one["group"]: one for one in found["groups"]}
    assert (by_name["south"]["rows"], by_name["north"]["rows"]) == (50, 100)
    assert by_name["south"]["bias"]["interval"][1] < by_name["north"]["bias"]["interval"][0]
    assert found["p_value"] < 0.001 and found["mae_difference"] is not None
    bands = run("evaluate", "flats", "--run", "1", "--by", "age", "--json").json
    assert len(bands["groups"]) == 6 and bands["groups"][-1]["group"] == "(missing)"
    text = run("evaluate", "flats", "--run", "1", "--by", "side", "--by", "age").out
    assert "side × age" in text and "few rows, not compared" in text
    empty = run("evaluate", "flats", "--run", "1", "--slices")
    assert "has no slice yet" in empty.out
    assert run("views", "flats", "--save", "southern", "--where", "side = south").code == 0
    slices = run("evaluate", "flats", "--run", "1", "--slices", "--json").json["slices"]
    assert [(one["slice"], one["rows"]) for one in slices] == [(None, 150), ("southern", 50)]
    assert slices[1]["bias"]["estimate"] == pytest.approx(by_name["south"]["bias"]["estimate"])
    (profiled,) = run("profile", "flats", "--json").json["slices"]
    assert (profiled["name"], profiled["rows"]) == ("southern", 100)
    assert profiled["mean"]["low"] < profiled["median"] < profiled["mean"]["high"]
    assert "mean label, 95 % interval" in run("profile", "flats").out
