"""The next three acts for a dataset, by what they are expected to gain: rows that are wrong now and would be right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.context import Context
from core.lookalikes import quoted
from core.records import Dataset, Evaluation, NextAct, Place, Run, Scan, Told, Version, VersionLine
from core.services.evaluation.words import AnyEvaluation, percent
from core.services.story.expected import expected_wrong
from core.store.acts.decisions import counts
from core.store.relations import relation
from core.store.telling import story as store
from core.store.versions import count_changes, list_versions, nothing_labelled
from core.targets.contract import Target
from core.tasks import nothing_to_tell_apart
from core.words import stored

SHOWN = 3
ALL_AT_ONCE = 20
"""So few flagged rows are one piece of work, whatever their classes."""
FIRST = 10**12
"""Ranks what has to come first, since nothing can be measured without it; it is not shown."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a dataset when the acts are ranked."""

    context: Context
    dataset: Dataset
    target: Target
    newest: Version
    lines: tuple[VersionLine, ...]
    found: AnyEvaluation | None
    run: Run | None
    suspects: Told | None
    scans: Mapping[str, Scan | None]

    @property
    def scan(self) -> Scan | None:
        """Of the newest version."""
        found = self.scans[self.newest.version_id]
        return found if found and "label" in found.types else None

    def place(self, page: str, **query: str | int | None) -> Place:
        """A place of this dataset."""
        named = {name: str(value) for name, value in query.items() if value is not None}
        return Place(page, {"dataset": self.dataset.name} | named)


def next_acts(known: Known, *, measured: bool) -> tuple[NextAct, ...]:
    """Those with the most gain; where there are fewer, what would tell more. `measured`: whether there is nothing to
    measure of the cleaning that nobody has."""
    ranked = sorted(_worth_it(known), key=lambda act: (act.at_most, -act.gain))
    return (*ranked, *_telling(known, measured))[:SHOWN]


def _worth_it(known: Known) -> Iterator[NextAct]:
    if nothing_to_tell_apart(known.dataset) or nothing_labelled(known.context.store, known.newest.version_id):
        return
    yield from _scan(known)
    yield from _apply(known)
    yield from _review(known)
    yield from _train(known)
    yield from _collect(known)


def _scan(known: Known) -> Iterator[NextAct]:
    if known.scan is not None:
        return
    before = next((line for line in reversed(known.lines) if line.share_wrong and not line.untold), None)
    number = known.newest.number
    if before is None or before.share_wrong is None:
        why = stored("Nobody knows yet how many labels are wrong, nor which.")
        title, measured = stored(f"Scan version {number}"), stored("no scan so far")
        yield NextAct(title, why, FIRST, measured, known.place("issues", version=number))
        return
    since = before.version.number
    left = round(before.share_wrong.estimate * before.version.row_count) - _changed_since(known, since)
    if left > 0:
        yield NextAct(
            stored(f"Scan version {number}"),
            stored(f"About {left:,} labels may still be wrong, and nobody has looked which since version {since}."),
            left,
            stored(f"the share of wrong labels of version {since}, less what was changed since"),
            known.place("issues", version=number),
        )


def _apply(known: Known) -> Iterator[NextAct]:
    made = counts(known.context.store, known.newest.version_id, known.scan.scan_id if known.scan else None)
    waiting = made.relabelled + made.excluded
    if waiting:
        verdicts = store.tally(known.context.store, known.dataset.dataset_id)  # a change of classes puts no row right
        here = [one for one in verdicts if one.version == known.newest.number]
        put_right = sum(one.rows for one in here if one.action in ("relabel", "exclude"))
        yield NextAct(
            stored(
                f"Make a version of {waiting:,} decided row"
                if waiting == 1
                else f"Make a version of {waiting:,} decided rows"
            ),
            stored(
                f"{made.relabelled:,} new labels and {made.excluded:,} exclusions are decided, and in no version yet."
            ),
            put_right,
            stored("the decisions in force"),
            known.place("review", version=known.newest.number, view="versions"),
        )


def _review(known: Known) -> Iterator[NextAct]:
    scan = known.scan
    if scan is None:
        return
    by_label = store.left_ranks(known.context.store, scan)
    left = sum(len(ranks) for ranks in by_label.values())
    if known.target.numeric:
        yield from _reviewing_numbers(known, left)
    elif left > ALL_AT_ONCE and len(by_label) > 2 and not known.target.several:
        name = max(by_label, key=lambda one: expected_wrong(scan, by_label[one]).estimate)
        ranks, called = by_label.pop(name), quoted(known.dataset.called(name))
        count = len(ranks)
        yield from _reviewing(
            known,
            scan,
            stored(
                f"Review the {count:,} flagged row of {called}"
                if count == 1
                else f"Review the {count:,} flagged rows of {called}"
            ),
            ranks,
            name,
        )
        others = [rank for ranks in by_label.values() for rank in ranks]
        count = len(others)
        yield from _reviewing(
            known,
            scan,
            stored(
                f"Review the {count:,} flagged row of the classes other than {called}"
                if count == 1
                else f"Review the {count:,} flagged rows of the classes other than {called}"
            ),
            others,
            None,
        )
    elif left:
        ranks = [rank for ranks in by_label.values() for rank in ranks]
        title = stored(f"Review the {left:,} flagged row" if left == 1 else f"Review the {left:,} flagged rows")
        yield from _reviewing(known, scan, title, ranks, None)


def _reviewing_numbers(known: Known, left: int) -> Iterator[NextAct]:
    """How many of them are wrong is not estimated."""
    if not left:
        return
    number = known.newest.number
    yield NextAct(
        stored(f"Review the {left:,} flagged row" if left == 1 else f"Review the {left:,} flagged rows"),
        stored("These labels lie farther off than right ones usually do; how many are wrong is not estimated."),
        left,
        stored(f"what the scan of version {number} flagged and nobody has decided"),
        known.place("review", version=number, view="desk"),
        at_most=True,
    )


def _reviewing(known: Known, scan: Scan, title: str, ranks: Sequence[int], name: str | None) -> Iterator[NextAct]:
    expected = expected_wrong(scan, ranks)
    wrong = round(expected.estimate)
    if not wrong:
        return
    low, high, number = f"{expected.low:,.0f}", f"{expected.high:,.0f}", known.newest.number
    yield NextAct(
        title,
        stored(
            f"About {wrong:,} wrong label is expected among them ({low} to {high})."
            if wrong == 1
            else f"About {wrong:,} wrong labels are expected among them ({low} to {high})."
        ),
        wrong,
        stored(
            f"where these rows stand in the list of the scan of version {number}; a rough figure, since how many are "
            "wrong cannot be told"
            if scan.found("label").get("untold")
            else f"where these rows stand in the list of the scan of version {number}"
        ),
        known.place("review", version=number, view="desk", given=name),
    )


def _train(known: Known) -> Iterator[NextAct]:
    number = known.newest.number
    place = known.place("training", version=number, view="new")
    if known.run is None:
        why = stored("Without a model there is no score, and no error to look at.")
        if known.scan is not None:
            yield NextAct(stored("Train a first model"), why, 1, stored("no run so far"), place)
        return
    if any(line.score for line in known.lines if line.version.number == number):
        return
    learnt = next((line.version.number for line in known.lines if line.version.version_id == known.run.version_id), 1)
    changed, run = _changed_since(known, learnt), known.run.number
    yield NextAct(
        stored(f"Retrain on version {number}"),
        stored(
            f"The newest model, run {run}, learnt from version {learnt}; {changed:,} row has been corrected since."
            if changed == 1
            else f"The newest model, run {run}, learnt from version {learnt}; {changed:,} rows have been corrected "
            "since."
        ),
        changed,
        stored(f"the changes from version {learnt} to {number}"),
        place,
    )


def _collect(known: Known) -> Iterator[NextAct]:
    """For the class of the smaller half that costs most: its share of errors, as measured, times its rows."""
    if known.found is None:
        return
    rows = relation(known.context.store, known.newest.version_id)
    sizes = store.class_sizes(known.context.store, rows, known.target.classes_sql)
    middle = float(np.median(list(sizes.values()))) if sizes else 0.0
    errors = {
        name: (1 - scores.recall) * sizes[name]
        for name, scores in known.found.classes.items()
        if scores.support and name in sizes and sizes[name] <= middle
    }
    name = max(errors, key=lambda one: errors[one], default=None)
    if name is None or round(errors[name]) < 1:
        return
    recall, largest = known.found.classes[name].recall, max(sizes.values())
    has, share, split = sizes[name], percent(1 - recall), known.found.split
    yield NextAct(
        stored(f"Collect rows of {quoted(known.dataset.called(name))}"),
        stored(
            f"It has {has:,} rows where the largest class has {largest:,}, and {share} of its {split} rows are taken "
            "for something else."
            if isinstance(known.found, Evaluation)
            else f"It has {has:,} rows where the largest class has {largest:,}, and {share} of its {split} rows are "
            "missed."
        ),
        round(errors[name]),
        stored(f"that share of its {has:,} rows; new rows mend a part of it"),
        known.place("profile", version=known.newest.number),
        at_most=True,
    )


def _telling(known: Known, measured: bool) -> Iterator[NextAct]:
    """What gains nothing by itself, and says whether the rest pays."""
    number = known.newest.number
    if not measured:
        yield NextAct(
            stored("Measure whether the cleaning paid"),
            stored(
                "Three kinds of models are compared: on labels as given, as reviewed, and with as many random changes."
            ),
            0,
            stored("it changes no row"),
            known.place("training", version=number, view="effect"),
        )
    if known.suspects and known.suspects.rows and known.run and known.found:
        yield NextAct(
            stored(f"Judge the {known.suspects.rows:,} errors whose labels are doubtful"),
            stored("Where the label is wrong, a right answer counts as an error: the score is better than it looks."),
            0,
            stored("it changes the score's yardstick, not the model"),
            known.place("evaluation", run=known.run.number, split=known.found.split, labels="newest"),
        )
    if known.run is not None:
        yield NextAct(
            stored("Export the newest version"),
            stored("Labels as they stand now, for whoever uses them."),
            0,
            stored("it changes no row"),
            known.place("data", version=number, view="export"),
        )


def _changed_since(known: Known, number: int) -> int:
    versions = list_versions(known.context.store, known.dataset.dataset_id)
    return sum(count_changes(known.context.store, one.version_id) for one in versions if one.number > number)
