"""Hub datasets, fetched by the real library in a process of its own. The network is a folder on this machine."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.context import Context
from core.errors import SourceError
from core.queue import JobFolder
from core.reading.work import query
from core.records import Schema
from core.services.jobs import cancel
from core.services.load import preview, start_load
from core.sources import Bench, hub
from tests.images import png


def _fetched(folder: Path, spec: dict[str, object]) -> JobFolder:
    run = JobFolder(folder).create()
    run.write_spec(spec)
    subprocess.run([sys.executable, "-m", "core.jobs.hub.run", str(folder)], check=True, capture_output=True)
    return run


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A dataset as a repository holds it: Parquet files named by split."""
    (tmp_path / "films").mkdir()
    info = {"info": {"features": {"text": {"dtype": "string", "_type": "Value"},
                                  "label": {"names": ["neg", "pos"], "_type": "ClassLabel"}}}}  # fmt: skip
    for split, rows in (("train", 20), ("test", 10)):
        table = pa.table({"text": [f"{split} {i}" for i in range(rows)], "label": [i % 2 for i in range(rows)]})
        table = table.replace_schema_metadata({"huggingface": json.dumps(info)})
        pq.write_table(table, tmp_path / "films" / f"{split}-00000-of-00001.parquet")
    return tmp_path / "films"


def test_splits_and_class_names_of_a_hub_dataset_are_kept(repository: Path, tmp_path: Path) -> None:
    run = _fetched(tmp_path / "run", {"id": str(repository), "config": None, "rows": None})
    assert run.result() == {"splits": {"train": 20, "test": 10}}
    found = hub.preview([], Bench(query, run.output))
    assert found.guess.split == "split"
    assert {row["label"] for row in found.rows} == {"neg", "pos"}
    assert {row["split"] for row in found.rows} == {"train", "test"}


def test_a_hub_dataset_of_images_is_decoded_by_the_same_job(tmp_path: Path) -> None:
    (tmp_path / "pets").mkdir()
    images = [{"bytes": png(i), "path": f"{i}.png"} for i in range(4)]
    named = {"names": ["cat", "dog"], "_type": "ClassLabel"}
    info = {"info": {"features": {"image": {"_type": "Image"}, "label": named, "seen": [named], "near": [named]}}}
    columns = {"image": images, "label": [0, 1, 0, 1], "seen": [[0], [1, 0], [], [1]], "near": [[0], [1], [], [1]]}
    table = pa.table(columns).replace_schema_metadata({"huggingface": json.dumps(info)})
    pq.write_table(table, tmp_path / "pets" / "train-00000-of-00001.parquet")
    schema = {"task": "image", "payload": "image", "label": "label", "split": None, "id": None}
    schema |= {"attributes": ["seen"]}
    spec = {"id": str(tmp_path / "pets"), "config": None, "rows": None, "schema": schema, "source": "hub",
            "locations": [], "name": "", "within": None, "folders": [], "media": str(tmp_path / "media")}  # fmt: skip
    run = _fetched(tmp_path / "run", spec)
    assert run.result() == {"rows": 4, "rejected": 0}
    rows = pq.read_table(run.output / "rows.parquet").to_pylist()
    assert [row["image_label"] for row in rows] == ["cat", "dog", "cat", "dog"]
    assert (tmp_path / "media" / rows[0]["media_id"]).read_bytes() == png(0)


def test_rows_of_a_hub_dataset_name_no_file_but_those_that_came_with_it(
    context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HOME", str(tmp_path / "kept"))
    schema = Schema("image-classification", "image", "label")
    job = start_load(context, ["owner/pets"], schema, name="pets", by="tester")
    cancel(context, job.job_id)
    within = context.queue.folder(job.job_id).spec()["within"]
    assert within == [str(tmp_path / "kept" / "hub"), str(tmp_path / "kept" / "datasets")]


def test_without_a_network_the_person_is_told_what_to_do(context: Context) -> None:
    with pytest.raises(SourceError, match=r"hub cannot be reached.*save_to_disk"):
        preview(context, ["stanfordnlp/imdb"])


def test_a_hub_id_that_is_a_folder_where_winnow_runs_is_refused(tmp_path: Path) -> None:
    run = JobFolder(tmp_path / "run").create()
    run.write_spec({"id": "tests/unit", "config": None, "rows": 5})
    done = subprocess.run([sys.executable, "-m", "core.jobs.hub.run", str(run.path)], check=False, capture_output=True)
    assert done.returncode == 1
    assert "folder where Winnow runs" in run.error()


@pytest.mark.parametrize("name", ["text", "csv", "imagefolder", "webdataset"])
def test_a_format_of_the_library_is_no_hub_id(context: Context, name: str) -> None:
    with pytest.raises(SourceError, match=f"'{name}' is a file format of `datasets`"):
        preview(context, [f"hub:{name}"])


def _asked(folder: Path, monkeypatch: pytest.MonkeyPatch, endpoint: str) -> tuple[str, str]:
    """What the person is told of a dataset that a hub at `endpoint` is asked for, and what the library printed."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    monkeypatch.setenv("HF_ENDPOINT", endpoint)
    monkeypatch.setenv("HF_HOME", str(folder / "nothing kept"))
    run = JobFolder(folder / "run").create()
    run.write_spec({"id": "owner/films", "config": None, "rows": 100})
    command = [sys.executable, "-m", "core.jobs.hub.run", str(run.path)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    return run.error(), done.stderr


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:9", "http://no-such-host.invalid"])
def test_a_hub_that_does_not_answer_is_asked_once(
    tmp_path: Path, endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, printed = _asked(tmp_path, monkeypatch, endpoint)
    assert "cannot be reached" in told
    assert "Retry" not in printed


def test_a_hub_that_answers_is_asked_for_the_dataset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Empty(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(404)
            self.send_header("X-Error-Code", "RepoNotFound")
            self.end_headers()

        do_HEAD = do_POST = do_GET  # noqa: N815  as the base class looks them up

    with ThreadingHTTPServer(("127.0.0.1", 0), Empty) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        told, _ = _asked(tmp_path, monkeypatch, f"http://127.0.0.1:{server.server_port}")
        server.shutdown()
    assert "The hub has no dataset 'owner/films'" in told


@pytest.mark.parametrize("numbered", [True, False], ids=["class numbers", "texts"])
def test_lists_of_classes_of_a_hub_dataset_are_several_classes(tmp_path: Path, numbered: bool) -> None:
    (tmp_path / "moods").mkdir()
    names = ["anger", "joy"]
    value = {"names": names, "_type": "ClassLabel"} if numbered else {"dtype": "string", "_type": "Value"}
    features = {"text": {"dtype": "string", "_type": "Value"}, "labels": {"feature": value, "_type": "Sequence"}}
    lists = [[0], [0, 1], [], [1]] * 3
    labels = lists if numbered else [[names[number] for number in found] for found in lists]
    table = pa.table({"text": [f"row {i}" for i in range(12)], "labels": labels})
    table = table.replace_schema_metadata({"huggingface": json.dumps({"info": {"features": features}})})
    pq.write_table(table, tmp_path / "moods" / "train-00000-of-00001.parquet")
    run = _fetched(tmp_path / "run", {"id": str(tmp_path / "moods"), "config": None, "rows": None})
    found = hub.preview([], Bench(query, run.output))
    assert (found.guess.task, found.guess.label) == ("multi-label-text", "labels")
    assert [row["labels"] for row in found.rows[:4]] == ['["anger"]', '["anger","joy"]', "[]", '["joy"]']
    reader = hub.reader([], found.guess, Bench(query, run.output))
    assert [row[0] for row in query(f"SELECT labels FROM {reader.sql} LIMIT 2").rows] == [
        '["anger"]',
        '["anger","joy"]',
    ]
