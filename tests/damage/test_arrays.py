"""Arrays are a cache: what is cut, changed or gone is dropped with a line in the log and computed anew."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from core.arrays import shards
from core.arrays.shards import Shards
from core.modalities.encoder import Batch, RowEncoder
from core.modalities.image.pixels import Resized, StoredPixels
from core.modalities.text.token_store import tokenised
from core.records import TrainSpec
from core.services.train import follow_train, start_train
from core.settings import Workspace
from core.store.datasets import get_dataset
from tests.damage.conftest import opened
from tests.damage.ways import WAYS, missing
from tests.integration.cli_support import Ran

ROWS = 300
BROKEN = (
    "flipped_in_front",
    "flipped_at_the_end",
    "cut_in_half",
    "cut_short",
    "emptied",
    "replaced_by_text",
    "missing",
)


class Payloads:
    """As far as an encoder of this test looks at them."""

    digests = np.array([f"{row:016d}" for row in range(ROWS)], "S16")

    def __len__(self) -> int:
        return ROWS


class Squares(RowEncoder):
    """Says how many rows it was asked to encode."""

    name = kind = key = "squares"

    def __init__(self) -> None:
        self.encoded = 0

    def encode(self, payloads: Payloads, rows: NDArray[np.int64]) -> Iterator[Batch]:  # type: ignore[override]
        self.encoded += len(rows)
        yield rows, np.stack([rows, rows**2], axis=1).astype(np.float32)


def flipped_at_the_end(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[-3] ^= 0x01
    file.write_bytes(content)


def broken(file: Path, way: str) -> None:
    """And as another process finds it, which has not looked at it yet."""
    (flipped_at_the_end if way == "flipped_at_the_end" else WAYS[way])(file)
    shards._whole.clear()


def unheard(done: float, total: float | None) -> None:
    pass


@pytest.mark.parametrize("way", BROKEN)
@pytest.mark.parametrize("part", ["vectors.npy", "digests.npy", "sums.json"])
def test_a_broken_shard_of_embeddings_is_encoded_anew(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, part: str, way: str
) -> None:
    expected = Squares().embed(Payloads(), tmp_path, unheard)  # type: ignore[arg-type]
    (file,) = (tmp_path / "embeddings" / "squares").glob(f"*.{part}")
    broken(file, way)
    again = Squares()
    with caplog.at_level(logging.WARNING, "winnow"):
        assert (again.embed(Payloads(), tmp_path, unheard) == expected).all()  # type: ignore[arg-type]
    old_and_whole = part == "sums.json" and way == "missing"
    assert again.encoded == (0 if old_and_whole else ROWS)
    assert "is dropped and made anew" in caplog.text or old_and_whole or (part, way) == ("digests.npy", "missing")
    shards._whole.clear()
    last = Squares()
    assert (last.embed(Payloads(), tmp_path, unheard) == expected).all()  # type: ignore[arg-type]
    assert last.encoded == 0


@pytest.mark.parametrize("way", ["cut_in_half", "cut_short", "emptied", "replaced_by_text", "missing"])
def test_a_shard_of_before_there_were_checksums_is_read_and_held_against_its_header(tmp_path: Path, way: str) -> None:
    expected = Squares().embed(Payloads(), tmp_path, unheard)  # type: ignore[arg-type]
    folder = tmp_path / "embeddings" / "squares"
    missing(next(folder.glob("*.sums.json")))
    shards._whole.clear()
    whole = Squares()
    assert (whole.embed(Payloads(), tmp_path, unheard) == expected).all()  # type: ignore[arg-type]
    assert whole.encoded == 0
    broken(next(folder.glob("*.vectors.npy")), way)
    again = Squares()
    assert (again.embed(Payloads(), tmp_path, unheard) == expected).all()  # type: ignore[arg-type]
    assert again.encoded == ROWS


@pytest.mark.parametrize("part", ["tokens.npy", "offsets.npy", "digests.npy"])
def test_broken_tokens_are_cut_anew(tmp_path: Path, part: str) -> None:
    def asked() -> NDArray[np.int32]:
        ids = [f"{row}" for row in range(ROWS)]
        return tokenised(
            tmp_path / "tokens",
            Payloads.digests,
            lambda rows: [ids[row] for row in rows],
            lambda texts: [[int(text)] * (int(text) % 5) for text in texts],
            unheard,
        ).values

    expected = asked()
    broken(next((tmp_path / "tokens").glob(f"*.{part}")), "flipped_at_the_end")
    assert (asked() == expected).all()


@pytest.mark.parametrize("way", BROKEN)
def test_broken_pixels_are_decoded_anew(tmp_path: Path, way: str) -> None:
    files = [tmp_path / f"{number}.png" for number in range(6)]
    for number, file in enumerate(files):
        Image.new("RGB", (9, 9), (number, 20, 30)).save(file)
    rows, digests = np.arange(6), np.array([f"{number:016d}" for number in range(6)], "S16")

    def stored() -> StoredPixels:
        cut = Resized(4, 4, Image.Resampling.BILINEAR)
        return StoredPixels(tmp_path / "pixels", digests, lambda asked: [files[row] for row in asked], cut)

    with stored() as first:
        expected = first.of(rows)
    broken(next((tmp_path / "pixels").rglob("*.vectors.npy")), way)
    with stored() as second:
        assert (second.of(rows) == expected).all()


def test_a_training_goes_through_where_a_shard_of_its_encoder_is_broken(
    workspace: Workspace, run: Callable[..., Ran], caplog: pytest.LogCaptureFixture
) -> None:
    (vectors,) = (workspace.arrays / "embeddings").glob("text-*/*.vectors.npy")
    broken(vectors, "flipped_at_the_end")
    checked = run("check", "--json")
    (found,) = (one for one in checked.json["findings"] if one["what"] == "arrays/embeddings")
    assert checked.code == 1 and found["state"] == "damaged" and "python -m core repair" in found["step"]
    with opened(workspace) as context:
        version = get_dataset(context.store, "notes").latest_version_id
        _, job = follow_train(context, start_train(context, version, TrainSpec(strategy="head", seed=3), "ada"))
        assert job.status == "done", job.error
        # By whoever meets it first: who foresees how long it will take looks at the shards, too.
        assert "is dropped and made anew" in caplog.text + context.queue.log_tail(job.job_id)
    assert run("check").code == 0


def test_half_of_a_shard_is_none(tmp_path: Path) -> None:
    kept = Shards(tmp_path / "some")
    kept.append(Payloads.digests, np.zeros((ROWS, 2), np.float32))
    missing(next((tmp_path / "some").glob("*.digests.npy")))
    assert kept.all() == []
    assert len(kept.missing(Payloads.digests)) == ROWS
