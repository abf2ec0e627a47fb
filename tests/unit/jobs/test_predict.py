"""Batch prediction: every row of the input comes out, in order and with its columns, predicted or with a reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
import pyarrow.parquet as pq
import pytest

from core.context import Context
from core.errors import SchemaError, SourceError, UsageError
from core.finetune.predictor import Predictor
from core.jobs.predict import files as predict_files
from core.jobs.predict import rows as predict_rows
from core.jobs.predict.plan import units_of, units_of_some
from core.jobs.predict.results import free_names
from core.jobs.predict.run import main
from core.jobs.predict.web import PREDICT
from core.queue import JobFolder, ProgressWriter
from core.records import Run
from core.services.prediction.predict import look
from tests.images import declared_png, png
from tests.integration.load_support import loaded
from tests.used_models import used_run, write_images, write_texts

BAD_CSV = "id,body,predicted\n007,goal match,=1+1\n008,,x\n009,bank shares,y\n010,too,many,cells\n011,actor,z\n"


@pytest.fixture
def texts(context: Context, tmp_path: Path) -> Run:
    return used_run(context, loaded(context, write_texts(tmp_path / "t.csv")), tmp_path)


@pytest.fixture
def images(context: Context, tmp_path: Path) -> Run:
    return used_run(context, loaded(context, write_images(tmp_path / "pictures")), tmp_path)


def model_of(context: Context, run: Run) -> Path:
    return context.queue.folder(run.run_id).output / "model"


def predicted(context: Context, run: Run, *paths: Path, column: str = "") -> tuple[list[dict[str, Any]], Any]:
    """The results' rows and the job's own result, worked out in this process."""
    batch = look(context, run, [str(path) for path in paths], column=column)
    folder = JobFolder(paths[0].parent / "job").create()
    folder.write_spec(
        {
            "run_id": run.run_id,
            "run": run.number,
            "model": str(model_of(context, run)),
            "task": "text" if batch.found else "image",
            "locations": list(batch.locations),
            "within": None,
            "column": batch.column,
            "columns": [one.name for one in batch.found.columns] if batch.found else [],
            "name": paths[0].name,
        }
    )
    PREDICT.prepare(context, folder)
    result = main(folder, ProgressWriter(folder))
    return pq.read_table(folder.output / "predictions.parquet").to_pylist(), result


def test_every_row_of_a_csv_comes_out_with_its_cells_as_they_stand_there(
    context: Context, texts: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(predict_rows, "CHUNK", 2)
    (tmp_path / "new.csv").write_text(BAD_CSV)
    rows, result = predicted(context, texts, tmp_path / "new.csv")
    assert [row["id"] for row in rows] == ["007", "008", "009", "011", None]
    assert [row["predicted"] for row in rows] == ["=1+1", "x", "y", "z", None]
    expected, _ = Predictor.open(model_of(context, texts)).predict(["goal match", "bank shares", "actor"])
    good = [row for row in rows if row["reason"] is None]
    names = [texts.labels[place] for place in expected.argmax(1)]
    assert [row["predicted 2"] for row in good] == names
    shares = [[row[f"probability: {label}"] for label in texts.labels] for row in good]
    assert np.allclose(shares, expected, atol=1e-6)
    assert np.allclose([row["confidence"] for row in good], expected.max(1), atol=1e-6)
    assert rows[1]["reason"] == "missing text" and rows[1]["predicted 2"] is None and rows[1]["confidence"] is None
    assert "line 5: too many columns" in rows[4]["reason"] and "010,too,many" in rows[4]["reason"]
    assert (result.rows, result.predicted, sum(result.classes.values())) == (5, 3, 3)


def test_json_parquet_and_excel_keep_their_types(context: Context, texts: Run, tmp_path: Path) -> None:
    import openpyxl
    import pyarrow as pa

    content = [{"n": 1, "text": "goal", "more": 1.5}, {"n": 2, "text": None, "more": 2.5}]
    (tmp_path / "a.jsonl").write_text("\n".join([json.dumps(content[0]), "{broken", json.dumps(content[1])]))
    (tmp_path / "b.json").write_text(json.dumps(content))
    pq.write_table(pa.Table.from_pylist(content), tmp_path / "c.parquet")
    book = openpyxl.Workbook()
    assert book.active is not None
    for line in (["n", "text", "more"], *(list(row.values()) for row in content)):
        book.active.append(line)
    book.save(tmp_path / "d.xlsx")
    for name in ("a.jsonl", "b.json", "c.parquet", "d.xlsx"):
        rows, result = predicted(context, texts, tmp_path / name)
        whole = [row for row in rows if row["n"] is not None]
        assert [(row["n"], row["more"]) for row in whole] == [(1, 1.5), (2, 2.5)], name
        assert whole[0]["predicted"] in texts.labels and whole[1]["reason"] == "missing text"
        assert result.predicted == 1 and result.rows == 2 + (name == "a.jsonl")
        for left in (tmp_path / "job").rglob("*.*"):
            left.unlink()


def test_the_column_is_guessed_and_can_be_said(context: Context, texts: Run, tmp_path: Path) -> None:
    (tmp_path / "new.csv").write_text("headline,label,text\ngoal,x,bank shares\nmatch,y,market\n")
    assert look(context, texts, [str(tmp_path / "new.csv")]).column == "text"
    assert look(context, texts, [str(tmp_path / "new.csv")], column="headline").column == "headline"
    with pytest.raises(SchemaError, match="no column 'nope'"):
        look(context, texts, [str(tmp_path / "new.csv")], column="nope")


def test_a_single_column_is_enough(context: Context, texts: Run, tmp_path: Path) -> None:
    (tmp_path / "one.csv").write_text("text\ngoal match\nbank\n")
    rows, _ = predicted(context, texts, tmp_path / "one.csv")
    assert [row["reason"] for row in rows] == [None, None]


def test_a_folder_a_zip_and_single_images_come_out_file_by_file(
    context: Context, images: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(predict_files, "CHUNK", 2)
    folder = tmp_path / "new"
    (folder / "deep").mkdir(parents=True)
    contents = {
        "a.png": png(1, 40, 30),
        "b.png": b"no image",
        "c.txt": b"words",
        "deep/d.png": png(2),
        "e.png": declared_png(20_000),
    }
    with ZipFile(tmp_path / "new.zip", "w") as archive:
        for name, content in contents.items():
            (folder / name).write_bytes(content)
            archive.writestr(name, content)
    rows, result = predicted(context, images, folder)
    reasons = {row["file"]: row["reason"] for row in rows}
    assert [name for name, reason in reasons.items() if reason is None] == ["a.png", "deep/d.png"]
    assert "not an image file" in reasons["c.txt"] and "unreadable image" in reasons["b.png"]
    assert "pixels" in reasons["e.png"]
    assert (result.rows, result.predicted) == (5, 2)
    from PIL import Image

    expected, _ = Predictor.open(model_of(context, images)).predict([Image.open(folder / "a.png").convert("RGB")])
    assert rows[0]["predicted"] == images.labels[int(expected[0].argmax())]
    assert rows[0]["confidence"] == pytest.approx(float(expected[0].max()), abs=1e-5)
    packed, _ = predicted(context, images, tmp_path / "new.zip")
    key = {row["file"]: row for row in packed}
    assert [key[row["file"]]["predicted"] for row in rows] == [row["predicted"] for row in rows]
    single, _ = predicted(context, images, folder / "a.png", folder / "deep" / "d.png")
    assert [row["file"] for row in single] == ["a.png", "d.png"]


def test_what_cannot_be_predicted_at_all_is_said_before_the_start(context: Context, texts: Run, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text\ngoal\n")
    with pytest.raises(UsageError, match="one file at a time"):
        look(context, texts, [str(tmp_path / "a.csv")] * 2)
    with pytest.raises(SourceError, match="There is nothing at"):
        look(context, texts, [str(tmp_path / "none.csv")])
    with pytest.raises(SourceError, match="outside the folders"):
        look(context, texts, [str(tmp_path / "a.csv")], within=(tmp_path / "elsewhere",))
    with ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.writestr("a.png", png(1))
    with pytest.raises(SourceError, match="predicts texts"):
        look(context, texts, [str(tmp_path / "z.zip")])


def test_a_new_column_never_takes_anothers_name() -> None:
    assert free_names(["predicted", "Predicted", "reason"], ["PREDICTED", "predicted 2"]) == [
        "predicted 3",
        "Predicted 4",
        "reason",
    ]


def test_what_a_look_at_a_file_foretells_is_what_its_job_then_has_to_do(
    context: Context, texts: Run, tmp_path: Path
) -> None:
    path = tmp_path / "many.csv"
    path.write_text("id,body\n" + "".join(f"{row},{'goal match ' * (1 + row % 7)}\n" for row in range(140)))
    batch, folder = look(context, texts, [str(path)], column="body"), JobFolder(tmp_path / "job")
    predicted(context, texts, path, column="body")
    counted = units_of(PREDICT.spec_of(folder), folder.input / "rows.parquet")
    assert batch.found is not None and batch.found.row_estimate is not None
    assert units_of_some(batch.found.rows, "body", batch.found.row_estimate) == pytest.approx(counted, rel=0.1)
    assert counted > 3 * units_of_some((), "", 140)
