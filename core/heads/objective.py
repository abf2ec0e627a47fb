"""The regularised loss of many heads at once, over rows in chunks: how to differentiate, not how to search."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from core.heads.link import SOFTMAX, Link

CPU_CELLS, GPU_CELLS = 1 << 18, 1 << 27
"""Logits held at a time: on a CPU as many as its cache holds."""
READY_BYTES = 1 << 28
"""Features up to this size are made ready once, larger ones anew for each use."""
MOMENT_ROWS = 1 << 14


@dataclass(frozen=True, slots=True)
class Features:
    """Embeddings as the heads see them: centred, scaled to mean square length 1, with a constant last column."""

    embeddings: Tensor
    """(n, d) float32 as they came, perhaps a view of a file; or (n, d+1), made ready."""
    mean: Tensor
    """(d,)"""
    scale: float
    ready: bool

    @staticmethod
    def of(embeddings: Tensor) -> Features:
        total, square, rows = torch.zeros(embeddings.shape[1], dtype=torch.float64), 0.0, len(embeddings)
        for chunk in torch.split(embeddings, 1 << 16):
            total += chunk.sum(0, dtype=torch.float64).cpu()
            square += float(chunk.square().sum(dtype=torch.float64))
        mean = total / rows
        variance = square / rows - float(mean.square().sum())
        features = Features(embeddings, mean.float().to(embeddings.device), max(variance, 1e-12) ** 0.5, False)
        if 4 * embeddings.numel() > READY_BYTES:
            return features
        return Features(features.rows(slice(None)), features.mean, features.scale, True)

    def __len__(self) -> int:
        return len(self.embeddings)

    @property
    def width(self) -> int:
        return len(self.mean) + 1

    def rows(self, which: slice | Tensor) -> Tensor:
        """(m, d+1) float32 for the rows asked for."""
        if self.ready:
            return self.embeddings[which]
        part = (self.embeddings[which] - self.mean) / self.scale
        return torch.cat([part, part.new_ones(len(part), 1)], 1)

    def second_moment(self) -> Tensor:
        """(d+1, d+1): mean of x xᵀ."""
        moment = torch.zeros(self.width, self.width, device=self.embeddings.device)
        for start in range(0, len(self), MOMENT_ROWS):
            part = self.rows(slice(start, start + MOMENT_ROWS))
            moment.addmm_(part.T, part)
        return moment / len(self)

    def take(self, which: Tensor) -> Features:
        """The same features of fewer rows: mean and scale stay."""
        return Features(self.embeddings[which], self.mean, self.scale, self.ready)


@dataclass(frozen=True, slots=True)
class Objective:
    """Weighted cross entropy of `p` independent heads on the same rows, with an L2 penalty each, for softmax heads
    f_p(W) = Σ_i weight[i,p] · −log softmax(x_i W_p)[y_i] + l2/2 · ‖W_p‖²; the constant column is hardly penalised."""

    features: Features
    labels: Tensor
    """In their array form; with a second axis p, (n, p) or (n, p, k), where each head has labels of its own."""
    weights: Tensor
    """(n, p) float32: 0 where a head must not see a row; columns sum to 1."""
    classes: int
    l2: float
    link: Link = SOFTMAX

    @property
    def penalty(self) -> Tensor:
        """(d+1, 1)"""
        strength = torch.full((self.features.width, 1), self.l2, device=self.weights.device)
        strength[-1] *= 1e-3
        return strength

    def __call__(self, heads: Tensor) -> tuple[Tensor, Tensor]:
        """Loss (p,) and gradient (p, d+1, k) at `heads` (p, d+1, k)."""
        problems, width, classes = heads.shape
        flat = heads.permute(1, 0, 2).reshape(width, problems * classes)
        loss = torch.zeros(problems, dtype=torch.float64, device=heads.device)
        gradient = torch.zeros_like(flat)
        chunks = self._chunks(problems * classes)
        size = min(len(self.features), chunks[0].stop)
        logits = flat.new_empty(size, problems * classes)
        residuals = flat.new_empty(size, problems, classes)
        for rows in chunks:
            part, labels, weights = self.features.rows(rows), self.labels[rows], self.weights[rows]
            torch.mm(part, flat, out=logits[: len(part)])
            residual, found = residuals[: len(part)], logits[: len(part)].view(-1, problems, classes)
            loss += self.link.residuals(found, labels, weights, residual)
            gradient.addmm_(part.T, residual.view(-1, problems * classes))
        penalised = self.penalty * heads
        loss = loss.float() + 0.5 * (penalised * heads).sum((1, 2))
        return loss, gradient.view(width, problems, classes).permute(1, 0, 2) + penalised

    def _chunks(self, columns: int) -> list[slice]:
        cells = CPU_CELLS if self.weights.device.type == "cpu" else GPU_CELLS
        step = max(64, cells // columns)
        return [slice(start, start + step) for start in range(0, len(self.features), step)]
