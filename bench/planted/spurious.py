"""How well it is found that a label follows what it does not mean: the brightness of photographs, their type of file,
the length of texts, where they come from, a single word; each as the health of a dataset lists it."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bench.data import DATA, columns
from bench.planted.graded import Told, graded, in_memory, row_of, told_of
from bench.row import Row
from core.profile.bias import association
from core.profile.records import Size
from core.profile.wording import wording
from core.records import Attribute
from core.records.datasets import AttributeKind
from core.services.health.measures import POINTS

EACH, CLASSES, WORD = 60, 10, "okapi"
PHOTOS, DARK, LONGER, PLACES = 300, 0.6, 80, 4
FOLLOWED: tuple[Size | None, ...] = ("medium", "large")
"""How large an association is that the health lists."""


def rows() -> Iterator[Row]:
    """Attributes first, then words."""
    names, texts = _common_questions()
    pairs = f"photographs of two of {CLASSES} classes"
    brightness = _brightness()

    def darker(percent: float, generator: np.random.Generator) -> Told:
        """A share of the photographs of one class has `DARK` of its light."""
        first, second = generator.choice(len(brightness), 2, replace=False)
        values = np.concatenate([generator.permutation(brightness[one])[:PHOTOS] for one in (first, second)])
        values[:PHOTOS] *= np.where(generator.random(PHOTOS) < percent / 100, DARK, 1.0)
        return _followed(["a"] * PHOTOS + ["b"] * PHOTOS, values, percent)

    def of_file(percent: float, generator: np.random.Generator) -> Told:
        """One in twenty files is PNG, and a share of those of one class."""
        likely = np.r_[np.full(PHOTOS, max(0.05, percent / 100)), np.full(PHOTOS, 0.05)]
        types = np.where(generator.random(2 * PHOTOS) < likely, "png", "jpg")
        return _followed(["a"] * PHOTOS + ["b"] * PHOTOS, types, percent)

    def longer(percent: float, generator: np.random.Generator) -> Told:
        """A share of the questions of one class has a footer."""
        labels, chosen = _questions(names, texts, generator)
        first = (np.array(labels) == labels[0]) & (generator.random(len(labels)) < percent / 100)
        return _followed(labels, np.array([len(one) for one in chosen], float) + LONGER * first, percent)

    def source(percent: float, generator: np.random.Generator) -> Told:
        """Rows come from one place as often as from another, but for a share of one class."""
        labels, _ = _questions(names, texts, generator)
        places = generator.integers(0, PLACES, len(labels))
        first = (np.array(labels) == labels[0]) & (generator.random(len(labels)) < percent / 100)
        return _followed(labels, np.where(first, 0, places).astype(str), percent)

    shares = (25, 50, 90)
    yield graded(f"label follows brightness, {pairs}", "{} % of one class", shares, darker)
    yield graded(f"label follows the type of file, {pairs}", "{} % of one class", shares, of_file)
    of_ten = f"questions of {CLASSES} classes"
    yield graded(f"label follows length, {of_ten}", "{} % of one class", shares, longer)
    yield graded(f"label follows the source, {of_ten}", "{} % of one class", shares, source)
    tweets, products = (columns(DATA / name) for name in ("disaster_tweets/test.csv", "amazon_isbook/questions.csv"))
    for name, some, labels in (
        ("tweets", tweets["text"], tweets["gold_label"]),
        ("products", products["text"], products["gold_label"]),
        (of_ten, *_all(names, texts)),
    ):
        yield from _words(name, some, labels)


def _followed(labels: Sequence[str], values: NDArray[np.generic], strength: float) -> Told:
    kind: AttributeKind = "category" if values.dtype.kind == "U" else "number"
    rows = in_memory({"label": labels, "value": values.tolist()})
    said = association(rows, Attribute("value", "value", kind)).size in FOLLOWED
    return Told(said and strength > 0, said and not strength)


def _words(name: str, texts: Sequence[str], labels: Sequence[str]) -> Iterator[Row]:
    """A word is put into a share of the texts of one class, and into a tenth as many of others. Of sets without it the
    labels are exchanged, since words of a topic do follow its class."""
    places: list[int] = []

    def judge(percent: float, generator: np.random.Generator) -> tuple[Told, Told]:
        given = np.array(labels)
        one = str(generator.choice(given))
        if not percent:
            given = generator.permutation(given)
        has = generator.random(len(given)) < np.where(given == one, percent / 100, percent / 1000)
        written = [f"{text} {WORD}" if with_it else text for text, with_it in zip(texts, has, strict=True)]
        ties = wording(in_memory({"label": given.tolist(), "text": written})).ties
        pairs = [(tie.word, tie.label) for tie in ties]
        strong = [(tie.word, tie.label) for tie in ties if tie.points >= POINTS]
        if (WORD, one) in pairs:
            places.append(1 + pairs.index((WORD, one)))
        on_page, in_health = ((WORD, one) in some for some in (pairs, strong))
        return Told(on_page, not percent and bool(pairs)), Told(in_health, not percent and bool(strong))

    told, unit = told_of((5, 10, 25, 50), judge), "{} % of one class"
    by_page, by_health = ({percent: [one[at] for one in some] for percent, some in told.items()} for at in (0, 1))
    yield row_of(f"label follows a word, {name}, on the page", unit, by_page)
    note = f"of {len(places)} sets in which it is listed"
    yield Row(f"label follows a word, {name}: its place in the list, median", float(np.median(places)), "", note=note)
    yield row_of(f"label follows a word, {name}, in the health", unit, by_health)


def _common_questions() -> tuple[list[str], list[list[str]]]:
    """The commonest intents of questions to a bank and the questions of each."""
    table = columns(DATA / "banking77" / "train.csv")
    by_name: dict[str, list[str]] = {}
    for text, name in zip(table["text"], table["category"], strict=True):
        by_name.setdefault(name, []).append(text)
    names = sorted(by_name, key=lambda name: (-len(by_name[name]), name))[:CLASSES]
    return names, [by_name[name] for name in names]


def _questions(
    names: Sequence[str], texts: Sequence[Sequence[str]], generator: np.random.Generator
) -> tuple[list[str], list[str]]:
    """`EACH` of each class, these in any order."""
    order = generator.permutation(len(names))
    chosen = [str(one) for at in order for one in generator.choice(texts[at], EACH, replace=False)]
    return [names[at] for at in order for _ in range(EACH)], chosen


def _all(names: Sequence[str], texts: Sequence[Sequence[str]]) -> tuple[list[str], list[str]]:
    return [one for some in texts for one in some], [
        name for name, some in zip(names, texts, strict=True) for _ in some
    ]


def _brightness() -> list[NDArray[np.float64]]:
    """Of the photographs of each class, as a load measures it."""
    by_class: dict[str, list[float]] = {}
    with zipfile.ZipFile(DATA / "cifar10_test" / "images.zip") as archive:
        for name in sorted(archive.namelist()):
            label = name.split("/")[0]
            if not name.endswith("/") and len(by_class.setdefault(label, [])) < 2 * PHOTOS:
                with archive.open(name) as file, Image.open(file) as image:
                    by_class[label].append(float(np.asarray(image.convert("L")).mean() / 255))
    return [np.array(values) for _, values in sorted(by_class.items())]
