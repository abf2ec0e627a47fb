"""A whole proof where labels are spans: what is overlooked, mistyped, cut and widened, and that the scan finds it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.issues.signals import LabelledWords
from core.jobs.about import About
from core.jobs.proof import prove as of_proof
from core.jobs.proof import run as proof
from core.jobs.proof.bed import Steps
from core.jobs.proof.plant_spans import SpanSoil, plant_spans
from core.jobs.proof.prove import Proof, prove
from core.jobs.proof.spans import OfSpans, SpanBed
from core.jobs.proof.spec import NEAR, OF_SPANS, SCAN, ProofSpec
from core.modalities.payloads import Payloads
from core.progress import Report, unheard
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


def test_types_are_mistaken_as_often_as_the_model_mistakes_them() -> None:
    """The first two are confused with each other, the third never."""
    soil = _soil(600)
    probabilities = np.full((len(soil.labels), 4), 0.001)
    probabilities[np.arange(len(soil.labels)), soil.labels] = 0.997
    probabilities[soil.labels == 1, 2] = probabilities[soil.labels == 2, 1] = 0.2
    found = plant_spans(replace(soil, probabilities=probabilities), "pairs", 60, np.random.default_rng(0))
    assert (soil.labels[found != soil.labels] == 3).mean() < 0.1


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


def _bed(texts: int) -> SpanBed:
    """Texts of five words of which the second and the fourth are spans of the one type there is, but for the last half,
    which has none; two encoders."""
    generator, five = np.random.default_rng(0), np.arange(0, 10, 2)
    labels = np.concatenate([[0, 1, 0, 1, 0] if row < texts // 2 else [0] * 5 for row in range(texts)])
    spans = [((2, 3, "PER"), (6, 7, "PER")) if row < texts // 2 else () for row in range(texts)]
    bounds = np.tile(np.stack([five, five + 1], 1), (texts, 1))
    nothing = np.zeros((len(labels), 2), np.float32)
    words = LabelledWords(
        ["a b c d e"] * texts, spans, np.arange(texts + 1) * 5, bounds, labels, nothing, nothing[:, 0] > 0
    )
    told = np.eye(2)[labels] @ generator.normal(size=(2, 8))
    vectors = {name: (told + generator.normal(size=told.shape)).astype(np.float16) for name in ("lexical", "minilm")}
    shapes, none = np.zeros((len(labels), 4), np.float32), np.zeros(texts, bool)
    forms = generator.integers(0, 50, len(labels))
    return SpanBed(labels, words, ("PER",), np.arange(texts), forms, shapes, vectors, none, none)


def test_of_spans_of_one_type_none_gets_another_one() -> None:
    found = prove(_bed(120), 2)
    assert {one.manner for one in found.found} == set(OF_SPANS) - {"pairs"}
    assert {one.detector for one in found.found} == {SCAN, "confidence", "disagreement", "scan: lexical"}
    json.dumps([to_json(one) for one in found.found], allow_nan=False)
    assert {one.planted for one in found.found} == {found.planted} and found.planted >= 10
    assert found.left_out >= 60


def test_errors_are_planted_as_a_share_of_the_texts_that_have_spans(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(of_proof, "FEWEST", 1)
    bed = _bed(400)
    kind = OfSpans(bed)
    look = kind.look(kind.judge(bed.labels, Steps(unheard, bed.fits)))
    share = float(np.clip(np.nan_to_num(look.share, nan=0.05), 0.02, 0.2))
    assert prove(bed, 1).planted == pytest.approx(share * 200, abs=1)


class _Encoder:
    """Knows words, and keeps what it made."""

    name = "known"

    def words(self, payloads: Payloads, bounds: Sequence[np.ndarray], arrays: Path, tick: Report) -> np.ndarray:
        assert len(payloads) == len(bounds) == 235
        self.made = np.zeros((sum(map(len, bounds)), 3), np.float16)
        return self.made


def test_words_are_judged_by_vectors_of_which_no_copy_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = _folder(tmp_path, 240, np.arange(5))
    path = folder.input / "rows.parquet"
    table = pq.read_table(path)
    for name in ("label", "spans"):
        column = pa.array([None] * 5 + table.column(name).to_pylist()[5:], table.schema.field(name).type)
        table = table.set_column(table.column_names.index(name), name, column)
    pq.write_table(table, path)
    encoder, beds = _Encoder(), []
    monkeypatch.setattr(proof, "make_encoder", lambda name, kind: encoder)
    monkeypatch.setattr(proof, "prove", lambda bed, *rest: beds.append(bed) or Proof(1, 0, 0.0, (5,), (), ()))
    result = proof.main(folder, ProgressWriter(folder))
    assert beds[0].vectors["known"] is encoder.made and len(encoder.made) == len(beds[0].labels)
    assert "These labels leave nothing to plant in the manner “overlooked”." in result.notes


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
