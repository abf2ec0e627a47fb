"""Whether rows of a version can be told apart by the embeddings that are kept of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

from core.context import Context
from core.services.profile.drift import SIDES_TOLD, Between, ContentDrift, content_between
from core.store.versions import make_split_version
from tests.embeddings import keep
from tests.integration.load_support import loaded


def told(context: Context, version_id: str, between: Between) -> dict[str, ContentDrift]:
    found = content_between(context, version_id, between, timeout=None)
    assert isinstance(found, tuple)
    return {one.side: one for one in found}


def test_of_many_splits_the_largest_are_told_apart(context: Context, tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("text,label\n" + "".join(f"row number {row},{'xy'[row % 2]}\n" for row in range(300)))
    dataset = loaded(context, file, name="rows")
    first = dataset.latest_version_id
    assert told(context, first, Between("order")) == {}, "nothing is kept of them"
    vectors = np.random.default_rng(0).normal(size=(300, 8)).astype(np.float32)
    vectors[:60, 0] += 6
    keep(context, dataset, "minilm", vectors, list(range(300)))
    parts = pa.table({"example_id": range(300), "split": [f"part {row // 60}" for row in range(300)]})
    version = make_split_version(context.store, first, parts, "five parts", "ann")
    found = told(context, version.version_id, Between("splits"))
    assert len(found) == SIDES_TOLD
    odd = found["part 0"]
    assert odd.auc.auc.low > 0.9 and odd.rows == (60, 240) and set(odd.unlike) == set(range(60))
    assert all(one.auc.auc.low < 0.7 for name, one in found.items() if name != "part 0")
    assert told(context, first, Between("order"))["last half"].auc.auc.estimate > 0.6
