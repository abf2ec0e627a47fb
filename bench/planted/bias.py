"""How well it is found that values are missing where a label is, that a word marks a group and a label, and that groups
are not as frequent as a reference says; each as the profile says it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import plotly.data
from numpy.typing import NDArray
from sklearn.datasets import load_breast_cancer, load_diabetes

from bench.data import DATA, columns
from bench.planted.graded import Told, graded, in_memory
from bench.row import Row
from core.profile.groups import group_table
from core.profile.missing import missing_values
from core.profile.representative import named_rows, representativeness
from core.profile.wording import wording
from core.records import Attribute
from core.targets.number.facts import NUMBER

LACKING, GAPPY, ROWS, SAMPLE, WORD = 0.1, 6, 400, 400, "okapi"
GROUP = Attribute("group", "group", "category")


def rows() -> Iterator[Row]:
    """Missing values first, then words, then groups."""
    by = "{} points more"
    name = f"missing where a class is, {ROWS} rows, {LACKING:.0%} missing"
    yield graded(name, by, (5, 10, 20), lambda points, generator: _missing(points, generator, numeric=False))
    name = f"missing where a number is larger, {ROWS} rows, {LACKING:.0%} missing"
    yield graded(name, by, (5, 10, 20), lambda points, generator: _missing(points, generator, numeric=True))
    yield from _words()
    yield graded(f"groups beside a reference, {SAMPLE} rows", "{} % of one left out", (25, 50, 75), _left_out)


def _missing(points: float, generator: np.random.Generator, *, numeric: bool) -> Told:
    """Several columns lack values by chance, one of them more often under one class, or for the upper half."""
    data = load_diabetes() if numeric else load_breast_cancer()
    chosen = generator.permutation(len(data.data))[:ROWS]
    target = data.target[chosen]
    upper = target > np.median(target) if numeric else target == 1
    held: dict[str, Sequence[object]] = {"label": [float(one) if numeric else str(one) for one in target]}
    for at in range(GAPPY):
        likely = LACKING + (points / 100 * upper if at == 0 else 0.0)
        gaps = generator.random(ROWS) < likely
        held[f"n{at}"] = [None if gap else float(one) for gap, one in zip(gaps, data.data[chosen, at], strict=True)]
    attributes = [Attribute(f"n{at}", f"n{at}", "number") for at in range(GAPPY)]
    found = missing_values(in_memory(held, NUMBER) if numeric else in_memory(held), attributes)
    tied = {one.column for one in (found.by_number if numeric else found.by_label)}
    return Told(points > 0 and "n0" in tied, bool(tied - ({"n0"} if points else set())))


def _words() -> Iterator[Row]:
    tweets, products = (columns(DATA / name) for name in ("disaster_tweets/test.csv", "amazon_isbook/questions.csv"))
    for name, table in (("tweets", tweets), ("products", products)):
        texts, labels = table["text"], np.array(table["gold_label"])

        def marked(
            percent: float,
            generator: np.random.Generator,
            texts: Sequence[str] = texts,
            labels: NDArray[np.str_] = labels,
        ) -> Told:
            """Rows belong to two groups by chance; a word is in a share of those of one group and one label."""
            groups = np.where(generator.random(len(labels)) < 0.5, "east", "west")
            has = (groups == "east") & (labels == "1") & (generator.random(len(labels)) < percent / 100)
            written = [f"{text} {WORD}" if with_it else text for text, with_it in zip(texts, has, strict=True)]
            found = wording(in_memory({"label": labels.tolist(), "text": written, "group": groups.tolist()}), GROUP)
            marks = {one.word for one in found.ties if one.marks}
            return Told(WORD in marks, bool(marks - {WORD}))

        yield graded(f"a word that marks a group and a label, {name}", "{} % of both", (5, 10, 20), marked)


def _left_out(percent: float, generator: np.random.Generator) -> Told:
    """Countries of a continent are left out; the reference is what there was before. The group that is named is right
    where it is that one."""
    continents = plotly.data.gapminder()["continent"].to_numpy()
    names, counts = np.unique(continents, return_counts=True)
    one = generator.choice(names[counts > len(continents) / 10])
    left = continents[(continents != one) | (generator.random(len(continents)) >= percent / 100)]
    chosen = generator.choice(left, SAMPLE, replace=False)
    table = group_table(in_memory({"label": ["a"] * SAMPLE, "group": chosen.tolist()}), GROUP)
    reference = {str(name): int(count) / len(continents) for name, count in zip(names, counts, strict=True)}
    assert set(named_rows(table)) <= set(reference)
    found = representativeness(table, reference)
    farthest = max(found.groups, key=lambda group: abs(group.share.estimate - group.reference))
    return Told(percent > 0 and not found.chance and farthest.group == one, not percent and not found.chance)
