"""How well rows are found that were planted between two classes, and copies of train among the rows of a test."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from bench.data import DATA, columns
from bench.planted.scored import SEED, silent
from bench.row import Row
from core.duplicates.near import near_duplicate_groups
from core.duplicates.neighbourhood import Neighbourhood
from core.heads.out_of_sample import out_of_sample_probabilities
from core.issues.ambiguous.find import find as ambiguous
from core.issues.contract import Found
from core.issues.leakage.find import find as leaks
from core.issues.signals import Signals
from core.jobs.rows import Rows
from core.jobs.scan.taught import taught
from core.modalities.encoders import make_encoder
from core.modalities.heavy import heavy_modality
from core.modalities.payloads import Payloads
from core.modalities.text.facts import TEXT

TRAIN, TEST, PLANTED = 3_000, 1_000, 60
UNSURE = 0.7


def rows() -> Iterator[Row]:
    """Of questions to a bank; and of tweets those on which people were not sure."""
    with tempfile.TemporaryDirectory() as place:
        yield from _unsure(Path(place))
        yield from _ambiguous(Path(place))
        yield from _leaks(Path(place))


def _unsure(root: Path) -> Iterator[Row]:
    """disaster_tweets has how sure its crowd was of each label."""
    table = columns(DATA / "disaster_tweets" / "test.csv")
    names = sorted(set(table["crowd_label"]))
    labels = np.array([names.index(label) for label in table["crowd_label"]])
    sure = np.maximum(np.array(table["conf0"], float), np.array(table["conf1"], float))
    found = _found(table["text"], labels, names, root)
    unsure = sure < UNSURE
    yield Row(
        "ambiguous: tweets on whose label people were less than 70 % sure, among the flagged and among the others",
        float(unsure[found.is_issue].mean()),
        "",
        float(unsure[~found.is_issue].mean()),
        "the others",
        True,
        note=f"{int(found.is_issue.sum())} flagged",
    )


def questions(rows: int, file: str = "train.csv") -> tuple[list[str], NDArray[np.int64], list[str]]:
    """Some questions to a bank, their intents and the names of these."""
    table = columns(DATA / "banking77" / file)
    chosen = np.random.default_rng(SEED).choice(len(table["text"]), rows, replace=False)
    names = sorted(set(table["category"]))
    labels = np.array([names.index(table["category"][row]) for row in chosen])
    return [table["text"][row] for row in chosen], labels, names


def _ambiguous(root: Path) -> Iterator[Row]:
    """Questions with one of another class behind them, under the label of either."""
    generator = np.random.default_rng(SEED)
    texts, labels, names = questions(TRAIN)
    planted = generator.choice(TRAIN, PLANTED, replace=False)
    for row in planted:
        others = np.flatnonzero(labels != labels[row])
        texts[row] += " " + texts[int(generator.choice(others))]
    found = _found(texts, labels, names, root)
    hits, flagged = int(found.is_issue[planted].sum()), int(found.is_issue.sum())
    yield Row(
        "ambiguous: questions with one of another class behind them, by score",
        float(roc_auc_score(np.isin(np.arange(TRAIN), planted), -found.score)),
        "AUROC",
        higher_is_better=True,
        note=f"{hits} of {PLANTED} flagged, {flagged - hits} of the {TRAIN - PLANTED:,} others",
    )


def _found(texts: list[str], labels: NDArray[np.int64], names: list[str], root: Path) -> Found:
    """The ambiguous ones, by heads on minilm."""
    payloads = payloads_of(texts)
    embeddings = np.array(make_encoder("minilm", TEXT.name).embed(payloads, root, silent))
    result = out_of_sample_probabilities(
        embeddings, labels, groups_of(payloads, root), len(names), folds=5, seed=SEED, scratch=root
    )
    return ambiguous(
        Signals.of(
            labels,
            result.probabilities,
            result.judged,
            classes=names,
            example_ids=np.arange(len(texts)),
            neighbours=Neighbourhood(embeddings),
        )
    )


def _leaks(root: Path) -> Iterator[Row]:
    """Rows of test that are rows of train: as they are, in capitals and with other signs, or with a word more."""
    generator = np.random.default_rng(SEED)
    texts, labels, names = questions(TRAIN)
    tested, others, _ = questions(TEST, "test.csv")
    texts, labels = [*texts, *tested], np.r_[labels, others]
    planted = TRAIN + generator.choice(TEST, PLANTED, replace=False)
    for place, row in enumerate(planted):
        source = int(generator.integers(TRAIN))
        changed = (texts[source], texts[source].upper() + "!", f"{texts[source]} please")
        texts[row], labels[row] = changed[place % 3], labels[source]
    payloads = payloads_of(texts)
    embeddings = np.array(make_encoder("minilm", TEXT.name).embed(payloads, root, silent))
    splits = np.array(["train"] * TRAIN + ["test"] * TEST, object)
    known = Rows(np.arange(len(texts)), labels, payloads)
    found = leaks(
        Signals(
            {
                "example_ids": lambda: known.example_ids,
                "splits": lambda: splits,
                "groups": lambda: groups_of(payloads, root),
                "contents": lambda: payloads.digests,
                "embeddings": lambda: embeddings,
                "taught": lambda: taught(embeddings, known, splits, len(names), SEED),
            }
        )
    )
    hits = int(found.is_issue[planted].sum())
    about = found.summary["splits"]["test"]
    others_flagged = int(found.is_issue.sum()) - hits
    note = f"recall {hits / PLANTED:.3f} of {PLANTED}; {others_flagged} that the set has itself"
    yield Row("leakage: copies in test", hits / max(1, hits + others_flagged), "", higher_is_better=True, note=note)
    yield Row("leakage: accuracy of the test without its copies", about["without"], "", about["with"], "with them")


def payloads_of(texts: list[str]) -> Payloads:
    """As a job has them."""
    hashes = [hashlib.md5(text.encode()).hexdigest() for text in texts]
    return Payloads.of(pa.chunked_array([texts]), pa.chunked_array([hashes]))


def groups_of(payloads: Payloads, root: Path) -> NDArray[np.int64]:
    """(n,) near-duplicates of texts."""
    space = heavy_modality(TEXT).near_space(payloads, root, (), silent)
    return near_duplicate_groups(space, payloads.digests, TEXT.near_similarity, silent)
