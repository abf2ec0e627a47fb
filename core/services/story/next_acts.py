"""The next three acts for a dataset, by what they are expected to gain: rows that are wrong now and would be right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.context import Context
from core.lookalikes import quoted
from core.records import Dataset, Evaluation, NextAct, Place, Run, Scan, Told, Version, VersionLine
from core.services.evaluation.words import AnyEvaluation, percent
from core.services.story.expected import between, expected_wrong
from core.store.acts.decisions import counts
from core.store.relations import relation
from core.store.telling import story as store
from core.store.versions import count_changes, list_versions
from core.targets.contract import Target

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
    if len(known.dataset.labels) < 2:
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
        why = "Nobody knows yet how many labels are wrong, nor which."
        yield NextAct(f"Scan version {number}", why, FIRST, "no scan so far", known.place("issues", version=number))
        return
    left = round(before.share_wrong.estimate * before.version.row_count) - _changed_since(known, before.version.number)
    if left > 0:
        yield NextAct(
            f"Scan version {number}",
            f"About {left:,} labels may still be wrong, and nobody has looked which since version "
            f"{before.version.number}.",
            left,
            f"the share of wrong labels of version {before.version.number}, less what was changed since",
            known.place("issues", version=number),
        )


def _apply(known: Known) -> Iterator[NextAct]:
    made = counts(known.context.store, known.newest.version_id, known.scan.scan_id if known.scan else None)
    waiting = made.relabelled + made.excluded
    if waiting:
        yield NextAct(
            f"Make a version of {waiting:,} decided {_rows(waiting)}",
            f"{made.relabelled:,} new labels and {made.excluded:,} exclusions are decided, and in no version yet.",
            waiting,
            "the decisions in force",
            known.place("review", version=known.newest.number, view="versions"),
        )


def _review(known: Known) -> Iterator[NextAct]:
    scan = known.scan
    if scan is None:
        return
    by_label = store.left_ranks(known.context.store, scan)
    left = sum(len(ranks) for ranks in by_label.values())
    if left > ALL_AT_ONCE and len(by_label) > 2 and not known.target.several:
        name = max(by_label, key=lambda one: expected_wrong(scan, by_label[one]).estimate)
        ranks, called = by_label.pop(name), known.dataset.called(name)
        yield from _reviewing(
            known,
            scan,
            f"Review the {len(ranks):,} flagged {_rows(len(ranks))} of {quoted(known.dataset.called(name))}",
            ranks,
            name,
        )
        others = [rank for ranks in by_label.values() for rank in ranks]
        yield from _reviewing(
            known,
            scan,
            f"Review the {len(others):,} flagged {_rows(len(others))} of the classes other than {quoted(called)}",
            others,
            None,
        )
    elif left:
        ranks = [rank for ranks in by_label.values() for rank in ranks]
        yield from _reviewing(known, scan, f"Review the {left:,} flagged {_rows(left)}", ranks, None)


def _reviewing(known: Known, scan: Scan, title: str, ranks: Sequence[int], name: str | None) -> Iterator[NextAct]:
    expected = expected_wrong(scan, ranks)
    wrong = round(expected.estimate)
    if not wrong:
        return
    labels = "label is" if wrong == 1 else "labels are"
    rough = "; a rough figure, since how many are wrong cannot be told" if scan.found("label").get("untold") else ""
    yield NextAct(
        title,
        f"About {wrong:,} wrong {labels} expected among them ({between(expected)}).",
        wrong,
        f"where these rows stand in the list of the scan of version {known.newest.number}{rough}",
        known.place("review", version=known.newest.number, view="desk", given=name),
    )


def _train(known: Known) -> Iterator[NextAct]:
    number = known.newest.number
    place = known.place("training", version=number, view="new")
    if known.run is None:
        why = "Without a model there is no score, and no error to look at."
        if known.scan is not None:
            yield NextAct("Train a first model", why, 1, "no run so far", place)
        return
    if any(line.score for line in known.lines if line.version.number == number):
        return
    learnt = next((line.version.number for line in known.lines if line.version.version_id == known.run.version_id), 1)
    changed = _changed_since(known, learnt)
    yield NextAct(
        f"Retrain on version {number}",
        f"The newest model, run {known.run.number}, learnt from version {learnt}; {changed:,} "
        f"{_rows(changed)} {'has' if changed == 1 else 'have'} been corrected since.",
        changed,
        f"the changes from version {learnt} to {number}",
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
    kind = "missed" if not isinstance(known.found, Evaluation) else "taken for something else"
    yield NextAct(
        f"Collect rows of {quoted(known.dataset.called(name))}",
        f"It has {sizes[name]:,} rows where the largest class has {largest:,}, and {percent(1 - recall)} of its "
        f"{known.found.split} rows are {kind}.",
        round(errors[name]),
        f"that share of its {sizes[name]:,} rows; new rows mend a part of it",
        known.place("profile", version=known.newest.number),
        at_most=True,
    )


def _telling(known: Known, measured: bool) -> Iterator[NextAct]:
    """What gains nothing by itself, and says whether the rest pays."""
    number = known.newest.number
    if not measured:
        yield NextAct(
            "Measure whether the cleaning paid",
            "Three kinds of models are compared: on labels as given, as reviewed, and with as many random changes.",
            0,
            "it changes no row",
            known.place("training", version=number, view="effect"),
        )
    if known.suspects and known.suspects.rows and known.run and known.found:
        yield NextAct(
            f"Judge the {known.suspects.rows:,} errors whose labels are doubtful",
            "Where the label is wrong, a right answer counts as an error: the score is better than it looks.",
            0,
            "it changes the score's yardstick, not the model",
            known.place("evaluation", run=known.run.number, split=known.found.split, labels="newest"),
        )
    if known.run is not None:
        yield NextAct(
            "Export the newest version",
            "Labels as they stand now, for whoever uses them.",
            0,
            "it changes no row",
            known.place("data", version=number, view="export"),
        )


def _changed_since(known: Known, number: int) -> int:
    versions = list_versions(known.context.store, known.dataset.dataset_id)
    return sum(count_changes(known.context.store, one.version_id) for one in versions if one.number > number)


def _rows(count: int) -> str:
    return "row" if count == 1 else "rows"
