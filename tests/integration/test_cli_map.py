"""`map`: the maps of a dataset, by principal components at once and by UMAP as a job."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from core.__main__ import main
from core.services.context import open_context
from core.services.map.colours import coloured, colours
from core.services.map.projections import projections
from core.settings import Workspace
from core.store.datasets import get_dataset
from core.store.versions import get_version
from tests.embeddings import keep

from .load_support import loaded


def test_maps_are_made_and_an_area_of_one_narrows_an_export(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str], one_reader: None
) -> None:
    (tmp_path / "abc.csv").write_text("text,label\n" + "".join(f"text {row},{'ab'[row % 2]}\n" for row in range(40)))
    context = open_context(workspace)
    dataset = loaded(context, tmp_path / "abc.csv", name="abc")
    context.close()

    def ask(*words: str, code: int = 0) -> str:
        assert main(["--workspace", str(workspace.root), *words]) == code
        printed = capsys.readouterr()
        return printed.err if code else printed.out

    assert "has no embeddings to make a map of" in ask("map", "abc", code=2)
    context = open_context(workspace)
    draw = np.random.default_rng(0).standard_normal((40, 8)) + (np.arange(40)[:, None] % 2 - 0.5) * 20
    keep(context, dataset, "minilm", draw.astype(np.float32), list(range(40)))
    context.close()
    assert "pca-minilm" in ask("map", "abc") and "40 of 40" in ask("map", "abc")
    found = json.loads(ask("map", "abc", "--umap", "--neighbours", "10", "--json"))
    assert [(one["name"], one["rows"]) for one in found["maps"]] == [("pca-minilm", 40), ("umap-minilm-10-0", 40)]
    export = ("export", "abc", "--format", "csv", "--out")
    for name in ("pca-minilm", "umap-minilm-10-0"):
        out = tmp_path / f"{name}.csv"
        ask(*export, str(out), "--where", f"map = {name}: 0,-1 500,-1 500,1001 0,1001")
        with out.open(newline="") as file:
            labels = [row["label"] for row in csv.DictReader(file)]
        assert len(labels) == 20 and len(set(labels)) == 1, "the two groups lie apart"
    wrong = ask(*export, str(tmp_path / "x.csv"), "--where", "map = pca-minilm: 1", code=2)
    assert "is no area of a map" in wrong


@pytest.mark.parametrize(
    ("file", "encoder", "rows"), [("people.csv", "table-features", 60), ("names.conll", "minilm", 24)]
)
def test_rows_of_tables_and_texts_with_entities_have_a_map_by_umap(
    workspace: Workspace,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    one_reader: None,
    file: str,
    encoder: str,
    rows: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")  # UMAP's functions as they are: the test above has them compiled
    kinds = [f"{20 + row % 2 * 50},{'fm'[row % 2]},{40 + row % 2 * 50 + row / 8},{'ny'[row % 2]}" for row in range(60)]
    (tmp_path / "people.csv").write_text("age,sex,weight,label\n" + "\n".join(kinds) + "\n")
    (tmp_path / "names.conll").write_text("".join(f"Ada{row}\tB-PER\ncame\tO\nhome\tO\n\n" for row in range(24)))
    context = open_context(workspace)
    loaded(context, tmp_path / file, name="some")
    context.close()
    assert main(["--workspace", str(workspace.root), "map", "some"]) == 2
    assert "map --umap some" in capsys.readouterr().err
    assert main(["--workspace", str(workspace.root), "map", "some", "--umap", "--neighbours", "8", "--json"]) == 0
    [made] = json.loads(capsys.readouterr().out)["maps"]
    assert (made["name"], made["encoder"], made["rows"]) == (f"umap-{encoder}-8-0", encoder, rows)
    context = open_context(workspace)
    dataset = get_dataset(context.store, "some")
    version = get_version(context.store, dataset.latest_version_id)
    by = colours(context, dataset, version)
    assert ("label" in by) is (encoder != "minilm"), "hardly two texts have the same spans"
    [shown] = projections(context, dataset)
    assert len(coloured(context, dataset, version, shown, by[0]).codes) == rows
    context.close()
