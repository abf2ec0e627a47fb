"""`mitigation` on the command line: a real job, from a load to the table of the models."""

from __future__ import annotations

import csv
import random
from pathlib import Path

from tests.integration.cli_support import Run

WORDS = {"food": ("bread", "soup", "cheese", "apple"), "sport": ("goal", "match", "race", "team")}
ROWS = 240


def _write(path: Path) -> None:
    """A source is nearly always of one topic and says its name in its texts: who learns from them leans on that."""
    generator = random.Random(0)
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["text", "topic", "source"])
        for row in range(ROWS):
            source = ("herald", "planet")[row % 2]
            usual = "food" if source == "herald" else "sport"
            topic = usual if generator.random() < 0.85 else {"food": "sport", "sport": "food"}[usual]
            told = generator.choice(WORDS[topic]) if generator.random() < 0.5 else "news"
            out.writerow([f"{source} {told} number {row} {generator.random():.6f}", topic, source])
        out.writerow(["a single line of another paper", "food", "gazette"])


def test_the_whole_way_from_a_load_to_what_reweighting_changes(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "notes.csv"
    _write(path)
    loaded = run("load", str(path), "--name", "notes", "--payload", "text", "--label", "topic")
    assert loaded.code == 0, loaded.err
    assert run("scan", "notes", "--encoder", "lexical").code == 0
    asked = run("mitigation", "notes", "--by", "source", "--json")
    assert asked.code == 0, asked.err
    found = asked.json
    assert (found["dataset"], found["attribute"], found["encoder"]) == ("notes", "source", "lexical")
    assert [one["arm"] for one in found["arms"]] == ["as_is", "reweighed", "class_balanced", "resampled"]
    assert [(one["name"], one["judged"]) for one in found["groups"]][2] == ("gazette", False)
    odds = {
        arm["arm"]: next(one["moved"] for one in arm["figures"] if one["name"] == "equalized_odds_gap")
        for arm in found["arms"]
    }
    assert odds["as_is"]["value"] > 0.3 and odds["reweighed"]["change_high"] < 0
    text = run("mitigation", "notes", "--by", "source", "--by", "topic-less")
    assert text.code == 2 and "topic-less" in text.err
    said = run("mitigation", "notes", "--by", "source")
    assert "reweighed narrows selection rate gap by " in said.out and "few rows, not compared" in said.out


def test_labels_that_are_several_classes_are_refused(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "tags.csv"
    path.write_text("text,tags,source\n" + "".join(f"text {n},a;b,{'xy'[n % 2]}\n" for n in range(40)))
    loaded = run("load", str(path), "--name", "tags", "--payload", "text", "--label", "tags", "--label-delimiter", ";")
    assert loaded.code == 0, loaded.err
    refused = run("mitigation", "tags", "--by", "source")
    assert refused.code == 2 and "one class each" in refused.err
