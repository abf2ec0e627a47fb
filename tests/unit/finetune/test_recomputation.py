"""Gradient checkpointing: the same weights from less memory, and which models cannot do it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.distributed._tools.mem_tracker import MemTracker

from core.errors import ModelError
from core.finetune.classifiers.classifier import Classifier, load_classifier
from core.finetune.memory.recomputation import recompute_activations
from tests.training_support import LABELS, SPEC, tiny_bert
from tests.unit.finetune.models import image_model
from tests.unit.finetune.test_loop import _run, _same, _weights


def _classifier(folder: Path, recomputed: bool) -> Classifier:
    classifier = load_classifier(str(folder), "text", LABELS, max_tokens=32, seed=0)
    if recomputed:
        recompute_activations(classifier.model, "tiny")
    return classifier


@pytest.mark.parametrize(("strategy", "layers"), [("full", 2), ("last", 1)])
def test_a_run_ends_with_the_very_weights_that_it_has_without_it(tmp_path: Path, strategy: str, layers: int) -> None:
    folder = tiny_bert(tmp_path / "model", dropout=0.1)
    ended = []
    for recomputed in (False, True):
        classifier = _classifier(folder, recomputed)
        classifier.freeze(strategy, layers)  # type: ignore[arg-type]
        _run(folder, tmp_path / str(recomputed), replace(SPEC, epochs=1), classifier=classifier)
        ended.append(_weights(classifier))
    assert _same(*ended)


def test_what_is_kept_for_the_backward_pass_is_a_part_of_what_it_was(tmp_path: Path) -> None:
    """Bytes of live tensors, as torch counts them, at the end of the forward pass and at most."""
    folder = tiny_bert(tmp_path / "model")
    kept, most = [], []
    for recomputed in (False, True):
        model = _classifier(folder, recomputed).model.train()
        batch = {"input_ids": torch.ones(64, 32, dtype=torch.long), "attention_mask": torch.ones(64, 32).long()}
        tracker = MemTracker()
        tracker.track_external(model)
        with tracker:
            loss = nn.functional.cross_entropy(model(**batch).logits, torch.zeros(64, dtype=torch.long))
            kept.append(_total(tracker, "current"))
            loss.backward()
        most.append(_total(tracker, "peak"))
    assert kept[1] < 0.35 * kept[0] and most[1] < 0.75 * most[0]


def _total(tracker: MemTracker, when: str) -> int:
    return sum(of_device["Total"] for of_device in tracker.get_tracker_snapshot(when).values())


def test_a_model_without_layers_that_can_is_refused_with_what_to_do(tmp_path: Path) -> None:
    resnet = load_classifier(str(image_model(tmp_path / "resnet", "resnet")), "image", LABELS)
    lite = load_classifier("efficientnet", "image", LABELS, side=96)
    for classifier in (resnet, lite):
        with pytest.raises(ModelError, match="cannot do gradient checkpointing") as caught:
            recompute_activations(classifier.model, "mine")
        assert "lower the batch" in caught.value.hint
    recompute_activations(load_classifier(str(image_model(tmp_path / "vit", "vit")), "image", LABELS).model, "vit")
