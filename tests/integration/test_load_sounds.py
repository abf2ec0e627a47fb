"""Sounds by every way in, decoded by a real job process."""

from __future__ import annotations

import csv
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.context import Context
from core.errors import SchemaError
from core.services.load import preview, start_load
from core.services.media import original, shown, thumbnail
from tests.images import png
from tests.integration.load_support import column, loaded, set_aside
from tests.sounds import saved, tone, wav


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Eight sounds in two classes and two splits, one of no class, and files that cannot be used."""
    path = tmp_path / "calls.zip"
    with zipfile.ZipFile(path, "w") as out:
        for row in range(8):
            place = f"calls/{'test' if row >= 6 else 'train'}/{('owl', 'wren')[row % 2]}"
            out.writestr(f"{place}/{row}.{('wav', 'flac')[row % 2]}", saved(tone(row), form=("WAV", "FLAC")[row % 2]))
        out.writestr("calls/train/owl/long.flac", saved(np.zeros(8_000 * 700), form="FLAC"))
        out.writestr("calls/train/owl/broken.wav", wav(99)[:40])
        out.writestr("calls/train/owl/none.wav", saved(np.zeros(0)))
        out.writestr("calls/train/wren/readme.txt", "no sound")
        out.writestr("calls/top.wav", wav(50))
    return path


def test_a_zip_of_class_folders_loads_with_splits_and_measures(context: Context, archive: Path) -> None:
    dataset = loaded(context, archive)
    assert (dataset.task, dataset.labels, dataset.row_count) == ("audio-classification", ("owl", "wren"), 9)
    assert column(context, dataset, "split") == ["train"] * 6 + ["test"] * 2 + [None]
    assert column(context, dataset, "given_label")[-1] is None
    assert column(context, dataset, "seconds") == [0.3] * 9
    assert column(context, dataset, "sample_rate") == [8_000] * 9
    assert -20 < column(context, dataset, "level_dbfs")[0] < -10
    kinds = {one.name: one.kind for one in dataset.attributes}
    assert kinds["seconds"] == "number" and len(kinds) == 6
    assert sorted(reason for _, reason in set_aside(context, dataset)) == [
        "empty sound: the file holds no samples",
        "not a sound file (.txt)",
        "sound of 11.7 minutes, the limit is 10 minutes",
        "unreadable sound: the file is broken, or of no known sound format",
    ]
    media_id = column(context, dataset, "media_id")[0]
    assert original(context, media_id) == (wav(0), "audio/wav")
    assert thumbnail(context, media_id)[8:12] == shown(context, media_id)[0][8:12] == b"WEBP"
    schema = replace(preview(context, [str(archive)]).guess, task="image-classification")
    with pytest.raises(SchemaError, match="holds sounds, which task 'image-classification' has none of"):
        start_load(context, [str(archive)], schema, name="calls", by="ada")


def test_a_table_of_paths_keeps_its_other_columns(context: Context, tmp_path: Path) -> None:
    (tmp_path / "clips").mkdir()
    with (tmp_path / "calls.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "label", "place"])
        for row in range(12):
            (tmp_path / "clips" / f"{row}.wav").write_bytes(wav(row))
            writer.writerow([f"clips/{row}.wav", ("owl", "wren")[row % 2], ("wood", "field")[row // 6]])
        writer.writerow(["clips/gone.wav", "owl", "wood"])
    dataset = loaded(context, tmp_path / "calls.csv")
    assert (dataset.task, dataset.labels, dataset.row_count) == ("audio-classification", ("owl", "wren"), 12)
    assert column(context, dataset, "place") == ["wood"] * 6 + ["field"] * 6
    assert [reason for _, reason in set_aside(context, dataset)] == ["file not found: clips/gone.wav"]


def test_a_table_of_bytes_may_give_each_several_classes(context: Context, tmp_path: Path) -> None:
    cells = [{"bytes": wav(row), "path": f"{row}.wav"} for row in range(6)]
    tags = [["owl"], [], ["wren", "owl"]] * 2
    pq.write_table(pa.table({"audio": cells, "tags": tags}), tmp_path / "calls.parquet")
    assert preview(context, [str(tmp_path / "calls.parquet")]).guess.payload == "audio"
    dataset = loaded(context, tmp_path / "calls.parquet", task="multi-label-audio", payload="audio", label="tags")
    assert (dataset.task, dataset.labels, dataset.row_count) == ("multi-label-audio", ("owl", "wren"), 6)
    assert [json.loads(label) for label in column(context, dataset, "given_label")] == [
        ["owl"],
        [],
        ["owl", "wren"],
    ] * 2


def test_images_are_still_images(context: Context, tmp_path: Path) -> None:
    cells = [{"bytes": png(row), "path": f"{row}.png"} for row in range(6)]
    pq.write_table(pa.table({"image": cells, "label": ["a", "b"] * 3}), tmp_path / "pets.parquet")
    assert preview(context, [str(tmp_path / "pets.parquet")]).guess.task == "image-classification"
