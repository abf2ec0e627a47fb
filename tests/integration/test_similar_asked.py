"""Rows like a text or an image: a real process encodes it as the rows were."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.context import Context
from core.errors import WinnowError
from core.modalities.encoders import make_encoder
from core.modalities.payloads import Payloads
from core.progress import unheard
from core.records import ColumnFilter, Dataset, RowFilter
from core.services.similar.kept import kept_file
from core.store.relations import relation
from core.store.rows import get_rows
from core.store.search.alike import alike
from core.tasks import task_named
from tests.integration.cli_support import Run
from tests.integration.load_support import loaded

TEXTS = {
    "money": ("What is the exchange rate?", "I was charged twice for one transfer", "Where is my refund?"),
    "card": ("My card was stolen", "How do I order a new card?", "The card does not work at the machine"),
    "weather": ("It will rain tomorrow", "The sun is shining", "Snow fell over night"),
}


def like(value: str) -> RowFilter:
    return RowFilter(columns=(ColumnFilter("@similar", "=", (value,)),))


def encoded(context: Context, dataset: Dataset, encoder: str) -> None:
    """Leaves embeddings as a scan does."""
    modality = task_named(dataset.task).modality
    column = "media_id" if modality.in_files else "text"
    with context.store.cursor() as cursor:
        rows = relation(context.store, dataset.latest_version_id)
        table = cursor.execute(f"SELECT {column} AS one, content_hash FROM {rows}").to_arrow_table()
    media = context.workspace.media if modality.in_files else None
    payloads = Payloads.of(table.column("one"), table.column("content_hash"), media)
    make_encoder(encoder, modality.name).embed(payloads, context.workspace.arrays, unheard)


@pytest.fixture
def closing(context: Context) -> Iterator[Context]:
    yield context
    context.close()


def test_a_text_finds_the_rows_that_mean_the_same(closing: Context, tmp_path: Path) -> None:
    file = tmp_path / "texts.csv"
    lines = [f'"{text}",{label}\n' for label, texts in TEXTS.items() for text in texts]
    file.write_text("text,label\n" + "".join(lines))
    dataset = loaded(closing, file, name="texts")
    encoded(closing, dataset, "minilm")
    version = dataset.latest_version_id
    found = alike(closing.store, version, like("somebody robbed me of my bank card"))
    assert found is not None and next(iter(found)) == 3
    exact = alike(closing.store, version, like("The sun is shining"))
    assert exact is not None and exact[next(iter(exact))] == pytest.approx(1, abs=1e-3) and next(iter(exact)) == 7
    resident = closing.beside.kept("resident encoder", lambda: None)
    assert resident.holds(Path("minilm"))  # type: ignore[attr-defined]


def test_an_image_finds_itself_and_a_broken_one_is_said(closing: Context, tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    for label in "ab":
        (tmp_path / "images" / label).mkdir(parents=True)
        for number in range(4):
            base = np.kron(generator.integers(0, 255, (4, 4, 3)), np.ones((8, 8, 1))).astype(np.uint8)
            Image.fromarray(base).save(tmp_path / "images" / label / f"{number}.png")
    dataset = loaded(closing, tmp_path / "images", name="images")
    encoded(closing, dataset, "efficientnet")
    asked = kept_file(closing.workspace, tmp_path / "images" / "b" / "2.png", "2.png")
    found = alike(closing.store, dataset.latest_version_id, like(asked))
    assert found is not None
    first = next(iter(found))
    [row] = get_rows(closing.store, dataset.latest_version_id, [first])
    assert (str(row.text).rsplit("/", 1)[-1], row.label) == ("2.png", "b")
    assert found[first] == pytest.approx(1, abs=1e-3)
    (tmp_path / "broken.png").write_bytes(b"no image")
    broken = kept_file(closing.workspace, tmp_path / "broken.png", "broken.png")
    with pytest.raises(WinnowError, match="broken"):
        alike(closing.store, dataset.latest_version_id, like(broken))


def test_it_is_a_filter_of_a_command(run: Run) -> None:
    run("load", "bbc-planted", "--name", "news")
    refused = run("export", "news", "--where", "similar = a film", "--format", "csv", "--out", "out.csv")
    assert refused.code == 2 and "No embeddings of these rows are on disk" in refused.err and "minilm" in refused.err
