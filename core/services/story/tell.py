"""Puts a dataset's story together: versions, scores, decisions, the effect of cleaning, the worst classes, next acts.

Every score is by the labels of the newest version, unless others are asked for: versions and runs are held against one
yardstick. What is told depends on nothing but versions, runs, scans, effects and acts, all of which are in the key
under which it is kept.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace

from core.beside.answers import TIMEOUT, Pending
from core.context import Context
from core.errors import WinnowError
from core.evaluation.effect_words import conclude
from core.progress import Report, part
from core.records import (
    CleaningEffect,
    Comparison,
    Dataset,
    Difference,
    Estimate,
    Evaluation,
    LabelsFrom,
    MultiLabelComparison,
    MultiLabelEvaluation,
    Run,
    Scan,
    ScoreOf,
    Story,
    Told,
    Version,
    VersionLine,
)
from core.services.cleaning_effect import effects
from core.services.evaluation.measures import compare, evaluate, splits_of
from core.services.evaluation.named import under_names
from core.services.evaluation.old_classes import old_classes
from core.services.evaluation.words import ALWAYS, AnyEvaluation, limits
from core.services.runs.listing import done_runs, headline_scores
from core.services.story import baselines, meaning, next_acts, worst
from core.services.story.next_acts import Known
from core.store.acts.of_lists import of_lists
from core.store.scans import latest_scan
from core.store.telling.story import tally
from core.store.versions import list_versions
from core.targets.contract import Target
from core.tasks import target_of
from core.words import later, stored

AnyComparison = Comparison | MultiLabelComparison

NOBODY_MEASURED = later(
    "Nobody has measured whether the cleaning paid: train on the labels as given, as reviewed and with as many random "
    "changes, and compare."
)
NOTHING_CLEANED = later("Nothing has been cleaned yet, so there is nothing to measure.")


def story(
    context: Context,
    dataset: Dataset,
    run: Run | None = None,
    split: str | None = None,
    labels_from: LabelsFrom = "newest",
    timeout: float | None = TIMEOUT,
) -> Story | Pending:
    """A dataset's story, about its newest run that is done unless another is named, on the split that tells most."""
    versions = list_versions(context.store, dataset.dataset_id)
    scans = {one.version_id: latest_scan(context.store, one.version_id) for one in versions}
    runs = done_runs(context, dataset.dataset_id)
    found = [effect for one in reversed(versions) for effect in effects(context, one.version_id)]
    asked = (run.run_id if run else None, split, labels_from)
    key = (*asked, *kept_under(context, dataset, versions, scans, runs, found))

    def work(report: Report) -> Story:
        return Teller(context, dataset, versions, scans, runs, found, labels_from).tell(run, split, report)

    return context.beside.answers("stories", kept=16).ask(
        key, stored(f"Telling the story of {dataset.name}"), work, timeout
    )


def kept_under(
    context: Context,
    dataset: Dataset,
    versions: Sequence[Version],
    scans: Mapping[str, Scan | None],
    runs: Sequence[Run],
    found: Sequence[CleaningEffect],
) -> tuple[Hashable, ...]:
    """All that what is told depends on."""
    return (
        *(dataset.dataset_id, dataset.name),
        *(context.store.newest_act(), tuple(one.version_id for one in versions)),
        *(tuple(one.scan_id if one else None for one in scans.values()), tuple(one.run_id for one in runs)),
        tuple(one.effect_id for one in found),
        context.ledger.classes.newest_of(dataset.dataset_id),
    )


class Teller:
    """What the parts of one story have in common."""

    def __init__(
        self,
        context: Context,
        dataset: Dataset,
        versions: Sequence[Version],
        scans: dict[str, Scan | None],
        runs: Sequence[Run],
        found: Sequence[CleaningEffect],
        labels_from: LabelsFrom,
    ) -> None:
        self.context, self.dataset, self.versions, self.scans = context, dataset, versions, scans
        self.runs, self.effects, self.labels_from = runs, found, labels_from
        self.newest = versions[-1]
        self.target: Target = target_of(dataset)

    def tell(self, run: Run | None, split: str | None, report: Report) -> Story:
        run = run or next((one for one in self.runs if self._split_of(one)), None)
        split = split or (self._split_of(run) if run else None)
        evaluation = self._evaluate(run, split) if run and split else None
        report(1, 6)
        lines = self._lines(run, split, part(report, 1 / 6, 3 / 6))
        score = score_of(run, split, evaluation) if run and split and evaluation else None
        trend = self._trend(lines, score)
        bases = (
            baselines.of(self.context, self.target, evaluation, self.newest, self.dataset.called) if evaluation else ()
        )
        previous = self._previous(run, split) if run and evaluation else None
        report(4, 6)
        scan = self._scan()
        suspects, missing = worst.suspects_of(self.context, run, evaluation, self.newest, scan)
        common = self.common(run, lines, evaluation, suspects)
        report(5, 6)
        return replace(
            common,
            score=score,
            errors=evaluation.rows - evaluation.right if evaluation else 0,
            trend=trend,
            baselines=(*([previous] if previous else []), *bases),
            worst=worst.worst_classes(evaluation, self.dataset.called) if evaluation else (),
            suspects=suspects,
            suspects_missing=missing,
            classes=meaning.meanings(self.context, self.dataset, self.newest, run, self.scans[self.newest.version_id]),
            limits=(*(self._limits(run, evaluation) if run and evaluation else ()), *ALWAYS),
        )

    def common(
        self,
        run: Run | None,
        lines: tuple[VersionLine, ...] | None = None,
        evaluation: AnyEvaluation | None = None,
        suspects: Told | None = None,
    ) -> Story:
        """What is told whatever the labels are: versions, decisions, the effect of cleaning and what comes next. `run`
        is the one that the story is about."""
        lines = lines or tuple(line_of(self.context, one, self.scans[one.version_id], None) for one in self.versions)
        known = Known(
            self.context, self.dataset, self.target, self.newest, lines, evaluation, run, suspects, self.scans
        )
        effect = self.effects[0] if self.effects else None
        reviewed = any(one.kind == "review" for one in self.versions)
        return Story(
            dataset=self.dataset,
            newest=self.newest,
            lines=lines,
            score=None,
            errors=0,
            trend="",
            decided=tuple(tally(self.context.store, self.dataset.dataset_id)),
            effect=conclude(effect).sentence if effect else NOBODY_MEASURED if reviewed else NOTHING_CLEANED,
            effect_verdict=conclude(effect).verdict if effect else None,
            effect_version=self._number(effect.version_id) if effect else None,
            measured=effect,
            baselines=(),
            worst=(),
            suspects=None,
            suspects_missing="",
            classes=(),
            limits=ALWAYS,
            next_acts=next_acts.next_acts(known, measured=effect is not None or not reviewed),
        )

    def _limits(self, run: Run, found: AnyEvaluation) -> list[str]:
        known = [self.dataset.called(code) for code in run.labels]
        return [*limits(run, under_names(found, self.dataset), known), *old_classes(self.context, run, found)]

    def _split_of(self, run: Run) -> str | None:
        named, _ = headline_scores(run)
        return named or next((name for name, _ in splits_of(self.context, run)), None)

    def _number(self, version_id: str) -> int:
        return next(one.number for one in self.versions if one.version_id == version_id)

    def _evaluate(self, run: Run, split: str) -> AnyEvaluation:
        found = evaluate(self.context, run, split, self.labels_from, timeout=None)
        assert not isinstance(found, Pending), "it was waited for"
        return found

    def _lines(self, shown: Run | None, split: str | None, report: Report) -> tuple[VersionLine, ...]:
        lines = []
        for place, version in enumerate(self.versions):
            of_it = [one for one in self.runs if one.version_id == version.version_id]
            run = shown if shown in of_it else next((one for one in of_it if self._has(one, split)), None)
            score = score_of(run, split, self._evaluate(run, split)) if run and split else None
            lines.append(line_of(self.context, version, self.scans[version.version_id], score))
            report(place + 1, len(self.versions))
        return tuple(lines)

    def _has(self, run: Run, split: str | None) -> bool:
        return split in dict(splits_of(self.context, run))

    def _scan(self) -> Scan | None:
        """The newest version's, else that of the version before it that has one."""
        return next((scan for one in reversed(self.versions) if (scan := self.scans[one.version_id])), None)

    def _trend(self, lines: Sequence[VersionLine], score: ScoreOf | None) -> str:
        first = next((line.score for line in lines if line.score), None)
        if first is None or score is None:
            return stored("No model has been trained on this dataset yet, so there is no score to follow.")
        if first.run.run_id == score.run.run_id:
            return stored("One version has a score so far: train on another one to see whether it is better.")
        found = self._compare(first.run, score.run, score.split)
        if found is None:
            one, other = first.run.number, score.run.number
            return stored(f"Runs {one} and {other} have predicted no row in common.")
        return _followed(_headline(found).difference, found.rows, first.run, score.run)

    def _previous(self, run: Run, split: str | None) -> baselines.Baseline | None:
        earlier = (one for one in self.runs if one.number < run.number and self._has(one, split))
        before = next(earlier, None)
        found = self._compare(before, run, split) if before and split else None
        if before is None or found is None:
            return None
        one = _headline(found)
        return baselines.Baseline(
            name=stored(f"Run {before.number}, the one before"),
            meaning=f"{before.title}, by {before.created_by} on {before.created_at:%d %b %Y}",
            score=_headline_score(found.first)[1],
            difference=one.difference,
            run=before.number,
            whose=before,
        )

    def _compare(self, first: Run, second: Run, split: str) -> AnyComparison | None:
        try:
            found = compare(self.context, first, second, split, self.labels_from, timeout=None)
        except WinnowError:
            return None
        assert not isinstance(found, Pending), "it was waited for"
        return found


def _followed(by: Estimate, rows: int, first: Run, newest: Run) -> str:
    """What the interval of a difference lets one say of two runs on the same rows."""
    better, worse = (newest.number, first.number) if by.low > 0 else (first.number, newest.number)
    points, low, high = (f"{100 * value:+.1f}" for value in (by.estimate, *by.interval))
    return stored(
        f"On the same {rows:,} rows, no clear difference ({points} points, 95 % interval {low} to {high})."
        if by.low <= 0 <= by.high
        else f"On the same {rows:,} rows, run {better} is better than run {worse} ({points} points, "
        f"95 % interval {low} to {high})."
    )


def score_of(run: Run, split: str, found: AnyEvaluation) -> ScoreOf:
    """The figure that a run is judged by."""
    figure, score = _headline_score(found)
    return ScoreOf(run, split, figure, score, found.rows)


def line_of(context: Context, version: Version, scan: Scan | None, score: ScoreOf | None) -> VersionLine:
    """A version with what its newest scan says."""
    about = scan.found("label") if scan and "label" in scan.types else {}
    share = about.get("share_wrong")
    return VersionLine(
        version=version,
        share_wrong=Estimate(share["estimate"], share["low"], share["high"]) if share else None,
        untold=str(about.get("untold") or ""),
        flagged=of_lists(context.store, scan)["label"].flagged if scan and about else None,
        score=score,
    )


def _headline_score(found: Evaluation | MultiLabelEvaluation) -> tuple[str, Estimate]:
    return ("accuracy", found.accuracy) if isinstance(found, Evaluation) else ("micro F1", found.micro_f1)


def _headline(found: AnyComparison) -> Difference:
    name = "accuracy" if isinstance(found, Comparison) else "micro_f1"
    return next(one for one in found.differences if one.name == name)
