"""`predict` and `export --run` on the command line, with a real job, and what the export's own words lead to."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest

from core.__main__ import main
from core.services.context import open_context
from core.settings import Workspace
from tests.integration.load_support import loaded
from tests.used_models import used_run, write_images, write_texts

Ask = Callable[..., str]


@pytest.fixture
def ask(workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str], one_reader: None) -> Ask:
    """What a command prints, in a workspace whose datasets `news` and `pictures` have a run 1 each, `news` a run 2."""
    context = open_context(workspace)
    news = loaded(context, write_texts(tmp_path / "t.csv"), name="news")
    pictures = loaded(context, write_images(tmp_path / "pictures"), name="pictures")
    for number, dataset in enumerate((news, pictures, news)):
        (tmp_path / str(number)).mkdir()
        used_run(context, dataset, tmp_path / str(number))
    context.close()

    def _ask(*words: str | Path, code: int = 0) -> str:
        assert main(["--workspace", str(workspace.root), *map(str, words)]) == code
        printed = capsys.readouterr()
        return printed.err if code else printed.out

    return _ask


def test_predict_writes_every_row_and_says_what_came_of_them(ask: Ask, tmp_path: Path) -> None:
    source, out = tmp_path / "new.csv", tmp_path / "out.csv"
    source.write_text("id,text\n=1,goal match\n2,\n")
    found = json.loads(ask("predict", "--run", "2", source, "--out", out, "--json"))
    assert (found["dataset"], found["run"], found["rows"], found["predicted"]) == ("news", 2, 2, 1)
    assert (found["not_predicted"], found["column"], found["out"]) == (1, "text", str(out))
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["id"] for row in rows] == ["'=1", "2"]
    assert rows[0]["predicted"] in found["classes"] and rows[1]["reason"] == "missing text"
    assert "exists already" in ask("predict", "--run", "2", source, "--out", out, code=2)
    ask("predict", "--run", "2", source, "--out", tmp_path / "plain.csv", "--plain")
    assert (tmp_path / "plain.csv").read_text().splitlines()[1].startswith("=1,")


def test_a_run_that_several_datasets_have_is_asked_after(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    picture = next((tmp_path / "pictures" / "light").iterdir())
    told = ask("predict", "--run", "1", picture, code=2)
    assert "2 datasets have a run 1: " in told and "--dataset N" in told
    text = ask("predict", "--run", "1", "--dataset", "pictures", picture, "--format", "json")
    assert "1 of 1 rows predicted" in text
    [row] = json.loads((tmp_path / f"{picture.stem}-predicted.json").read_text())
    assert row["file"] == picture.name and row["predicted"] in ("light", "dark")
    assert "Run '9' not found in any dataset" in ask("predict", "--run", "9", picture, code=1)


@pytest.mark.parametrize(("dataset", "image"), [("news", False), ("pictures", True)])
def test_an_exported_model_loads_by_the_lines_that_come_with_it(
    ask: Ask, tmp_path: Path, dataset: str, image: bool
) -> None:
    out = tmp_path / "model.zip"
    told = ask("export", dataset, "--run", "1", "--out", out)
    with ZipFile(out) as archive:
        assert {one.compress_type for one in archive.infolist()} == {0}
        assert f"{dataset}-run-1/model.safetensors" in archive.namelist()
        archive.extractall(tmp_path / "unpacked")
    if image:
        picture = next((tmp_path / "pictures" / "light").iterdir())
        (tmp_path / "unpacked" / "your-image.png").write_bytes(picture.read_bytes())
    lines = told[told.index("# pip install") :]
    done = subprocess.run(
        [sys.executable, "-c", lines], cwd=tmp_path / "unpacked", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[0] in (("light", "dark") if image else ("sport", "money", "film"))
    assert "exists already" in ask("export", dataset, "--run", "1", "--out", out, code=2)
    assert "do not go together" in ask("export", dataset, "--run", "1", "--format", "csv", "--out", out, code=2)
    assert "Neither --format nor --run" in ask("export", dataset, "--out", out, code=2)
