"""What an evaluation says, in sentences for a reader who knows nothing of the app. Plain text; computes nothing."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from core.evaluation.confusion import most_confused
from core.issues.contract import rounded
from core.lookalikes import quoted
from core.records import Difference, Estimate, Evaluation, LabelsFrom, MultiLabelEvaluation, Run, Version, split_said
from core.tasks import task_named
from core.words import later, say, say_n, say_stored

AnyEvaluation = Evaluation | MultiLabelEvaluation


class Held(Protocol):
    """Whatever is held against labels."""

    @property
    def labels_from(self) -> LabelsFrom:
        """Whose."""

    @property
    def version_id(self) -> str:
        """The version that has them."""

    @property
    def rows(self) -> int:
        """How many."""


FEW_ROWS = 20
"""Figures of a class with fewer rows say little by themselves."""
MOST_TIMES = 100
"""A label that is farther off than so many times what is usual is only said to be."""
NAMED = 8
"""So many names are listed in a sentence."""
ALWAYS = (
    later("The labels count as true here. Where they are wrong themselves, a right prediction counts as an error."),
    later(
        "An interval says what chance in the choice of rows may do. Rows of another kind, such as from "
        "another time or place, may be predicted better or worse than it says."
    ),
)
"""What the figures of no run can tell."""


def percent(value: float) -> str:
    """`97.1 %`, with a space that no line breaks at."""
    return f"{100 * value:.1f}\N{NO-BREAK SPACE}%"


def learnt_from(run: Run) -> str:
    """`10,003 rows`, or nothing where the run does not say."""
    rows = run.summary.get("splits", {}).get("train", {}).get("rows")
    return "" if rows is None else say("{n:,} rows", n=rows)


def whose_labels(run: Run, found: Held, truth: Version) -> str:
    """`the labels of version 1, which it was trained with`."""
    if found.labels_from == "given":
        return say("the labels as they were loaded")
    if found.version_id == run.version_id:
        return say("the labels of version {number}, those that it was trained with", number=truth.number)
    return say("the labels of version {number}, which is newer than what it was trained with", number=truth.number)


def number_words(run: int, predicted: float, half: float, label: float | None) -> str:
    """What a run says for a number, and how far the row's label lies from that beside what is usual."""
    number, around = rounded(predicted, half)
    said = say(
        "Run {run} predicts {number} ± {around}: nine labels of ten lie within.", run=run, number=number, around=around
    )
    if label is None:
        return said
    off = abs(label - predicted)
    if off <= half:
        return say("{predicted} So does this one.", predicted=said)
    about = {"predicted": said, "far": rounded(off, half)[0], "times": _times(off, half)}
    if label > predicted:
        return say("{predicted} This one lies {far} above it, {times}.", **about)
    return say("{predicted} This one lies {far} below it, {times}.", **about)


def off_words(predicted: float, half: float, label: float) -> str:
    """The second half of `number_words` by itself, where what is predicted is said already."""
    off = abs(label - predicted)
    if off <= half:
        return say("The label lies within, as nine of ten do.")
    about = {"far": rounded(off, half)[0], "times": _times(off, half)}
    if label > predicted:
        return say("The label lies {far} above, {times} as nine of ten do.", **about)
    return say("The label lies {far} below, {times} as nine of ten do.", **about)


def _times(off: float, half: float) -> str:
    """How many times as far as nine labels of ten at most are."""
    if half <= 0 or off / half > MOST_TIMES:
        return say("more than {n} times as far", n=MOST_TIMES)
    return say("{times:.1f} times as far", times=off / half)


def held_against(run: Run, found: Held, split: str, truth: Version) -> str:
    """What a run has learnt from and what it is judged on."""
    return say(
        "{title} has learnt from {learnt}. Here it is held against {n:,} rows of {split}, with {labels}.",
        title=say_stored(run.title),
        learnt=learnt_from(run) or say("its train rows"),
        n=found.rows,
        split=split_said(split),
        labels=whose_labels(run, found, truth),
    )


def between(figure: Estimate) -> str:
    """The 95 % interval of a figure in words."""
    low, high = percent(figure.low), percent(figure.high)
    return say("over all rows of this kind probably between {low} and {high} (95 % interval)", low=low, high=high)


def errors(found: AnyEvaluation) -> str:
    """How many rows are wrong: `13 of 441 rows are wrong`."""
    wrong = found.rows - found.right
    if isinstance(found, Evaluation):
        return say_n("{n:,} of {rows:,} rows is wrong", "{n:,} of {rows:,} rows are wrong", wrong, rows=found.rows)
    return say_n(
        "{n:,} of {rows:,} rows is wrong in one class or more",
        "{n:,} of {rows:,} rows are wrong in one class or more",
        wrong,
        rows=found.rows,
    )


def worst_error(found: AnyEvaluation) -> str:
    """The most frequent error, or that there is none."""
    return worst_pair(found) if isinstance(found, Evaluation) else worst_answers(found)


def worst_answers(found: MultiLabelEvaluation) -> str:
    """The class that is missed most often, and the one that is added most often."""
    missed, added = found.tables[:, 1, 0], found.tables[:, 0, 1]
    said = []
    if missed.any():
        place = int(missed.argmax())
        name, share = found.labels[place], percent(missed[place] / found.tables[place, 1].sum())
        said.append(
            say(
                "{name} is missed most often: {missed}, {share} of those that have it.",
                name=quoted(name),
                missed=_rows(missed[place]),
                share=share,
            )
        )
    if added.any():
        place = int(added.argmax())
        name, share = found.labels[place], percent(added[place] / found.tables[place, :, 1].sum())
        said.append(
            say(
                "{name} is wrongly added most often: {added}, {share} of its predictions.",
                name=quoted(name),
                added=_rows(added[place]),
                share=share,
            )
        )
    return " ".join(said) or say("No class is missed or wrongly added.")


def worst_pair(found: Evaluation) -> str:
    """The most frequent confusion, or that there is none."""
    pairs = most_confused(found.matrix, found.labels, 1)
    if not pairs:
        return say("No row is confused with another class.")
    [pair] = pairs
    share, true, predicted = percent(pair.share), quoted(pair.true), quoted(pair.predicted)
    return say(
        "Most often {true} is taken for {predicted}: {rows}, {share} of {true}.",
        true=true,
        predicted=predicted,
        rows=_rows(pair.rows),
        share=share,
    )


def worst_class(found: AnyEvaluation) -> tuple[str, float] | None:
    """The class with the lowest F1, and that; None where no class has rows."""
    scored = [(scores.f1, name) for name, scores in found.classes.items() if scores.support]
    return (min(scored)[1], min(scored)[0]) if scored else None


def difference(one: Difference, first: Run, second: Run) -> str:
    """What an interval lets one say of two runs."""
    low, high = one.difference.interval
    points = say(
        "{n:+.1f} points, 95 % interval {low:+.1f} to {high:+.1f}",
        n=100 * one.difference.estimate,
        low=100 * low,
        high=100 * high,
    )
    if low <= 0 <= high:
        return say("no clear difference ({points})", points=points)
    better, worse = (second, first) if low > 0 else (first, second)
    return say(
        "run {better} is better than run {worse} ({points})",
        better=better.number,
        worse=worse.number,
        points=points,
    )


def limits(run: Run, found: AnyEvaluation, known: Collection[str] | None = None) -> list[str]:
    """What these figures cannot tell, beside what none can (`ALWAYS`). `known` are the classes of the run, where
    `found` has them under other names."""
    known = run.labels if known is None else known
    said = []
    if found.split == "train":
        said.append(say("The model has learnt from these very rows: on new ones it does worse."))
    elif found.split == "validation" and _chosen_on_validation(run):
        said.append(say("The best epoch was chosen on these rows, so the figures flatter a little."))
    if found.right in (0, found.rows):
        said.append(
            say(
                "No row is wrong, so the intervals rest on the number of rows alone: drawing the rows again "
                "cannot show an error that none of them has."
            )
            if found.right
            else say(
                "Every row is wrong, so the intervals rest on the number of rows alone: drawing the rows again "
                "cannot show an error that none of them has."
            )
        )
    few = [name for name, scores in found.classes.items() if 0 < scores.support < FEW_ROWS]
    if few:
        more = say(" and {n} more", n=len(few) - NAMED) if len(few) > NAMED else ""
        names = say(", ").join(quoted(name) for name in few[:NAMED])
        said.append(
            say(
                "Fewer than {few_rows} rows, so little can be said of the single class: {names}{more}.",
                few_rows=FEW_ROWS,
                names=names,
                more=more,
            )
        )
    unknown = [name for name, scores in found.classes.items() if name not in known and scores.support]
    if unknown:
        said.append(
            say(
                "The model does not know {names}: all wrong.",
                names=say(", ").join(quoted(name) for name in unknown[:NAMED]),
            )
        )
    if isinstance(found, MultiLabelEvaluation):
        said += _absent(found)
    return said


def _chosen_on_validation(run: Run) -> bool:
    """Whether the validation split said when to stop: not of heads, which are solved, but of what is fitted at once."""
    task = run.spec.get("task")
    at_once = task is not None and task_named(str(task)).modality.fine_tuning.at_once
    return at_once or run.spec.get("strategy") != "head"


def _absent(found: MultiLabelEvaluation) -> list[str]:
    """That classes which do not occur weigh in the macro average all the same."""
    occurs = found.tables.sum(axis=(1, 2)) > found.tables[:, 0, 0]
    absent = [name for name, one in zip(found.labels, occurs, strict=True) if not one]
    if not absent:
        return []
    names = say(", ").join(quoted(name) for name in absent[:NAMED])
    more = say(" and {n} more", n=len(absent) - NAMED) if len(absent) > NAMED else ""
    return [
        say(
            "Neither true nor predicted in any row, so an F1 of 0 in the macro average: {names}{more}.",
            names=names,
            more=more,
        )
    ]


def _rows(count: int) -> str:
    return say_n("{n:,} row", "{n:,} rows", count)
