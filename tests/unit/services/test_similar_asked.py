"""Rows like an example that was typed or uploaded, as a filter: which rows, how alike, and what is said where nothing
can be compared."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from core.arrays.embeddings import EmbeddingCache
from core.context import Context
from core.errors import SourceError, UsageError
from core.jobs.resident.web import OneResident
from core.records import ColumnFilter, Dataset, RowFilter
from core.services.export import export_rows
from core.services.lists.asked import row_filter
from core.services.similar.asked import compared_by, encoder_there
from core.services.similar.kept import LONGEST, example_said, file_of, kept_content, text_asked
from core.services.views import save_slice
from core.store.rows import count_rows, ids_of
from core.store.search.alike import alike
from tests.embeddings import keep
from tests.integration.load_support import loaded

Asked = list[tuple[str, str]]


def like(*values: str, how: str = "=") -> RowFilter:
    return RowFilter(columns=(ColumnFilter("@similar", how, values),))  # type: ignore[arg-type]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """What the encoder was asked; its answer to "3" is the vector of row 3."""
    questions: Asked = []

    def encode(_: OneResident, launcher: object, model: Path, modality: str, log: Path, example: str) -> object:
        questions.append((str(model), example))
        angle = float(example.strip()) * np.pi / 400
        return (float(np.cos(angle)), float(np.sin(angle)))

    monkeypatch.setattr(OneResident, "encode", encode)
    monkeypatch.setattr(OneResident, "load", lambda *_: None)
    return questions


@pytest.fixture
def line(context: Context, tmp_path: Path) -> Dataset:
    """Two hundred texts; the angle of a row's embedding is its number."""
    file = tmp_path / "line.csv"
    file.write_text("text,label\n" + "".join(f"number {row},{'xy'[row % 2]}\n" for row in range(200)))
    dataset = loaded(context, file, name="line")
    angles = np.arange(200) * np.pi / 400
    keep(context, dataset, "minilm", np.stack([np.cos(angles), np.sin(angles)], 1).astype(np.float32), list(range(200)))
    return dataset


def test_the_nearest_hundred_rows_are_a_filter_with_their_cosines(
    context: Context, line: Dataset, asked: Asked
) -> None:
    version = line.latest_version_id
    found = alike(context.store, version, like("3"))
    assert (
        found is not None
        and next(iter(found)) == 3
        and set(list(found)[1:5]) == {1, 2, 4, 5}
        and set(found) == set(range(100))
    )
    assert found[7] == pytest.approx(np.cos(4 * np.pi / 400), abs=1e-5)
    assert list(found.values()) == sorted(found.values(), reverse=True)
    assert set(ids_of(context.store, version, like("3", how="!=")).tolist()) == set(range(100, 200))
    assert asked == [("minilm", "3")], "the answer is kept"
    about = compared_by(context, version, "3")
    assert (about.encoder, about.compared) == ("minilm", 200)
    assert alike(context.store, version, RowFilter(label="x")) is None


def test_it_goes_with_other_filters_and_into_slices(context: Context, line: Dataset, asked: Asked) -> None:
    version = line.latest_version_id
    both = RowFilter(label="x", columns=like("10").columns)
    found = alike(context.store, version, both)
    assert (
        found is not None
        and next(iter(found)) == 10
        and set(list(found)[1:3]) == {8, 12}
        and all(row % 2 == 0 for row in found)
    )
    assert count_rows(context.store, version, like("10", "190")) == 200
    save_slice(context, line, "ends", {"where": '["similar = 199","label = y"]'}, "ada")
    by_slice = RowFilter(columns=(ColumnFilter("@slice", "=", ("ends",)),))
    assert sorted(ids_of(context.store, version, by_slice).tolist()) == list(range(101, 200, 2))


def test_the_file_has_the_rows_with_their_similarity(
    context: Context, line: Dataset, asked: Asked, tmp_path: Path
) -> None:
    out = tmp_path / "like.parquet"
    query = {"where": "similar = 5", "label": "y"}
    count = export_rows(context, line, line.latest_version_id, query, "parquet", out)
    table = pq.read_table(out).to_pydict()
    assert count == len(table["example_id"]) == 50
    assert (
        table["example_id"][0] == 5
        and set(table["example_id"][1:3]) == {3, 7}
        and table["similarity"][0] == pytest.approx(1, abs=1e-5)
    )
    assert row_filter(line, query).columns == like("5").columns


def test_embeddings_that_are_added_change_the_answer(context: Context, line: Dataset, asked: Asked) -> None:
    version = line.latest_version_id
    folder = context.workspace.arrays / "embeddings"
    [own] = folder.iterdir()
    first = alike(context.store, version, like("3"))
    for path in own.iterdir():
        path.unlink()
    with pytest.raises(UsageError, match="No embeddings of these rows"):
        alike(context.store, version, like("3"))
    assert encoder_there(context, line) == "minilm", "of other rows, as far as it looks"
    keep(context, line, "minilm", np.eye(2, dtype=np.float32)[[0, 1] * 100], list(range(200)))
    second = alike(context.store, version, like("3"))
    assert first is not None and second is not None and first != second
    assert all(row % 2 == 0 for row in second)


def test_embeddings_of_a_model_that_nobody_can_name_are_not_compared(context: Context, line: Dataset) -> None:
    folder = context.workspace.arrays / "embeddings"
    [own] = folder.iterdir()
    own.rename(folder / "text-0123456789ab-512")
    assert encoder_there(context, line) is None
    with pytest.raises(UsageError, match="No embeddings of these rows"):
        ids_of(context.store, line.latest_version_id, like("3"))
    EmbeddingCache(own).append(np.array([b"another"], "S16"), np.ones((1, 2), np.float32))
    with pytest.raises(UsageError, match="No embeddings of these rows"):
        ids_of(context.store, line.latest_version_id, like("3"))


def test_long_texts_and_files_are_kept_by_their_content(context: Context, line: Dataset, asked: Asked) -> None:
    workspace = context.workspace
    assert text_asked(workspace, " 7 ") == "7"
    long = "7" + " " * LONGEST + "\n"
    assert text_asked(workspace, long) == "7", "blanks around it do not count"
    named = text_asked(workspace, "1" + "0" * LONGEST)
    assert example_said(named) == "1" + "0" * 39 + "….txt"
    file = file_of(workspace, named)
    assert file is not None and file.read_text() == "1" + "0" * LONGEST
    again = kept_content(workspace, b"42", "../a/b\\c.txt")
    assert again == kept_content(workspace, b"42", "../a/b\\c.txt")
    assert file_of(workspace, again) is not None and example_said(again) == "_a_b_c.txt"
    found = alike(context.store, line.latest_version_id, like(again))
    assert found is not None and next(iter(found)) == 42
    path = file_of(workspace, again)
    assert path is not None
    path.unlink()
    with pytest.raises(UsageError, match="is not here any more"):
        file_of(workspace, again)
    for evil in ("@0123456789abcdef/..", "@0123456789abcdef/../../x"):
        try:
            assert file_of(workspace, evil) is None
        except UsageError:
            continue


@pytest.mark.parametrize("name", ["x" * 300 + ".wav", "长" * 100 + ".wav", "x." + "w" * 300])
def test_a_name_that_is_too_long_for_a_file_is_cut(context: Context, name: str) -> None:
    asked = kept_content(context.workspace, b"42", name)
    assert asked == kept_content(context.workspace, b"42", name)
    file = file_of(context.workspace, asked)
    assert file is not None and file.read_bytes() == b"42"
    assert file.name[:2] == name[:2] and file.name.endswith(".wav") == name.endswith(".wav")


def test_tables_and_entities_say_why_not(context: Context, tmp_path: Path) -> None:
    table = tmp_path / "people.csv"
    rows = [f"{20 + row},{'fm'[row % 2]},{row / 8},{'yes' if row > 20 else 'no'}" for row in range(60)]
    table.write_text("age,sex,weight,label\n" + "\n".join(rows) + "\n")
    entities = tmp_path / "people.conll"
    entities.write_text("Ada\tB-PER\ncame\tO\n\nGrace\tB-PER\nwent\tO\n\nnobody\tO\n")
    for file, said in ((table, "Rows of tables are not compared"), (entities, "Texts with entities are not compared")):
        dataset = loaded(context, file, name=file.suffix[1:])
        with pytest.raises(UsageError, match=said):
            ids_of(context.store, dataset.latest_version_id, like("3"))


def test_it_has_to_be_said_what_rows_are_to_be_like(context: Context, line: Dataset) -> None:
    for how in ("missing", "present"):
        with pytest.raises(UsageError, match="is not said"):
            ids_of(context.store, line.latest_version_id, RowFilter(columns=(ColumnFilter("@similar", how),)))  # type: ignore[arg-type]


def test_a_path_has_to_lie_where_the_server_may_read(
    context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.modalities import MODALITIES
    from core.services.similar.asked import _example

    allowed = tmp_path / "allowed"
    allowed.mkdir()
    (allowed / "one.png").write_bytes(b"x")
    (tmp_path / "other.png").write_bytes(b"x")
    monkeypatch.setenv("WINNOW_DATA_FOLDERS", str(allowed))
    image = MODALITIES["image"]
    assert _example(context, image, str(allowed / "one.png"))[0] == str(allowed / "one.png")
    with pytest.raises(SourceError, match="outside the folders"):
        _example(context, image, str(tmp_path / "other.png"))
    with pytest.raises(UsageError, match="is a folder"):
        _example(context, image, str(allowed))
