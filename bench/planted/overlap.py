"""How well pairs of classes are found that no model tells apart: a class is parted in two by chance, with rows of one
more class in the second half; by predictions that have not seen the row, as an evaluation says it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bench.data import DATA, cifar10n
from bench.planted.ambiguous import payloads_of, questions
from bench.planted.graded import Told, graded
from bench.planted.scored import SEED, silent
from bench.recordings import spoken
from bench.row import Row
from core.evaluation.confusion import hardly_told_apart
from core.heads.out_of_sample import out_of_sample_probabilities
from core.modalities import Modality
from core.modalities.audio.facts import AUDIO
from core.modalities.encoders import make_encoder
from core.modalities.image.facts import IMAGE
from core.modalities.payloads import Payloads
from core.modalities.text.facts import TEXT

TEXTS, FILES, CLASSES, EACH, SETS, LISTED = 6_000, 1_000, 8, 60, 10, 3
SHARES = (60, 80, 100)


def rows() -> Iterator[Row]:
    """Of questions, photographs and spoken digits."""
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        texts, labels, _ = questions(TEXTS)
        yield _row("questions", *_embedded(TEXT, payloads_of(texts), root, labels))
        generator = np.random.default_rng(SEED)
        names, hashes, table = cifar10n(root)
        chosen = generator.choice(len(names), FILES, replace=False)
        of_class = np.unique(np.array(table["true_label"])[chosen], return_inverse=True)[1]
        payloads = _payloads([names[row] for row in chosen], [hashes[row] for row in chosen], root)
        yield _row("photographs", *_embedded(IMAGE, payloads, root, of_class))
        if (DATA / "spoken_digits").is_dir():
            recordings = spoken(root)
            chosen = generator.choice(len(recordings.media_ids), FILES, replace=False)
            ids, digests = ([some[row] for row in chosen] for some in (recordings.media_ids, recordings.hashes))
            digits = np.array([int(recordings.labels[row]) for row in chosen])
            yield _row("spoken digits", *_embedded(AUDIO, _payloads(ids, digests, root), root, digits))


def _embedded(
    modality: Modality, payloads: Payloads, root: Path, labels: NDArray[np.int64]
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    encoder = make_encoder(modality.encoders[-1], modality.name)
    return np.array(encoder.embed(payloads, root / "arrays", silent)), labels


def _row(name: str, vectors: NDArray[np.float32], labels: NDArray[np.int64]) -> Row:
    enough = np.flatnonzero(np.bincount(labels) >= EACH)

    def judge(percent: float, generator: np.random.Generator) -> Told:
        classes = generator.choice(enough, CLASSES, replace=False)
        members = [generator.permutation(np.flatnonzero(labels == one))[:EACH] for one in classes]
        own, third = np.array_split(members[0], 2), members.pop()[: EACH // 2]
        if percent:
            few = round(percent / 100 * len(own[1]))
            members[0] = own[0]
            members.append(np.concatenate([own[1][:few], third[: len(own[1]) - few]]))
        rows = np.concatenate(members)
        given = np.repeat(np.arange(len(members)), [len(one) for one in members])
        result = out_of_sample_probabilities(
            vectors[rows], given, np.arange(len(rows)), len(members), folds=5, seed=SEED
        )
        matrix = np.zeros((len(members), len(members)), np.int64)
        np.add.at(matrix, (given, result.probabilities.argmax(axis=1)), 1)
        names = [str(one) for one in range(len(members))]
        pairs = {(one.first, one.second) for one in hardly_told_apart(matrix, names, LISTED)}
        pair = ("0", str(len(members) - 1))
        return Told(percent > 0 and pair in pairs, bool(pairs - ({pair} if percent else set())))

    what = f"classes of {name} that overlap, {EACH} rows each"
    return graded(what, "{} % of one from the other", SHARES, judge, SETS)


def _payloads(names: list[str], hashes: list[str], root: Path) -> Payloads:
    return Payloads.of(pa.chunked_array([names]), pa.chunked_array([hashes]), root)
