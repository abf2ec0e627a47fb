"""How well a drift is found that was planted between splits, against a later file, along the file, in words, and in
what embeddings say of the content; each as the profile's view Drift says it."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from PIL import Image
from sklearn.datasets import load_breast_cancer

from bench.data import DATA, cifar10n, columns
from bench.planted.ambiguous import payloads_of, questions
from bench.planted.graded import SETS, InMemory, Judge, Told, graded, in_memory
from bench.planted.scored import SEED, silent
from bench.planted.tables import TOWNS
from bench.recordings import spoken
from bench.row import Row
from core.modalities.audio.facts import AUDIO
from core.modalities.encoders import make_encoder
from core.modalities.image.facts import IMAGE
from core.modalities.payloads import Payloads
from core.modalities.text.facts import TEXT
from core.profile.drift import drift
from core.profile.drift.content import told_apart
from core.profile.drift.sides import OWN_LABEL, Sides, against, by_split, splits, stretches
from core.profile.records import CHANCE
from core.profile.wording import wording
from core.records import Attribute

ROWS, TESTED, NUMBERS, TEXTS, FILES = 560, 140, 10, 2_000, 1_500
USUAL_TOWNS = (0.4, 0.2, 0.2, 0.1, 0.1)
WORD = "okapi"
Vectors = NDArray[np.float32]
ATTRIBUTES = (
    *(Attribute(f"n{at}", f"n{at}", "number") for at in range(NUMBERS)),
    Attribute("town", "town", "category"),
)


def rows() -> Iterator[Row]:
    """Tables first, then texts, photographs and sounds."""
    parts = f"of {ROWS} rows, {TESTED} in test"
    shifts = (0.25, 0.5, 1.0)
    yield graded(f"drift between splits {parts}: a number", "{} SD", shifts, _number_between_splits)
    yield graded(f"drift between splits {parts}: a category", "{} points", (10, 20, 40), _town_between_splits)
    yield graded("drift of a later file, 280 rows each: a number", "{} SD", shifts, _number_later)
    yield graded("drift of a later file, 280 rows each: the classes", "{} points", (10, 20, 30), _classes_later)
    yield graded(f"drift along a file of {ROWS} rows: a number", "{} SD in all", (0.5, 1.0, 2.0), _number_along)
    order = "{} of the rows by class"
    yield graded(f"order of a file of {ROWS} rows: the label", order, (0.2, 0.5, 1.0), _labels_along)
    with tempfile.TemporaryDirectory() as place:
        yield from _of_texts(Path(place) / "texts")
        yield from _of_images(Path(place) / "images")
        yield from _of_sounds(Path(place) / "sounds")


# Tables


def _table(generator: np.random.Generator) -> dict[str, NDArray[Any]]:
    """Measurements of cells, in standard deviations, a town of each that says nothing, and whether it was cancer."""
    data = load_breast_cancer()
    chosen = generator.permutation(len(data.data))[:ROWS]
    values = data.data[chosen, :NUMBERS]
    values = (values - values.mean(0)) / values.std(0)
    return {
        **{f"n{at}": values[:, at].copy() for at in range(NUMBERS)},
        "town": generator.choice(TOWNS, ROWS, p=USUAL_TOWNS),
        "label": data.target_names[data.target[chosen]],
    }


def _held(table: dict[str, NDArray[Any]], **more: Sequence[str]) -> InMemory:
    return in_memory({name: values.tolist() for name, values in table.items()} | more)


def _judged(sides: Sides, planted: str, strength: float, *, untouched: bool = True) -> Told:
    """`untouched`: whether the fault changes no other column."""
    flagged = {one.table.column for one in drift(sides) if not one.chance}
    hit = strength > 0 and planted in flagged
    return Told(hit, bool(flagged - ({planted} if strength else set())) and (untouched or not strength))


SPLITS = ["test"] * TESTED + ["train"] * (ROWS - TESTED)


def _number_between_splits(strength: float, generator: np.random.Generator) -> Told:
    table, name = _table(generator), f"n{generator.integers(NUMBERS)}"
    table[name][:TESTED] += strength
    return _judged(splits(_held(table, split=SPLITS), ATTRIBUTES), name, strength)


def _town_between_splits(points: float, generator: np.random.Generator) -> Told:
    """The first town has so many points more in test, whoever they come from."""
    table = _table(generator)
    moved = generator.random(TESTED) < points / 100 / (1 - USUAL_TOWNS[0])
    table["town"][:TESTED] = np.where(moved, TOWNS[0], table["town"][:TESTED])
    return _judged(splits(_held(table, split=SPLITS), ATTRIBUTES), "town", points)


def _later(table: dict[str, NDArray[Any]], there: NDArray[np.bool_]) -> Sides:
    whole = in_memory({name: values.tolist() for name, values in table.items()} | {"there": there.tolist()})
    pairs = [(one, one) for one in ATTRIBUTES]
    return against(whole.where("NOT there"), whole.where("there"), pairs, {})


def _number_later(strength: float, generator: np.random.Generator) -> Told:
    table, name, there = _table(generator), f"n{generator.integers(NUMBERS)}", np.arange(ROWS) % 2 == 1
    table[name][there] += strength
    return _judged(_later(table, there), name, strength)


def _classes_later(points: float, generator: np.random.Generator) -> Told:
    """One class has so many points more among the later rows and fewer among the others."""
    table = _table(generator)
    benign = table["label"] == "benign"
    by = points / 800 / (benign.mean() * (1 - benign.mean()))
    likely = np.where(benign, 0.5 + by, 0.5 - by)
    sides = _later(table, generator.random(ROWS) < likely.clip(0, 1))
    return _judged(sides, OWN_LABEL, points, untouched=False)


def _number_along(strength: float, generator: np.random.Generator) -> Told:
    table, name = _table(generator), f"n{generator.integers(NUMBERS)}"
    table[name] += np.linspace(0, strength, ROWS)
    return _judged(stretches(_held(table), ATTRIBUTES), name, strength)


def _labels_along(share: float, generator: np.random.Generator) -> Told:
    table = _table(generator)
    order = _sorted_in_part(table["label"], share, generator)
    table = {name: values[order] for name, values in table.items()}
    return _judged(stretches(_held(table), ATTRIBUTES), OWN_LABEL, share, untouched=False)


def _sorted_in_part(labels: NDArray[Any], share: float, generator: np.random.Generator) -> NDArray[np.int64]:
    """(n,) an order in which a share of the rows stands by class, in the places that these rows had."""
    order = np.arange(len(labels))
    some = np.sort(generator.choice(len(labels), round(share * len(labels)), replace=False))
    order[some] = some[np.argsort(labels[some], kind="stable")]
    return order


# Texts, photographs, sounds


def _told(vectors: Vectors, side: NDArray[np.bool_]) -> bool:
    """As the view says it of one set of rows."""
    told = told_apart(vectors, side, np.arange(len(side)))
    return told is not None and told.p_value < CHANCE


def _content(make: Callable[[float, np.random.Generator], Vectors]) -> Judge:
    """Of the embeddings of `ROWS` examples, the first `TESTED` of which are the test."""

    def judge(strength: float, generator: np.random.Generator) -> Told:
        said = _told(make(strength, generator), np.arange(ROWS) < TESTED)
        return Told(said and strength > 0, said and not strength)

    return judge


def _of_texts(root: Path) -> Iterator[Row]:
    texts, labels, _ = questions(TEXTS)
    tweets = columns(DATA / "disaster_tweets" / "test.csv")["text"]
    encoder = make_encoder("minilm", TEXT.name)
    own, others = (np.array(encoder.embed(payloads_of(some), root, silent)) for some in (texts, tweets))

    def word(percent: float, generator: np.random.Generator) -> Told:
        chosen = generator.choice(len(texts), 4 * TESTED, replace=False)
        has = (np.arange(len(chosen)) < TESTED) & (generator.random(len(chosen)) < percent / 100)
        written = [f"{texts[row]} {WORD}" if with_it else texts[row] for row, with_it in zip(chosen, has, strict=True)]
        parts = ["test"] * TESTED + ["train"] * (3 * TESTED)
        found = {
            one.word for one in wording(by_split(in_memory({"label": parts, "split": parts, "text": written}))).ties
        }
        return Told(WORD in found, bool(found - {WORD}))

    def tweeted(percent: float, generator: np.random.Generator) -> Vectors:
        vectors: Vectors = own[generator.choice(len(own), ROWS, replace=False)]
        few = round(percent / 100 * TESTED)
        vectors[:few] = others[generator.choice(len(others), few, replace=False)]
        return vectors

    def ordered(share: float, generator: np.random.Generator) -> Told:
        chosen = generator.choice(len(own), ROWS, replace=False)
        said = _told(own[chosen[_sorted_in_part(labels[chosen], share, generator)]], np.arange(ROWS) >= ROWS // 2)
        return Told(said and share > 0, said and not share)

    yield graded("drift of words: one more in questions of test", "{} %", (5, 10, 20), word)
    yield graded("drift of content: tweets among the questions of test", "{} %", (5, 10, 25), _content(tweeted))
    yield graded("order of a file of questions: content", "{} of the rows by class", (0.2, 0.5, 1.0), ordered)


def _of_images(root: Path) -> Iterator[Row]:
    """Photographs of the test are darker."""
    generator = np.random.default_rng(SEED)
    root.mkdir()
    names, _, _ = cifar10n(root)
    chosen = [names[row] for row in generator.choice(len(names), FILES, replace=False)]
    encoder = make_encoder("pixels", IMAGE.name)
    shares = (10.0, 25.0, 50.0)
    by_share = {}
    for share in (0.0, *shares):
        files = [_darkened(root / name, share) for name in chosen]
        hashes = [hashlib.sha256((root / name).read_bytes()).hexdigest() for name in files]
        payloads = Payloads.of(pa.chunked_array([files]), pa.chunked_array([hashes]), root)
        by_share[share] = np.array(encoder.embed(payloads, root / "arrays", silent))

    def made(share: float, generator: np.random.Generator) -> Vectors:
        of = generator.choice(FILES, ROWS, replace=False)
        return np.concatenate([by_share[share][of[:TESTED]], by_share[0.0][of[TESTED:]]])

    yield graded("drift of content: photographs of test are darker", "{} %", shares, _content(made))


def _darkened(path: Path, percent: float) -> str:
    """The name, in the same folder as the class, of a copy that is so much darker."""
    name = f"{path.parent.name}/{path.stem}-{percent:g}.png"
    with Image.open(path) as image:
        image.convert("RGB").point(lambda level: level * (1 - percent / 100)).save(path.parent.parent / name)
    return name


def _of_sounds(root: Path) -> Iterator[Row]:
    """A speaker is in the test more often."""
    if not (DATA / "spoken_digits").is_dir():
        return
    root.mkdir()
    recordings = spoken(root)
    payloads = Payloads.of(pa.chunked_array([recordings.media_ids]), pa.chunked_array([recordings.hashes]), root)
    vectors = np.array(make_encoder("log-mel", AUDIO.name).embed(payloads, root / "arrays", silent))
    speakers = np.array(recordings.speakers)

    def made(percent: float, generator: np.random.Generator) -> Vectors:
        one = generator.choice(np.unique(speakers))
        chosen = generator.permutation(len(vectors))
        more = chosen[speakers[chosen] == one][: round(percent / 100 * TESTED)]
        rest = chosen[~np.isin(chosen, more)]
        made_of: Vectors = vectors[np.concatenate([more, rest])[:ROWS]]
        return made_of

    yield graded("drift of content: more of test by one speaker", "{} %", (10, 25, 50), _content(made), SETS)
