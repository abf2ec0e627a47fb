"""Linear probing before fine-tuning (Kumar et al., "Fine-tuning can distort pretrained features and underperform
out-of-distribution", ICLR 2022): the last layer begins as the one that a quick retrain solves for. One that was drawn
at random pulls at all layers below it until it is right, and what they knew of examples unlike those learnt goes
first."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from core.finetune.classifiers.classifier import Classifier
from core.finetune.examples import Examples
from core.finetune.forward import forward
from core.finetune.loop import LoopReport
from core.finetune.place import Place
from core.heads.solve import solve
from core.queue import Stopped
from core.records import TrainSpec
from core.targets.arrays import distinct
from core.targets.heavy import heavy_target

ROWS = 20_000
"""As many are enough for a beginning."""


def begins_solved(classifier: Classifier, settings: TrainSpec) -> bool:
    """Whether a model's last layer is solved for before the first step."""
    course = classifier.task.modality.fine_tuning.courses.get(settings.model)
    return course is not None and course.solved and not classifier.task.target.numeric


def solve_head(
    classifier: Classifier,
    train: Examples,
    digests: NDArray[np.bytes_],
    settings: TrainSpec,
    place: Place,
    report: LoopReport,
) -> None:
    """Solves for the last layer of a model that is on its device, on what it is given of the examples, of equal content
    where their `digests` are; the same in every process. Leaves it as it is where there is nothing to tell apart.
    Raises Stopped where it was asked to end."""
    chosen = np.arange(len(train))
    if len(chosen) > ROWS:
        chosen = np.sort(np.random.default_rng(settings.seed).permutation(chosen)[:ROWS])
    if len(distinct(train.labels[chosen])[0]) < 2 or len(np.unique(digests[chosen])) < 2:
        return
    features = np.zeros((len(train), classifier.head().in_features), np.float32)
    for output in forward(classifier, train, chosen, place):
        features[output.rows] = output.features
        if report.progress("training", 0, 1, "solving for the last layer") and place.alone:
            raise Stopped
    features = features[chosen]
    if not place.alone:
        everyone = torch.from_numpy(features).to(place.device)
        torch.distributed.all_reduce(everyone)
        features = everyone.cpu().numpy()
    if place.first:
        labels, classes = train.labels[chosen], len(classifier.labels)
        balanced = heavy_target(classifier.task.target).balanced
        weights = balanced(labels, classes) if settings.class_weights == "balanced" else None
        solved = solve(features, labels, digests[chosen], classes, seed=settings.seed, class_weights=weights)
        classifier.set_head(solved.weight, solved.bias)
    if not place.alone:
        for parameter in classifier.head().parameters():
            torch.distributed.broadcast(parameter.data, 0)
