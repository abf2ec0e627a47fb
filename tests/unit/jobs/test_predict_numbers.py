"""What a batch prediction writes of numbers: the number, the ends of its interval, and why a row has none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.jobs.predict.results import NumberResults
from core.targets.number.residuals import Spread

KEPT = pa.schema([("text", pa.string()), ("low", pa.int64())])


@pytest.mark.parametrize("spread", [Spread((0.0, 10.0), (1.0, 2.0), 1.5), None])
def test_numbers_come_with_their_interval_where_the_model_says_one(tmp_path: Path, spread: Spread | None) -> None:
    path = tmp_path / "predictions.parquet"
    with NumberResults(path, KEPT, spread) as results:
        kept = [pa.array(["a", "b", ""]), pa.array([1, 2, 3])]
        results.write(kept, np.array([[0.0], [10.0], [0.0]], np.float32), [None, None, "missing text"])
    assert (results.rows, results.predicted, dict(results.classes)) == (3, 2, {})
    assert results.reason_column == "reason"
    found = pq.read_table(path).to_pydict()
    assert list(found) == ["text", "low", "predicted", "low 2", "high", "reason"]
    assert found["predicted"] == [0.0, 10.0, None]
    assert found["low 2"] == ([-1.5, 7.0, None] if spread else [None] * 3)
    assert found["high"] == ([1.5, 13.0, None] if spread else [None] * 3)
    assert found["reason"] == [None, None, "missing text"]
