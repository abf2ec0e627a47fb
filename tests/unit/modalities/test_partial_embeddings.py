"""What was embedded before a stop is kept: whoever starts again embeds the rest alone."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from core.modalities.encoder import Batch, RowEncoder
from core.modalities.payloads import Payloads
from core.progress import unheard
from core.queue import Stopped

ROWS, BATCH = 100, 4


class Counting(RowEncoder):
    """Long texts first, as texts are encoded; counts its rows."""

    name, kind, key = "counting", "counted", "counting-1"

    def __init__(self) -> None:
        self.rows: list[int] = []

    def costs(self, payloads: Payloads, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        return np.array([len(text) for text in payloads.take(rows)], np.float64)

    def encode(self, payloads: Payloads, rows: NDArray[np.int64]) -> Iterator[Batch]:
        ordered = rows[np.argsort(-self.costs(payloads, rows), kind="stable")]
        for start in range(0, len(ordered), BATCH):
            part = ordered[start : start + BATCH]
            self.rows += part.tolist()
            yield part, np.repeat(part[:, None], 3, axis=1).astype(np.float32)


@pytest.fixture
def payloads() -> Payloads:
    texts = ["x" * (row + 1) for row in range(ROWS)]
    hashes = [sha256(text.encode()).hexdigest() for text in texts]
    return Payloads.of(pa.chunked_array([texts]), pa.chunked_array([hashes]))


def test_a_stop_at_38_percent_keeps_what_is_embedded_and_the_next_start_goes_on_from_there(
    payloads: Payloads, tmp_path: Path
) -> None:
    first, again = Counting(), Counting()

    def stop(done: float, total: float | None) -> None:
        if done / (total or 1) >= 0.38:
            raise Stopped

    with pytest.raises(Stopped):
        first.embed(payloads, tmp_path, stop)
    found = again.embed(payloads, tmp_path, unheard)
    assert 0 < len(first.rows) < ROWS
    assert sorted(first.rows + again.rows) == list(range(ROWS))  # each row once
    np.testing.assert_array_equal(found[:, 0], np.arange(ROWS))


def test_progress_is_told_by_what_rows_cost_and_ends_at_all_of_them(payloads: Payloads, tmp_path: Path) -> None:
    told: list[tuple[float, float | None]] = []
    Counting().embed(payloads, tmp_path, lambda done, total: told.append((done, total)))
    done = [one for one, _ in told]
    assert told[0] == (0, ROWS) and told[-1] == (ROWS, ROWS) and done == sorted(done)
    # The first batch has the longest texts: more than its four rows are behind after it.
    assert done[1] == pytest.approx(ROWS * (100 + 99 + 98 + 97) / 5050, abs=0.01)
