"""Figures of the steps as they happen: mean loss and pace since the last report."""

from __future__ import annotations

import time

import torch

PER_DOUBLING = 300
"""About how often figures are due while the time since the start doubles; at most every second."""


class Figures:
    """What happened since figures were last reported."""

    def __init__(self, device: torch.device) -> None:
        self._begun = self._since = time.monotonic()
        self._loss = torch.zeros((), device=device)
        self._steps = self._examples = self._tokens = 0

    def add(self, loss: torch.Tensor, examples: int, tokens: int = 0) -> None:
        """One step more, without waiting for the GPU to have its loss. `tokens`: those of texts, without padding."""
        self._loss = self._loss + loss
        self._steps += 1
        self._examples += examples
        self._tokens += tokens

    def due(self) -> bool:
        """Whether it is time for a report."""
        now = time.monotonic()
        return self._steps > 0 and now - self._since > max(1.0, (now - self._begun) / PER_DOUBLING)

    def close(self) -> tuple[float, float, float]:
        """Mean loss, examples and tokens per second since the last time. Waits for the GPU to have the losses."""
        loss, now = float(self._loss) / self._steps, time.monotonic()
        seconds = max(1e-9, now - self._since)
        examples, tokens = self._examples / seconds, self._tokens / seconds
        self._loss, self._since = torch.zeros_like(self._loss), now
        self._steps = self._examples = self._tokens = 0
        return loss, examples, tokens
