"""A classifier: a transformers model with its labels and with what makes examples ready for it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from core.errors import ModelError
from core.finetune.settings import bundled_for_others
from core.modalities.heavy import heavy_modality
from core.modalities.preparation import Preparation
from core.records import Strategy
from core.targets import Target
from core.targets.one_class.facts import ONE_CLASS
from core.tasks import Task, task_named


@dataclass
class Classifier:
    """A transformers model for k classes. On the CPU and in float32 as loaded; whoever runs it moves it."""

    model: Any
    """`PreTrainedModel` whose output has `logits` (b, k)."""
    task: Task
    labels: tuple[str, ...]
    """Class names by index."""
    preparation: Preparation
    """How examples become what the model takes."""
    fixed: tuple[str, ...] = ()
    """Parts of parameter names: what contains one of them is never trained."""
    random: bool = False
    """Whether weights other than the head's were drawn, because the folder has none for them: features then depend on
    the seed."""

    def on(self, where: torch.device) -> Any:
        """The model, moved to a device; its convolutions with channels last where that is quicker."""
        self.model.to(where)
        if self.preparation.channels_last and where.type == "cuda":
            self.model.to(memory_format=torch.channels_last)
        return self.model

    def encode(self, payloads: Sequence[Any]) -> list[Any]:
        """Each example, given as a text or a file's path or opened, as it is kept for the model."""
        return self.preparation.encode(payloads)

    def collate(self, encoded: Sequence[Any]) -> dict[str, Tensor]:
        """One padded batch on the CPU, of which `ready` makes what the model takes."""
        return self.preparation.collate(encoded)

    def ready(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """What `model(**inputs)` takes, without labels, of a batch on the model's device."""
        return self.preparation.ready(batch)

    def head(self) -> nn.Linear:
        """The last linear layer, which gives the logits. Raises ModelError where the model has none."""
        found = [module for module in self.model.modules() if isinstance(module, nn.Linear)]
        if not found or found[-1].out_features != len(self.labels):
            raise ModelError(
                f"{type(self.model).__name__} does not end in a linear layer for {len(self.labels)} classes.",
                "Use a model such as BERT, RoBERTa, ViT, ResNet or ConvNeXt.",
            )
        return found[-1]

    def check_solvable(self) -> None:
        """Raises ModelError where the head has no bias: what it would be solved for has one."""
        if self.head().bias is None:
            raise ModelError(
                f"The last layer of {type(self.model).__name__} has no bias, so it cannot be solved for alone.",
                "Use the strategy last or full.",
            )

    def set_head(self, weight: Tensor, bias: Tensor) -> None:
        """Gives the head the weights (k, d) and biases (k,). Raises ModelError as `check_solvable`."""
        self.check_solvable()
        head = self.head()
        with torch.no_grad():
            head.weight.copy_(weight)
            head.bias.copy_(bias)

    def stretch(self, middle: float, unit: float) -> None:
        """Has a model of numbers that has learnt them less `middle`, in units of `unit`, say them as they are: by its
        last layer, so that whoever loads it reads its output as it stands. Raises ModelError as `check_solvable`."""
        self.check_solvable()
        head = self.head()
        with torch.no_grad():
            head.weight.mul_(unit)
            head.bias.mul_(unit).add_(middle)

    def freeze(self, strategy: Strategy, last_layers: int) -> None:
        """Sets what learns: `head`: the last linear layer; `last`: the last n layers and all after them; `full`: all.

        Layers are the members of the largest `nn.ModuleList` (transformer layers, stages or blocks of a convolutional
        network); all parameters that the model declares before the first of them are frozen.
        """
        learning = self._learning(strategy, last_layers)
        for name, parameter in self.model.named_parameters():
            parameter.requires_grad_(name in learning and not any(part in name for part in self.fixed))

    def save(self, folder: Path, extra: Mapping[str, Any]) -> None:
        """Writes what transformers' Auto classes load, and `extra` as winnow.json. Moves the model to the CPU."""
        self.model.to("cpu").to(memory_format=torch.contiguous_format).save_pretrained(folder)
        self.preparation.save(folder)
        write_extra(folder, extra)

    def _learning(self, strategy: Strategy, last_layers: int) -> frozenset[str]:
        if strategy == "head":
            return self.head_names
        if strategy == "last":
            return self._names_from(last_layers)
        return frozenset(name for name, _ in self.model.named_parameters())

    @cached_property
    def head_names(self) -> frozenset[str]:
        """The names of the head's parameters."""
        mine = {id(parameter) for parameter in self.head().parameters()}
        return frozenset(name for name, parameter in self.model.named_parameters() if id(parameter) in mine)

    def _names_from(self, last_layers: int) -> frozenset[str]:
        names = [name for name, _ in self.model.named_parameters()]
        layers = self._layers()
        if not layers:
            return frozenset(names)
        first = layers[max(0, len(layers) - last_layers)]
        start = next(place for place, name in enumerate(names) if name.startswith(first))
        return frozenset(names[start:])

    def _layers(self) -> list[str]:
        """Prefixes of the names of each layer's parameters, in order."""
        lists = [(name, module) for name, module in self.model.named_modules() if isinstance(module, nn.ModuleList)]
        if not lists:
            return []
        name, largest = max(lists, key=lambda one: sum(parameter.numel() for parameter in one[1].parameters()))
        return [f"{name}.{place}." for place, layer in enumerate(largest) if any(True for _ in layer.parameters())]


def load_classifier(
    name: str, task: str, labels: Sequence[str], *, max_tokens: int = 256, seed: int = 0, side: int | None = None
) -> Classifier:
    """A bundled model by name, a model folder, or a hub id, with a head for these labels. Weights that the folder does
    not have, most often the head's, are drawn from `seed`; they replace those of another number of classes.

    Texts are cut at `max_tokens`, or where the model can see no further; `side` is the input size of the bundled
    EfficientNet, see `core.modalities.image.lite`, or how many frames the bundled network for sounds is given. Raises
    ModelError, which says what to do.
    """
    found = task_named(task)
    modality, half = found.modality, heavy_modality(found.modality)
    if not_for := bundled_for_others(name, modality):
        raise ModelError(
            f"The model {name} is for {not_for.many}, this dataset has {modality.many}.",
            f"Use {modality.fine_tuning.models[0]}.",
        )
    torch.manual_seed(seed)
    if name == "efficientnet":
        from core.finetune.classifiers import efficientnet
        from core.modalities.image.lite import LARGE_SIDE

        side = side or LARGE_SIDE
        return Classifier(
            efficientnet.build(labels, side, found.target),
            found,
            tuple(labels),
            efficientnet.images(side),
            efficientnet.FIXED,
        )
    if name == "log-mel":
        from core.finetune.classifiers import log_mel

        frames = side or log_mel.FRAMES
        return Classifier(log_mel.build(labels, frames, found.target), found, tuple(labels), log_mel.pictures(frames))
    if name == "speech":
        from core.finetune.classifiers import speech

        return Classifier(speech.build(labels, found.target), found, tuple(labels), speech.waves())
    folder = half.folder_of(name)
    model, random = _load(folder, name, found, labels)
    classifier = Classifier(model, found, tuple(labels), half.preparation(folder, name, model, max_tokens))
    classifier.random = bool(random - classifier.head_names)
    return classifier


def label_names(labels: Sequence[str], target: Target = ONE_CLASS) -> dict[str, Any]:
    """What a config says about its classes."""
    return {
        "id2label": dict(enumerate(labels)),
        "label2id": {label: index for index, label in enumerate(labels)},
        "problem_type": target.problem_type,
    }


def _load(folder: Path, name: str, task: Task, labels: Sequence[str]) -> tuple[Any, set[str]]:
    """The model and the names of the weights that were drawn."""
    try:
        return pretrained(folder, heavy_modality(task.modality).auto_class(), label_names(labels, task.target))
    except Exception as error:
        raise ModelError(
            f"transformers cannot load {name} as a classifier of {task.modality.many}: {str(error).splitlines()[0]}",
            f"Give a folder or hub id of {task.modality.fine_tuning.such_as}.",
        ) from error


def pretrained(folder: Path, auto_class: Any, about: Mapping[str, Any]) -> tuple[Any, set[str]]:
    """A model of transformers from its folder, whose config says this about its classes, and the names of the weights
    that were drawn for them: from weights alone, never code, and nothing is downloaded. Raises what transformers
    raises."""
    from transformers import AutoConfig

    config = AutoConfig.from_pretrained(folder, trust_remote_code=False, local_files_only=True)
    for key, value in about.items():
        setattr(config, key, value)
    model, info = auto_class.from_pretrained(
        folder,
        config=config,
        dtype=torch.float32,
        trust_remote_code=False,
        local_files_only=True,
        use_safetensors=True,
        ignore_mismatched_sizes=True,
        output_loading_info=True,
    )
    mismatched = {str(one[0] if isinstance(one, tuple) else one) for one in info["mismatched_keys"]}
    return model, set(info["missing_keys"]) | mismatched


def write_extra(folder: Path, extra: Mapping[str, Any]) -> None:
    """Writes winnow.json: where the model comes from."""
    (folder / "winnow.json").write_text(json.dumps(extra, indent=1, ensure_ascii=False), encoding="utf-8")
