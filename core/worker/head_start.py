"""Where `last` and `full` may begin: at the head that a quick retrain finds.

A head that is drawn at random pulls the layers below it out of shape before it has learnt anything; one that is solved
for first does not (Kumar et al., Fine-tuning can distort pretrained features and underperform out-of-distribution,
2022).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.models.files import config, model_folder
from core.models.lite import common_side
from core.signals.encoder import Tick
from core.signals.payloads import Payloads
from core.signals.solve import solve
from core.training import averaging
from core.training.classifier import Classifier, bundled_text_model
from core.worker.head_models import Averaged, HeadModel, Loaded
from core.worker.rows import Rows


def start_from_head(
    classifier: Classifier, spec: Mapping[str, Any], rows: Rows, train: NDArray[np.int64], tick: Tick
) -> None:
    """Gives a classifier, fresh from `load_classifier`, the head that is best on the rows `train` (positions).

    A BERT sentence encoder gets the averaging layer too, which never learns, and its cached embeddings do for the rest.
    Call it before `freeze` and before anything else holds the model's parameters; it may move the model to the device.
    Raises ModelError where the last layer has no bias.
    """
    payloads = rows.payloads.subset(train)
    model = _model(classifier, spec)
    embeddings = model.embed(payloads, Path(spec["arrays"]), tick)
    solved = solve(embeddings, rows.labels[train], payloads.digests, len(classifier.labels), seed=int(spec["seed"]))
    classifier.set_head(solved.weight, solved.bias)


def input_side(payloads: Payloads) -> int:
    """The `side` for `load_classifier`: the input size that suits most of the images."""
    from core.signals.efficientnet import fitting_sides

    return common_side(fitting_sides(payloads, np.arange(len(payloads))).tolist())


def _model(classifier: Classifier, spec: Mapping[str, Any]) -> HeadModel:
    name = str(spec["model"])
    if classifier.kind == "text":
        folder = bundled_text_model() if name == "minilm" else model_folder(name)
        if averaging.suits(config(folder)):
            averaging.add(classifier)
            return Averaged(name, folder, classifier.max_tokens)
    return Loaded(name, classifier, int(spec["seed"]))
