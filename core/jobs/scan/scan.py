"""What scans of all kinds of labels have in common: folds, signals, what is found by them, and the tiers written."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.duplicates.neighbourhood import Neighbourhood
from core.errors import UsageError
from core.issues import ISSUE_TYPES, types_asked
from core.issues.contract import Found
from core.issues.signals import Probabilities, Signals
from core.jobs.clusters import find_clusters, kept_together, of_one_cluster
from core.jobs.rows import Rows, read_kept, read_splits
from core.jobs.scan.spec import ScanJobSpec
from core.jobs.scan.taught import taught
from core.jobs.scan.tier import write_tier
from core.jobs.scan.verdicts import Verdicts
from core.modalities.encoder import Encoder
from core.modalities.fitted import Learner
from core.modalities.heavy import heavy_modality
from core.modalities.suspicion import Suspicion
from core.personal import Personal
from core.personal.names import names_in
from core.progress import Report
from core.queue import JobFolder, ProgressWriter
from core.targets.arrays import unlabelled
from core.tasks import task_named
from core.typed import JsonObject
from core.words import stored

if TYPE_CHECKING:  # a scan that fine-tunes nothing does not load what it takes
    from core.jobs.fits.fit import Fit
    from core.jobs.scan.fine_tuned import FineTuned

SAME = frozenset(("example_ids", "contents", "faults", "written", "kept"))
"""Signals that are the same in every tier: what goes by them alone is looked for once. Names are, where none are looked
for."""


@dataclass(slots=True)
class Scan(ABC):
    """A scan under way."""

    folder: JobFolder
    progress: ProgressWriter
    spec: ScanJobSpec
    rows: Rows
    verdicts: Verdicts
    started: float = field(default_factory=time.monotonic)
    seconds: dict[str, float] = field(default_factory=dict)
    within: float = 0.0
    """Seconds of the stages that ended within the present one."""
    final: bool = False
    """Whether the tier that is being written, or was, is the last."""
    heard: list[str] = field(default_factory=list)
    """What folds and fine-tunes had to tell."""
    near: NDArray[np.int64] | None = None
    """Near-duplicates, once they were looked for."""
    found: dict[str, Found] = field(default_factory=dict)
    """By kind, what later tiers do not look for again: see `SAME`."""

    @property
    def labels(self) -> list[str]:
        return list(self.spec.about.labels)

    @property
    def told(self) -> NDArray[np.bool_]:
        """(n,) the rows that have a label."""
        return ~unlabelled(self.rows.labels)

    @property
    def arrays(self) -> Path:
        return self.spec.about.arrays

    @abstractmethod
    def check(self) -> None:
        """Raises UsageError where there is nothing to tell apart."""

    @abstractmethod
    def own(self) -> Iterator[str]:
        """The person's own probabilities: one tier, by its name."""

    @abstractmethod
    def encoders(self) -> Iterator[str]:
        """The tiers of encoders and models, by their names, each as soon as it is written."""

    @abstractmethod
    def figures(self, signals: Signals) -> JsonObject:
        """Of the given labels under the tier's probabilities or predictions."""

    def write(
        self, name: str, order: int, final: bool, signals: Signals, about: JsonObject, notes: Sequence[str] = ()
    ) -> str:
        """Finds the issues, writes the tier and says so."""
        self.final = final
        task = task_named(self.spec.about.task)
        kinds = types_asked(task, self.spec.settings.types)
        if self.spec.settings.anew:
            kinds = kinds[:1]  # of the others nothing is learnt: their lists stay
        found = {kind: self._found(kind, signals) for kind in kinds}
        summary = {
            "tier": name,
            **about,
            "rows": len(self.rows),
            "found": {kind: {"flagged": _flagged(one), **one.summary} for kind, one in found.items()},
            **self.figures(signals),
            "seconds": {stage: round(seconds, 3) for stage, seconds in self.seconds.items()},
            "notes": [*notes, *self.heard, *(note for one in found.values() for note in one.notes)],
        }
        write_tier(self.folder.output / str(order), task.target, signals, found, summary)
        self.progress.event("tier", tier=name, order=order, final=final)
        return name

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Adds the seconds within to the stage's, less those of other stages that end within it."""
        begun, before, self.within = time.monotonic(), self.within, 0.0
        yield
        spent = time.monotonic() - begun
        self.seconds[stage] = self.seconds.get(stage, 0.0) + spent - self.within
        self.within = before + spent

    def tick(self, stage: str) -> Report:
        """Reports (done, total) of a stage; raises Stopped once the run was asked to end."""
        return self.progress.stage(stage)

    def embed(self, encoder: Encoder) -> NDArray[np.float32]:
        """(n, d) by one encoder, timed."""
        stage = f"{encoder.name}: encoding"
        with self.timed(stage):
            self.progress.update(stage, 0)
            return encoder.embed(self.rows.payloads, self.arrays, self.tick(stage))

    def _clusters(self, encoders: Sequence[Encoder] = ()) -> NDArray[np.int64]:
        """Near-duplicates, see `find_clusters`: looked for once."""
        if self.near is None:
            modality = task_named(self.spec.about.task).modality
            with self.timed("near-duplicates"):
                self.near = find_clusters(modality, self.rows.payloads, self.arrays, self.progress, encoders)
        return self.near

    def clusters(self) -> int:
        """How many groups of near-duplicates there are."""
        return int((np.bincount(self._clusters()) > 1).sum())

    def _signals(
        self,
        probabilities: Probabilities,
        judged: NDArray[np.bool_],
        embeddings: NDArray[np.float32],
        more: Mapping[str, Callable[[], object]] | None = None,
    ) -> Signals:
        """What issue types may ask of this tier; what none of them asks for is not made."""
        seed = self.spec.settings.seed
        makers: dict[str, Callable[[], object]] = {
            "classes": lambda: self.labels,
            "example_ids": lambda: self.rows.example_ids,
            "labels": lambda: self.rows.labels,
            "probabilities": lambda: probabilities,
            "judged": lambda: judged,
            "known": lambda: self.verdicts.known,
            "before": lambda: self.verdicts.before,
            "embeddings": lambda: embeddings,
            "neighbours": lambda: Neighbourhood(embeddings, self.tick("neighbours"), lambda: self.timed("neighbours")),
            "contents": lambda: self.rows.payloads.digests,
            "groups": self._clusters,
            "faults": self._faults,
            "written": self._written_texts,
            "kept": lambda: read_kept(self.folder, self.spec.kept),
            "named": self._named,
            "splits": lambda: read_splits(self.folder),
            "taught": lambda: taught(embeddings, self.rows, read_splits(self.folder), len(self.labels), seed),
            **(self._more() if more is None else more),
        }
        return Signals(makers, asdict(self.spec.settings))

    def _faults(self) -> Mapping[str, Suspicion]:
        modality, tick = heavy_modality(task_named(self.spec.about.task).modality), self.tick("content issues")
        return modality.faults(self.rows.payloads, self.rows.measures, self.arrays, tick)

    def _written_texts(self) -> pa.ChunkedArray | None:
        written = task_named(self.spec.about.task).modality.written
        return self.rows.payloads.column if written else None

    def _named(self) -> Mapping[int, Sequence[Personal]] | None:
        """Once, with the last tier: the first ones are there to be quick."""
        if not (self.spec.settings.names and self.final):
            return None
        with self.timed("names"):
            return names_in(self.rows.payloads.column.to_pylist(), self.tick("names"))

    def _more(self) -> dict[str, Callable[[], object]]:
        """Makers of signals that only some targets have."""
        return {}

    def _folds(self, encoders: Sequence[Encoder]) -> tuple[NDArray[np.int64], int]:
        """Which rows share a fold, (n,), and how many folds there are."""
        near = self._clusters(encoders)
        told = self.told
        clusters = kept_together(near, self.rows.payloads, told)
        if clusters is not near:
            most = int(of_one_cluster(near, told).max())
            self.heard.append(
                stored(
                    f"{most:,} of {int(told.sum()):,} labelled rows are near-duplicates of each other: of these only "
                    "equal ones share a fold, so that a model may have learnt from a row much like the one that it is "
                    "asked about."
                )
            )
        distinct = len(np.unique(clusters))
        if distinct < 2:
            raise UsageError("All rows have the same content.", "A scan needs rows that differ.")
        return clusters, min(self.spec.settings.folds, distinct)

    def _learner(self) -> Learner | None:
        """The rows for a model of examples as they are, where their modality has one."""
        modality = task_named(self.spec.about.task).modality
        if not modality.fine_tuning.at_once:
            return None
        with self.timed("reading"):
            return heavy_modality(modality).learner(self.rows.payloads, len(self.labels), self.spec.settings.seed)

    def fine_tuned(self, folds: int) -> FineTuned:
        """The models that are fine-tuned, each without a fold, once they are asked."""
        from core.jobs.scan.fine_tuned import FineTuned

        return FineTuned(self.folder, self.progress, self.spec, len(self.rows), folds, self.fit_and_ask, self.heard)

    def fit_and_ask(self, fit: Fit, train: NDArray[np.int64], held: NDArray[np.int64]) -> NDArray[np.float32]:
        """What a model that learns some rows says of others."""
        from core.jobs.fits.rows import fit_rows

        return fit_rows(fit, self.rows, train, self.rows.labels[train], held)

    def _found(self, kind: str, signals: Signals) -> Found:
        if kind in self.found:
            return self.found[kind]
        if "named" in ISSUE_TYPES[kind].needs:
            _ = signals.named  # a stage of its own, before this one: each has its pace
        stage = f"{kind} issues"
        with self.timed(stage):
            self.progress.update(stage, 0, 1)
            found = ISSUE_TYPES[kind].find()(signals)
            self.progress.update(stage, 1, 1)
        same = SAME if self.spec.settings.names else SAME | {"named"}
        if ISSUE_TYPES[kind].needs <= same:
            self.found[kind] = found
        return found


def _flagged(found: Found) -> int:
    return int((found.is_issue if found.settled is None else found.is_issue & ~found.settled).sum())
