"""AdamW as transformer models are fine-tuned with it: warm-up, linear decay, no weight decay where it does harm."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import nn


def make_optimiser(model: nn.Module, weight_decay: float) -> torch.optim.AdamW:
    """AdamW (Loshchilov and Hutter 2019) over what is to be trained; biases and norms, the parameters of one
    dimension, are not decayed. The learning rate is set at each step (`set_rate`); on an accelerator it is a tensor
    there, so that a step can be recorded."""
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    where = trained[0].device
    groups = [
        {"params": [one for one in trained if one.ndim > 1], "weight_decay": weight_decay},
        {"params": [one for one in trained if one.ndim <= 1], "weight_decay": 0.0},
    ]
    kept = [group for group in groups if group["params"]]
    if where.type == "cpu":
        return torch.optim.AdamW(kept, lr=0.0, fused=True)
    return torch.optim.AdamW(kept, lr=torch.zeros((), device=where), fused=True, capturable=True)


def set_rate(optimiser: torch.optim.Optimizer, rate: float) -> None:
    """Sets the learning rate of all parameters."""
    for group in optimiser.param_groups:
        if isinstance(group["lr"], torch.Tensor):
            group["lr"].fill_(rate)
        else:
            group["lr"] = rate


def learning_rate(highest: float, warmup: float, step: int, steps: int) -> float:
    """The rate of step `step` (from 0) of `steps`: rises linearly over the share `warmup`, then falls to zero."""
    rising = math.ceil(warmup * steps)
    if step < rising:
        return highest * (step + 1) / (rising + 1)
    return highest * (steps - step) / max(1, steps - rising)


def moments(model: nn.Module, optimiser: torch.optim.Optimizer) -> dict[str, torch.Tensor]:
    """The optimiser's state by `<parameter>|<what>`."""
    return {
        f"{name}|{what}": value
        for name, parameter in model.named_parameters()
        for what, value in optimiser.state.get(parameter, {}).items()
        if isinstance(value, torch.Tensor)
    }


def restore_moments(model: nn.Module, optimiser: torch.optim.Optimizer, saved: dict[str, torch.Tensor]) -> None:
    """Puts back what `moments` gave."""
    parameters = dict(model.named_parameters())
    states: dict[str, dict[str, Any]] = {}
    for key, value in saved.items():
        name, what = key.rsplit("|", 1)
        states.setdefault(name, {})[what] = value.to(parameters[name].device)
    for name, state in states.items():
        optimiser.state[parameters[name]] = state
