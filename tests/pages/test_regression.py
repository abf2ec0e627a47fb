"""The pages on labels that are numbers: how far predictions are off, what a click opens, and every page stands."""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from streamlit.testing.v1 import AppTest

from core.context import Context
from core.jobs.train.web import finish_run
from core.records import Dataset, Reader, Run, ScanSpec, Schema, TrainSpec
from core.review.records import Act
from core.services.evaluation.number_report import number_report
from core.services.evaluation.numbers import NumberEvaluation, compare_numbers, evaluate_numbers
from core.services.review.decisions import make_version, record
from core.services.scan import run_scan
from core.services.story.number_words import number_answers
from core.services.story.numbers import NumberStory, number_story
from core.store.datasets import get_dataset
from core.typed import to_json
from tests.runs import RESULT
from tests.staged import taken_in

Open = Callable[..., AppTest]
ROWS = 60
LABELS = [round(row % 12 + row / 100, 2) for row in range(ROWS)]
TEST = range(40, ROWS)


@pytest.fixture
def rents(app: Context, tmp_path: Path) -> Dataset:
    with (tmp_path / "rents.csv").open("w", newline="") as file:
        lines = [(f"a flat of {row % 12} rooms, number {row}", LABELS[row], "NS"[row % 2]) for row in range(ROWS)]
        csv.writer(file).writerows([("text", "rent", "side"), *lines])
    reader = Reader(sql=f"read_csv('{tmp_path / 'rents.csv'}')")
    schema = Schema("text-regression", "text", "rent", attributes=("side",))
    return taken_in(app.store, reader, schema, "rents")


def predicted_by(app: Context, dataset: Dataset, off: dict[int, float]) -> Run:
    """A run that says half more of every row, but of those of `off`."""
    job = app.queue.start_local("train", "a run", {}, dataset.dataset_id, "ann")
    spec = to_json(TrainSpec(model="minilm", strategy="head"))
    run = app.ledger.runs.add(
        run_id=job.job_id,
        dataset_id=dataset.dataset_id,
        version_id=dataset.latest_version_id,
        title="MiniLM, head",
        spec=spec,
        labels=(),
        by="ann",
    )
    output = app.queue.folder(run.run_id).output
    said = [LABELS[row] + off.get(row, 0.5) for row in range(ROWS)]
    table = {
        "example_id": list(range(ROWS)),
        "split": ["test" if row in TEST else "train" for row in range(ROWS)],
        "predicted": [f"{one:.2f}" for one in said],
        "confidence": pa.array([1.0] * ROWS, pa.float32()),
    }
    pq.write_table(pa.table(table), output / "predictions.parquet")
    scores = {"test": {"rows": len(TEST), "loss": 0.25, "accuracy": None, "macro_f1": None, "mae": 0.5, "r2": 0.9}}
    finish_run(app, run.run_id, to_json(RESULT) | {"splits": scores}, (), output / "predictions.parquet", ())
    app.queue.finish_local(job.job_id, "done")
    return app.ledger.runs.get(dataset.dataset_id, run.run_id)


def settled(open_at: Open, page: str, until: str = "", **query: str | int) -> AppTest:
    shown = open_at(page, dataset="rents", **query)
    for _ in range(100):
        if shown.metric and until in said(shown):
            return shown
        time.sleep(0.05)
        shown.run()
    raise AssertionError("the evaluation never came")


def said(shown: AppTest) -> str:
    assert not shown.exception, shown.exception
    found = [one.value for kind in (shown.markdown, shown.text, shown.caption, shown.error) for one in kind]
    return "\n".join(found).replace("\\", "")


def test_the_page_says_how_far_off_and_which_rows_are_farthest(app: Context, rents: Dataset, open_at: Open) -> None:
    predicted_by(app, rents, {41: -5.0, 52: 3.0})
    shown = settled(open_at, "evaluation")
    expected = np.array([5.0 if row == 41 else 3.0 if row == 52 else 0.5 for row in TEST])
    assert [one.value for one in shown.metric][:2] == [f"{expected.mean():.4g}", f"{np.sqrt((expected**2).mean()):.4g}"]
    text = said(shown)
    assert "90.0% of the labels lie within the interval that is to hold 90 %" in text
    assert "the median of the train labels" in text
    rows = shown.dataframe[-1].value
    assert rows["row"].tolist()[:2] == [41, 52]
    assert rows["probably wrong"].notna().tolist()[:3] == [True, True, False]
    assert "19 rows" not in text
    one = settled(open_at, "evaluation", row=52)
    assert "the one that was clicked" in said(one)
    assert one.dataframe[-1].value["row"].tolist() == [52]


def test_each_view_stands_and_a_cell_opens_its_rows(app: Context, rents: Dataset, open_at: Open) -> None:
    predicted_by(app, rents, {41: -5.0})
    predicted_by(app, rents, {41: -5.0, 52: 3.0})
    found = evaluate_numbers(app, app.ledger.runs.get(rents.dataset_id, "2"), "test", timeout=None)
    assert isinstance(found, NumberEvaluation)
    true, predicted = (int(place) for place in np.argwhere(found.cells)[0])
    opened = settled(open_at, "evaluation", view="range", true=true, predicted=predicted)
    assert len(opened.dataframe[-1].value) == found.cells[true, predicted]
    shown = settled(open_at, "evaluation", "How far off by side", view="groups", by="side", group="S")
    (groups,) = (one.value for one in shown.dataframe if {"group", "mae"} <= set(one.value))
    assert groups["group"].tolist() == ["N *", "S *"] and groups["rows"].tolist() == [10, 10]
    assert [one.split()[0] for one in groups["mae"]] == ["0.75", "0.95"]
    assert [one.split()[0] for one in groups["bias"]] == ["0.75", "-0.05"]
    assert "side: S" in said(shown) and shown.dataframe[-1].value["row"].tolist()[0] == 41
    assert len(shown.dataframe[-1].value) == 10
    compared = settled(open_at, "evaluation", "nearer to", view="compare")
    assert "run 2 is nearer to 0 labels, run 1 to 1." in said(compared)
    assert "no loss or metrics" in said(settled(open_at, "evaluation", view="curves"))


def test_figures_compare_and_report(app: Context, rents: Dataset) -> None:
    first, second = predicted_by(app, rents, {}), predicted_by(app, rents, dict.fromkeys(TEST, 0.1))
    found = compare_numbers(app, first, second, "test", timeout=None)
    assert not hasattr(found, "fraction")
    assert found.differences["mae"].estimate == pytest.approx(-0.4)  # type: ignore[union-attr]
    html = number_report(app, second, "test")
    assert "R²" in html
    assert "a flat of" in html
    assert "The rows that are farthest off" in html


def test_the_story_says_how_far_off_whether_better_and_where_worst(app: Context, rents: Dataset, open_at: Open) -> None:
    predicted_by(app, rents, dict.fromkeys(TEST, 3.0))
    record(app, rents.latest_version_id, "ada", [Act("k1", "relabel", 3, "7")])
    make_version(app, rents.latest_version_id, "", "ada")
    newer = get_dataset(app.store, rents.dataset_id)
    predicted_by(app, newer, {40: -5.0})
    found = number_story(app, newer, timeout=None)
    assert isinstance(found, NumberStory)
    told = number_answers(found)
    assert "On the same 20 rows run 2 is nearer than run 1: difference in MAE −2.27 (95" in told["trend"]
    assert told["baseline"].startswith("It is nearer than")
    assert told["suspects"].startswith("1 label lies beyond")
    assert told["worst"].startswith("Labels from")
    acts = [(one.place.page, one.place.query.get("view")) for one in found.told.next_acts]
    assert acts == [("issues", None), ("training", "effect"), ("data", "export")]
    shown = settled(open_at, "story", "is off by")
    text = said(shown)
    assert "(run 2) is off by 0.725 on average" in text
    assert all(answer in text for key, answer in told.items() if key in ("trend", "baseline", "suspects"))
    assert shown.dataframe[0].value["run"].tolist() == [1, 2]
    [chart] = shown.get("plotly_chart")
    [line] = json.loads(chart.proto.spec)["data"]
    maes = [found.scored[number].score.estimate for number in (1, 2)]
    assert line["y"] == pytest.approx(maes) and line["text"] == [f"{one:.4g}" for one in maes]
    assert "%" not in "".join(json.loads(chart.proto.spec)["layout"]["yaxis"]["ticktext"])


@pytest.mark.parametrize(
    ("page", "view"),
    [
        ("home", ""),
        ("data", "rows"),
        ("profile", ""),
        ("issues", ""),
        ("review", ""),
        ("training", "new"),
        ("story", ""),
    ],
)
def test_every_page_stands(rents: Dataset, open_at: Open, page: str, view: str) -> None:
    shown = open_at(page, dataset="rents", **({"view": view} if view else {}))
    assert not shown.exception
    assert not [error for error in shown.error if "inside Winnow" in error.value]


def test_a_scan_lists_both_numbers_and_says_why(app: Context, rents: Dataset, open_at: Open) -> None:
    run_scan(app, rents.latest_version_id, ScanSpec(("lexical",), 3), "ada")
    shown = open_at("issues", dataset="rents", show="All rows")
    text = said(shown)
    assert "Cannot be told" not in text
    listed = shown.dataframe[0].value
    assert len(listed) == 25
    assert set(map(float, listed["given"])) <= set(LABELS)
    assert listed["looks like"].notna().all()
