"""Learns tags step by step, with the best epoch's weights at the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from core.finetune.batches import epoch_steps, steps_per_epoch
from core.finetune.classifiers.classifier import Classifier
from core.finetune.optimiser import learning_rate, make_optimiser, set_rate
from core.finetune.tokens.windows import Windows
from core.records import TrainSpec
from core.targets.spans.heavy import balanced, losses

CLIP = 1.0


@dataclass(frozen=True, slots=True)
class Hearing:
    """Who is told how learning goes."""

    step: Callable[[int, int, float, float], bool]
    """Step, steps, epoch and loss; returns whether to stop."""
    score: Callable[[int, float], float]
    """After an epoch, with the steps so far: says the figure of the validation split, higher is better."""


@dataclass(slots=True)
class Learnt:
    """How it went."""

    epochs: int = 0
    steps: int = 0
    best_epoch: int = 0
    best: float = -1.0
    stopped: bool = False
    """Whether somebody asked it to stop: the weights are not the best ones then."""
    weights: dict[str, torch.Tensor] = field(default_factory=dict)
    """Of the best epoch, what is trained."""


def learn(
    classifier: Classifier,
    windows: Windows,
    tags: NDArray[np.int64],
    spec: TrainSpec,
    where: torch.device,
    hearing: Hearing,
) -> Learnt:
    """Fine-tunes what is not frozen on windows whose words have these tags (w,). `spec` has every default filled in."""
    assert spec.epochs and spec.batch and spec.learning_rate
    model, padding = classifier.on(where), int(classifier.preparation.tokenizer.pad_token_id)  # type: ignore[attr-defined]
    optimiser = make_optimiser(model, spec.weight_decay)
    trained = [one for one in model.parameters() if one.requires_grad]
    weights = torch.ones(len(classifier.labels))
    if spec.class_weights == "balanced":
        weights = torch.from_numpy(balanced(tags, len(classifier.labels)))
    weights, lengths = weights.to(where), windows.lengths
    steps = spec.epochs * steps_per_epoch(len(lengths), spec.batch, spec.accumulation)
    found = Learnt()
    for epoch in range(spec.epochs):
        model.train()
        per_epoch = epoch_steps(lengths, spec.batch, spec.accumulation, spec.seed, epoch)
        for place, batches in enumerate(per_epoch):
            torch.manual_seed(spec.seed * 1_000_003 + found.steps)
            set_rate(optimiser, learning_rate(spec.learning_rate, spec.warmup, found.steps, steps))
            loss = _step(model, windows, tags, batches, weights, padding, where)
            nn.utils.clip_grad_norm_(trained, CLIP)
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
            found.steps += 1
            if hearing.step(found.steps, steps, epoch + (place + 1) / len(per_epoch), loss):
                found.stopped = True
                return found
        found.epochs = epoch + 1
        score = hearing.score(epoch + 1, float(found.steps))
        if score > found.best or not found.best_epoch:
            found.best, found.best_epoch = score, epoch + 1
            found.weights = {
                name: value.detach().cpu().clone() for name, value in model.named_parameters() if value.requires_grad
            }
        elif 0 < spec.patience <= epoch + 1 - found.best_epoch:
            break
    parameters = dict(model.named_parameters())
    with torch.no_grad():
        for name, value in found.weights.items():
            parameters[name].copy_(value)
    return found


def _step(
    model: nn.Module,
    windows: Windows,
    tags: NDArray[np.int64],
    batches: list[NDArray[np.int64]],
    weights: torch.Tensor,
    padding: int,
    where: torch.device,
) -> float:
    """Gradients of the weighted mean loss over all words of the batches; returns the loss."""
    given = [windows.tags(batch, tags, int(windows.lengths[batch].max())).to(where) for batch in batches]
    total = sum(float(weights[one[one >= 0]].sum()) for one in given) or 1.0
    loss_of_all = 0.0
    for batch, one in zip(batches, given, strict=True):
        inputs = {name: part.to(where) for name, part in windows.batch(batch, padding).items()}
        counts = torch.where(one >= 0, weights[one.clamp_min(0)], 0.0)
        loss = (losses(model(**inputs).logits.float(), one) * counts).sum() / total
        loss.backward()  # type: ignore[no-untyped-call]
        loss_of_all += float(loss.detach())
    return loss_of_all
