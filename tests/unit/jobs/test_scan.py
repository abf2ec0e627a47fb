"""Whole scans in this process, on small data with planted errors: what is written, tier by tier."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from core.errors import ProbabilitiesError, UsageError
from core.issues import ISSUE_TYPES
from core.issues.contract import Found
from core.issues.personal_data import find as personal_data
from core.issues.signals import Signals
from core.jobs.clusters import kept_together
from core.jobs.groups import run as groups
from core.jobs.groups.spec import GroupsResult
from core.jobs.scan import run as scan
from core.modalities.payloads import Payloads
from core.queue import JobFolder, ProgressWriter, Stopped, read_events
from core.records import ScanSpec
from core.typed import to_json

WORDS = {
    "sport": ["goal", "match", "team", "coach", "league", "striker", "cup", "season", "player", "win"],
    "money": ["bank", "market", "shares", "profit", "rates", "stock", "budget", "growth", "price", "tax"],
    "film": ["actor", "scene", "director", "oscar", "cinema", "plot", "star", "script", "role", "drama"],
}


def md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


def run_folder(
    root: Path, task: str, payloads: Sequence[str], labels: Sequence[str], hashes: Sequence[str], **settings: Any
) -> JobFolder:
    folder = JobFolder(root / "run").create()
    names = sorted(set(labels))
    nothing = pa.nulls(len(labels), pa.string())
    table = {
        "example_id": np.arange(100, 100 + len(labels)),
        "content_hash": list(hashes),
        "label": pa.array([names.index(label) for label in labels], pa.int32()),
        "split": nothing,
        "text": pa.array(payloads, pa.string()) if task == "text" else nothing,
        "media_id": pa.array(payloads, pa.string()) if task == "image" else nothing,
    }
    pq.write_table(pa.table(table), folder.input / "rows.parquet")
    spec = asdict(ScanSpec(())) | {"task": task, "labels": names, "arrays": str(root / "arrays"), "media": str(root)}
    spec |= {"numbering": {"loaded": 100 + len(labels)}, "dataset_id": "d", "version_id": "v"}
    folder.write_spec(spec | settings)
    return folder


def text_folder(root: Path, rows: int = 240, wrong: int = 20, **settings: Any) -> tuple[JobFolder, np.ndarray]:
    """Sentences of three topics; the labels of some are those of the next topic."""
    generator = np.random.default_rng(0)
    topics = list(WORDS)
    true = np.arange(rows) % 3
    texts = [" ".join(generator.choice(WORDS[topics[topic]], 7)) + f" {row}" for row, topic in enumerate(true)]
    flipped = np.zeros(rows, bool)
    flipped[generator.choice(rows, wrong, replace=False)] = True
    labels = [topics[topic] for topic in np.where(flipped, (true + 1) % 3, true)]
    hashes = [md5(text) for text in texts]
    settings = {"encoders": ["lexical"]} | settings
    return run_folder(root, "text", texts, labels, hashes, **settings), flipped


def run(folder: JobFolder) -> dict[str, Any]:
    return to_json(scan.main(folder, ProgressWriter(folder, raises_stopped=True)))


def issues(folder: JobFolder, tier: int = 0, kind: str = "label") -> dict[str, list[Any]]:
    found = pq.read_table(folder.output / str(tier) / "issues.parquet", filters=[("issue_type", "=", kind)])
    columns: dict[str, list[Any]] = found.to_pydict()
    return columns


def summary(folder: JobFolder, tier: int = 0) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder.output / str(tier) / "summary.json").read_text())
    return content


def test_planted_errors_rank_first_and_get_their_true_label_suggested(tmp_path: Path) -> None:
    folder, wrong = text_folder(tmp_path)
    assert run(folder)["tiers"] == ["lexical"]
    found = issues(folder)
    worst = np.argsort(found["rank"])[:20]
    assert wrong[worst].mean() > 0.9
    names = folder.spec()["labels"]
    true = [list(WORDS)[row % 3] for row in worst]
    assert np.mean([names[found["suggested"][row]] == name for row, name in zip(worst, true, strict=True)]) > 0.9
    assert found["example_id"] == list(range(100, 340))
    assert sorted(found["rank"]) == list(range(1, 241))


def test_names_are_looked_for_by_choice_and_with_the_last_result_alone(tmp_path: Path) -> None:
    folder, _ = text_folder(tmp_path, encoders=["lexical", "minilm"], names=True)
    rows = pq.read_table(folder.input / "rows.parquet")
    texts = rows["text"].to_pylist()
    texts[7] = "the goal of the season was by Diego Maradona, the coach of the team"
    rows = rows.set_column(rows.schema.get_field_index("text"), "text", pa.array(texts, pa.string()))
    pq.write_table(rows, folder.input / "rows.parquet")
    run(folder)
    assert issues(folder, 0, "personal_data")["example_id"] == []
    assert summary(folder, 0)["found"]["personal_data"]["names"] is False
    assert issues(folder, 1, "personal_data")["example_id"] == [107]
    assert summary(folder, 1)["found"]["personal_data"] == {"flagged": 1, "kinds": {"name": 1}, "names": True}
    lines = [json.loads(line) for line in folder.progress_path.read_text(encoding="utf-8").splitlines() if line]
    said = [line["stage"] for line in lines if "stage" in line]
    visits = [stage for place, stage in enumerate(said) if stage != said[place - 1]]
    at = visits.index("names")
    assert (visits[at - 1], visits[at + 1]) == ("leakage issues", "personal_data issues"), "the pace of each is its own"


def test_only_what_is_asked_for_is_looked_for_and_wrong_labels_always(tmp_path: Path) -> None:
    folder, _ = text_folder(tmp_path, types=["personal_data"])
    run(folder)
    about = summary(folder)
    assert list(about["found"]) == ["label", "personal_data"]
    assert not {"outlier issues", "content issues"} & about["seconds"].keys()


def test_a_tier_has_all_that_the_store_takes_in(tmp_path: Path) -> None:
    folder, wrong = text_folder(tmp_path)
    run(folder)
    about = summary(folder)
    assert about["tier"] == "lexical"
    assert about["rows"] == 240
    label = about["found"]["label"]
    assert label["flagged"] == sum(issues(folder)["is_issue"])
    assert label["share_wrong"]["low"] <= wrong.mean() <= label["share_wrong"]["high"]
    assert {one["label"]: one["support"] for one in label["classes"]}.keys() == WORDS.keys()
    assert abs(sum(count for _, _, count in label["joint"]) - 240) < 0.5
    assert about["encoders"][0]["weight"] == 1
    probabilities = np.load(folder.output / "0" / "probabilities.npy")
    assert probabilities.shape == (240, 3)
    assert probabilities.dtype == np.float32
    assert np.load(folder.output / "0" / "row_ids.npy").tolist() == list(range(100, 340))


def test_why_gives_both_probabilities_both_thresholds_and_the_nearest_rows(tmp_path: Path) -> None:
    folder, _ = text_folder(tmp_path)
    run(folder)
    found = issues(folder)
    probabilities = np.load(folder.output / "0" / "probabilities.npy")
    for row in range(240):
        why = json.loads(found["why"][row])
        assert why["given_probability"] == pytest.approx(probabilities[row, found["given"][row]], rel=1e-4)
        assert why["suggested_probability"] == pytest.approx(probabilities[row, found["suggested"][row]], rel=1e-4)
        assert 0 < why["given_threshold"] < 1
        assert 0 < why["suggested_threshold"] < 1
        assert len(set(why["neighbours"])) == 5
        assert 100 + row not in why["neighbours"]
        assert why["similarities"] == sorted(why["similarities"], reverse=True)


def test_each_tier_is_announced_when_it_is_whole_and_the_last_one_is_final(tmp_path: Path) -> None:
    folder, _ = text_folder(tmp_path, rows=60, wrong=5, encoders=["lexical", "minilm"])
    assert run(folder)["tiers"] == ["lexical", "lexical + minilm"]
    events = [(one["tier"], one["order"], one["final"]) for one in read_events(folder) if one["event"] == "tier"]
    assert events == [("lexical", 0, False), ("lexical + minilm", 1, True)]
    weights = [one["weight"] for one in summary(folder, 1)["encoders"]]
    assert sum(weights) == pytest.approx(1)
    assert not list(folder.output.glob(".*"))


def test_what_no_encoder_changes_is_looked_for_once_and_stands_in_every_tier(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Signals] = []
    looked_for = personal_data.find

    def counted(signals: Signals) -> Found:
        asked.append(signals)
        return looked_for(signals)

    monkeypatch.setattr(personal_data, "find", counted)
    texts = [f"{' '.join(WORDS[topic])} {row}, write to a{row}@b.org" for row in range(20) for topic in WORDS]
    folder = run_folder(tmp_path, "text", texts, list(WORDS) * 20, [*map(md5, texts)], encoders=["lexical", "minilm"])
    run(folder)
    first, last = (issues(folder, tier, "personal_data") for tier in (0, 1))
    assert len(asked) == 1
    assert first == last and sum(last["is_issue"]) == len(texts)


def test_images_are_scanned_like_texts(tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    names, labels, hashes = [], [], []
    for row in range(90):
        pixels = generator.integers(0, 80, (16, 16, 3)).astype(np.uint8)
        pixels[:, :, row % 3] += 150
        name = f"{row}.png"
        Image.fromarray(pixels).save(tmp_path / name)
        names.append(name)
        hashes.append(hashlib.sha256((tmp_path / name).read_bytes()).hexdigest())
        labels.append(["red", "green", "blue"][(row + (row in (5, 50))) % 3])
    folder = run_folder(tmp_path, "image", names, labels, hashes, encoders=["pixels", "efficientnet"])
    assert run(folder)["tiers"] == ["pixels", "pixels + efficientnet"]
    assert set(np.argsort(issues(folder, 1)["rank"])[:2]) == {5, 50}


def test_own_probabilities_are_flagged_by_the_filter_asked_for(tmp_path: Path) -> None:
    folder, wrong = text_folder(
        tmp_path, probabilities="probabilities.npy", numbering={"loaded": 340}, flag_by="predicted_neq_given"
    )
    names, true = folder.spec()["labels"], np.arange(240) % 3
    sure = np.full((240, 3), 0.05)
    sure[np.arange(240), [names.index(list(WORDS)[topic]) for topic in true]] = 0.9
    np.save(folder.input / "probabilities.npy", sure)
    assert run(folder)["tiers"] == ["own probabilities"]
    assert issues(folder)["is_issue"] == wrong.tolist()
    assert len(json.loads(issues(folder)["why"][0])["neighbours"]) == 5


def test_own_probabilities_of_another_shape_end_the_scan_with_a_message(tmp_path: Path) -> None:
    folder, _ = text_folder(tmp_path, probabilities="probabilities.npy", numbering={"loaded": 340})
    np.save(folder.input / "probabilities.npy", np.ones((3, 3)) / 3)
    with pytest.raises(ProbabilitiesError, match=r"shape \(3, 3\), the dataset needs \(240, 3\)"):
        run(folder)


def test_a_class_too_small_for_the_folds_is_left_alone_and_said(tmp_path: Path) -> None:
    folder, _ = text_folder(tmp_path)
    table = pq.read_table(folder.input / "rows.parquet").to_pydict()
    table["label"][0] = 3
    pq.write_table(
        pa.table(table).set_column(2, "label", pa.array(table["label"], pa.int32())), folder.input / "rows.parquet"
    )
    folder.write_spec(folder.spec() | {"labels": [*folder.spec()["labels"], "typo"]})
    run(folder)
    assert not issues(folder)["is_issue"][0]
    about = summary(folder)
    assert any("1 rows are not flagged" in note and "typo" in note for note in about["notes"])
    assert about["found"]["label"]["classes"][3]["noise"] is None


def test_near_duplicates_are_counted(tmp_path: Path) -> None:
    folder, _ = text_folder(tmp_path)
    table = pq.read_table(folder.input / "rows.parquet")
    texts = table.column("text").to_pylist()
    texts[10], texts[20] = texts[0], texts[0]
    column = table.schema.get_field_index("text")
    pq.write_table(table.set_column(column, "text", pa.array(texts)), folder.input / "rows.parquet")
    run(folder)
    assert summary(folder)["clusters"] == 1


def test_texts_that_are_all_alike_are_scanned_and_the_scan_says_what_that_costs(tmp_path: Path) -> None:
    texts = [f"a text of its own {row}" for row in range(40)]
    hashes = [md5(text) for text in texts]
    folder = run_folder(tmp_path, "text", texts, list("xy" * 20), hashes, encoders=["lexical"])
    run(folder)
    told = summary(folder)
    assert (told["clusters"], told["folds"]) == (1, 5)
    assert len(issues(folder, kind="near_duplicate")["example_id"]) > 1
    assert any(note.startswith("40 of 40 labelled rows are near-duplicates of each other") for note in told["notes"])


def test_a_cluster_of_half_of_the_labelled_rows_falls_apart_into_equal_contents_and_smaller_ones_stay() -> None:
    texts = ["one", "one", *(f"one {row}" for row in range(3)), "two", "two", "six", "six"]
    payloads = Payloads.of(pa.chunked_array([texts]), pa.chunked_array([[md5(text) for text in texts]]))
    clusters, everyone = np.array([0, 0, 0, 0, 0, 5, 5, 7, 7]), np.ones(9, bool)
    assert kept_together(clusters, payloads, everyone).tolist() == [0, 0, 2, 3, 4, 5, 5, 7, 7]
    smaller = np.array([0, 0, 0, 3, 4, 5, 5, 7, 7])
    assert kept_together(smaller, payloads, everyone) is smaller
    few = everyone & np.isin(np.arange(9), [0, 1, 5, 7])  # two of four labelled rows are in the first cluster
    assert kept_together(smaller, payloads, few).tolist() == [0, 0, 2, 3, 4, 5, 5, 7, 7]
    assert kept_together(smaller, payloads, np.flatnonzero(few)).tolist() == [0, 0, 2, 3, 4, 5, 5, 7, 7]


def test_rows_of_one_content_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="All rows have the same content"):
        run(run_folder(tmp_path, "text", ["the same"] * 40, list("xy" * 20), [md5("the same")] * 40))


def test_a_scan_that_is_asked_to_stop_ends_without_a_tier(tmp_path: Path) -> None:
    folder, _ = text_folder(tmp_path)
    folder.request_stop()
    with pytest.raises(Stopped):
        run(folder)
    assert not list(folder.output.iterdir())


def test_a_scan_run_again_gives_the_same_result(tmp_path: Path) -> None:
    folder, _ = text_folder(tmp_path)
    run(folder)
    first = issues(folder)
    run(folder)
    assert issues(folder) == first


def test_one_class_alone_is_refused(tmp_path: Path) -> None:
    hashes = [md5(text) for text in "abc"]
    with pytest.raises(UsageError, match="3 labelled rows of 1 class"):
        run(run_folder(tmp_path, "text", list("abc"), ["x"] * 3, hashes, encoders=["lexical"]))


def test_groups_hold_near_duplicates_together_under_the_first_example_id(tmp_path: Path) -> None:
    texts = [
        "a long and winding sentence about one thing",
        "another text",
        "A long and winding sentence about one thing!",
    ]
    hashes = [md5(text) for text in texts]
    plan = {"method": "leak-safe", "shares": {"train": 0.5, "test": 0.5}}
    folder = run_folder(tmp_path, "text", texts, ["x", "y", "x"], hashes, plan=plan)
    assert groups.main(folder, ProgressWriter(folder)) == GroupsResult(rows=3, groups=2)
    found = pq.read_table(folder.output / "groups.parquet").to_pydict()
    assert found == {"example_id": [100, 101, 102], "group": [100, 101, 100]}


def test_fewer_groups_than_splits_are_refused(tmp_path: Path) -> None:
    plan = {"method": "leak-safe", "shares": {"train": 0.8, "test": 0.2}}
    folder = run_folder(tmp_path, "text", ["one text"] * 4, list("xyxy"), [md5("one text")] * 4, plan=plan)
    with pytest.raises(UsageError, match="1 groups: too few for 2 splits"):
        groups.main(folder, ProgressWriter(folder))


def test_every_issue_type_is_scanned_for_and_ranked_by_itself(tmp_path: Path) -> None:
    folder, _ = text_folder(tmp_path)
    run(folder)
    about = summary(folder)
    assert list(about["found"]) == list(ISSUE_TYPES)
    assert about["found"].pop("unlabelled")["flagged"] == len(issues(folder, kind="unlabelled")["rank"]) == 0
    for kind in ("content", "ambiguous", "leakage", "personal_data"):  # lists of flagged rows alone
        assert about["found"].pop(kind)["flagged"] == len(issues(folder, kind=kind)["rank"])
    for kind, one in about["found"].items():
        found = issues(folder, kind=kind)
        assert one["flagged"] == sum(found["is_issue"])
        assert sorted(found["rank"]) == list(range(1, 241))
        assert found["example_id"] == list(range(100, 340))
        assert 0 <= min(found["score"]) <= max(found["score"]) <= 1
        assert all(ISSUE_TYPES[kind].read(json.loads(why)) for why in found["why"])
