"""The whole way for every task that is registered, by the same steps: nothing here knows what an example or a label is
but the data that is made for it."""

from __future__ import annotations

import csv
import json
import random
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.tasks import TASKS, Task
from tests.integration.cli_support import Run, write_rows
from tests.sounds import saved, tone, wav

ROWS, WRONG = 90, 6
COLOURS = {"red": (200, 40, 40), "green": (40, 200, 40), "blue": (40, 40, 200)}


def _texts(folder: Path) -> tuple[Path, list[str]]:
    """Short texts of three topics in a CSV."""
    write_rows(folder / "notes.csv", ROWS)
    return folder / "notes.csv", ["--payload", "text", "--label", "topic", "--id", "key"]


def _images(folder: Path) -> tuple[Path, list[str]]:
    """Noisy images of three colours in class folders, some of them in a wrong one."""
    chance, noise = random.Random(3), np.random.default_rng(3)
    for row in range(ROWS):
        colour = list(COLOURS)[row % 3]
        given = chance.choice([other for other in COLOURS if other != colour]) if row < WRONG else colour
        pixels = np.clip(noise.normal(COLOURS[colour], 30, (24, 24, 3)), 0, 255).astype(np.uint8)
        (folder / "images" / given).mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(folder / "images" / given / f"{row:03d}.png")
    return folder / "images", []


PITCHES = {"low": 220.0, "middle": 600.0, "high": 1_500.0}


def _sounds(folder: Path) -> tuple[Path, list[str]]:
    """Noisy tones of three pitches in class folders, some of them in a wrong one."""
    chance = random.Random(3)
    for row in range(ROWS):
        pitch = list(PITCHES)[row % 3]
        given = chance.choice([other for other in PITCHES if other != pitch]) if row < WRONG else pitch
        (folder / "sounds" / given).mkdir(parents=True, exist_ok=True)
        (folder / "sounds" / given / f"{row:03d}.wav").write_bytes(wav(row, PITCHES[pitch], 0.2 + 0.002 * row))
    return folder / "sounds", []


def _several(chance: random.Random, names: Sequence[str], row: int) -> tuple[list[str], list[str]]:
    """Some of the names for a row, and what is given for them: of the first rows one too many, or one too few."""
    true = sorted(chance.sample(list(names), (1, 2, 0)[row % 3]))
    return true, sorted(set(true) ^ {chance.choice(list(names))}) if row < WRONG else true


def _tagged_images(folder: Path) -> tuple[Path, list[str]]:
    """Noisy images with a patch for each of their colours, and a table of what is given."""
    chance, noise, lines = random.Random(3), np.random.default_rng(3), []
    (folder / "images").mkdir()
    for row in range(ROWS):
        true, given = _several(chance, list(COLOURS), row)
        pixels = np.full((24, 24, 3), 90.0)
        for colour in true:
            corner = 8 * list(COLOURS).index(colour)
            pixels[:, corner : corner + 8] = COLOURS[colour]
        pixels = np.clip(noise.normal(pixels, 20), 0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(folder / "images" / f"{row:03d}.png")
        lines.append({"file_name": f"{row:03d}.png", "label": given})
    (folder / "images" / "metadata.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return folder / "images", []


def _tagged_sounds(folder: Path) -> tuple[Path, list[str]]:
    """Noise with a tone for each of their pitches, as paths in a table of JSON lines."""
    chance, lines = random.Random(4), []
    for row in range(ROWS):
        true, given = _several(chance, list(PITCHES), row)
        wave = sum((tone(row, PITCHES[pitch]) for pitch in true), tone(row, 50.0) * 0.05)
        (folder / f"{row:03d}.wav").write_bytes(saved(wave))
        lines.append({"file": f"{row:03d}.wav", "tags": given})
    (folder / "sounds.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return folder / "sounds.jsonl", []


TAGS = {"film": ("actor", "scene", "camera"), "money": ("bank", "market", "shares"), "sport": ("goal", "match", "team")}


def _tagged(folder: Path) -> tuple[Path, list[str]]:
    """Texts whose words give one or two of three tags, or none; of some another tag is given than their words say."""
    chance, lines = random.Random(3), []
    for row in range(ROWS):
        tags = sorted(chance.sample(list(TAGS), row % 3))
        words = [word for tag in tags for word in chance.choices(TAGS[tag], k=8)] + chance.choices(
            ("the", "a", "of"), k=3
        )
        chance.shuffle(words)
        if row < WRONG:
            tags = sorted(set(tags) ^ {chance.choice(list(TAGS))})
        lines.append({"text": f"{' '.join(words)} {row}", "tags": tags})
    (folder / "notes.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return folder / "notes.jsonl", ["--payload", "text", "--label", "tags"]


def _tables(folder: Path) -> tuple[Path, list[str]]:
    """Measures, a category and a few gaps of three kinds of flowers in a CSV; nothing is said of any column."""
    chance, noise = random.Random(3), np.random.default_rng(3)
    with (folder / "flowers.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["length", "width", "petals", "colour", "kind"])
        for row in range(ROWS):
            kind = row % 3
            given = chance.choice([other for other in range(3) if other != kind]) if row < WRONG else kind
            length, width = noise.normal(kind * 3, 0.5), noise.normal(5 - kind, 0.4)
            width = "" if row % 17 == 16 else f"{width:.3f}"
            writer.writerow([f"{length:.3f}", width, 3 + kind, ("red", "white", "blue")[kind], "abc"[given]])
    return folder / "flowers.csv", []


def _tagged_tables(folder: Path) -> tuple[Path, list[str]]:
    """Measures of plants, and in one column with semicolons what holds of them."""
    chance, noise = random.Random(6), np.random.default_rng(6)
    names = ("tall", "wide", "wet")
    with (folder / "plants.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["height", "width", "soil", "colour", "holds"])
        for row in range(ROWS):
            true, given = _several(chance, names, row)
            sizes = [f"{noise.normal(9 if name in true else 3, 0.6):.3f}" for name in names[:2]]
            soil = "" if row % 17 == 16 else ("mud" if "wet" in true else chance.choice(("sand", "chalk")))
            writer.writerow([*sizes, soil, chance.choice(("red", "blue")), "; ".join(given) or "[]"])
    return folder / "plants.csv", ["--label", "holds", "--label-delimiter", ";"]


PEOPLE, PLACES = ("Ada", "Grace Hopper", "Alan"), ("Paris", "New York", "Leeds")


def _spans(folder: Path) -> tuple[Path, list[str]]:
    """Sentences with people and places in CoNLL columns; some people are called places."""
    chance, lines = random.Random(3), []
    for row in range(ROWS):
        person, place = chance.choice(PEOPLE).split(), chance.choice(PLACES).split()
        names = {"PER": person, "LOC": place}
        given = "LOC" if row < WRONG else "PER"
        lines += [f"{word}\t{'B' if not at else 'I'}-{given}" for at, word in enumerate(names["PER"])]
        lines += ["lives\tO", "in\tO"]
        lines += [f"{word}\t{'B' if not at else 'I'}-LOC" for at, word in enumerate(names["LOC"])]
        lines += [f"{row}\tO", ""]
    (folder / "people.conll").write_text("\n".join(lines) + "\n")
    return folder / "people.conll", []


def _scored_texts(folder: Path) -> tuple[Path, list[str]]:
    """Reviews whose words give a score in decimals; some scores are those of quite another review."""
    chance, words = random.Random(3), ("awful", "poor", "plain", "good", "superb")
    with (folder / "reviews.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["key", "text", "score"])
        for row in range(ROWS):
            level = row % 5
            said = chance.choices((*[words[level]] * 4, "the", "film", "was"), k=12)
            given = (level + 3) % 5 if row < WRONG else level
            writer.writerow([f"k{row}", " ".join([*said, str(row)]), f"{given + chance.random() / 5:.2f}"])
    return folder / "reviews.csv", ["--payload", "text", "--label", "score", "--id", "key"]


def _scored_tables(folder: Path) -> tuple[Path, list[str]]:
    """Measures of flats and their rent in decimals; some rents are far from what the measures say."""
    noise = np.random.default_rng(3)
    with (folder / "flats.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["area", "rooms", "district", "rent"])
        for row in range(ROWS):
            area, rooms = noise.uniform(20, 120), row % 4 + 1
            rent = 9.5 * area + 40 * rooms + noise.normal(0, 10) + (900 if row < WRONG else 0)
            writer.writerow([f"{area:.1f}", rooms, "NSEW"[row % 3], f"{rent:.2f}"])
    return folder / "flats.csv", ["--label", "rent"]


MADE: dict[str, Callable[[Path], tuple[Path, list[str]]]] = {
    "text-classification": _texts,
    "image-classification": _images,
    "audio-classification": _sounds,
    "multi-label-image": _tagged_images,
    "multi-label-audio": _tagged_sounds,
    "multi-label-text": _tagged,
    "tabular-classification": _tables,
    "multi-label-tabular": _tagged_tables,
    "token-classification": _spans,
    "text-regression": _scored_texts,
    "tabular-regression": _scored_tables,
}
"""For each task, data with `ROWS` rows and some wrong labels: where it lies, and what a load is told of it."""


def test_there_is_data_for_every_task() -> None:
    assert set(MADE) == set(TASKS)


@pytest.mark.parametrize("task", TASKS.values(), ids=list(TASKS))
def test_data_goes_the_whole_way_and_comes_in_again(run: Run, tmp_path: Path, task: Task) -> None:
    location, told = MADE[task.name](tmp_path)
    loaded = run("load", location, "--name", "one", *told, "--json")
    assert loaded.code == 0, loaded.err
    assert (loaded.json["task"], loaded.json["rows"], loaded.json["rejected"]) == (task.name, ROWS, 0)

    profiled = run("profile", "one", "--json")
    assert profiled.code == 0, profiled.err
    assert profiled.json["rows"] == ROWS

    scanned = run("scan", "one", "--encoder", task.modality.encoders[0], "--folds", "3", "--json")
    assert scanned.code == 0, scanned.err
    if task.target.located:
        lines = run("issues", "one", "--top", str(WRONG), "--format", "json").json
        assert all(line["given_label"] != line["suggested_label"] and line["text"] for line in lines)
    columns = ("--columns", "example_id,given_label,suggested_label") if task.target.located else ()
    worst = run("issues", "one", "--top", str(WRONG), *columns, "--format", "json").json
    assert len(worst) == WRONG
    assert all(row["suggested_label"] != row["given_label"] for row in worst)

    decisions = tmp_path / "decisions.csv"
    with decisions.open("w", newline="") as file:
        located = task.target.located
        suggested = [json.dumps(row["suggested_label"]) if located else row["suggested_label"] for row in worst]
        lines = [(row["example_id"], "relabel", label) for row, label in zip(worst[:-1], suggested, strict=False)]
        csv.writer(file).writerows(
            [("example_id", "action", "label"), *lines, (worst[-1]["example_id"], "exclude", "")]
        )
    decided = run("decide", "one", "--file", decisions, "--reviewer", "ada", "--json")
    assert (decided.code, decided.json["written"]) == (0, WRONG), decided.err
    assert run("version", "one", "--note", "reviewed", "--json").json["row_count"] == ROWS - 1

    trained = run("train", "one", "--json")
    assert trained.code == 0, trained.err
    assert (trained.json["status"], trained.json["version"]) == ("done", 2)
    evaluated = run("evaluate", "one", "--run", "1", "--json")
    assert evaluated.code == 0, evaluated.err
    assert evaluated.json["rows"] > 0
    if task.target.numeric:
        assert evaluated.json["mae"] < evaluated.json["baselines"]["median"]["mae"]
    else:
        assert evaluated.json["accuracy"] > 0.5

    out = tmp_path / f"out{'.zip' if task.modality.in_files else '.parquet'}"
    exported = run("export", "one", "--format", task.modality.folder_format or "parquet", "--out", out, "--json")
    assert (exported.code, exported.json["rows"]) == (0, ROWS - 1), exported.err
    words = [] if task.modality.in_files or task.modality.features else ["--payload", "text", "--label", "label"]
    again = run("load", out, "--name", "two", *words, "--json")
    assert again.code == 0, again.err
    assert (again.json["task"], again.json["rows"], again.json["rejected"]) == (task.name, ROWS - 1, 0)
    assert _classes(run, "two") == _classes(run, "one")
    if task.target.located:
        _other_ways_out(run, tmp_path, task)


def _other_ways_out(run: Run, folder: Path, task: Task) -> None:
    """What is written in other forms comes in again as it was."""
    for name, form in (("out.conll", "conll"), ("out.jsonl", "jsonl"), ("o.csv", "csv")):
        exported = run("export", "one", "--format", form, "--out", folder / name, "--json")
        assert (exported.code, exported.json["rows"]) == (0, ROWS - 1), exported.err
        again = run("load", folder / name, "--name", name, "--json")
        assert again.code == 0, again.err
        assert (again.json["task"], again.json["rows"], again.json["rejected"]) == (task.name, ROWS - 1, 0)
        assert _classes(run, name) == _classes(run, "one")


def _classes(run: Run, name: str) -> Counter[str]:
    """Rows of each class in the newest version; of numbers, how they spread."""
    profile = run("profile", name, "--json").json
    if "balance" not in profile:
        found = profile["numbers"]
        return Counter({f"from {one['low']}": one["count"] for one in found["bins"]} | {"distinct": found["distinct"]})
    balance = profile["balance"]
    return Counter({one["label"]: one["count"] for one in balance["classes"]})
