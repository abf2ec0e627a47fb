"""The heads of all arms and seeds on one encoder's cached embeddings, in one batched optimisation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.arrays.device import device
from core.arrays.disk_backed import row_chunks
from core.heads.folds import assign_folds
from core.heads.head import Curvature, fit
from core.heads.heads import ENOUGH, EXACT, EXACT_UP_TO, Heads, training_rows
from core.heads.link import Link, link_of
from core.heads.objective import Features, Objective
from core.heads.penalty import best_penalty
from core.jobs.cleaning_effect.draws import Draw, draw
from core.jobs.cleaning_effect.rows import LabelledRows
from core.jobs.cleaning_effect.spec import CleaningEffectSpec
from core.jobs.head_models import HeadModel, head_model
from core.modalities.encoder import Encoder
from core.modalities.encoders import make_encoder
from core.queue import JobFolder, ProgressWriter
from core.records import ARMS, Arm
from core.targets import Labels
from core.targets.arrays import most_probable
from core.tasks import task_named
from core.words import stored

FOLDS = 5
"""Of the search for the penalty."""


def predict_by_heads(
    folder: JobFolder, progress: ProgressWriter, spec: CleaningEffectSpec, rows: LabelledRows
) -> tuple[dict[Arm, Labels], list[str]]:
    """What the heads of each arm predict for the test rows, (seeds, test rows) or (seeds, test rows, k), and what a
    person should know.

    All share the penalty that suits the labels as given, so that they differ in labels alone; if it favours an arm, it
    is that of the labels as given.
    """
    embeddings = embeddings_of(progress, spec, rows)
    classes, seeds = len(spec.about.labels), spec.seeds
    train = rows.train[training_rows(rows.given[rows.train], classes, embeddings.shape[1] + 1, seeds * len(ARMS))]
    given, reviewed = rows.given[train], rows.reviewed[train]
    steps = Steps(progress)
    features = Features.of(embeddings[torch.from_numpy(train)].to(device()))
    learner = Learner(features, classes, task_named(spec.about.task).target.several, link_of(given))
    l2 = learner.penalty(given, rows.rows.payloads.digests[train], folder.path, steps.of("choosing the penalty"))
    draws = [draw(given, reviewed, classes, seed) for seed in range(seeds)]
    heads = learner.fit(draws, l2, steps.of(f"training {seeds * len(ARMS)} heads"))
    found = learner.labels_of(heads, embeddings[torch.from_numpy(rows.test)])
    notes = []
    if len(train) < len(rows.train):
        notes.append(stored(f"The heads learnt from a sample of {len(train):,} of {len(rows.train):,} rows."))
    return {arm: found[place :: len(ARMS)] for place, arm in enumerate(ARMS)}, notes


def embeddings_of(progress: ProgressWriter, spec: CleaningEffectSpec, rows: LabelledRows) -> Tensor:
    """(n, d) what a quick retrain solves its head on; where models are fitted at once, what a scan does."""
    payloads = rows.rows.payloads
    progress.update("loading the model", 0)
    task = task_named(spec.about.task)
    model: Encoder | HeadModel
    if task.modality.fine_tuning.at_once:
        model = make_encoder(task.modality.encoders[-1], task.modality.name)
    else:
        model = head_model(spec.settings, spec.about.labels, task)
    found = model.embed(payloads, spec.about.arrays, progress.stage("encoding"))
    return torch.from_numpy(np.ascontiguousarray(found))


@dataclass(frozen=True, slots=True)
class Steps:
    """Tells how far an optimisation is. How many steps it takes is not known before: each covers a part of what is
    left, so that the share always rises and never reaches its end too early."""

    progress: ProgressWriter

    def of(self, stage: str) -> Callable[[], None]:
        done = 0.0

        def step() -> None:
            nonlocal done
            done += 0.03 * (1 - done)
            self.progress.update(stage, done, 1.0)

        return step


@dataclass(slots=True)
class Learner:
    """Fits heads to the features of the training rows."""

    features: Features
    classes: int
    several: bool
    link: Link

    def penalty(
        self,
        labels: Labels,
        digests: NDArray[np.bytes_],
        scratch: Path,
        on_step: Callable[[], None],
    ) -> float:
        """The one under which rows held out by fold are most probable; equal contents share a fold."""
        _, contents = np.unique(digests, return_inverse=True)
        folds = min(FOLDS, len(np.unique(contents)))
        assigned = assign_folds(self.link.strata(labels), contents.astype(np.int64), folds, seed=0)
        everyone = np.arange(len(labels))
        curvature = Curvature.of(self.features, self.link)
        heads = Heads(self.features, curvature, labels, self.classes, everyone, scratch)
        return best_penalty(heads, assigned, folds, on_step).l2

    def fit(self, draws: list[Draw], l2: float, on_step: Callable[[], None]) -> Tensor:
        """(seeds · arms, d+1, k): of each seed, the heads of all arms."""
        each = [(one, arm) for one in draws for arm in ARMS]
        # What is left out weighs nothing: any label will do for it.
        labels = np.stack([np.maximum(one.labels[arm], 0) for one, arm in each], axis=1)
        weights = np.stack([one.weights(arm) for one, arm in each], axis=1)
        where = self.features.embeddings.device
        wanted, shares = torch.from_numpy(labels).to(where), torch.from_numpy(weights).to(where)
        objective = Objective(self.features, wanted, shares, self.classes, l2, self.link)
        tolerance = EXACT if len(self.features) <= EXACT_UP_TO else ENOUGH
        return fit(objective, Curvature.of(self.features, self.link), tolerance=tolerance, on_step=on_step)

    def labels_of(self, heads: Tensor, embeddings: Tensor) -> Labels:
        """(heads, m) the class that each head finds most probable for embeddings (m, d), or (heads, m, k) the classes
        that it finds to apply."""
        seen = Features(embeddings.to(heads.device), self.features.mean, self.features.scale, False)
        parts = []
        for part in row_chunks(len(embeddings), max(self.classes, seen.width)):
            rows = seen.rows(part)
            parts.append(np.stack([self._labels(rows @ head) for head in heads]))
        return np.concatenate(parts, axis=1)

    def _labels(self, logits: Tensor) -> Labels:
        if not self.several:
            return np.asarray(logits.argmax(1).cpu().numpy())
        return most_probable(self.link.predict(logits).cpu().numpy(), several=True)[0]
