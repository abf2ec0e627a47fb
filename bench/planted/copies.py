"""How well copies and wrong labels are found that were planted in sets of real examples.

Copies of texts, images and sounds, half of them under another class; and labels of questions that were made another
one. A set's own copies count as false alarms, though they are real.
"""

from __future__ import annotations

import hashlib
import io
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import soundfile
from numpy.typing import NDArray
from PIL import Image, ImageEnhance

from bench.data import DATA, cifar10n
from bench.planted.ambiguous import groups_of, payloads_of, questions
from bench.planted.scored import SEED, scored, silent
from bench.recordings import spoken
from bench.row import Row
from core.duplicates.near import near_duplicate_groups
from core.heads.out_of_sample import out_of_sample_probabilities
from core.issues.label.find import find_label_issues
from core.issues.near_duplicate.find import find as near_duplicates
from core.issues.signals import Signals
from core.modalities import Modality
from core.modalities.audio.facts import AUDIO
from core.modalities.encoders import make_encoder
from core.modalities.heavy import heavy_modality
from core.modalities.image.facts import IMAGE
from core.modalities.payloads import Payloads
from core.modalities.text.facts import TEXT
from core.sources.images.sound import keep

TEXTS, FILES, PLANTED, SHARE = 2_000, 600, 40, 0.08


def rows() -> Iterator[Row]:
    """Precision and recall of each."""
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        yield from _texts(root / "texts")
        yield from _images(root / "images")
        yield from _sounds(root / "sounds")


def _texts(root: Path) -> Iterator[Row]:
    generator = np.random.default_rng(SEED)
    texts, labels, names = questions(TEXTS)
    embeddings = np.array(make_encoder("minilm", TEXT.name).embed(payloads_of(texts), root, silent))
    yield from _labels(embeddings, labels, len(names), groups_of(payloads_of(texts), root), generator)
    ways = ("{}", "{} please", "Hello, {}")
    copied = generator.choice(TEXTS, PLANTED, replace=False)
    copies = [ways[place % 3].format(texts[row]) for place, row in enumerate(copied)]
    payloads = payloads_of([*texts, *copies])
    vectors = np.array(make_encoder("minilm", TEXT.name).embed(payloads, root, silent))
    yield from _copies("questions", payloads, groups_of(payloads, root), vectors, labels, copied)


def _images(root: Path) -> Iterator[Row]:
    """Saved anew in worse quality, a little brighter, or larger."""
    generator = np.random.default_rng(SEED)
    names, _, table = cifar10n(root)
    chosen = generator.choice(len(names), FILES, replace=False)
    files = [(root / names[row]).read_bytes() for row in chosen]
    labels = np.unique(np.array(table["true_label"])[chosen], return_inverse=True)[1]
    copied = generator.choice(FILES, PLANTED, replace=False)
    for place, row in enumerate(copied):
        image, out = Image.open(io.BytesIO(files[row])).convert("RGB"), io.BytesIO()
        if place % 3 == 1:
            image = ImageEnhance.Brightness(image).enhance(1.1)
        elif place % 3 == 2:
            image = image.resize((64, 64))
        image.save(out, "JPEG", quality=70)
        files.append(out.getvalue())
    hashes = [hashlib.sha256(content).hexdigest() for content in files]
    for name, content in zip(hashes, files, strict=True):
        (root / name).write_bytes(content)
    yield from _of_files("photographs", IMAGE, _payloads(hashes, hashes, root), root, labels, copied)


def _sounds(root: Path) -> Iterator[Row]:
    """At half the loudness, with a little noise, or with a moment of silence before."""
    if not (DATA / "spoken_digits").is_dir():
        return
    generator = np.random.default_rng(SEED)
    recordings = spoken(root)
    chosen = generator.choice(len(recordings.media_ids), FILES, replace=False)
    ids, hashes = ([column[row] for row in chosen] for column in (recordings.media_ids, recordings.hashes))
    labels = np.array([int(recordings.labels[row]) for row in chosen])
    copied = generator.choice(FILES, PLANTED, replace=False)
    for place, row in enumerate(copied):
        wave, rate = soundfile.read(root / ids[row], dtype="float32")
        changed = (0.5 * wave, wave + generator.normal(0, 1e-3, len(wave)), np.r_[np.zeros(rate // 20), wave])[
            place % 3
        ]
        out = io.BytesIO()
        soundfile.write(out, changed, rate, format="WAV")
        kept = keep(out.getvalue(), root)
        ids.append(kept.media_id)
        hashes.append(kept.content_hash)
    yield from _of_files("spoken digits", AUDIO, _payloads(ids, hashes, root), root, labels, copied)


def _of_files(
    name: str, modality: Modality, payloads: Payloads, root: Path, labels: NDArray[np.int64], copied: NDArray[np.int64]
) -> Iterator[Row]:
    encoders = [make_encoder(modality.encoders[0], modality.name)]
    space = heavy_modality(modality).near_space(payloads, root / "arrays", encoders, silent)
    groups = near_duplicate_groups(space, payloads.digests, modality.near_similarity, silent)
    vectors = np.array(encoders[0].embed(payloads, root / "arrays", silent))
    yield from _copies(name, payloads, groups, vectors, labels, copied)


def _copies(
    name: str,
    payloads: Payloads,
    groups: NDArray[np.int64],
    embeddings: np.ndarray,
    labels: NDArray[np.int64],
    copied: NDArray[np.int64],
) -> Iterator[Row]:
    """The last rows are copies of others; every second one has the next class."""
    classes = int(labels.max()) + 1
    given = np.r_[labels, (labels[copied] + np.arange(len(copied)) % 2) % classes]
    found = near_duplicates(
        Signals.of(
            given,
            np.full((len(given), classes), 1 / classes, np.float32),
            np.ones(len(given), bool),
            example_ids=np.arange(len(given)),
            groups=groups,
            contents=payloads.digests,
            embeddings=embeddings,
        )
    )
    planted = np.arange(len(labels), len(given))
    inside = np.flatnonzero(np.bincount(groups, minlength=len(given))[groups] > 1)
    touched = np.r_[copied, planted]
    hits = groups[planted] == groups[copied]
    yield scored(f"near-duplicates of {name}", int(hits.sum()), len(planted), len(np.setdiff1d(inside, touched)))
    group_conflicts = {int(one) for one in np.unique(groups[inside]) if len(np.unique(given[groups == one])) > 1}
    meant = planted[1::2]
    hits_conflicting = sum(int(groups[row]) in group_conflicts for row in meant)
    others = len(group_conflicts - {int(groups[row]) for row in meant})
    yield scored(f"conflicting labels of copies of {name}", hits_conflicting, len(meant), others)
    assert int(found.summary["conflicting"]) == len(group_conflicts)


def _labels(
    embeddings: np.ndarray,
    labels: NDArray[np.int64],
    classes: int,
    groups: NDArray[np.int64],
    generator: np.random.Generator,
) -> Iterator[Row]:
    given, wrong = labels.copy(), generator.choice(len(labels), round(SHARE * len(labels)), replace=False)
    given[wrong] = (labels[wrong] + generator.integers(1, classes, len(wrong))) % classes
    judged = out_of_sample_probabilities(embeddings, given, groups, classes, folds=5, seed=SEED)
    flagged = find_label_issues(Signals.of(given, judged.probabilities, judged.judged)).is_issue
    hits = int(flagged[wrong].sum())
    yield scored("wrong labels of questions", hits, len(wrong), int(flagged.sum()) - hits)


def _payloads(names: Sequence[str], hashes: Sequence[str], root: Path) -> Payloads:
    return Payloads.of(pa.chunked_array([list(names)]), pa.chunked_array([list(hashes)]), root)
