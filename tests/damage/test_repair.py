"""What can be mended without a backup."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from safetensors.numpy import save_file
from streamlit.testing.v1 import AppTest

from core.services.upkeep.check import problem_of_output
from core.settings import PROJECT, Workspace
from core.ui.shell.context import close_contexts
from tests.damage.conftest import Made, content_of, opened
from tests.damage.ways import FILES, WAYS
from tests.integration.cli_support import Ran

Runs = Callable[..., Ran]


def test_broken_caches_and_half_written_files_are_removed(workspace: Workspace, run: Runs) -> None:
    (vectors,) = (workspace.arrays / "embeddings").glob("text-*/*.vectors.npy")
    WAYS["cut_in_half"](vectors)
    (workspace.backups / "20260101-000000-daily.0123.part").mkdir()
    (vectors.parent / "0123.vectors.npy.4567.part").write_bytes(b"half")
    (vectors.parent / "89ab.vectors.npy").write_bytes(b"of a shard that never came to count")
    done = run("repair", "--json")
    assert (done.code, done.json["shards"], done.json["unfinished"]) == (0, 1, 3), done.err
    assert list(vectors.parent.iterdir()) == []
    assert run("check").code == 0
    assert run("repair").out == "There was nothing to mend.\n"


def test_what_the_store_lacks_is_taken_in_again(workspace: Workspace, run: Runs, made: Made) -> None:
    with opened(workspace) as context, context.store.write() as cursor:
        cursor.execute("DELETE FROM predictions")
        cursor.execute("DELETE FROM issues")
        cursor.execute("DELETE FROM scans")
        cursor.execute("DELETE FROM overrides WHERE version_id IN (SELECT version_id FROM versions WHERE number = 3)")
        cursor.execute("DELETE FROM versions WHERE number = 3")
    checked = run("check", "--json")
    assert checked.code == 1
    assert {one["what"] for one in checked.json["findings"] if one["state"] == "missing"} == {"versions", "predictions"}
    done = run("repair", "--json").json
    assert (done["again"]["versions"], done["again"]["outputs"], done["again"]["lost"]) == (1, 2, [])
    with opened(workspace) as context:
        assert content_of(context) == made.content


def test_what_only_a_backup_brings_back_is_said(workspace: Workspace, run: Runs) -> None:
    WAYS["cut_in_half"](workspace.database)
    WAYS["missing"](workspace.jobs_database)
    said = run("repair")
    assert said.code == 1
    assert "jobs listed again" in said.out
    assert "winnow.duckdb is damaged" in said.out and "python -m core restore" in said.out
    assert run("restore").code == 0


def test_the_form_of_an_output_of_before_there_were_checksums_tells_when_it_is_cut(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.zeros(999))
    pq.write_table(pa.table({"a": list(range(999))}), tmp_path / "b.parquet")
    save_file({"a": np.zeros(999)}, tmp_path / "c.safetensors")
    (tmp_path / "d.json").write_text("{}")
    for file in tmp_path.iterdir():
        assert problem_of_output(file) == ""
        for size in (file.stat().st_size - 1, 10, 1, 0):
            os.truncate(file, size)
            assert problem_of_output(file) != "", (file.name, size)


@pytest.mark.parametrize("way", ["cut_in_half", "replaced_by_text", "emptied", "flipped_in_front", "flipped_within"])
@pytest.mark.parametrize("suffix", [".npy", ".parquet", ".safetensors"])
def test_a_broken_output_of_a_job_is_named_by_check(workspace: Workspace, run: Runs, suffix: str, way: str) -> None:
    output = next(path for path in sorted(workspace.runs.rglob(f"*{suffix}")) if "output" in path.parts)
    WAYS[way](output)
    checked = run("check", "--json")
    assert checked.code == 1
    (found,) = (one for one in checked.json["findings"] if one["state"] == "damaged")
    assert found["what"] == str(output.relative_to(workspace.root)) and "do that job again" in found["step"]


def test_a_restore_that_cannot_take_in_an_output_names_the_job(workspace: Workspace, run: Runs) -> None:
    (predictions,) = workspace.runs.glob("*/output/predictions.parquet")
    WAYS["cut_in_half"](predictions)
    WAYS["cut_in_half"](workspace.database)
    done = run("restore", "--json")
    assert done.code == 0, done.err
    (lost,) = done.json["again"]["lost"]
    assert "cannot be taken in again: predictions.parquet: it is not as it was written" in lost


def test_a_model_that_changed_is_not_used(workspace: Workspace, run: Runs, tmp_path: Path) -> None:
    (model,) = workspace.runs.glob("*/output/model/model.safetensors")
    content = bytearray(model.read_bytes())
    content[-5] ^= 0x10
    model.write_bytes(content)
    (tmp_path / "texts.csv").write_text("text\ncat dog leash\n")
    said = run(
        "predict", str(tmp_path / "texts.csv"), "--run", "1", "--dataset", "notes", "--out", str(tmp_path / "p.csv")
    )
    assert said.code == 1 and "is damaged: model.safetensors: it is not as it was written" in said.err
    assert "Train it again" in said.err


@pytest.mark.parametrize("way", ["cut_in_half", "replaced_by_text", "emptied", "flipped_within", "missing"])
def test_an_evaluation_whose_probabilities_are_broken_says_so_or_does_without(
    workspace: Workspace, run: Runs, way: str
) -> None:
    (probabilities,) = workspace.runs.glob("*train*/output/probabilities.npy")
    WAYS[way](probabilities)
    said = run("evaluate", "notes", "--run", "1", "--split", "test", "--json")
    assert said.code == 0 or "probabilities of run 1 cannot be read" in said.err
    assert said.code == 0 or way != "missing"


def test_a_check_of_no_workspace_says_so(run: Runs, tmp_path: Path) -> None:
    for word in ("check", "restore", "repair"):
        said = run(word, "--workspace", str(tmp_path / "none"))
        assert said.code == 2 and "There is no workspace at" in said.err
    assert not (tmp_path / "none").exists()


def test_a_whole_workspace_is_whole(workspace: Workspace, run: Runs) -> None:
    said = run("check")
    assert said.code == 0 and said.out.endswith("Nothing is damaged.\n")
    shutil.rmtree(workspace.arrays)
    assert run("check").code == 0, "arrays are a cache"


def test_a_workspace_of_an_earlier_release_is_whole(workspace: Workspace, run: Runs) -> None:
    with closing(duckdb.connect(str(workspace.database))) as store:
        store.execute("DELETE FROM schema_version WHERE version > 4")
    said = run("check")
    assert said.code == 0 and "of an earlier release: schema version 4" in said.out


@pytest.mark.parametrize("file", FILES)
def test_the_pages_name_what_is_broken_and_the_way_back(
    workspace: Workspace, run: Runs, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    monkeypatch.setattr("core.ui.shell.guard.from_this_machine", lambda address: True)
    WAYS["cut_short"](workspace.root / file)
    shown = AppTest.from_file(str(PROJECT / "pages" / "data.py"), default_timeout=30).run()
    assert not shown.exception
    (error,) = shown.error
    assert f"{file.split('.')[0]}" in error.value and "is damaged" in error.value
    assert any("core re" in caption.value for caption in shown.caption)
    done = run("repair" if file == "jobs.sqlite" else "restore")
    assert done.code == 0, done.err
    (again,) = [button for button in shown.button if button.label == "Try again"]
    again.click().run()
    close_contexts()
    assert not shown.error and not shown.exception
