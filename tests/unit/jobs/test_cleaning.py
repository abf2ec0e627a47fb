"""Whole comparisons in this process: what each model learns from, what is found, stopping and going on."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.arrays.device import device, device_name
from core.errors import UsageError
from core.finetune.settings import resolve
from core.jobs.cleaning_effect import run as cleaning
from core.jobs.cleaning_effect.draws import OUT, changed, draw
from core.queue import JobFolder, ProgressWriter, Stopped, read_progress
from core.records import ARMS, TrainSpec
from core.typed import to_json
from tests.training_support import LABELS, SPEC, texts, tiny_bert

CLASSES = 4


def comparison_folder(
    root: Path,
    contents: Sequence[str],
    given: np.ndarray,
    reviewed: np.ndarray,
    split: Sequence[str],
    labels: Sequence[str],
    spec: TrainSpec,
    seeds: int = 3,
) -> JobFolder:
    folder = JobFolder(root / "run").create()
    table = {
        "example_id": np.arange(len(contents)),
        "content_hash": [hashlib.md5(text.encode()).hexdigest() for text in contents],
        "label": pa.array(given, pa.int32()),
        "reviewed": pa.array(reviewed, pa.int32(), mask=reviewed == OUT),
        "split": list(split),
        "text": list(contents),
        "media_id": pa.nulls(len(contents), pa.string()),
    }
    pq.write_table(pa.table(table), folder.input / "rows.parquet")
    about = {"task": "text", "labels": list(labels), "arrays": str(root / "arrays"), "media": str(root), "seeds": seeds}
    about |= {"dataset_id": "d", "version_id": "v"}
    folder.write_spec(asdict(resolve(spec, "text", len(contents))) | about)
    return folder


def small(root: Path, spec: TrainSpec, rows: int = 180, seeds: int = 3) -> JobFolder:
    """Two thirds to learn from; a quarter of all labels are wrong and reviewed right, two rows are excluded."""
    contents, true = texts(rows)
    reviewed = np.array(true)
    generator = np.random.default_rng(0)
    wrong = generator.random(rows) < 0.25
    given = np.where(wrong, (reviewed + generator.integers(1, 3, rows)) % 3, reviewed)
    reviewed[[0, rows - 1]] = OUT
    split = ["train"] * (2 * rows // 3) + ["test"] * (rows - 2 * rows // 3)
    return comparison_folder(root, contents, given, reviewed, split, LABELS, spec, seeds)


def run(folder: JobFolder) -> dict[str, Any]:
    return to_json(cleaning.main(folder, ProgressWriter(folder, raises_stopped=True)))


def accuracies(result: dict[str, Any], labels_from: str) -> dict[tuple[str, str], dict[str, Any]]:
    (scoring,) = [one for one in result["scorings"] if one["labels_from"] == labels_from]
    return {(one["first"], one["second"]): one["differences"][0] for one in scoring["comparisons"]}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tiny_bert(tmp_path_factory.mktemp("models") / "tiny"))


# --- what is learnt from ---------------------------------------------------------------------------------------------


def labelled(rows: int = 400) -> tuple[np.ndarray, np.ndarray]:
    """As given and as reviewed: 50 rows relabelled to class 2 (and a few to 3), 30 left out."""
    given = np.arange(rows) % CLASSES
    reviewed = given.copy()
    reviewed[0:200:4], reviewed[1:120:4] = 2, OUT
    reviewed[2:22:4] = 3
    return given, reviewed


def test_the_arms_of_a_seed_learn_from_the_same_rows_and_differ_in_labels_alone() -> None:
    given, reviewed = labelled()
    drawn = draw(given, reviewed, CLASSES, seed=3)
    assert drawn.times.sum() == len(given)
    assert drawn.times.max() > 1
    assert drawn.labels["given"].tolist() == given.tolist()
    assert drawn.labels["reviewed"].tolist() == reviewed.tolist()
    for arm in ARMS:
        kept = np.where(drawn.labels[arm] == OUT, 0, drawn.times)
        assert np.bincount(drawn.rows(arm), minlength=len(given)).tolist() == kept.tolist()
        assert drawn.weights(arm) == pytest.approx(kept / kept.sum())


def test_random_changes_are_as_many_as_in_review_and_go_to_the_same_classes() -> None:
    given, reviewed = labelled()
    found = changed(given, reviewed, CLASSES, np.random.default_rng(0))
    assert (found == OUT).sum() == (reviewed == OUT).sum() == 30
    moved = (found != given) & (found != OUT)
    assert moved.sum() == ((reviewed != given) & (reviewed != OUT)).sum() == 55
    assert set(found[moved]) == {2, 3}
    assert (found[moved] == 2).sum() > (found[moved] == 3).sum()


def test_a_random_change_is_never_to_the_rows_own_class_even_if_review_went_nowhere_else() -> None:
    given, reviewed = np.zeros(30, np.int64), np.zeros(30, np.int64)
    given[:5], reviewed[:5] = 1, 0
    for seed in range(20):
        found = changed(given, reviewed, CLASSES, np.random.default_rng(seed))
        assert (found != given).sum() == 5


def test_a_seed_draws_the_same_again_and_another_seed_something_else() -> None:
    given, reviewed = labelled()
    first, again, other = (draw(given, reviewed, CLASSES, seed) for seed in (1, 1, 2))
    assert first.times.tolist() == again.times.tolist() != other.times.tolist()
    assert first.labels["random"].tolist() == again.labels["random"].tolist() != other.labels["random"].tolist()


# --- what is found ---------------------------------------------------------------------------------------------------


def test_rows_are_counted_by_split_and_excluded_test_rows_are_not_scored_on_reviewed_labels(
    tmp_path: Path, model: str
) -> None:
    folder = small(tmp_path, TrainSpec(model=model, strategy="head"))
    result = run(folder)
    table = pq.read_table(folder.input / "rows.parquet").to_pandas()
    for split in ("train", "test"):
        own = table[table["split"] == split]
        relabelled = int((own["reviewed"].notna() & (own["reviewed"] != own["label"])).sum())
        assert result[split] == {"rows": len(own), "relabelled": relabelled, "excluded": 1}
    assert [(one["labels_from"], one["rows"]) for one in result["scorings"]] == [("given", 60), ("reviewed", 59)]
    assert (result["notes"], result["device"]) == ([], device_name(device()))


def test_the_same_comparison_finds_the_same_again(tmp_path: Path, model: str) -> None:
    folder = small(tmp_path, TrainSpec(model=model, strategy="head"))
    assert run(folder)["scorings"] == run(folder)["scorings"]


def test_a_comparison_of_heads_can_be_stopped(tmp_path: Path, model: str) -> None:
    folder = small(tmp_path, TrainSpec(model=model, strategy="head"))
    folder.request_stop()
    with pytest.raises(Stopped):
        run(folder)


def test_labels_of_one_class_leave_nothing_to_compare(tmp_path: Path, model: str) -> None:
    contents, true = texts(30)
    folder = comparison_folder(
        tmp_path, contents, np.zeros(30, np.int64), np.array(true), ["train"] * 20 + ["test"] * 10, LABELS,
        TrainSpec(model=model, strategy="head"),
    )  # fmt: skip
    with pytest.raises(UsageError, match="By their labels as given"):
        run(folder)


def test_full_fine_tunes_go_on_where_they_were_stopped_and_find_the_same(
    tmp_path: Path, model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = TrainSpec(**{**asdict(SPEC), "model": model, "epochs": 2})
    whole = run(small(tmp_path / "whole", spec, rows=90, seeds=2))
    folder = small(tmp_path / "parts", spec, rows=90, seeds=2)
    update, calls = ProgressWriter.update, 0

    def then_stop(self: ProgressWriter, *arguments: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == 40:
            folder.request_stop()
        update(self, *arguments)

    monkeypatch.setattr(ProgressWriter, "update", then_stop)
    with pytest.raises(Stopped):
        run(folder)
    kept = sorted(path.name for path in folder.output.glob("*.npy"))
    assert 0 < len(kept) < 6
    assert 0 < (read_progress(folder).fraction or 0) < 1
    folder.clear()
    monkeypatch.undo()
    assert run(folder)["scorings"] == whole["scorings"]
    assert not list(folder.output.glob("checkpoint/*"))


@pytest.mark.data
def test_planted_errors_that_review_puts_right_help_and_random_changes_do_not(
    tmp_path: Path, shared_data: Path
) -> None:
    """Questions to a bank with 12 % of all labels wrong, reviewed to the true ones."""
    contents, true, split = [], [], []
    for part, count in (("train", 600), ("test", 800)):
        with (shared_data / "banking77" / f"{part}.csv").open(newline="") as file:
            rows = [(row["text"], row["category"]) for row in csv.DictReader(file)]
        kept = sorted({label for _, label in rows})[:20]
        rows = [row for row in rows if row[1] in kept]
        for place in np.random.default_rng(1).permutation(len(rows))[:count]:
            contents.append(rows[place][0])
            true.append(kept.index(rows[place][1]))
            split.append(part)
    generator = np.random.default_rng(0)
    wrong = generator.random(len(true)) < 0.12
    given = np.where(wrong, (np.array(true) + generator.integers(1, 20, len(true))) % 20, true)
    spec = TrainSpec(model="minilm", strategy="head")
    found = run(comparison_folder(tmp_path, contents, given, np.array(true), split, kept, spec, seeds=5))
    assert found["train"]["relabelled"] + found["test"]["relabelled"] == wrong.sum()
    on_reviewed = accuracies(found, "reviewed")
    assert on_reviewed["given", "reviewed"]["interval"][0] > 0
    assert on_reviewed["random", "reviewed"]["interval"][0] > 0
    assert on_reviewed["given", "random"]["interval"][0] <= 0
    assert accuracies(found, "given")["given", "reviewed"]["difference"] > 0
