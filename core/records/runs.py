"""Records of fine-tuning: what is asked for, what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Strategy = Literal["head", "last", "full"]
ClassWeights = Literal["none", "balanced"]
MixedPrecision = Literal["auto", "no", "fp16", "bf16"]
Switch = Literal["off", "on"]
StopMetric = Literal["loss", "accuracy", "macro_f1", "mae", "rmse"]


@dataclass(frozen=True, slots=True)
class TrainSpec:
    """What a fine-tune is asked to do. None and "" mean: the default that `core.finetune.settings` gives for the task,
    strategy and model; what is frozen into the job folder's `spec.json` has none of them left among the settings that
    apply to its strategy, but for an accelerate config that was not named."""

    model: str = ""
    """`minilm`, `efficientnet`, a model folder, or a hub id."""
    strategy: Strategy = "head"
    """`head`: the last layer alone, on cached embeddings; `last`: also the last n layers; `full`: everything."""
    last_layers: int = 2
    """How many encoder layers `last` trains."""
    epochs: int | None = None
    batch: int | None = None
    """Examples per optimiser step, per device and before accumulation."""
    accumulation: int = 1
    learning_rate: float | None = None
    """Highest learning rate."""
    warmup: float = 0.1
    """Share of all steps during which the learning rate rises."""
    weight_decay: float = 0.01
    patience: int = 0
    """Early stopping after so many epochs without a better validation `metric`; 0: never."""
    metric: StopMetric = "macro_f1"
    """What chooses the best epoch on the validation split. Of numbers, `mae` stands in for a metric of classes."""
    class_weights: ClassWeights = "none"
    seed: int = 0
    precision: MixedPrecision = "auto"
    gradient_checkpointing: Switch = "off"
    """Whether layers keep only their inputs and compute the rest again: less memory, about a third slower."""
    max_tokens: int = 512
    """Texts are cut here, where scans cut them: so a quick retrain finds its embeddings."""
    processes: int = 0
    """Processes of `accelerate launch`; 0: one per GPU, or one on the CPU."""
    accelerate_config: str = ""
    """Path of a person's own accelerate config, which then says how many processes there are; "": none. A run follows
    the copy in its folder."""


@dataclass(frozen=True, slots=True)
class Run:
    """A fine-tune as listed."""

    run_id: str
    """Also the id of its job."""
    number: int
    """1 for the dataset's first run, then counting up: how people name it."""
    dataset_id: str
    version_id: str
    """The version whose labels and rows it learnt from."""
    title: str
    """Model, strategy and version in a few words."""
    created_at: datetime
    created_by: str
    spec: Mapping[str, Any]
    """The complete `spec.json`."""
    labels: tuple[str, ...]
    """Class names by index: the columns of its probabilities."""
    summary: Mapping[str, Any]
    """`result.json`, see `core.jobs.train.run`; empty until the run is done."""
    name: str = ""
    """What people call it, beside its number and title; empty: nothing."""
    note: str = ""
    """What they have noted of it."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure of a run at one step."""

    step: int
    """Optimiser steps done."""
    epoch: float
    split: str
    """`train`, `validation`; empty for what belongs to no split."""
    name: str
    """`loss`, `accuracy`, `macro_f1`, `mae`, `rmse`, `r2`, `learning_rate`, `examples_per_second`,
    `tokens_per_second`, `memory` and `memory_total` (bytes), `device_busy` (share of the time, 0–1)."""
    value: float
