"""What every model goes through that learns by steps."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from core.finetune.checkpoint import State
from core.finetune.classifiers.classifier import Classifier
from core.finetune.loop import Loop
from core.finetune.memory.recomputation import recompute_activations
from core.finetune.place import Place
from core.finetune.vocabulary import only_occurring
from core.queue import Stopped
from core.records import TrainSpec


def readied(classifier: Classifier, settings: TrainSpec) -> Classifier:
    """The classifier, with what learns of it by the strategy."""
    classifier.freeze(settings.strategy, settings.last_layers)
    if settings.gradient_checkpointing == "on" and settings.strategy != "head":
        recompute_activations(classifier.model, settings.model)
    return classifier


def take_steps(
    classifier: Classifier,
    words: NDArray[np.int64] | None,
    place: Place,
    made: Callable[[], Loop],
    first: Callable[[], None] = lambda: None,
) -> State:
    """Takes the classifier through all steps of a loop, from the last checkpoint where there is one; `words`: those
    that occur in the examples; `first` is called once the model is on its device. Raises Stopped once a checkpoint is
    saved."""
    with only_occurring(classifier.model, words):
        loop = made()
        first()
        finished = loop.run()
    place.wait()
    if not finished:
        raise Stopped
    return loop.state
