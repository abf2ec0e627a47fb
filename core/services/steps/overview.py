"""Where each dataset stands and the next useful step for it. Reads the store, the ledger and the queue, no more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from core.beside.answers import Pending
from core.context import Context
from core.progress import Report
from core.records import Dataset, Job, LastAct, ReviewCounts, Run, Scan, Version
from core.services.runs.listing import headline_scores
from core.store.acts.decisions import counts
from core.store.datasets import list_datasets
from core.store.relations import relation
from core.store.scans import latest_scan
from core.store.telling.overview import newest_acts, shares_found, versions_of
from core.store.telling.story import right_of
from core.store.versions import get_version, nothing_labelled
from core.tasks import nothing_to_tell_apart
from core.words import later, say, say_n, stored

COUNT_SECONDS = 0.01
"""That the list waits for one figure: most are counted long ago."""
MOST_KEPT = 5_000

PageName = Literal["data", "profile", "issues", "review", "training", "evaluation"]


@dataclass(frozen=True, slots=True)
class VersionTrend:
    """What is known of a version without working anything out."""

    number: int
    wrong: float | None
    """Share of wrong labels, 0–1, as its newest scan estimates it."""
    accuracy: float | None
    """Of the newest run on it, by the labels of the newest version: the share of rows that are wholly right. None also
    as long as it is still counted beside the page."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One dataset at its newest version."""

    dataset: Dataset
    version: Version
    scan: Scan | None
    """The newest scan of that version, if it has one."""
    review: ReviewCounts
    """Of that version; all zero before a scan."""
    scanning: Job | None
    """A scan of this dataset that has not ended."""
    run: Run | None = None
    """The newest run of that version that is done."""
    training: bool = False
    """Whether a run of this dataset has not ended."""
    compared: bool = False
    """Whether it was measured what the corrections of that version did."""
    nothing_labelled: bool = False
    """Whether no row of the version has a label yet."""
    trend: tuple[VersionTrend, ...] = ()
    """Of its versions, oldest first."""
    last: LastAct | None = None
    """What was done last, by whom."""


@dataclass(frozen=True, slots=True)
class Step:
    """What to do next with a dataset."""

    page: PageName
    label: str
    """What the button says."""
    view: str | None = None
    """The part of the page to open, as the URL's `?view=`."""
    run: int | None = None
    """The number of the run that it is about."""


def standings(context: Context, limit: int, offset: int = 0) -> tuple[list[Standing], int]:
    """A page of the datasets, newest first, and how many there are."""
    datasets = list_datasets(context.store)
    active = context.queue.active()
    scanning = {job.dataset_id: job for job in active if job.kind == "scan"}
    training = {job.dataset_id for job in active if job.kind == "train"}
    shown = datasets[offset : offset + limit]
    told = _Told(context, [dataset.dataset_id for dataset in shown])
    found = [
        _standing(context, dataset, scanning.get(dataset.dataset_id), dataset.dataset_id in training, told)
        for dataset in shown
    ]
    return found, len(datasets)


def standing_of(context: Context, dataset: Dataset) -> Standing:
    """Where one dataset stands."""
    active = [job for job in context.queue.active() if job.dataset_id == dataset.dataset_id]
    scanning = next((job for job in active if job.kind == "scan"), None)
    return _standing(context, dataset, scanning, any(job.kind == "train" for job in active))


def next_step(standing: Standing, page: PageName | None = None, view: str | None = None) -> Step:
    """The step that moves the dataset towards corrected labels, and then to a model that has learnt from them. With a
    `page` and its `view`, the next one from there: what that page is for comes first, and never what it shows
    already."""
    steps = (*_onward(standing, page), *_useful(standing))
    return next(step for step in steps if not _is_here(step, page, view))


def _is_here(step: Step, page: PageName | None, view: str | None) -> bool:
    if step.page == page and step.page not in _FIRST_VIEW:
        return step.view in (None, view)  # a page that shows what its step is for, whatever its view
    return step.page == page and (step.view or _FIRST_VIEW.get(step.page)) == (view or _FIRST_VIEW.get(step.page))


_FIRST_VIEW: dict[PageName, str] = {"issues": "list", "review": "desk", "training": "runs", "data": "rows"}
"""What a page shows where its URL names no view."""


def _onward(standing: Standing, page: PageName | None) -> Iterator[Step]:
    """What the work of a page leads to."""
    review = standing.review
    if page == "profile" and review.flagged:
        yield Step("issues", say_n("See the {n:,} flagged row", "See the {n:,} flagged rows", review.flagged))
    if page == "issues" and review.left:
        yield _review(review)
    if page in ("review", "issues") and (review.relabelled or review.excluded):
        yield Step("review", say("Make a corrected version"), view="versions")
    if page == "training" and standing.run is not None:
        yield _evaluate(standing.run)


def _useful(standing: Standing) -> Iterator[Step]:
    """What there is to do, the most useful first; the last two can always be done."""
    review, corrected = standing.review, standing.version.kind == "review"
    if standing.nothing_labelled:
        yield Step("review", say("Give some rows a label"), view="desk")
        if review.relabelled or review.excluded:
            yield Step("review", say("Make a corrected version"), view="versions")
        yield Step("data", say("Look at the classes"), view="classes")
        yield _export()
        return
    if nothing_to_tell_apart(standing.dataset):
        if review.relabelled or review.excluded:
            yield Step("review", say("Make a corrected version"), view="versions")
        yield Step("profile", say("Look at the profile"))
        yield _export()
        yield Step("data", say("Look at the rows"), view="rows")
        return
    if standing.training:
        yield Step("training", say("Follow the training"), view="runs")
    if standing.scan is None and not corrected and standing.run is None:
        yield Step("issues", say("Follow the scan")) if standing.scanning else Step("issues", say("Find wrong labels"))
    if review.left:
        yield _review(review)
    elif review.relabelled or review.excluded:
        yield Step("review", say("Make a corrected version"), view="versions")
    if corrected and not standing.compared:
        yield Step("training", say("Compare before and after"), view="effect")
    if corrected and standing.run is None:
        yield Step("training", say("Quick retrain"), view="new")
    if standing.run is not None:
        yield _evaluate(standing.run)
    if standing.scan is None:
        yield Step("issues", say("Scan version {n} for what is left", n=standing.version.number))
    yield _export()
    yield Step("profile", say("Look at the profile"))


def _export() -> Step:
    return Step("data", say("Export"), view="export")


def _review(review: ReviewCounts) -> Step:
    said = later("Go on reviewing: {n:,} left") if review.verdicts else later("Review: {n:,} left")
    return Step("review", say(said, n=review.left))


def _evaluate(run: Run) -> Step:
    return Step("evaluation", say("Evaluate run {n}", n=run.number), run=run.number)


class _Told:
    """What is read for all datasets of a page at once."""

    def __init__(self, context: Context, dataset_ids: list[str]) -> None:
        self.context = context
        self.versions: dict[str, list[Version]] = {}
        for version in versions_of(context.store, dataset_ids):
            self.versions.setdefault(version.dataset_id, []).append(version)
        self.shares = {one.version_id: one for one in shares_found(context.store, dataset_ids)}
        self.acts = {one.dataset_id: one for one in newest_acts(context.store, dataset_ids)}

    def trend(self, dataset_id: str, runs: Sequence[Run]) -> tuple[VersionTrend, ...]:
        newest: dict[str, Run] = {run.version_id: run for run in reversed(runs) if headline_scores(run)[0]}
        split = next((name for run in runs if (name := headline_scores(run)[0])), None)
        truth = self.versions[dataset_id][-1]
        return tuple(
            VersionTrend(
                one.number,
                self.shares[one.version_id].share if one.version_id in self.shares else None,
                self._accuracy(newest[one.version_id], split, truth) if split and one.version_id in newest else None,
            )
            for one in self.versions[dataset_id]
        )

    def _accuracy(self, run: Run, split: str, truth: Version) -> float | None:
        """By the labels of another version than its own it is counted beside the page, once."""
        name, scores = headline_scores(run)
        if scores.get("mae") is not None:
            return None  # numbers are hardly ever right to the last digit: a share says nothing of them
        if run.version_id == truth.version_id and name == split and "accuracy" in scores:
            return float(scores["accuracy"])

        def work(report: Report) -> float | None:
            rows = relation(self.context.store, truth.version_id)
            right, total = right_of(self.context.store, run.run_id, split, rows)
            return right / total if total else None

        key, answers = (run.run_id, split, truth.version_id), self.context.beside.answers("accuracies", kept=MOST_KEPT)
        found = answers.ask(key, stored(f"Counting what run {run.number} has right"), work, COUNT_SECONDS)
        return None if isinstance(found, Pending) else found

    def last(self, dataset_id: str, runs: Sequence[Run]) -> LastAct:
        """The newest of verdicts, versions, scans and runs."""
        versions = self.versions[dataset_id]
        made = {"load": later("loaded"), "review": later("made version {n}"), "split": later("split version {n}")}
        done = [LastAct(say(made[one.kind], n=one.number), one.created_by, one.created_at) for one in versions]
        scans = ((one, self.shares[one.version_id]) for one in versions if one.version_id in self.shares)
        done += [LastAct(say("scanned version {n}", n=one.number), scan.by, scan.at) for one, scan in scans]
        done += [LastAct(say("trained run {n}", n=one.number), one.created_by, one.created_at) for one in runs[:1]]
        if dataset_id in self.acts:
            done.append(LastAct(say("reviewed"), self.acts[dataset_id].by, self.acts[dataset_id].at))
        return max(done, key=lambda one: one.at)


def _standing(
    context: Context, dataset: Dataset, scanning: Job | None, training: bool, told: _Told | None = None
) -> Standing:
    """Trend and last act only where `told` has been read."""
    version = told.versions[dataset.dataset_id][-1] if told else get_version(context.store, dataset.latest_version_id)
    scanned = told is None or version.version_id in told.shares
    scan = latest_scan(context.store, version.version_id) if scanned else None
    review = counts(context.store, version.version_id, scan.scan_id) if scan else ReviewCounts(*[0] * 10)
    runs = context.ledger.runs.of(dataset.dataset_id)
    done = next((run for run in runs if run.version_id == version.version_id and run.summary), None)
    compared = version.kind == "review" and bool(context.ledger.effects.of(version.version_id))
    nothing = nothing_labelled(context.store, version.version_id)
    standing = Standing(dataset, version, scan, review, scanning, done, training, compared, nothing)
    if told is None:
        return standing
    trend, last = told.trend(dataset.dataset_id, runs), told.last(dataset.dataset_id, runs)
    return replace(standing, trend=trend, last=last)
