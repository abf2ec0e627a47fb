"""What a fine-tune can be told: the registry that the page's form, the command line's flags and the checks derive from.

Light: imports no torch, because the web process reads it. Knows nothing of how training is done.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal, get_args

from core.errors import UsageError
from core.finetune.memory.sizes import bundled_text_folder
from core.modalities import MODALITIES, Modality
from core.records import ClassWeights, MixedPrecision, StopMetric, Strategy, Switch, TrainSpec
from core.settings import expanded
from core.tasks import task_named
from core.words import later, say

Kind = Literal["string", "choice", "whole", "decimal"]
LAST: tuple[Strategy, ...] = ("last",)
LOOP: tuple[Strategy, ...] = ("last", "full")
"""Strategies that go through the data in epochs; `head` solves for the last layer at once."""
EVERY: tuple[Strategy, ...] = ("head", "last", "full")

STRATEGIES: Mapping[Strategy, tuple[str, str]] = {
    "head": (later("Quick retrain"), later("The last layer alone, on cached embeddings. Takes seconds.")),
    "last": (
        later("Last layers"),
        later("The last few layers of the model. Takes minutes, and less memory than all of it."),
    ),
    "full": (later("Full"), later("Every layer. Learns most and takes longest: use a GPU where there is one.")),
}
"""Title and help of each strategy, quickest first."""
BUNDLED: Mapping[str, Modality] = {model: one for one in MODALITIES.values() for model in one.fine_tuning.models}
"""Models that come with Winnow, and what the examples are that each is for."""

WITHOUT_RECOMPUTATION = ("efficientnet", "log-mel", "speech")
"""Bundled models that cannot compute their activations again."""
MIN_STEPS = 600
"""Fewer rows get more epochs, so that there are about this many optimiser steps, within `EPOCHS`."""
EPOCHS = (3, 10)
BATCH = 32
"""What a modality's learning rates are for. A larger one that a GPU is given by default gets as many times the rate: on
3,000 rows of banking77 a batch of 128 at the square root of that learnt less (accuracy .715; by 32 it is .755, by this
.839)."""
GPU_BATCHES = (128, 64)
"""On a GPU, where a step of a few short texts takes as long as one of many: the largest that leaves `GPU_STEPS`."""
GPU_STEPS = 160


@dataclass(frozen=True, slots=True)
class Setting:
    """One field of a `TrainSpec` as a person meets it."""

    name: str
    """The field; the command line's flag is the same with hyphens."""
    title: str
    help: str
    """One line."""
    kind: Kind
    strategies: tuple[Strategy, ...] = EVERY
    """The strategies that it has an effect on."""
    choices: tuple[str, ...] = ()
    minimum: float = 0
    maximum: float = 0
    advanced: bool = True
    """Whether the form folds it away."""

    @property
    def default(self) -> Any:
        """None or "" where the default depends on task, strategy and rows."""
        return _DEFAULTS[self.name]


_DEFAULTS: Mapping[str, Any] = {field.name: field.default for field in fields(TrainSpec)}

SETTINGS: tuple[Setting, ...] = (
    Setting("model", later("Model"), later("A bundled model, a model folder, or a hub id."), "string", advanced=False),
    Setting(
        "strategy", later("Strategy"), later("How much of the model learns."), "choice", EVERY, EVERY, advanced=False
    ),
    Setting(
        "last_layers",
        later("Layers"),
        later("How many layers learn, counted from the end."),
        "whole",
        LAST,
        (),
        1,
        200,
        advanced=False,
    ),
    Setting(
        "epochs",
        later("Epochs"),
        later("How often it goes through the data."),
        "whole",
        LOOP,
        (),
        1,
        1000,
        advanced=False,
    ),
    Setting(
        "learning_rate",
        later("Learning rate"),
        later("The highest one, after the warm-up."),
        "decimal",
        LOOP,
        (),
        1e-8,
        1,
        advanced=False,
    ),
    Setting(
        "batch",
        later("Batch"),
        later("Examples per step on each device; halved by itself where memory runs out."),
        "whole",
        LOOP,
        (),
        1,
        65536,
        advanced=False,
    ),
    Setting(
        "class_weights",
        later("Class weights"),
        later("Balanced: rare classes count more; of several per example, as many times as it is lacked."),
        "choice",
        EVERY,
        get_args(ClassWeights),
        advanced=False,
    ),
    Setting(
        "seed",
        later("Seed"),
        later("The same seed gives the same model again."),
        "whole",
        EVERY,
        (),
        0,
        2**31 - 1,
        advanced=False,
    ),
    Setting(
        "accumulation",
        later("Accumulation"),
        later("Batches whose gradients are summed before each step."),
        "whole",
        LOOP,
        (),
        1,
        4096,
    ),
    Setting(
        "warmup",
        later("Warm-up"),
        later("Share of the steps in which the learning rate rises."),
        "decimal",
        LOOP,
        (),
        0,
        1,
    ),
    Setting(
        "weight_decay",
        later("Weight decay"),
        later("How strongly weights are drawn to zero."),
        "decimal",
        LOOP,
        (),
        0,
        1,
    ),
    Setting(
        "patience",
        later("Patience"),
        later("Stops early after so many epochs without a better metric; 0: never."),
        "whole",
        LOOP,
        (),
        0,
        1000,
    ),
    Setting(
        "metric",
        later("Metric"),
        later("Chooses the best epoch on the validation split, and when to stop early."),
        "choice",
        LOOP,
        get_args(StopMetric),
    ),
    Setting(
        "precision",
        later("Precision"),
        later("Mixed precision is quicker on a GPU; auto uses what the device is good at."),
        "choice",
        LOOP,
        get_args(MixedPrecision),
    ),
    Setting(
        "gradient_checkpointing",
        later("Gradient checkpointing"),
        later("Layers keep only their inputs: less memory, and about a third slower."),
        "choice",
        LOOP,
        get_args(Switch),
    ),
    Setting(
        "max_tokens", later("Longest text"), later("Texts are cut after so many tokens."), "whole", LOOP, (), 4, 100_000
    ),
    Setting(
        "processes",
        later("Processes"),
        later("One per device; 0: every GPU, or one on the CPU."),
        "whole",
        LOOP,
        (),
        0,
        64,
    ),
    Setting(
        "accelerate_config",
        later("Accelerate config"),
        later("Path of your own accelerate config (YAML), which says processes, machines, mixed precision."),
        "string",
        LOOP,
    ),
)
"""Every field of `TrainSpec`, in the order in which people are asked."""


def applying(strategy: Strategy, modality: Modality) -> tuple[Setting, ...]:
    """The settings that have an effect on that strategy and on models of that modality."""
    foreign = _of_others(modality)
    return tuple(setting for setting in SETTINGS if strategy in setting.strategies and setting.name not in foreign)


def folder_of(model: str) -> Path | None:
    """Where a model lies: the bundled one of texts, or the folder that a person named; None of another bundled one."""
    if model not in BUNDLED:
        return expanded(model)
    return bundled_text_folder() if "max_tokens" in BUNDLED[model].fine_tuning.settings else None


def bundled_for_others(model: str, modality: Modality) -> Modality | None:
    """What a model that comes with Winnow is for, where that is another modality."""
    own = BUNDLED.get(model, modality)
    return None if own is modality else own


def resolve(spec: TrainSpec, task: str, rows: int, on_gpu: bool = False) -> TrainSpec:
    """The spec with every default filled in for `rows` rows to learn from, on a GPU or on the CPU.

    Settings that do not apply to the strategy stay as they are. Raises UsageError as `check` does, and for a bundled
    model that is for another task.
    """
    check(spec)
    modality = task_named(task).modality
    model = _located(spec.model or modality.fine_tuning.models[0])
    own = ", ".join(modality.fine_tuning.models)
    if modality.fine_tuning.at_once and model not in modality.fine_tuning.models:
        raise UsageError(f"Model: {model!r} is not for {modality.many}.", f"Use {own}.")
    if not_for := bundled_for_others(model, modality):
        raise UsageError(
            f"Model: {model!r} is for {not_for.many}, and this dataset has {modality.many}.",
            f"Use {own}, or a model folder or hub id for {modality.many}.",
        )
    check_modality(spec, modality)
    if spec.strategy not in modality.fine_tuning.strategies:
        raise UsageError(
            f"Strategy: {spec.strategy!r} has no meaning for {modality.many}.",
            f"Use {' or '.join(modality.fine_tuning.strategies)}.",
        )
    if spec.strategy == "head":
        return replace(spec, model=model)
    if model in WITHOUT_RECOMPUTATION and spec.gradient_checkpointing == "on":
        raise UsageError(
            f"Gradient checkpointing: the model {model!r} cannot do it.",
            "Leave it off; to save memory lower the batch, or use the strategy last.",
        )
    course = modality.fine_tuning.courses.get(model)
    steps, limits = (course.steps, course.epochs) if course else (MIN_STEPS, EPOCHS)
    epochs = spec.epochs or _epochs(rows, (spec.batch or BATCH) * spec.accumulation, steps, limits)
    batch = spec.batch or (_gpu_batch(rows * epochs // spec.accumulation) if on_gpu else BATCH)
    rates = course.learning_rates if course else modality.fine_tuning.learning_rates
    rate = rates[spec.strategy] * (1 if spec.batch else batch / BATCH)
    return replace(
        spec,
        model=model,
        batch=batch,
        epochs=epochs,
        learning_rate=spec.learning_rate or float(f"{rate:.2g}"),
    )


def reason_for_batch(spec: TrainSpec, batch: int | None, learning_rate: float | None) -> str:
    """What `resolve` chose in place of the usual batch and learning rate, and why; empty where it did not."""
    if spec.batch or batch in (None, BATCH):
        return ""
    if spec.learning_rate:
        return say("a batch of {batch}: a GPU takes as long for a smaller one", batch=batch)
    return say(
        "a batch of {batch}, with the learning rate {rate:g} that suits it: a GPU takes as long for a smaller one",
        batch=batch,
        rate=learning_rate,
    )


def check(spec: TrainSpec) -> None:
    """Raises UsageError, which names the field and its value, for what cannot be or would have no effect."""
    if spec.strategy not in EVERY:
        raise UsageError(f"Strategy cannot be {spec.strategy!r}.", f"Choose one of: {', '.join(EVERY)}.")
    for setting in SETTINGS:
        value = getattr(spec, setting.name)
        if value == setting.default:
            continue
        if spec.strategy not in setting.strategies:
            raise UsageError(
                f"{setting.title}: {value!r} has no effect with the strategy {spec.strategy!r}.",
                f"Leave it out, or use the strategy {' or '.join(setting.strategies)}.",
            )
        _check_value(setting, value)
    _located(spec.model)


def check_modality(spec: TrainSpec, modality: Modality) -> None:
    """Raises UsageError for a setting that has no effect on models of the modality."""
    for setting in SETTINGS:
        value = getattr(spec, setting.name)
        if value != setting.default and setting.name in _of_others(modality):
            raise UsageError(f"{setting.title}: {value!r} has no effect on {modality.many}.", "Leave it out.")


def _of_others(modality: Modality) -> frozenset[str]:
    every = frozenset().union(*(one.fine_tuning.settings for one in MODALITIES.values()))
    return every - modality.fine_tuning.settings


def _check_value(setting: Setting, value: Any) -> None:
    if setting.kind == "choice" and value not in setting.choices:
        raise UsageError(f"{setting.title} cannot be {value!r}.", f"Choose one of: {', '.join(setting.choices)}.")
    if setting.kind in ("whole", "decimal") and not _fits(setting, value):
        raise UsageError(
            f"{setting.title} cannot be {value!r}.",
            f"Give a {'whole number' if setting.kind == 'whole' else 'number'} from {setting.minimum:g} to "
            f"{setting.maximum:,.10g}.",
        )


def _fits(setting: Setting, value: Any) -> bool:
    right = isinstance(value, int) or (setting.kind == "decimal" and isinstance(value, float))
    return right and not isinstance(value, bool) and setting.minimum <= value <= setting.maximum


def _located(model: str) -> str:
    """A model folder by its full path, since the job runs elsewhere; any other name as it is."""
    if not model or model in BUNDLED:
        return model
    folder = expanded(model)
    if folder.is_dir():
        if not (folder / "config.json").is_file():
            raise UsageError(
                f"Model: the folder {model!r} has no config.json, so it holds no model.",
                "Give a folder that save_pretrained has written.",
            )
        return str(folder.resolve())
    if folder.is_absolute() or model.startswith((".", "~")) or model.count("/") > 1:
        raise UsageError(
            f"Model: there is no folder {model!r}.", f"Check the path, or use one of: {', '.join(BUNDLED)}."
        )
    return model


def _gpu_batch(examples: int) -> int:
    """For so many examples in all epochs."""
    return next((batch for batch in GPU_BATCHES if examples >= GPU_STEPS * batch), BATCH)


def _epochs(rows: int, batch: int, steps: int, limits: tuple[int, int]) -> int:
    fewest, most = limits
    return min(most, max(fewest, -(-steps * batch // max(1, rows))))
