"""What a fine-tune will need, said before it starts: memory beside what its device has, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from core.context import Context
from core.finetune.memory.estimate import Load, memory_needed
from core.finetune.memory.sizes import LITE_SIDES, LITE_SMALL_UP_TO, Sizes, lite_sizes, sizes_of
from core.finetune.precision import chosen_precision
from core.finetune.settings import folder_of, resolve
from core.records import TrainSpec
from core.services.runs.devices import Device, are_cpu
from core.store.datasets import get_dataset
from core.store.samples import longest_texts, sampled_texts, share_of_small_images
from core.store.versions import get_version
from core.tasks import task_named
from core.words import later, say, say_stored, stored

SAMPLE = 2_000
"""Texts whose words are counted."""
CHARACTERS_PER_TOKEN = 20
"""More than a token has on average: a text is cut after so many for each token that can be seen."""
HALF = 0.5
GB = 1e9


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a fine-tune takes of its device's memory, where that can be told."""

    needed: int
    """Bytes, on the CPU of all its processes."""
    available: int | None
    """Bytes of the smallest device, on the CPU those that are free; None where nothing tells."""
    remedies: tuple[str, ...]
    """Settings that lower the need, the gentlest first."""

    @property
    def fits(self) -> bool:
        return self.available is None or self.needed <= self.available

    @property
    def sentence(self) -> str:
        """`needs about 3.1 of 24 GB`"""
        if self.available is None:
            return say("needs about {n:.1f} GB", n=self.needed / GB)
        there = f"{self.available / GB:.{1 if self.available < 10 * GB else 0}f}"
        return say("needs about {n:.1f} of {there} GB", n=self.needed / GB, there=there)

    @property
    def warning(self) -> str:
        """What to do where it does not fit."""
        remedies = say(", or ").join(map(say_stored, self.remedies))
        return say("That is more than there is: {remedies}.", remedies=remedies)


def forecast(context: Context, version_id: str, spec: TrainSpec, devices: Sequence[Device]) -> Forecast | None:
    """The memory that a fine-tune of the version needs. None where the model is not on this machine or of a kind whose
    sizes are not known, and where only its last layer learns. Reads texts: not for the script thread.

    Raises UsageError for settings that cannot be, NotFoundError for the version.
    """
    if spec.strategy == "head":
        return None
    dataset = get_dataset(context.store, get_version(context.store, version_id).dataset_id)
    spec = resolve(spec, dataset.task, dataset.row_count, not are_cpu(devices))
    sizes, folder = model_sizes(context, version_id, spec)
    if sizes is None:
        return None
    smallest = min(devices, key=lambda device: device.memory_bytes or 0)
    assert spec.batch is not None
    load = Load(spec.batch, classes=len(dataset.labels))
    if folder is not None and "max_tokens" in task_named(dataset.task).modality.fine_tuning.settings:
        load = _texts(context, version_id, folder, sizes, spec, load)
    processes = max(1, spec.processes) if smallest.is_cpu else 1
    precision = chosen_precision(spec.precision, None if smallest.is_cpu else smallest.capability or (0, 0))
    needed = processes * memory_needed(
        sizes, spec, load, device="cpu" if smallest.is_cpu else "cuda", precision=precision
    )
    return Forecast(needed, smallest.memory_bytes, tuple(_remedies(sizes, spec)))


def _remedies(sizes: Sizes, spec: TrainSpec) -> list[str]:
    found = [stored(f"lower the batch of {spec.batch:,}")] if (spec.batch or 1) > 1 else []
    if sizes.encoder is not None and spec.gradient_checkpointing == "off":
        found.append(later("turn gradient checkpointing on"))
    if sizes.encoder is not None and sizes.encoder.image_tokens is None:
        found.append(later("shorten the longest text"))
    return [*found, later("let fewer layers learn (strategy last)")] if spec.strategy == "full" else found


def model_sizes(context: Context, version_id: str, spec: TrainSpec) -> tuple[Sizes | None, Path | None]:
    """The model's sizes, and its folder where it has one."""
    if spec.model == "efficientnet":
        small = share_of_small_images(context.store, version_id, LITE_SMALL_UP_TO)
        return lite_sizes(LITE_SIDES[0 if small > HALF else 1]), None
    folder = folder_of(spec.model)
    if folder is None or not folder.is_dir():
        return None, None
    return sizes_of(folder), folder


def _texts(context: Context, version_id: str, folder: Path, sizes: Sizes, spec: TrainSpec, load: Load) -> Load:
    """With the longest text in tokens and the number of different words, by the model's own tokenizer; without one,
    with as many as the settings allow."""
    limit = min(spec.max_tokens, sizes.positions or spec.max_tokens)
    path = folder / "tokenizer.json"
    if not path.is_file():
        return replace(load, tokens=limit)
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception:  # the library has no class for it; what is wrong with it is said by the run
        return replace(load, tokens=limit)
    tokenizer.no_padding()
    tokenizer.enable_truncation(limit)
    characters = limit * CHARACTERS_PER_TOKEN
    longest = [text[:characters] for text in longest_texts(context.store, version_id, load.examples)]
    some = [text[:characters] for text in sampled_texts(context.store, version_id, SAMPLE)]
    encoded = [one.ids for one in tokenizer.encode_batch(longest + some)]
    tokens = max((len(ids) for ids in encoded), default=limit)
    return replace(load, tokens=tokens, words=len({token for ids in encoded for token in ids}))
