"""A whole proof where labels are spans: what is overlooked, mistyped, cut and widened, and that the scan finds it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.jobs.about import About
from core.jobs.proof import run as proof
from core.jobs.proof.plant_spans import SpanSoil, plant_spans
from core.jobs.proof.spec import NEAR, OF_SPANS, SCAN, ProofSpec
from core.queue import JobFolder, ProgressWriter
from core.targets.spans.form import written
from core.typed import to_json

TYPES = ("LOC", "ORG", "PER")


def _soil(texts: int = 200) -> SpanSoil:
    """Texts of six words, the second and third a span of one of three types, the fifth another; the model takes the
    first type for the second, and nearly overlooks every tenth text's first span. Half of the texts are free."""
    one = np.array([0, 1, 1, 0, 2, 0])
    labels = np.concatenate([np.where(one == 1, 1 + row % 3, one) for row in range(texts)])
    begins = np.tile(np.array([0, 1, 0, 0, 1, 0], bool), texts)
    text = np.repeat(np.arange(texts), 6)
    probabilities = np.full((len(labels), 4), 0.01)
    probabilities[np.arange(len(labels)), labels] = 0.9
    probabilities[labels == 1, 2] = 0.2
    probabilities[(labels > 0) & (text % 10 == 0), 0] = 0.8
    return SpanSoil(labels, begins, text, probabilities, np.arange(texts) < texts // 2)


@pytest.mark.parametrize("manner", OF_SPANS)
def test_one_span_is_changed_in_as_many_free_texts_as_asked(manner: str) -> None:
    soil = _soil()
    found = plant_spans(soil, manner, 30, np.random.default_rng(0))
    texts, words = np.unique(soil.text[found != soil.labels], return_counts=True)
    assert len(texts) == 30 and texts.max() < 100
    assert words.max() <= (1 if manner == "edges" else 2)
    assert (plant_spans(soil, manner, 30, np.random.default_rng(0)) == found).all()


def test_each_manner_errs_in_its_own_way() -> None:
    soil = _soil()
    planted = {one: plant_spans(soil, one, 30, np.random.default_rng(1)) for one in OF_SPANS}
    changed = {one: found != soil.labels for one, found in planted.items()}
    assert (planted["overlooked"][changed["overlooked"]] == 0).all()
    was, became = soil.labels[changed["pairs"]], planted["pairs"][changed["pairs"]]
    assert (was > 0).all() and (became > 0).all()
    assert (became[was == 1] == 2).mean() > 0.8
    at = np.flatnonzero(changed["edges"]) % 6
    assert {0, 3} & set(at.tolist()) and {1, 2} & set(at.tolist())
    near = np.unique(soil.text[changed[NEAR]])
    assert (near % 10 == 0).mean() > 0.2  # a tenth of the texts


def _folder(root: Path, rows: int, wrong: np.ndarray) -> JobFolder:
    """Notes in which a word tells a person, a place or a firm; in those of `wrong` rows the first is not marked."""
    names = {"PER": ("Ann", "Bob", "Eve"), "LOC": ("Oslo", "Rome", "Cork"), "ORG": ("Acme", "Initech", "Hooli")}
    generator = np.random.default_rng(0)
    texts, spans = [], []
    for row in range(rows):
        types = [TYPES[row % 3], TYPES[(row + 1 + row // 3 % 2) % 3]]
        said = [str(generator.choice(names[one])) for one in types]
        text = f"note {row}: yesterday {said[0]} wrote again to {said[1]} about the matter"
        own = [(text.index(word), text.index(word) + len(word), name) for word, name in zip(said, types, strict=True)]
        texts.append(text)
        spans.append(own[1:] if row in wrong else own)
    folder = JobFolder(root / "run").create()
    table = {
        "example_id": np.arange(rows),
        "content_hash": [hashlib.md5(text.encode()).hexdigest() for text in texts],
        "label": pa.array([sorted({TYPES.index(one[2]) for one in own}) for own in spans], pa.list_(pa.int32())),
        "split": ["train"] * rows,
        "text": texts,
        "media_id": pa.nulls(rows, pa.string()),
        "known": pa.array([False] * rows),
        "spans": [written(own) for own in spans],
        "tokens": pa.nulls(rows, pa.string()),
    }
    pq.write_table(pa.table(table), folder.input / "rows.parquet")
    verdicts = {"example_id": np.arange(60), "wrong": np.isin(np.arange(60), wrong)}
    pq.write_table(pa.table(verdicts), folder.input / "verdicts.parquet")
    about = About("d", "v", "token-classification", TYPES, root / "arrays", root)
    folder.write_spec(to_json(ProofSpec("s", ("lexical",), 5, 0, 2, about=about)))
    return folder


@pytest.mark.slow
def test_a_whole_proof_finds_spans_that_are_wrong(tmp_path: Path) -> None:
    wrong = np.random.default_rng(3).choice(240, 12, replace=False)
    folder = _folder(tmp_path, 240, wrong)
    found = proof.main(folder, ProgressWriter(folder))
    assert {(one.manner, one.detector) for one in found.found} == {
        (manner, name) for manner in OF_SPANS for name in (SCAN, "confidence", "disagreement")
    }
    by_scan = {one.manner: one.average_precision for one in found.found if one.detector == SCAN}
    assert min(by_scan.values()) > 0.6  # by chance less than .1
    assert (found.rows, found.wrong) == (240, int((wrong < 60).sum()))
    assert 6 <= found.own_errors <= 30 and found.left_out >= 10
