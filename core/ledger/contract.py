"""What a ledger keeps and answers, whatever it is kept in. Any thread of any process may use it at any time.

The order of acts is the order in which they were written: each gets a number greater than any before. A clock that
steps back changes what an act says about its time, never which act is newer.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.records import (
    Action,
    BulkAct,
    ClassNaming,
    CleaningEffect,
    Decision,
    KeptVersion,
    MaskedCopy,
    MaskRule,
    Metric,
    Rule,
    Run,
    TagAct,
    View,
)


class Decisions(Protocol):
    """Reviewers' acts, appended and never edited."""

    def append(self, decisions: Sequence[Decision]) -> int:
        """Writes acts in their order, all or none, and returns how many were new: one whose `client_key` is known
        already is the same act."""

    def newest(self) -> int:
        """The number of the newest act; 0 before the first."""

    def since(self, seq: int, at_most: int = -1) -> pa.Table:
        """The acts with greater numbers, oldest first: `seq`, then the fields of `Decision`, `shown` as JSON. From 0 on
        so many of them at most."""

    def by_client_key(self, client_keys: Sequence[str]) -> dict[str, Decision]:
        """The acts that carry these client keys; keys that were never written are absent."""

    def by_id(self, decision_id: str) -> Decision | None:
        """One act, or None."""

    def taken_back(self, decision_ids: Sequence[str]) -> set[str]:
        """Those of the acts that an undo names."""

    def page(
        self,
        dataset_id: str,
        *,
        reviewer: str | None = None,
        action: Action | None = None,
        version_id: str | None = None,
        example_id: int | None = None,
        limit: int = 100,
        offset: int = 0,
    ) -> list[Decision]:
        """Every act on a dataset, undos too, newest first; each argument that is given narrows."""

    def count(
        self,
        dataset_id: str,
        *,
        reviewer: str | None = None,
        action: Action | None = None,
        version_id: str | None = None,
        example_id: int | None = None,
    ) -> int:
        """How many acts `page` would list in all."""

    def last_undoable(self, version_id: str, reviewer: str) -> Decision | None:
        """The reviewer's newest verdict on a version that nobody has taken back yet, or None."""


class BulkActs(Protocol):
    """Acts on many rows, each once; their decisions are among `Decisions`."""

    def add(self, act: BulkAct) -> None:
        """Writes an act down before its decisions; a second call for the same id changes nothing."""

    def write(self, act: BulkAct, rows: pa.Table) -> pa.Table | None:
        """Writes what an act that was added decides of rows, in their order, all or none: `decision_id`, `example_id`,
        `action`, `new_label`, `scan_id`, `shown` as JSON, `undoes`. A row that the act has decided already stays as it
        is. Gives the acts as `Decisions.since` does; None where some of them were there."""

    def by_id(self, act_id: str) -> BulkAct | None:
        """One act as it stands, or None."""

    def page(self, dataset_id: str, *, limit: int, offset: int = 0) -> list[BulkAct]:
        """The acts on a dataset that wrote any decision, newest first."""

    def count(self, dataset_id: str) -> int:
        """How many acts `page` would list in all."""

    def decisions(self, act_id: str, *, limit: int, offset: int = 0) -> list[Decision]:
        """What an act decided, in the order of writing."""

    def any_decision(self, act_id: str) -> Decision | None:
        """One of those that an act decided, whichever is found first; None where it decided nothing."""


class Claims(Protocol):
    """Which session (a reviewer's tab) has which row on the screen: no two have the same one. They run out.

    `now` is in seconds of the machine's monotonic clock, which all of its processes share: a claim lasts as long as it
    should, whatever is done to the time of day meanwhile.
    """

    def hold(
        self, version_id: str, session: str, example_ids: Sequence[int], *, now: float, seconds: float
    ) -> list[int]:
        """Those of the rows, in their order, that are the session's from now on for `seconds`: all that nobody else
        holds. Rows that it holds already are held anew."""

    def adopt(self, version_id: str, session: str, example_ids: Sequence[int], *, of: str = "") -> None:
        """Gives a session what it was cut off with when the process it talked to went: those of the rows that nobody
        has who lives, and all such rows of sessions whose name begins with `of`, if that is given."""

    def held_by_others(self, version_id: str, session: str, now: float) -> list[int]:
        """Rows of a version that other sessions hold."""

    def release(self, version_id: str, session: str, example_ids: Sequence[int]) -> None:
        """Gives rows back before their time; those that the session does not hold are left alone."""

    def release_all(self, session: str) -> None:
        """Gives back every row that a session holds: it is over."""


class Runs(Protocol):
    """One row per fine-tune, and its figures step by step. What it predicts is the store's."""

    def add(
        self,
        *,
        run_id: str,
        dataset_id: str,
        version_id: str,
        title: str,
        spec: Mapping[str, Any],
        labels: Sequence[str],
        by: str,
    ) -> Run:
        """Writes down a run that is about to start, under the dataset's next number; a second call for the same id
        changes nothing and returns the first."""

    def restore(self, run: Run, metrics: Sequence[Metric]) -> None:
        """Writes down a run as it stands, under its own number; a second call changes nothing."""

    def describe(self, run_id: str, name: str, note: str) -> Run:
        """Gives a run another name and note. Raises `NotFoundError`."""

    def delete(self, run_id: str, by: str) -> None:
        """Deletes a run and its figures for good. Its number stays its own: who asks for it is told who deleted it."""

    def by_id(self, run_id: str) -> Run:
        """One run. Raises `NotFoundError`."""

    def get(self, dataset_id: str, name: str) -> Run:
        """A dataset's run by its number or its id. Raises `NotFoundError` with the numbers that exist."""

    def of(self, dataset_id: str) -> list[Run]:
        """Every run of a dataset, newest first."""

    def finish(self, run_id: str, summary: Mapping[str, Any], metrics: Sequence[Metric]) -> None:
        """Takes in what a run has come to; a second call changes nothing. Raises `NotFoundError`."""

    def metrics(self, run_id: str) -> list[Metric]:
        """The figures of a finished run by step, in the order in which it gave them."""


class Effects(Protocol):
    """One row per answer to the question whether cleaning helped."""

    def add(
        self,
        *,
        effect_id: str,
        dataset_id: str,
        version_id: str,
        settings: Mapping[str, Any],
        summary: Mapping[str, Any],
        by: str,
        at: datetime,
    ) -> None:
        """Writes down what a job found (`summary` is its result, see `core.jobs.cleaning_effect`); a second call for
        the same id changes nothing."""

    def of(self, version_id: str) -> list[CleaningEffect]:
        """What was found of a version, newest first."""


class Versions(Protocol):
    """How each version came to be, beside the store that has its rows: a store that is lost is made again with them."""

    def keep(self, versions: Sequence[KeptVersion]) -> None:
        """Writes versions down; one that is known already stays as it is."""

    def ids(self) -> set[str]:
        """Of all versions that are kept."""

    def in_order(self) -> list[str]:
        """Of all versions that are kept, by dataset and number: a version comes after its parent."""

    def by_id(self, version_id: str) -> KeptVersion | None:
        """One, or None where it was never kept."""


class Views(Protocol):
    """What people saved of lists: views under a name, and which columns they want to see."""

    def save(self, view: View) -> None:
        """Writes a view down, in place of one of the same dataset and name."""

    def of(self, dataset_id: str) -> list[View]:
        """All views of a dataset, by name."""

    def state(self) -> Hashable:
        """Another one once any view was saved, renamed or deleted."""

    def rename(self, dataset_id: str, name: str, to: str) -> None:
        """Raises `NotFoundError` where there is none of that name, `UsageError` where the new one is taken."""

    def delete(self, dataset_id: str, name: str) -> None:
        """Raises `NotFoundError` where there is none of that name."""

    def keep_columns(self, dataset_id: str, page: str, person: str, columns: Sequence[str]) -> None:
        """The columns that a person wants to see of a page's list, by name; none for the usual ones."""

    def columns(self, dataset_id: str, page: str, person: str) -> tuple[str, ...]:
        """These columns; none where the person chose none."""


class Tags(Protocol):
    """Tags put on rows of datasets and taken off: appended and never edited."""

    def append(self, acts: Sequence[tuple[TagAct, Sequence[int] | NDArray[np.int64]]]) -> int:
        """Writes acts with their rows in their order, all or none, and returns how many were new: one whose id is known
        is the same act, and what was taken back once is not taken back again."""

    def newest(self) -> int:
        """The number of the newest act; 0 before the first."""

    def since(self, seq: int, at_most: int) -> list[tuple[int, TagAct, NDArray[np.int64]]]:
        """The acts with greater numbers, oldest first, with their rows from low to high; no more once so many rows were
        read."""

    def of_tag(self, dataset_id: str, tag: str) -> list[tuple[int, TagAct, NDArray[np.int64]]]:
        """All acts of one tag of a dataset that nobody took back, oldest first, but for those that take back."""

    def page(self, dataset_id: str, *, limit: int, offset: int = 0, at_least: int = 1) -> list[TagAct]:
        """The acts on a dataset's rows, on so many at least, newest first; those that take back are none."""

    def count(self, dataset_id: str, *, at_least: int = 1) -> int:
        """How many acts `page` would list in all."""

    def by_id(self, act_id: str) -> TagAct | None:
        """One act as it stands, or None."""


class Rules(Protocol):
    """Rules of datasets, every version of each: appended and never edited; the newest of a name holds."""

    def append(self, rule: Rule) -> bool:
        """Writes a version down; False, and nothing is written, where the rule has one of that number, or this act is
        known."""

    def of(self, dataset_id: str) -> list[Rule]:
        """The newest version of each rule of a dataset, by name; retired ones too."""

    def log(self, dataset_id: str, name: str | None = None) -> list[Rule]:
        """Every version of a rule, or of all of them, newest first."""

    def newest(self) -> int:
        """The number of the newest change of all datasets; 0 before the first."""


class ClassNames(Protocol):
    """What people call classes and what belongs in them: appended and never edited; the newest of a class holds."""

    def append(self, namings: Sequence[ClassNaming], seen: int) -> bool:
        """Writes what was said at once of a dataset's classes, all or none; False, and nothing is written, where its
        `newest_of` is no longer `seen`."""

    def newest(self) -> int:
        """The number of the newest of all datasets; 0 before the first."""

    def newest_of(self, dataset_id: str) -> int:
        """The number of a dataset's newest; 0 before the first."""

    def standing(self, dataset_id: str) -> dict[str, ClassNaming]:
        """What holds, by class."""

    def log(self, dataset_id: str) -> list[ClassNaming]:
        """All that was ever said of a dataset's classes, newest first."""


class FirstSteps(Protocol):
    """Of which datasets nobody wants to be shown the first steps any more."""

    def put_away(self, dataset_id: str, by: str) -> None:
        """From now on; a second call changes nothing."""

    def bring_back(self, dataset_id: str) -> None:
        """As if they had never been put away."""

    def are_away(self, dataset_id: str) -> bool:
        """Whether they were put away."""


class Masking(Protocol):
    """Which datasets are always masked, in all that is shown or written, and which are masked copies of others."""

    def append(self, dataset_id: str, on: bool, by: str) -> None:
        """From now on."""

    def standing(self, dataset_id: str) -> MaskRule | None:
        """What was said last; None where nobody has said anything."""

    def on(self) -> frozenset[str]:
        """All datasets of which it is so."""

    def keep_copy(self, copy: MaskedCopy) -> None:
        """Writes down where a masked dataset comes from; a second call for it changes nothing."""

    def copy_of(self, dataset_id: str) -> MaskedCopy | None:
        """Where it comes from; None where it is no masked copy."""

    def copies_of(self, dataset_id: str) -> list[MaskedCopy]:
        """The masked copies of a dataset's versions, newest first."""


class Ledger(Protocol):
    """All of it."""

    @property
    def decisions(self) -> Decisions: ...

    @property
    def bulk(self) -> BulkActs: ...

    @property
    def claims(self) -> Claims: ...

    @property
    def runs(self) -> Runs: ...

    @property
    def effects(self) -> Effects: ...

    @property
    def versions(self) -> Versions: ...

    @property
    def views(self) -> Views: ...

    @property
    def tags(self) -> Tags: ...

    @property
    def rules(self) -> Rules: ...

    @property
    def classes(self) -> ClassNames: ...

    @property
    def first_steps(self) -> FirstSteps: ...

    @property
    def masking(self) -> Masking: ...

    def forget(self, dataset_id: str) -> None:
        """Deletes for good all that was done on a dataset."""

    def close(self) -> None:
        """Lets go of what is open; what was written stays."""
