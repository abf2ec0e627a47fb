"""Labels of several classes, loaded, exported in every format and loaded again by the guess alone."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core.context import Context
from core.lookalikes import stripped
from core.reading.work import query
from core.records import Dataset
from core.services.export import export
from core.sources import SOURCES, Bench, find
from core.targets import TARGETS
from tests.integration.load_support import column
from tests.staged import taken_in

label_of = TARGETS["multi-label"].label_of
NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8).filter(
    lambda name: stripped(name) == name
)
ODD = [["=1+1", "a,b"], ['say "it"', "back\\slash"], [], ["é", "e\u0301", "🙂"], ["'", "[]", "null"], ["a;b", "-", "1"]]
_numbers = itertools.count()


def _load(context: Context, path: Path) -> Dataset:
    """By the guess, in this process."""
    (scratch := path.parent / f"scratch {path.name}").mkdir()
    source, bench = SOURCES[find([str(path)]).name], Bench(query, scratch)
    guess = source.preview([str(path)], bench).guess
    assert (guess.task, guess.payload, guess.label) == ("multi-label-text", "text", "label")
    assert source.reader
    return taken_in(
        context.store,
        source.reader([str(path)], guess, bench),
        guess,
        f"{path.name} {next(_numbers)}",
        source=source.name,
        by="tester",
    )


def _first(context: Context, folder: Path, sets: list[list[str]]) -> Dataset:
    texts = [f"the text of row {row}" for row in range(len(sets))]
    pq.write_table(pa.table({"text": texts, "label": pa.array(sets, pa.list_(pa.string()))}), folder / "first.parquet")
    return _load(context, folder / "first.parquet")


@pytest.mark.parametrize("format_name", ["csv", "parquet", "jsonl"])
@settings(deadline=None, max_examples=6, suppress_health_check=list(HealthCheck))
@given(sets=st.lists(st.lists(NAMES, max_size=4, unique=True), min_size=3, max_size=8))
@example(sets=ODD)
def test_what_was_exported_is_guessed_and_loaded_as_it_was(
    context: Context, tmp_path_factory: pytest.TempPathFactory, sets: list[list[str]], format_name: str
) -> None:
    folder = tmp_path_factory.mktemp("trip")
    sets = [*sets, ["one"], ["one", "two"]]
    first = _first(context, folder, sets)
    out = export(context, first.latest_version_id, format_name, folder / f"again.{format_name}")
    again = _load(context, out)
    assert column(context, again, "given_label") == list(map(label_of, sets))
    assert (again.labels, again.rejected_count) == (first.labels, 0)


def test_parquet_and_json_lines_have_lists_and_csv_the_json_array(context: Context, tmp_path: Path) -> None:
    version = _first(context, tmp_path, ODD).latest_version_id
    for format_name in ("parquet", "jsonl", "csv"):
        export(context, version, format_name, tmp_path / f"a.{format_name}")
    table = pq.read_table(tmp_path / "a.parquet")
    assert table.schema.field("label").type == table.schema.field("given_label").type == pa.list_(pa.string())
    assert table["label"].to_pylist() == [sorted(found) for found in ODD]
    lines = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text().splitlines()]
    assert [line["given_label"] for line in lines] == [sorted(found) for found in ODD]
    assert '"[""\'"",""[]"",""null""]"' in (tmp_path / "a.csv").read_text()


def test_the_export_for_datasets_has_lists_of_class_labels_and_loads_again(context: Context, tmp_path: Path) -> None:
    first = _first(context, tmp_path, [*ODD, ["one"], ["one", "two"]])
    out = export(context, first.latest_version_id, "datasets", tmp_path / "folder")
    saved: Any = pytest.importorskip("datasets").load_from_disk(str(out))
    assert saved.features["label"].feature.names == list(first.labels)
    assert saved[2]["label"] == []
    assert [first.labels[number] for number in saved[0]["label"]] == sorted(ODD[0])
    again = _load(context, out)
    assert column(context, again, "given_label") == column(context, first, "given_label")
