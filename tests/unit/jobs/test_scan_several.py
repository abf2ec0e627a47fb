"""A whole scan of texts with several classes each, from the store and back into it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from core.errors import ProbabilitiesError, UsageError
from core.issues import ISSUE_TYPES
from core.issues.contract import Seen
from core.jobs.scan import run as scan
from core.ledger.sqlite import SqliteLedger
from core.queue import JobFolder, ProgressWriter
from core.records import Dataset, IssueFilter, ScanSpec, Schema
from core.store.database import Database
from core.store.export import write_job_rows
from core.store.issues import page_issues
from core.store.scans import add_tier
from core.store.schema import migrate
from core.targets.multi_label.facts import MULTI_LABEL
from tests.unit.store.conftest import csv_reader, load_from

WORDS = {
    "film": ["actor", "scene", "director", "oscar", "cinema", "plot", "star", "script", "role", "drama"],
    "money": ["bank", "market", "shares", "profit", "rates", "stock", "budget", "growth", "price", "tax"],
    "sport": ["goal", "match", "team", "coach", "league", "striker", "cup", "season", "player", "win"],
}
TOPICS = tuple(WORDS)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    ledger = SqliteLedger(tmp_path / "ledger.sqlite")
    opened = Database.open(tmp_path / "winnow.duckdb", ledger.decisions)
    migrate(opened)
    yield opened
    opened.close()
    ledger.close()


def loaded(db: Database, folder: Path, rows: int = 300, wrong: int = 20) -> tuple[Dataset, np.ndarray, np.ndarray]:
    """Texts with the words of their topics; the first `wrong` rows lack a topic or have one too many. Two rows are the
    same text with other topics."""
    generator = np.random.default_rng(0)
    true = (generator.random((rows, 3)) < 0.45).astype(np.int8)
    texts = []
    for row, has in enumerate(true):
        words = [word for topic in np.flatnonzero(has) for word in generator.choice(WORDS[TOPICS[topic]], 6)]
        texts.append(" ".join([*words, *generator.choice(["the", "of", "and", "very", "such"], 3), f"{row}"]))
    given = true.copy()
    for row in range(wrong):
        given[row, row % 3] = 1 - given[row, row % 3]
    texts[rows - 1] = texts[rows - 2]
    true[rows - 1], given[rows - 1] = true[rows - 2], 1 - true[rows - 2]
    cells = [json.dumps([TOPICS[one] for one in np.flatnonzero(row)]).replace('"', '""') for row in given]
    path = folder / "tagged.csv"
    path.write_text("text,label\n" + "".join(f'{text},"{cell}"\n' for text, cell in zip(texts, cells, strict=True)))
    schema = Schema("multi-label-text", "text", "label")
    return load_from(db, csv_reader(path), schema, "tagged"), true, given


def folder_of(db: Database, dataset: Dataset, root: Path, **settings: Any) -> JobFolder:
    folder = JobFolder(root / "run").create()
    write_job_rows(db, dataset.latest_version_id, folder.input / "rows.parquet", dataset.labels)
    about = {"dataset_id": dataset.dataset_id, "version_id": dataset.latest_version_id, "task": dataset.task}
    about |= {"labels": list(dataset.labels), "arrays": str(root / "arrays"), "media": str(root)}
    spec = asdict(ScanSpec(("lexical",))) | {"numbering": {"loaded": dataset.row_count}} | about | settings
    folder.write_spec(spec)
    return folder


def taken_in(db: Database, dataset: Dataset, folder: JobFolder, order: int = 0) -> Any:
    output = folder.output / str(order)
    return add_tier(
        db,
        job_id="job",
        dataset_id=dataset.dataset_id,
        version_id=dataset.latest_version_id,
        tier="lexical",
        tier_order=order,
        settings=folder.spec(),
        summary=json.loads((output / "summary.json").read_text()),
        by="ann",
        issues_parquet=output / "issues.parquet",
        final=True,
    )


def test_planted_errors_come_first_in_the_store_with_their_true_label_suggested(db: Database, tmp_path: Path) -> None:
    dataset, true, given = loaded(db, tmp_path)
    assert dataset.labels == TOPICS
    folder = folder_of(db, dataset, tmp_path, encoders=["lexical", "minilm"])
    scan.main(folder, ProgressWriter(folder))
    texts = MULTI_LABEL.decode(true, TOPICS)
    tier = taken_in(db, dataset, folder, 1)
    worst = page_issues(db, tier, IssueFilter("label", flagged_only=False), 20)
    hits = [issue for issue in worst if issue.example_id < 20]
    assert len(hits) >= 17
    assert sum(issue.suggested_label == texts[issue.example_id] for issue in hits) >= len(hits) - 1
    assert all(issue.given_label == MULTI_LABEL.decode(given, TOPICS)[issue.example_id] for issue in worst)
    assert all(issue.is_issue for issue in hits[:15])
    kind = ISSUE_TYPES["label"]
    first = worst[0]
    said = kind.say(kind.read(first.why), Seen(first.given_label, first.suggested_label, ()))
    assert " is missing but has probability " in said or " is given but has probability " in said
    about = tier.found("label")
    assert about["share_wrong"]["low"] <= 21 / 300 <= about["share_wrong"]["high"]
    assert {one["label"] for one in about["classes"]} == set(TOPICS)
    assert "joint" not in about
    assert 0.8 < tier.summary["accuracy"] < 1
    assert np.load(folder.output / "1" / "probabilities.npy").shape == (300, 3)


def test_copies_with_other_classes_conflict_and_outliers_suggest_nothing(db: Database, tmp_path: Path) -> None:
    dataset, _, given = loaded(db, tmp_path, rows=120, wrong=0)
    folder = folder_of(db, dataset, tmp_path)
    scan.main(folder, ProgressWriter(folder))
    tier = taken_in(db, dataset, folder)
    copies = page_issues(db, tier, IssueFilter("near_duplicate"), 10)
    assert [issue.example_id for issue in copies] in ([118], [119])
    assert copies[0].why["conflicting"]
    other = {118: 119, 119: 118}[copies[0].example_id]
    assert copies[0].suggested_label == MULTI_LABEL.decode(given, TOPICS)[other]
    outliers = page_issues(db, tier, IssueFilter("outlier", flagged_only=False), 200)
    assert len(outliers) == 120
    assert all(issue.suggested_label is None for issue in outliers)
    assert str(pq.read_schema(folder.output / "0" / "issues.parquet").field("suggested").type) == "string"


def test_own_probabilities_need_not_sum_to_one(db: Database, tmp_path: Path) -> None:
    dataset, true, given = loaded(db, tmp_path)
    folder = folder_of(db, dataset, tmp_path, probabilities="probabilities.npy")
    sure = np.where(true > 0, 0.95, 0.04)
    np.save(folder.input / "probabilities.npy", sure)
    scan.main(folder, ProgressWriter(folder))
    tier = taken_in(db, dataset, folder)
    flagged = page_issues(db, tier, IssueFilter("label"), 100)
    assert {issue.example_id for issue in flagged} == {row for row in range(300) if (given[row] != true[row]).any()}
    for bad, message in ((sure * 2, "holds 1.9"), (sure[:, ::-1].copy(), "columns of|mean probability")):
        np.save(folder.input / "probabilities.npy", bad)
        with pytest.raises(ProbabilitiesError, match=message):
            scan.main(folder, ProgressWriter(folder))


def test_a_class_of_one_row_is_said_to_be_too_small(db: Database, tmp_path: Path) -> None:
    path = tmp_path / "few.csv"
    generator = np.random.default_rng(0)
    topics = [("sport", '"[""sport""]"'), ("money", "[]")]
    lines = [f"{' '.join(generator.choice(WORDS[topics[row % 2][0]], 7))},{topics[row % 2][1]}" for row in range(60)]
    path.write_text("text,label\n" + "\n".join([*lines, 'odd one,"[""rare"",""sport""]"']))
    dataset = load_from(db, csv_reader(path), Schema("multi-label-text", "text", "label"), "few")
    folder = folder_of(db, dataset, tmp_path)
    scan.main(folder, ProgressWriter(folder))
    notes = json.loads((folder.output / "0" / "summary.json").read_text())["notes"]
    assert any("1 rows are not flagged" in note and note.endswith("rare.") for note in notes)
    assert not page_issues(db, taken_in(db, dataset, folder), IssueFilter("label", flagged_only=False), 61)[-1].is_issue


def test_the_same_label_on_all_rows_is_refused(db: Database, tmp_path: Path) -> None:
    dataset, _, _ = loaded(db, tmp_path, rows=30, wrong=0)
    folder = folder_of(db, dataset, tmp_path)
    rows = folder.input / "rows.parquet"
    table = pq.read_table(rows)
    pq.write_table(table.take([3] * 5), rows)
    with pytest.raises(UsageError, match="nothing to tell apart"):
        scan.main(folder, ProgressWriter(folder))
