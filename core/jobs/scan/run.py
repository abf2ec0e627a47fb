"""A job that scans a version for issues: `python -m core.jobs.scan.run FOLDER`.

Reads spec.json and input/rows.parquet; writes one folder per tier, output/0, output/1 …, each better than the one
before, and announces each by an event `tier` {tier, order, final} as soon as it is whole.
"""

from __future__ import annotations

import time
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
from core.heads.combine import pool, pool_exponents
from core.heads.held_out import held_out_probabilities
from core.heads.link import link_of, log_loss
from core.heads.out_of_sample import OutOfSample, out_of_sample_probabilities
from core.heads.refitted import refitted_probabilities
from core.heads.user_probabilities import Numbering, read_probabilities
from core.issues import ISSUE_TYPES, types_asked
from core.issues.contract import Found
from core.issues.signals import Probabilities, Signals
from core.jobs.clusters import find_clusters, kept_together, of_one_cluster
from core.jobs.entry import run
from core.jobs.rows import Rows, read_kept, read_rows, read_splits
from core.jobs.scan.fold_settings import forget_folds
from core.jobs.scan.notes import class_notes
from core.jobs.scan.spec import ScanJobSpec, ScanResult
from core.jobs.scan.taught import taught
from core.jobs.scan.tier import write_tier
from core.jobs.scan.verdicts import Verdicts, read_verdicts
from core.modalities.encoder import Encoder
from core.modalities.encoders import make_encoder
from core.modalities.fitted import Learner
from core.modalities.heavy import heavy_modality
from core.modalities.suspicion import Suspicion
from core.personal import Personal
from core.personal.names import names_in
from core.progress import Report
from core.queue import JobFolder, ProgressWriter
from core.targets.arrays import distinct, labelled, most_probable, same, unlabelled
from core.tasks import task_named
from core.typed import JsonObject
from core.words import stored

if TYPE_CHECKING:  # a scan that fine-tunes nothing does not load what it takes
    from core.jobs.fits.fit import Fit
    from core.jobs.scan.fine_tuned import FineTuned

OWN = "own probabilities"
SAME = frozenset(("example_ids", "contents", "faults", "written", "kept"))
"""Signals that are the same in every tier: what goes by them alone is looked for once. Names are, where none are looked
for."""


def main(folder: JobFolder, progress: ProgressWriter) -> ScanResult | None:
    """Runs the scan; the result names its tiers. None where it ends after the first one, to wait for its turn."""
    spec = folder.spec_as(ScanJobSpec)
    rows = read_rows(folder, spec.about.task, spec.about.media, len(spec.about.labels))
    scan = _kind(spec)(folder, progress, spec, rows, read_verdicts(folder, rows.labels))
    scan.check()
    tiers = []
    for tier in scan.own() if spec.settings.probabilities else scan.encoders():
        tiers.append(tier)
        if not scan.final and folder.leave_if_beside():
            return None
    forget_folds(folder.output)
    return ScanResult(tuple(tiers), round(time.monotonic() - scan.started, 2))


def _kind(spec: ScanJobSpec) -> type[ScanRun]:
    target = task_named(spec.about.task).target
    if target.numeric:
        from core.jobs.scan.numbers import NumberScan

        return NumberScan
    if not target.located:
        return ScanRun
    from core.jobs.scan.spans import SpanScan

    return SpanScan


@dataclass(slots=True)
class Member:
    """One encoder of a combination, or a model of examples as they are."""

    name: str
    result: OutOfSample
    accuracy: float


@dataclass(slots=True)
class ScanRun:
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

    def check(self) -> None:
        """Raises UsageError where there is nothing to tell apart."""
        told = self.rows.labels[labelled(self.rows.labels)]
        present = len(distinct(told)[0])
        if present < 2:
            without = len(self.rows) - len(told)
            raise UsageError(
                f"The version has {len(told):,} labelled rows of {present} class: nothing to tell apart.",
                f"A scan needs at least two classes: give some of the {without:,} rows without a label one on the page "
                "Review."
                if without
                else "A scan needs at least two classes.",
            )

    def own(self) -> Iterator[str]:
        """The person's own probabilities: one tier."""
        path = self.folder.input / str(self.spec.settings.probabilities)
        with self.timed("own probabilities"):
            numbering = self.spec.numbering or Numbering(len(self.rows))
            probabilities = read_probabilities(path, self.rows.example_ids, self.labels, self.rows.labels, numbering)
        modality = task_named(self.spec.about.task).modality
        name = modality.encoders[0]
        with self.timed(name):
            encoder = make_encoder(name, modality.name)
            embeddings = encoder.embed(self.rows.payloads, self.arrays, self.tick(f"{name}: encoding"))
        signals = self._signals(probabilities, self.told, embeddings)
        yield self.write(OWN, 0, True, signals, {"encoders": [], "clusters": None})

    def encoders(self) -> Iterator[str]:
        """One tier per encoder, each combined with those before it."""
        modality = task_named(self.spec.about.task).modality
        encoders = [make_encoder(name, modality.name) for name in self.spec.settings.encoders]
        clusters, folds = self._folds(encoders)
        learner = self._learner()
        members: list[Member] = []
        for order, encoder in enumerate(encoders):
            with self.timed(f"{encoder.name}: encoding"):
                self.progress.update(f"{encoder.name}: encoding", 0)
                embeddings = encoder.embed(self.rows.payloads, self.arrays, self.tick(f"{encoder.name}: encoding"))
            with self.timed(f"{encoder.name}: heads"):
                result = self._judge(embeddings, clusters, folds, encoder.name)
            members.append(self._member(encoder.name, result))
            final = learner is None and not self.spec.settings.fine_tune and order == len(encoders) - 1
            if final or not self.spec.settings.anew:  # nobody goes from a better list to a quicker one and back
                yield self._tier(members, order, final, embeddings, clusters, folds)
        if learner is not None:
            with self.timed(f"{learner.name}: fits"):
                result = self._refit(learner, clusters, folds)
            members.append(self._member(learner.name, result))
            yield self._tier(members, len(encoders), True, embeddings, clusters, folds)
        if self.spec.settings.fine_tune:
            members.append(self._fine_tuned(clusters, folds))
            yield self._tier(members, len(encoders), True, embeddings, clusters, folds)

    def _tier(
        self,
        members: list[Member],
        order: int,
        final: bool,
        embeddings: NDArray[np.float32],
        clusters: NDArray[np.int64],
        folds: int,
    ) -> str:
        """Combines what there is so far and writes it."""
        with self.timed("combination"):
            probabilities, weights = self._combined(members)
        newest = members[-1].result
        about = self._about(members, weights, folds)
        notes = class_notes(newest, self.rows.labels, self.labels, clusters, folds)
        signals = self._signals(probabilities, newest.judged, embeddings)
        return self.write(" + ".join(member.name for member in members), order, final, signals, about, notes)

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

    def figures(self, signals: Signals) -> JsonObject:
        """Of the given labels under the tier's probabilities."""
        return {
            "log_loss": log_loss(signals.probabilities, signals.labels),
            "accuracy": self._accuracy(signals.probabilities),
        }

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

    def _member(self, name: str, result: OutOfSample) -> Member:
        return Member(name, result, self._accuracy(result.probabilities))

    def _accuracy(self, probabilities: NDArray[np.float32]) -> float:
        """Share of labelled rows whose given label is the most probable one."""
        rows = labelled(self.rows.labels)
        predicted, _ = most_probable(probabilities[rows], task_named(self.spec.about.task).target.several)
        return float(same(self.rows.labels[rows], predicted).mean())

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

    def _judge(
        self, embeddings: NDArray[np.float32], clusters: NDArray[np.int64], folds: int, name: str
    ) -> OutOfSample:
        return out_of_sample_probabilities(
            embeddings,
            self.rows.labels,
            clusters,
            len(self.labels),
            folds=folds,
            seed=self.spec.settings.seed,
            scratch=self.folder.path,
            tick=self.tick(f"{name}: probabilities"),
        )

    def _learner(self) -> Learner | None:
        """The rows for a model of examples as they are, where their modality has one."""
        modality = task_named(self.spec.about.task).modality
        if not modality.fine_tuning.at_once:
            return None
        with self.timed("reading"):
            return heavy_modality(modality).learner(self.rows.payloads, len(self.labels), self.spec.settings.seed)

    def _refit(self, learner: Learner, clusters: NDArray[np.int64], folds: int) -> OutOfSample:
        return refitted_probabilities(
            learner,
            self.rows.labels,
            clusters,
            len(self.labels),
            folds=folds,
            seed=self.spec.settings.seed,
            scratch=self.folder.path,
            tick=self.tick(f"{learner.name}: probabilities"),
        )

    def fine_tuned(self, folds: int) -> FineTuned:
        """The models that are fine-tuned, each without a fold, once they are asked."""
        from core.jobs.scan.fine_tuned import FineTuned

        return FineTuned(self.folder, self.progress, self.spec, len(self.rows), folds, self.fit_and_ask, self.heard)

    def fit_and_ask(self, fit: Fit, train: NDArray[np.int64], held: NDArray[np.int64]) -> NDArray[np.float32]:
        """What a model that learns some rows says of others."""
        from core.jobs.fits.rows import fit_rows

        return fit_rows(fit, self.rows, train, self.rows.labels[train], held)

    def _fine_tuned(self, clusters: NDArray[np.int64], folds: int) -> Member:
        models = self.fine_tuned(folds)
        with self.timed(f"{models.name}: fits"):
            return self._member(models.name, self._hold_out(models, clusters, folds))

    def _hold_out(self, models: FineTuned, clusters: NDArray[np.int64], folds: int) -> OutOfSample:
        return held_out_probabilities(
            models.ask,
            self.rows.labels,
            clusters,
            len(self.labels),
            folds=folds,
            seed=self.spec.settings.seed,
            scratch=self.folder.path,
        )

    def _combined(self, members: list[Member]) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
        parts = [member.result.probabilities for member in members]
        if len(parts) == 1:
            return parts[0], np.ones(1)
        exponents = pool_exponents(parts, self.rows.labels)
        return pool(parts, exponents, self.folder.path, link_of(self.rows.labels)), exponents

    def _about(self, members: list[Member], exponents: NDArray[np.float64], folds: int) -> JsonObject:
        newest = members[-1].result
        return {
            "encoders": [
                {
                    "name": member.name,
                    "weight": float(exponent / exponents.sum()),
                    "log_loss": member.result.log_loss,
                    "accuracy": member.accuracy,
                    "l2": member.result.l2,
                    "temperature": member.result.temperature,
                }
                for member, exponent in zip(members, exponents, strict=True)
            ],
            "temperature": newest.temperature if len(members) == 1 else float(1 / exponents.sum()),
            "folds": folds,
            "repeats": newest.repeats,
            "clusters": self.clusters(),
        }

    def _found(self, kind: str, signals: Signals) -> Found:
        if kind in self.found:
            return self.found[kind]
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


if __name__ == "__main__":
    run(main)
