"""What a job has before it, foreseen: the stages that it will go through, how much work each is, and how long that
takes on this machine. Light: it is asked for before anything heavy is loaded.

A kind lists its `Work`; the paces are those that the workspace has learnt from jobs that were done here. Before the
first of them they are what two cores of a server took (`Work.usual`), and what a GPU takes is a guess.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from core.arrays.shards import Shards
from core.context import Context
from core.errors import WinnowError
from core.finetune.memory.sizes import LITE_SIDES, LITE_SMALL_UP_TO
from core.finetune.settings import folder_of
from core.modalities import Modality
from core.modalities.kept import KEPT, text_costs, text_key
from core.modalities.payloads import digests
from core.queue.launcher import Lane
from core.queue.plan import START, WARM, Stage
from core.records import Dataset, Version
from core.settings import expanded
from core.store.datasets import get_dataset
from core.store.samples import contents, share_of_small_images
from core.store.versions import get_version
from core.tasks import task_named

SHORT_SECONDS = 90.0
"""Work that takes no longer than this runs beside long work."""
GPU = 40.0
"""How many times quicker a GPU is guessed to be before it has done any such work."""
IMPORTS = 3.0
"""Seconds in which a process loads its libraries."""
ENCODES = {
    "lexical": 4e-6,
    "minilm": 1.9e-4,
    "pixels": 3e-4,
    "efficientnet": 8e-3,
    "log-mel": 1.2e-3,
    "speech": 6e-3,
    "table-features": 1e-4,
}
"""Seconds in which two cores encode a unit of cost, see `Amount`."""
TERMS = 6e-6
"""And in which they count the terms of a text."""
LOADS = {
    "lexical": 0.2,
    "minilm": 0.3,
    "pixels": 0.2,
    "efficientnet": 0.8,
    "log-mel": 0.2,
    "speech": 0.4,
    "table-features": 0.2,
}
"""Seconds before the first of them, in which the encoder is loaded; `MODEL` of one that did not come with Winnow."""
MODEL = 6.0
LEARNS = {"last": 2.0, "full": 3.2}
"""What a step of a fine-tune costs in times of a look at the same examples, by strategy."""


@dataclass(frozen=True, slots=True)
class Like:
    """What is known of a model that did not come with Winnow: how it compares with the one that did."""

    model: str
    other: str
    key: str
    """Of the other one's same work."""
    times: float | None
    """How many times as long the model takes; None where its size cannot be read."""


@dataclass(frozen=True, slots=True)
class Work:
    """One stage of a job."""

    stage: str
    """As the job reports it."""
    key: str
    """What kind of work it is: of one kind the pace is learnt."""
    units: float
    usual: float
    """Seconds for one unit on two cores."""
    even: bool = True
    sure: bool = False
    heavy: bool = False
    """Whether a GPU does it, where there is one."""
    warm: float = 0.0
    """Seconds that are usual before the first unit is done, for libraries and models that are loaded; none where there
    is no unit to be done."""
    like: Like | None = None
    """Where no such work has been done here before: by which model's pace it is guessed; None of one that is usual."""


Works = tuple[Work, ...]


def start(kind: str) -> Work:
    """The first stage of every job."""
    return Work(START, f"{kind}: start", 1.0, IMPORTS, even=False)


def staged(context: Context, works: Sequence[Work], *, beside: bool = False) -> tuple[Stage, ...]:
    """The works as a plan, with the seconds that each takes on this machine; on its CPU where it runs `beside`."""
    on_gpu = not beside and context.queue.launcher.slots()[0].name != "cpu"
    return tuple(_stage(context, work, on_gpu) for work in works)


def _stage(context: Context, work: Work, on_gpu: bool) -> Stage:
    lane = "gpu" if on_gpu and work.heavy else "cpu"
    key = f"{lane}: {work.key}"
    pace = context.queue.pace(key)
    if pace is None and work.like is not None and (other := context.queue.pace(f"{lane}: {work.like.key}")):
        pace = other * (work.like.times or 1.0)
    if pace is None:
        pace = work.usual / (GPU if on_gpu and work.heavy else 1.0)
    warm = 0.0
    if work.units > 0:
        learnt = context.queue.pace(key + WARM)
        warm = work.warm if learnt is None else learnt
    return Stage(work.stage, warm + pace * work.units, key, work.units, work.even, work.sure, warm)


def usual_of(encoder: str, modality: Modality) -> float:
    """`ENCODES` of an encoder; of one that did not come with Winnow as of the last that did for its modality, times
    what its layers are wider and more than that one's."""
    if encoder in ENCODES:
        return ENCODES[encoder]
    return ENCODES[modality.encoders[-1]] * (_times(encoder) or 1.0)


def like(model: str, modality: Modality, work: str) -> Like | None:
    """By what the pace of a `work` of a model, which ends its key, is guessed; None of one that came with Winnow."""
    if model in ENCODES:
        return None
    other = modality.encoders[-1]
    return Like(model, other, f"{other}: {work}", _times(model))


def _times(model: str) -> float | None:
    """How much more the layers of a model folder cost than minilm's: they grow with the square of the width. None where
    that cannot be read."""
    try:
        config = json.loads((expanded(model) / "config.json").read_text(encoding="utf-8"))
        return float((config["hidden_size"] / 384) ** 2 * config["num_hidden_layers"] / 6)
    except (OSError, ValueError, KeyError, TypeError, WinnowError):
        return None


def encoding(
    amount: Amount, encoder: str, stage: str, cost: float, *, even: bool = True, heavy: bool = True, loads: bool = True
) -> Work:
    """The stage in which an encoder encodes; `loads`: and is loaded before."""
    usual, work = usual_of(encoder, amount.modality), f"{'' if loads else 'only '}encoding"
    warm = LOADS.get(encoder, MODEL) if loads else 0.0
    guessed = like(encoder, amount.modality, work)
    return Work(stage, f"{encoder}: {work}", cost, usual, even=even, heavy=heavy, warm=warm, like=guessed)


def loading(model: str, stage: str = "loading the model", usual: float = 3.0) -> Work:
    """The stage in which a model is loaded."""
    return Work(stage, f"loading {model}", 1.0, usual, even=False)


def seconds_of(stages: Sequence[Stage]) -> float:
    """That a plan takes in all."""
    return math.fsum(stage.seconds for stage in stages)


def lane_of(stages: Sequence[Stage]) -> Lane:
    """Where a job takes its turn that is short or long as a whole."""
    return "short" if stages and seconds_of(stages) <= SHORT_SECONDS else "long"


FITTED_ROWS, FITTING = 20_000, 4.0
"""The quickest encoder of texts learns from so many rows; one that is learnt from costs so many times more besides."""
HEADS = 8_000.0
"""What fitting heads costs before the first row, in rows times classes."""


@dataclass(frozen=True)
class Amount:
    """How much work the rows of a version are; each figure is read when it is first asked for, in up to a second at a
    million rows."""

    context: Context
    version_id: str

    @cached_property
    def version(self) -> Version:
        return get_version(self.context.store, self.version_id)

    @cached_property
    def dataset(self) -> Dataset:
        return get_dataset(self.context.store, self.version.dataset_id)

    @property
    def rows(self) -> int:
        return self.version.row_count

    @property
    def classes(self) -> int:
        """What is fitted to each row: a number, of which there are no classes, is one."""
        return max(1, len(self.dataset.labels))

    @property
    def modality(self) -> Modality:
        return task_named(self.dataset.task).modality

    def heads(self, rows: int | None = None) -> float:
        """Of fitting heads to that many of the rows, else to all."""
        return HEADS + float(self.rows if rows is None else rows) * self.classes

    def cost(self, max_tokens: int = 512) -> float:
        """Of encoding every row once, with texts cut after so many tokens."""
        return float(self._costs(max_tokens).sum())

    def missing(self, encoder: str, max_tokens: int = 512) -> float:
        """Of encoding those of which the workspace keeps no embedding of that encoder."""
        folder = self._kept(encoder, max_tokens)
        if folder is None or not folder.is_dir():
            return self._once(np.arange(self.rows), max_tokens)
        return self._once(Shards(folder).missing(self._digests), max_tokens)

    def _once(self, rows: np.ndarray[tuple[int], np.dtype[np.int64]], max_tokens: int) -> float:
        costs, hashes = self._costs(max_tokens)[rows], self._digests[rows]
        return float(costs[np.unique(hashes, return_index=True)[1]].sum())

    def _costs(self, max_tokens: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        if "width" in self.modality.measures:
            small = share_of_small_images(self.context.store, self.version_id, LITE_SMALL_UP_TO)
            each = small + (1 - small) * (LITE_SIDES[1] / LITE_SIDES[0]) ** 2
            return np.full(self.rows, each)
        if self.modality.in_files or self.modality.features:
            return np.ones(self.rows)
        return text_costs(self._contents.column("size").to_numpy(), max_tokens)

    @cached_property
    def _contents(self):  # type: ignore[no-untyped-def]
        return contents(self.context.store, self.version_id)

    @cached_property
    def _digests(self) -> np.ndarray[tuple[int], np.dtype[np.bytes_]]:
        return digests(self._contents.column("content_hash"))

    def _kept(self, encoder: str, max_tokens: int) -> Path | None:
        return kept_folder(self.context.workspace.arrays / "embeddings", self.modality, encoder, max_tokens)


def kept_folder(embeddings: Path, modality: Modality, encoder: str, max_tokens: int = 512) -> Path | None:
    """Where, below the folder of all `embeddings`, those of an encoder are kept; None where that cannot be told without
    loading it."""
    if modality.in_files:
        return embeddings / KEPT[encoder] if encoder in KEPT else None
    folder = folder_of(encoder)
    if modality.features or folder is None or not (folder / "config.json").is_file():
        return None
    return embeddings / text_key(folder, max_tokens)


def near_duplicates(amount: Amount) -> Works:
    """The search for them. To read texts is to count their terms; of all else it is what the first encoder makes."""
    kind, rows, cost, first = amount.modality.name, float(amount.rows), amount.cost(), amount.modality.encoders[0]
    made = amount.modality.in_files or amount.modality.features
    return (
        Work("reading", f"{kind}: reading", amount.missing(first) if made else cost, ENCODES[first] if made else TERMS),
        Work("near-duplicates", f"{kind}: near-duplicates", rows + cost / 200, 1.2e-4, sure=True),
    )


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a job has before it."""

    works: Works = ()
    lane: Lane | None = None
    """Where it takes its turn; None: as `lane_of` says."""
    first: Works = ()
    """Of the works, those until there is a first result; none where there is one result only."""


def lane_and_plan(context: Context, foreseen: Foreseen) -> tuple[Lane, tuple[Stage, ...]]:
    """Where a job takes its turn, and its plan. What is short on the CPU alone may run beside others there."""
    plan = staged(context, foreseen.works)
    lane = foreseen.lane or lane_of(staged(context, foreseen.works, beside=True))
    return lane, plan
