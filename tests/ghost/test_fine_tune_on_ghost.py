"""A fine-tune on a device that is not the processor: the same result, recorded steps, memory that really runs out."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from core.finetune.checkpoint import Checkpoints
from core.finetune.classifiers.classifier import Classifier, load_classifier
from core.finetune.examples import Examples
from core.finetune.loop import Loop
from core.finetune.memory.graphs import Graphs
from core.finetune.place import Place, precision_of
from core.finetune.predictor import Predictor
from core.finetune.vocabulary import only_occurring
from core.modalities.inputs import LoadedInputs
from core.records import TrainSpec
from tests.training_support import LABELS, SPEC, texts, tiny_bert, token_inputs
from tests.unit.finetune.models import image_model
from tests.unit.finetune.test_loop import Record

CPU, GHOST = torch.device("cpu"), torch.device("ghost", 0)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_bert(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(autouse=True)
def _forgiving_again() -> Iterator[None]:
    yield
    torch.ghost.set_sync_debug_mode("default")
    torch.ghost.set_memory_limit(0)


def _classifier(model: Path, spec: TrainSpec = SPEC) -> Classifier:
    classifier = load_classifier(str(model), "text", LABELS, max_tokens=32, seed=0)
    classifier.freeze(spec.strategy, spec.last_layers)
    return classifier


def _run(
    classifier: Classifier, folder: Path, where: torch.device, spec: TrainSpec = SPEC, report: Record | None = None
) -> tuple[Loop, dict[str, torch.Tensor]]:
    contents, labels = texts(120)
    inputs = token_inputs(classifier, contents, where)
    words = np.unique(inputs.values.cpu().numpy()).astype(np.int64)
    place = Place(where, precision_of(spec.precision, where))
    parts = [
        Examples(np.array(labels[part]), inputs.take(np.arange(120)[part])) for part in (slice(80), slice(80, 120))
    ]
    with only_occurring(classifier.model, words):
        loop = Loop(classifier, *parts, spec, place, Checkpoints(folder), report or Record())
        loop.run()
    return loop, {name: value.cpu().clone() for name, value in classifier.model.state_dict().items()}


def _apart(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> float:
    return max(float((one[name].float() - other[name].float()).abs().max()) for name in one)


@pytest.mark.parametrize("strategy", ["last", "full"])
def test_it_ends_with_the_weights_that_it_has_on_the_processor(model: Path, tmp_path: Path, strategy: Any) -> None:
    spec = replace(SPEC, strategy=strategy, last_layers=1, class_weights="balanced", precision="no")
    plain = tiny_bert(tmp_path / "model", dropout=0.0)  # padding to other lengths draws other numbers
    report = Record()
    _, here = _run(_classifier(plain, spec), tmp_path / "cpu", CPU, spec)
    loop, there = _run(_classifier(plain, spec), tmp_path / "ghost", GHOST, spec, report)
    assert _apart(here, there) < 1e-5 and report.notes == []
    assert loop._learner._gradients.graphs.recording


def test_steps_are_recorded_and_wait_for_nothing(model: Path, tmp_path: Path) -> None:
    classifier = _classifier(model)
    contents, labels = texts(80)
    train = Examples(np.array(labels), token_inputs(classifier, contents, GHOST))
    nothing = Examples(np.empty(0, np.int64), train.inputs.take(np.empty(0, np.int64)))
    loop = Loop(
        classifier, train, nothing, replace(SPEC, epochs=4), Place(GHOST, "bf16"), Checkpoints(tmp_path), Record()
    )
    learner = loop._learner
    learner.prepare()
    for step, loaded in learner.steps_of(0, 0):
        learner.learn(0, step, loaded, False)
    for step, loaded in learner.steps_of(1, 0):
        learner.learn(1, step, loaded, False)
    torch.ghost.set_sync_debug_mode("error")
    for number, (step, loaded) in enumerate(learner.steps_of(2, 0)):
        loss, examples, stop = learner.learn(20 + number, step, loaded, False)
    torch.ghost.set_sync_debug_mode("default")
    assert float(loss) > 0 and examples == 8 and not stop
    shapes = {key for key in learner._gradients.graphs._graphs if key != "update"}
    assert shapes and "update" in learner._gradients.graphs._graphs
    assert {size for size, _ in shapes} == {8}


def test_a_stopped_run_goes_on_to_the_very_weights(model: Path, tmp_path: Path) -> None:
    _, whole = _run(_classifier(model), tmp_path / "whole", GHOST)
    _run(_classifier(model), tmp_path / "parts", GHOST, report=Record(stop_at=13))
    loop, parts = _run(_classifier(model), tmp_path / "parts", GHOST)
    assert loop.state.finished and _apart(whole, parts) == 0


def test_memory_that_runs_out_halves_the_batch_and_leaves_the_result_the_same(tmp_path: Path) -> None:
    plain, spec = tiny_bert(tmp_path / "model", dropout=0.0), replace(SPEC, precision="no", batch=40)
    gc.collect()  # what other tests have left
    torch.ghost.reset_peak_memory_stats()
    _, plenty = _run(_classifier(plain), tmp_path / "plenty", GHOST, spec)
    peak = torch.ghost.max_memory_allocated()
    report = Record()
    torch.ghost.set_memory_limit(torch.ghost.memory_allocated() + int(0.6 * (peak - torch.ghost.memory_allocated())))
    loop, little = _run(_classifier(plain), tmp_path / "little", GHOST, spec, report)
    assert loop.state.micro[0] < 40 and "examples at a time" in report.notes[0] and "instead of 40" in report.notes[0]
    assert _apart(plenty, little) < 1e-5


@pytest.mark.parametrize("precision", ["fp16", "bf16"])
def test_half_precision_learns_too(model: Path, tmp_path: Path, precision: Any) -> None:
    spec = replace(SPEC, epochs=6, learning_rate=5e-3, precision=precision)
    loop, _ = _run(_classifier(model), tmp_path, GHOST, spec)
    assert loop.state.best is not None and loop.state.best > 0.9
    assert (loop._learner.scaler is not None) == (precision == "fp16")
    if precision == "fp16":
        assert loop.state.scaler["scale"] > 1


def test_work_that_cannot_be_recorded_is_done_as_it_is_and_that_is_said() -> None:
    total, notes = torch.zeros(2, device="ghost"), list[str]()
    graphs = Graphs(GHOST, notes.append)

    def work() -> None:
        total.add_(float(total.sum()) + 1)

    for _ in range(3):
        graphs.run("work", work)
    assert total.tolist() == [13, 13] and not graphs.recording
    assert len(notes) == 1 and "could not be recorded" in notes[0]


def test_images_learn_and_are_saved_as_on_the_processor(tmp_path: Path) -> None:
    from PIL import Image

    noise = np.random.default_rng(0).integers(0, 255, (24, 40, 30, 3), np.uint8)
    images, labels = [Image.fromarray(one) for one in noise], np.arange(24) % 3
    classifier = load_classifier(str(image_model(tmp_path / "base", "resnet")), "image", LABELS, seed=1)
    encoded = classifier.encode(images)

    def load(rows: np.ndarray) -> dict[str, torch.Tensor]:
        return classifier.collate([encoded[row] for row in rows])

    inputs = LoadedInputs(np.arange(24), load, classifier.ready)
    spec = replace(SPEC, epochs=2)
    examples, kept = Examples(labels, inputs), Checkpoints(tmp_path / "kept")
    Loop(classifier, examples, examples, spec, Place(GHOST), kept, Record()).run()
    before = Predictor(classifier).predict(images)[0]
    classifier.save(tmp_path / "saved", {})
    assert np.allclose(Predictor.open(tmp_path / "saved").predict(images)[0], before, atol=1e-5)
