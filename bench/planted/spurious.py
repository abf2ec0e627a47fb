"""How well it is found that a label follows what it does not mean: the brightness of photographs, their type of file,
the length of texts, where they come from, a single word; each as the profile and the health of a dataset say it."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bench.data import DATA, columns
from bench.planted.graded import Told, in_memory, row_of, told_of
from bench.row import Row
from core.profile.bias import association
from core.profile.groups import group_table
from core.profile.records import Size
from core.profile.shares import parity
from core.profile.wording import wording
from core.records import Attribute
from core.records.datasets import AttributeKind
from core.services.health.measures import POINTS

EACH, CLASSES, WORD = 60, 10, "okapi"
PHOTOS, DARK, LONGER, PLACES = 300, 0.6, 80, 4
FOUR_FIFTHS = 0.8
"""Ratio of shares below which the view calls a difference large."""
FOLLOWED: tuple[Size | None, ...] = ("medium", "large")
"""How large an association is that the health lists."""


def rows() -> Iterator[Row]:
    """Attributes first, then words."""
    names, texts = _common_questions()
    brightness = _brightness()
    halves = ["a"] * PHOTOS + ["b"] * PHOTOS

    def darker(percent: float, generator: np.random.Generator) -> tuple[Told, Told]:
        """Photographs of one class, which is parted in two by chance; a share of one half has `DARK` of its light."""
        values = generator.permutation(brightness[generator.integers(len(brightness))])
        values[:PHOTOS] *= np.where(generator.random(PHOTOS) < percent / 100, DARK, 1.0)
        return _followed(halves, values, percent)

    def of_file(percent: float, generator: np.random.Generator) -> tuple[Told, Told]:
        """One in twenty files is PNG, and a share of those of one class."""
        likely = np.r_[np.full(PHOTOS, max(0.05, percent / 100)), np.full(PHOTOS, 0.05)]
        return _followed(halves, np.where(generator.random(2 * PHOTOS) < likely, "png", "jpg"), percent)

    def longer(percent: float, generator: np.random.Generator) -> tuple[Told, Told]:
        """Lengths are dealt out by chance, since those of some intents do differ; a share of one class has a footer."""
        labels, chosen = _questions(names, texts, generator)
        first = (np.array(labels) == labels[0]) & (generator.random(len(labels)) < percent / 100)
        lengths = generator.permutation([float(len(one)) for one in chosen])
        return _followed(labels, lengths + LONGER * first, percent)

    def source(percent: float, generator: np.random.Generator) -> tuple[Told, Told]:
        """Rows come from one place as often as from another, but for a share of one class."""
        labels, _ = _questions(names, texts, generator)
        places = generator.integers(0, PLACES, len(labels))
        first = (np.array(labels) == labels[0]) & (generator.random(len(labels)) < percent / 100)
        return _followed(labels, np.where(first, 0, places).astype(str), percent)

    of_ten = f"questions of {CLASSES} classes"
    for name, judge in (
        ("brightness, photographs of two classes", darker),
        ("the type of file, photographs of two classes", of_file),
        (f"length, {of_ten}", longer),
        (f"the source, {of_ten}", source),
    ):
        told = told_of((25, 50, 90), judge)
        for at, where in enumerate(("in the view Bias", "in the health")):
            by_rule = {percent: [one[at] for one in some] for percent, some in told.items()}
            yield row_of(f"label follows {name}, {where}", "{} % of one class", by_rule)
    tweets, products = (columns(DATA / name) for name in ("disaster_tweets/test.csv", "amazon_isbook/questions.csv"))
    for name, some, labels in (
        ("tweets", tweets["text"], tweets["gold_label"]),
        ("products", products["text"], products["gold_label"]),
        (of_ten, *_all(names, texts)),
    ):
        yield from _words(name, some, labels)


def _followed(labels: Sequence[str], values: NDArray[np.generic], strength: float) -> tuple[Told, Told]:
    """By the view's reading of the groups, a large difference that is no chance, and by how much the attribute explains
    in all."""
    kind: AttributeKind = "category" if values.dtype.kind == "U" else "number"
    rows, attribute = in_memory({"label": labels, "value": values.tolist()}), Attribute("value", "value", kind)
    in_view = any(not one.chance and one.ratio < FOUR_FIFTHS for one in parity(group_table(rows, attribute)))
    in_health = association(rows, attribute).size in FOLLOWED
    view, health = (Told(said and strength > 0, said and not strength) for said in (in_view, in_health))
    return view, health


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
