"""The command line as scripts use it: real files, real jobs, output that is the answer and nothing else."""

from __future__ import annotations

import csv
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]
HEAVY = ("torch", "transformers", "datasets", "accelerate", "cleanlab", "sklearn", "streamlit")
WORDS = {
    "pets": "cat dog leash kennel paw fur vet collar bark purr litter treat",
    "space": "orbit rocket comet moon launch probe crater lunar nebula shuttle telescope astronaut",
    "food": "bread soup oven flour butter salt recipe dinner sauce spice roast bake",
}
ROWS, FLIPPED = 240, 14

Run = Callable[..., "Ran"]


class Ran:
    """What a command left behind."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def in_process(
    workspace: Path, *arguments: str | Path, before: Sequence[str] = (), **options: Any
) -> subprocess.Popen[str]:
    """The command as a process of its own, with the words `before` in front of it."""
    return subprocess.Popen(
        [*before, sys.executable, "-m", "core", *map(str, arguments)],
        cwd=PROJECT,
        env=os.environ | {"WINNOW_WORKSPACE": str(workspace), "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def begun(process: subprocess.Popen[str]) -> str:
    """Its first line of progress, which comes after the time that it will take."""
    assert process.stderr is not None
    assert "on this machine" in process.stderr.readline()
    return process.stderr.readline()


def finished(process: subprocess.Popen[str]) -> Ran:
    out, err = process.communicate(timeout=120)
    return Ran(process.returncode, out, err)


def write_rows(path: Path, rows: int = ROWS) -> dict[str, str]:
    """A CSV of three topics in which `FLIPPED` rows carry a wrong label; returns key → true label of those."""
    chance = random.Random(7)
    wrong: dict[str, str] = {}
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["key", "text", "topic", "source"])
        for row in range(rows):
            topic = list(WORDS)[row % 3]
            given = topic
            if row % (rows // FLIPPED) == 5 and len(wrong) < FLIPPED:
                given = chance.choice([other for other in WORDS if other != topic])
                wrong[f"k{row}"] = topic
            text = " ".join(chance.choices(WORDS[topic].split(), k=12))
            writer.writerow([f"k{row}", text, given, ("web", "app")[row % 2]])
    return wrong


def load(run: Run, path: Path) -> Ran:
    return run("load", path, "--name", "notes", "--payload", "text", "--label", "topic", "--id", "key", "--json")
