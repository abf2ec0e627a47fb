"""Which rows a model learns from, is chosen on and is tested on: the version's own splits under their usual names, or,
where it has none, ones made for the purpose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.context import Context
from core.errors import UsageError
from core.records import USUAL_SPLITS, Strategy, splits_in_order
from core.store.job_files.training_rows import Names, Shares, count_training_rows, splits_of_version

SYNONYMS: Mapping[str, str] = {
    "training": "train",
    "valid": "validation",
    "val": "validation",
    "dev": "validation",
}
"""Split names in small letters that stand for another."""
WHOLE: Shares = {"test": 0.2, "validation": 0.1, "train": 0.7}
"""What becomes of a version without splits."""
TEST_ONLY: Shares = {"test": 0.2, "train": 0.8}
"""The same for the last layer alone, which chooses nothing on a validation split; its test rows are the same."""
HELD_BACK: Shares = {"validation": 0.1, "train": 0.9}
"""What becomes of `train` where there is no validation split and the strategy chooses its best epoch on one."""
UNASSIGNED = "unassigned"
"""Rows in no split, of a version that has splits: neither learnt from nor tested on."""


@dataclass(frozen=True, slots=True)
class TrainRows:
    """The splits of a training job and what is in them."""

    splits: Mapping[str, int]
    """Split → rows: train, validation, test, then any others by name."""
    shares: Shares
    """What `train` was assigned by; empty where the version's own splits stand as they are."""
    names: Names
    """The version's split → the job's."""
    classes: int
    """Classes that occur in `train`."""

    @property
    def made(self) -> bool:
        """Whether the version has no splits of its own to speak of, so that all of them were made."""
        return self.shares in (WHOLE, TEST_ONLY)


def preview_split(context: Context, version_id: str, strategy: Strategy) -> TrainRows:
    """What a fine-tune of the version would learn from and be tested on.

    Reads every row: at a million of them, not for the script thread. Raises NotFoundError.
    """
    names, shares = planned(context, version_id, strategy)
    counts = count_training_rows(context.store, version_id, names, shares)
    splits = {name: sum(counts[name].values()) for name in splits_in_order(counts) if name is not None}
    return TrainRows(splits, shares, names, len(counts.get("train", {})))


def planned(context: Context, version_id: str, strategy: Strategy) -> tuple[Names, Shares]:
    """`plan` for a version. Raises NotFoundError."""
    return plan(splits_of_version(context.store, version_id), strategy)


def plan(own: Mapping[str | None, int], strategy: Strategy) -> tuple[Names, Shares]:
    """How a version's own splits are named, and how its `train` is assigned.

    A version of one split is one without: there would be nothing to test on.
    """
    if len(own) < 2:
        return dict.fromkeys(own, "train"), TEST_ONLY if strategy == "head" else WHOLE
    names = {split: _usual(split) for split in own}
    present = set(names.values())
    lacks_validation = "train" in present and "validation" not in present
    return names, HELD_BACK if lacks_validation and strategy != "head" else {}


def check_rows(rows: TrainRows) -> None:
    """Raises UsageError where there is nothing to learn."""
    if "train" not in rows.splits:
        raise UsageError(
            f"The version has no split named train; it has: {', '.join(rows.splits)}.",
            "Make splits on the Data page, or name one of them train.",
        )
    if rows.classes < 2:
        raise UsageError(
            f"The rows to learn from are of {rows.classes} class: nothing to tell apart.",
            "Take a version whose train split has at least two classes.",
        )


def _usual(split: str | None) -> str:
    if split is None:
        return UNASSIGNED
    lower = split.strip().lower()
    return lower if lower in USUAL_SPLITS else SYNONYMS.get(lower, split)
