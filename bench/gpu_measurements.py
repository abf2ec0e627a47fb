"""What `bench.gpu` measures: the data, and each measurement as one process that turns it into figures."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bench.data import DATA, cifar10n, columns
from bench.gpu_card import on_gpu
from bench.gpu_processes import Outcome, run_job, run_script
from bench.train_folder import train_folder
from core.finetune.settings import resolve
from core.queue import JobFolder
from core.records import TrainSpec

TEST_IMAGES = 0.2
"""Share of the images that are predicted and not learnt."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    train: int
    test: int
    images: int
    epochs: int
    image_epochs: int


WHOLE = Size(train=10_003, test=3_080, images=5_000, epochs=3, image_epochs=2)
SLICE = Size(train=16, test=8, images=48, epochs=1, image_epochs=1)


@dataclass(frozen=True, slots=True)
class Place:
    """The data of one call of this benchmark, in a temporary folder."""

    root: Path
    size: Size
    classes: list[str]
    """Of banking77."""
    texts: dict[str, dict[str, list[Any]]]
    """Split → text, label (position in `classes`); each also in `table(split)`."""
    images: tuple[list[str], list[str], list[str]]
    """Names in `media`, content hashes and given labels."""

    @property
    def media(self) -> Path:
        return self.root / "media"

    @property
    def arrays(self) -> Path:
        """What encoding texts leaves for the quick retrain."""
        return self.root / "arrays"

    def table(self, split: str) -> Path:
        return self.root / f"{split}.parquet"

    def spec(self, **asked: Any) -> TrainSpec:
        """A fine-tune of MiniLM on banking77, by its defaults but for what is asked."""
        return resolve(TrainSpec(model="minilm", **asked), "text", len(self.texts["train"]["text"]))


def prepare(root: Path, size: Size) -> Place:
    """Reads the data, takes as much as is asked for, always the same, and lays it where processes find it."""
    rows = {split: columns(DATA / "banking77" / f"{split}.csv") for split in ("train", "test")}
    classes = sorted(set(rows["train"]["category"]))
    texts: dict[str, dict[str, list[Any]]] = {}
    for split, count in (("train", size.train), ("test", size.test)):
        chosen = sorted(_drawn(len(rows[split]["text"]), count))
        labels = [classes.index(rows[split]["category"][row]) for row in chosen]
        texts[split] = {"text": [rows[split]["text"][row] for row in chosen], "label": labels}
    names, hashes, about = cifar10n(root / "media")
    chosen = _drawn(len(names), size.images)
    images = [[column[row] for row in chosen] for column in (names, hashes, about["given_label"])]
    place = Place(root, size, classes, texts, (images[0], images[1], images[2]))
    for split, part in texts.items():
        pq.write_table(pa.table(part), place.table(split))
    return place


def _drawn(every: int, count: int) -> list[int]:
    drawn: list[int] = np.random.default_rng(0).permutation(every)[:count].tolist()
    return drawn


@dataclass(frozen=True, slots=True)
class Measurement:
    """Something to measure in a process of its own."""

    name: str
    """Several of one name are seeds of the same."""
    seconds: float
    """At most, on a GPU."""
    measure: Callable[[Place, float], Outcome]
    """Given the place and the seconds that it may take."""


def _winnow(seed: int) -> Callable[[Place, float], Outcome]:
    def measure(place: Place, seconds: float) -> Outcome:
        spec = place.spec(strategy="full", epochs=place.size.epochs, seed=seed)
        return run_job(_banking77(place, place.root / f"winnow-{seed}", spec, None), seconds)

    return measure


def _head(place: Place, seconds: float) -> Outcome:
    spec = place.spec(strategy="head")
    return run_job(_banking77(place, place.root / "head", spec, place.arrays), seconds)


def _banking77(place: Place, root: Path, spec: TrainSpec, arrays: Path | None) -> JobFolder:
    splits = [split for split, part in place.texts.items() for _ in part["text"]]
    texts, labels = ([one for part in place.texts.values() for one in part[name]] for name in ("text", "label"))
    return train_folder(root, "text", texts, labels, splits, place.classes, spec, arrays=arrays)


def _images(place: Place, seconds: float) -> Outcome:
    names, hashes, labels = place.images
    classes, tested = sorted(set(labels)), round(len(names) * TEST_IMAGES)
    splits = ["test"] * tested + ["train"] * (len(names) - tested)
    asked = TrainSpec(model="efficientnet", strategy="full", epochs=place.size.image_epochs)
    spec = resolve(asked, "image", len(names) - tested)
    given = [classes.index(label) for label in labels]
    folder = train_folder(
        place.root / "images", "image", names, given, splits, classes, spec, hashes=hashes, media=place.media
    )
    return run_job(folder, seconds)


def _trainer(name: str, seeds: int, **settings: Any) -> Callable[[Place, float], Outcome]:
    def measure(place: Place, seconds: float) -> Outcome:
        common = {
            "save_strategy": "no",
            "per_device_eval_batch_size": 256,
            "disable_tqdm": True,
            "use_cpu": not on_gpu(),
        }
        spec = {
            "train": str(place.table("train")),
            "test": str(place.table("test")),
            "classes": len(place.classes),
            "epochs": place.size.epochs,
            "seeds": list(range(seeds)),
            **settings,
            "arguments": common | settings.get("arguments", {}),
        }
        return run_script("bench.usual_finetune", spec, place.root / name, seconds)

    return measure


def _encode(kind: str) -> Callable[[Place, float], Outcome]:
    def measure(place: Place, seconds: float) -> Outcome:
        folder = place.root / f"encode-{kind}"
        folder.mkdir()
        if kind == "text":
            payloads = [text for part in place.texts.values() for text in part["text"]]
            hashes = [hashlib.sha256(text.encode()).hexdigest() for text in payloads]
        else:
            payloads, hashes, _ = place.images
        pq.write_table(pa.table({"payload": payloads, "content_hash": hashes}), folder / "rows.parquet")
        spec = {
            "kind": kind,
            "rows": str(folder / "rows.parquet"),
            "media": str(place.media),
            "arrays": str(place.arrays),
        }
        return run_script("bench.encode", spec, folder, seconds)

    return measure


def _ceiling(place: Place, seconds: float) -> Outcome:
    batch = place.spec(strategy="full").batch
    spec = {"texts": str(place.table("train")), "batch": batch, "classes": len(place.classes)}
    return run_script("bench.gpu_ceiling", spec, place.root / "ceiling", seconds)


WINNOW, HEAD, IMAGES = "full fine-tune", "quick retrain", "image fine-tune"
TEXTS, PICTURES, CEILING = "encoding texts", "encoding images", "ceiling"
BEST = "Trainer at its best: bf16, batch 256, lengths grouped, rate 3e-4"
COMPILED = f"{BEST}, torch.compile"
BATCH_32 = "Trainer: fp32, batch 32, dynamic padding, rate 1e-4"
BATCH_8 = "Trainer, its example's defaults: fp32, batch 8, padded to 128, rate 5e-5"
"""How the measurements are called, in the table too."""
QUICK: dict[str, Any] = {
    "padding": "longest",
    "batch": 256,
    "learning_rate": 3e-4,
    "in_memory": True,
}
QUICK_ARGUMENTS = {"bf16": on_gpu(), "train_sampling_strategy": "group_by_length", "logging_strategy": "no"}
"""With both transformers' Trainer is quickest here. It pins memory by itself; a CPU would only pretend to have bf16."""
QUICKER_ARGUMENTS = QUICK_ARGUMENTS | {"torch_compile": True}

MEASUREMENTS = (
    Measurement(WINNOW, 75, _winnow(0)),
    Measurement(BEST, 75, _trainer("best", 2, **QUICK, arguments=QUICK_ARGUMENTS)),
    Measurement(BATCH_32, 100, _trainer("batch-32", 2, padding="longest", batch=32, learning_rate=1e-4)),
    Measurement(TEXTS, 60, _encode("text")),
    Measurement(PICTURES, 60, _encode("image")),
    Measurement(IMAGES, 75, _images),
    Measurement(HEAD, 45, _head),
    Measurement(CEILING, 45, _ceiling),
    Measurement(WINNOW, 75, _winnow(1)),
    Measurement(BATCH_8, 200, _trainer("batch-8", 1, padding="max_length", batch=8, learning_rate=5e-5)),
)
WITH_COMPILE = Measurement(COMPILED, 75, _trainer("compiled", 1, **QUICK, arguments=QUICKER_ARGUMENTS))
