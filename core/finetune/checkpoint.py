"""Checkpoints: the newest state and the best weights, in safetensors and JSON, each whole or not there at all.

step-000123-0002/   weights.safetensors (what is trained), moments.safetensors, state.json
best-002.safetensors   the weights after epoch 2, as long as it is the best
"""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import nn

from core.files import PART, remove_parts, whole
from core.finetune.optimiser import moments, restore_moments


@dataclass(slots=True)
class State:
    """How far a fine-tune is. With the weights and the optimiser's moments, all that the next step depends on."""

    processes: int
    micro: list[int]
    """Examples at a time, of each process."""
    step: int = 0
    """Optimiser steps done."""
    epoch: int = 0
    """Epochs done, validation included."""
    best_epoch: int = 0
    """1 for the first; 0 while there is none."""
    best: float | None = None
    worse: int = 0
    """Epochs since the best."""
    finished: bool = False
    examples: int = 0
    """Examples that were learnt from so far, counted again in each epoch."""
    seconds: float = 0.0
    """Spent in steps."""
    scaler: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """The checkpoints of one run in `folder`."""

    folder: Path

    def save(self, state: State, model: nn.Module, optimiser: torch.optim.Optimizer) -> None:
        """Keeps this state, unless it is kept already; the one before goes once this one is whole."""
        target = self.folder / f"step-{state.step:09d}-{state.epoch:04d}"
        if target.exists():
            return
        remove_parts(self.folder)
        with whole(target) as part:
            part.mkdir(parents=True)
            save_file(_trained(model), part / "weights.safetensors")
            save_file(_on_cpu(moments(model, optimiser)), part / "moments.safetensors")
            (part / "state.json").write_text(json.dumps(asdict(state), indent=1), encoding="utf-8")
        for folder in self.folder.glob("step-*"):
            if folder != target:
                shutil.rmtree(folder)
        for file in self.folder.glob("best-*"):
            if file != self._best(state.best_epoch):
                file.unlink()

    def load(self, model: nn.Module, optimiser: torch.optim.Optimizer) -> State | None:
        """Puts the newest checkpoint into model and optimiser and returns its state; None where there is none."""
        found = self._states()
        if not found:
            return None
        _restore(model, load_file(found[-1] / "weights.safetensors"))
        restore_moments(model, optimiser, load_file(found[-1] / "moments.safetensors"))
        return State(**json.loads((found[-1] / "state.json").read_text(encoding="utf-8")))

    @property
    def any(self) -> bool:
        """Whether there is one to go on from."""
        return bool(self._states())

    def save_best(self, epoch: int, model: nn.Module) -> None:
        """Keeps the weights after `epoch`; the best before it goes with the next `save`."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with whole(self._best(epoch)) as part:
            save_file(_trained(model), part)

    def load_best(self, epoch: int, model: nn.Module) -> None:
        """Puts the weights after `epoch` into the model."""
        _restore(model, load_file(self._best(epoch)))

    def clear(self) -> None:
        """Forgets everything."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _states(self) -> list[Path]:
        return sorted(folder for folder in self.folder.glob("step-*") if folder.suffix != PART)

    def _best(self, epoch: int) -> Path:
        return self.folder / f"best-{epoch:04d}.safetensors"


def _trained(model: nn.Module) -> dict[str, torch.Tensor]:
    """What training changes; the rest is in the model that it began with."""
    return _on_cpu({name: value.detach() for name, value in model.named_parameters() if value.requires_grad})


def _on_cpu(tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {name: value.cpu().contiguous() for name, value in tensors.items()}


def _restore(model: nn.Module, saved: dict[str, torch.Tensor]) -> None:
    parameters = dict(model.named_parameters())
    with torch.no_grad():
        for name, value in saved.items():
            parameters[name].copy_(value)
