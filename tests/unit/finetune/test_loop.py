"""The loop itself, in this process: what memory, processes and interruptions must not change."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from core.arrays.device import device
from core.errors import ModelError
from core.finetune.checkpoint import Checkpoints
from core.finetune.classifiers.classifier import Classifier, load_classifier
from core.finetune.examples import Examples
from core.finetune.loop import Loop
from core.finetune.optimiser import learning_rate
from core.finetune.place import Place
from core.finetune.vocabulary import only_occurring
from core.records import TrainSpec
from tests.training_support import LABELS, SPEC, texts, tiny_bert, token_inputs

PLACE = Place(device())


class Record:
    """A report that asks to stop once so many steps are done."""

    def __init__(self, stop_at: int | None = None) -> None:
        self.stop_at, self.notes, self.figures = stop_at, list[str](), list[tuple[str, dict[str, float]]]()

    def progress(self, stage: str, done: float, total: float, message: str = "") -> bool:
        return self.stop_at is not None and done >= self.stop_at

    def metrics(self, step: int, epoch: float, split: str, values: dict[str, float]) -> None:
        self.figures.append((split, values))

    def note(self, text: str) -> None:
        self.notes.append(text)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_bert(tmp_path_factory.mktemp("models") / "tiny")


def _classifier(model: Path) -> Classifier:
    return load_classifier(str(model), "text", LABELS, max_tokens=32, seed=0)


def _examples(classifier: Classifier, rows: slice) -> Examples:
    contents, labels = texts(120)
    return Examples(np.array(labels[rows]), token_inputs(classifier, contents[rows], PLACE.device))


def _run(
    model: Path, folder: Path, spec: TrainSpec = SPEC, report: Record | None = None, **given: Any
) -> tuple[Loop, Classifier, bool]:
    classifier = given.get("classifier") or _classifier(model)
    train, validation = _examples(classifier, slice(0, 80)), _examples(classifier, slice(80, 120))
    loop = Loop(classifier, train, validation, spec, PLACE, Checkpoints(folder), report or Record())
    return loop, classifier, loop.run()


def _weights(classifier: Classifier) -> dict[str, torch.Tensor]:
    return {name: value.cpu().clone() for name, value in classifier.model.state_dict().items()}


def _same(first: dict[str, torch.Tensor], second: dict[str, torch.Tensor]) -> bool:
    """To the last bit; on a GPU, where sums of embeddings' gradients are not in order, nearly."""
    if PLACE.device.type == "cuda":
        return _near(first, second)
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


def _near(first: dict[str, torch.Tensor], second: dict[str, torch.Tensor], tolerance: float = 1e-5) -> bool:
    return all(torch.allclose(first[name], second[name], atol=tolerance) for name in first)


@contextmanager
def _little_memory(classifier: Classifier, fits: int) -> Iterator[list[int]]:
    """The model's memory runs out when it is given more than so many examples at a time."""
    sizes: list[int] = []

    def refuse(_: Any, __: Any, given: dict[str, Any]) -> None:
        sizes.append(len(given["input_ids"]))
        if len(given["input_ids"]) > fits and classifier.model.training:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")

    hook = classifier.model.register_forward_pre_hook(refuse, with_kwargs=True)
    yield sizes
    hook.remove()


def test_it_learns_and_ends_with_the_best_epochs_weights(model: Path, tmp_path: Path) -> None:
    report = Record()
    loop, _, finished = _run(model, tmp_path, replace(SPEC, epochs=6, learning_rate=5e-3), report)
    accuracies = [values["accuracy"] for split, values in report.figures if split == "validation"]
    assert finished and loop.state.step == loop.steps == 60
    assert accuracies[-1] > 0.9
    assert loop.state.best == max(values["macro_f1"] for split, values in report.figures if split == "validation")


@pytest.mark.parametrize("stop_at", [1, 7, 10, 23])
def test_a_run_that_was_stopped_ends_with_the_very_weights_of_one_that_was_not(
    model: Path, tmp_path: Path, stop_at: int
) -> None:
    whole, uninterrupted, _ = _run(model, tmp_path / "whole")
    _, _, finished = _run(model, tmp_path / "parts", report=Record(stop_at))
    assert not finished
    report = Record()
    loop, resumed, finished = _run(model, tmp_path / "parts", report=report)
    assert finished and loop.state.best == whole.state.best
    assert report.notes == [f"Went on from step {stop_at} of 30."]
    assert _same(_weights(uninterrupted), _weights(resumed))


def test_memory_that_runs_out_halves_the_parts_and_leaves_the_result_the_same(model: Path, tmp_path: Path) -> None:
    spec = replace(SPEC, epochs=1)
    without_dropout = tiny_bert(tmp_path / "model", dropout=0.0)
    _, plenty, _ = _run(without_dropout, tmp_path / "plenty", spec)
    classifier, report = _classifier(without_dropout), Record()
    with _little_memory(classifier, 3) as sizes:
        loop, _, finished = _run(without_dropout, tmp_path / "little", spec, report, classifier=classifier)
    assert finished and loop.state.micro == [2] and sizes[:6] == [8, 4, 2, 2, 2, 2]
    assert ["4 examples at a time" in report.notes[0], "2 examples at a time" in report.notes[1]] == [True, True]
    assert loop.state.notes == report.notes
    assert _near(_weights(plenty), _weights(classifier))


def test_a_run_that_has_halved_its_parts_goes_on_with_them_after_a_stop(model: Path, tmp_path: Path) -> None:
    ended = []
    for name, stop_at in (("whole", None), ("parts", 6)):
        classifier = _classifier(model)
        with _little_memory(classifier, 3):
            _, _, finished = _run(model, tmp_path / name, report=Record(stop_at), classifier=classifier)
        if not finished:
            loop, classifier, _ = _run(model, tmp_path / name)
            assert loop.state.micro == [2]
        ended.append(_weights(classifier))
    assert _same(*ended)


def test_a_single_example_that_does_not_fit_says_what_to_lower(model: Path, tmp_path: Path) -> None:
    classifier = _classifier(model)
    with _little_memory(classifier, 0), pytest.raises(ModelError, match="single example at a time") as caught:
        _run(model, tmp_path, classifier=classifier)
    assert "longest text" in caught.value.hint


def test_accumulated_batches_give_the_step_of_one_large_batch(model: Path, tmp_path: Path) -> None:
    plain = tiny_bert(tmp_path / "model", dropout=0.0)
    contents = _examples(_classifier(plain), slice(0, 80))
    ended = []
    for batch, accumulation in ((80, 1), (16, 5)):
        spec = replace(SPEC, epochs=2, batch=batch, accumulation=accumulation, class_weights="balanced")
        loop, classifier, _ = _run(plain, tmp_path / str(batch), spec)
        assert loop.steps == 2 and loop.state.examples == 2 * len(contents)
        ended.append(_weights(classifier))
    assert _near(*ended)


def test_training_only_the_words_that_occur_changes_nothing_else(model: Path, tmp_path: Path) -> None:
    spec = replace(SPEC, weight_decay=0.0)
    _, plain, _ = _run(model, tmp_path / "plain", spec)
    classifier = _classifier(model)
    before = classifier.model.get_input_embeddings().weight.detach().cpu().clone()
    contents, _ = texts(120)
    words = np.unique([token for one in classifier.encode(contents) for token in one])
    with only_occurring(classifier.model, words):
        assert len(classifier.model.get_input_embeddings().weight) == len(words) + 1  # and the padding
        _run(model, tmp_path / "part", spec, classifier=classifier)
    after = classifier.model.get_input_embeddings().weight.detach().cpu()
    assert _near(_weights(plain), _weights(classifier))
    others = np.setdiff1d(np.arange(len(before)), words)
    assert torch.equal(before[others], after[others]) and not torch.equal(before[words], after[words])


def test_a_short_run_whose_loss_is_no_number_fails_and_says_what_to_lower(model: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="not a number") as raised:
        _run(model, tmp_path, replace(SPEC, epochs=1, learning_rate=1e30, warmup=0.0))
    assert "Lower the learning rate" in raised.value.hint


def test_a_state_that_is_kept_already_is_not_written_again(model: Path, tmp_path: Path) -> None:
    loop, _, _ = _run(model, tmp_path, replace(SPEC, epochs=1))
    (kept,) = tmp_path.glob("step-*")
    before = (kept / "weights.safetensors").stat().st_mtime_ns
    loop._save()
    assert list(tmp_path.glob("step-*")) == [kept] and (kept / "weights.safetensors").stat().st_mtime_ns == before


def test_early_stopping_ends_after_so_many_epochs_without_a_better_metric(model: Path, tmp_path: Path) -> None:
    report = Record()
    spec = replace(SPEC, epochs=20, learning_rate=1e-8, patience=2, metric="accuracy")
    loop, _, finished = _run(model, tmp_path, spec, report)
    assert finished and loop.state.epoch == 3 and loop.state.best_epoch == 1
    assert report.notes == ["Stopped after epoch 3: no better accuracy for 2 epochs. Epoch 1 was the best."]


def test_layers_that_do_not_learn_stay_as_they_were(model: Path, tmp_path: Path) -> None:
    classifier = _classifier(model)
    classifier.freeze("last", 1)
    before = _weights(classifier)
    _run(model, tmp_path, classifier=classifier)
    changed = {name for name, value in _weights(classifier).items() if not torch.equal(value, before[name])}
    assert changed and not any("embeddings" in name or "layer.0." in name for name in changed)


def test_the_learning_rate_rises_over_the_warm_up_and_falls_to_nearly_zero() -> None:
    rates = [learning_rate(1.0, 0.2, step, 20) for step in range(20)]
    assert max(rates) == rates[4] == 1.0
    assert rates[:5] == sorted(rates[:5]) and rates[4:] == sorted(rates[4:], reverse=True)
    assert rates[-1] == pytest.approx(1 / 16)
    assert learning_rate(1.0, 0.0, 0, 10) == 1.0
