"""What reweighting or resampling would change: in words, as a picture, as tables, and the rows that are judged
differently."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from core.charts.intervals import changes
from core.context import Context
from core.jobs.mitigation.spec import AS_IS, MitigationResult, Moved, OfArm, OfClass
from core.profile.records import Group
from core.records import CROSS, Attribute, RowFilter
from core.services.evaluation.mitigation import Answer
from core.services.evaluation.mitigation_words import (
    TRUST,
    arm_help,
    arm_title,
    chance,
    conclusion,
    figure_help,
    figure_title,
    how_words,
)
from core.ui.chart_files import chart_with_files
from core.ui.evaluation.choice import AnyShown
from core.ui.evaluation.groups.mitigation_rows import mitigation_rows
from core.ui.evaluation.groups.parts import LISTED, reading
from core.ui.parts.labels import group_marked
from core.ui.parts.problems import plain
from core.words import later, say

RATES: dict[str, tuple[str, Callable[[OfClass], Sequence[Moved | None]]]] = {
    "found": (later("found (true positive rate)"), lambda one: one.found),
    "wrongly_given": (later("wrongly given (false positive rate)"), lambda one: one.wrongly_given),
    "given": (later("given (selection rate)"), lambda one: one.given),
}
ACCURACY = "accuracy"


def mitigation_result(context: Context, shown: AnyShown, attributes: Sequence[Attribute], answer: Answer) -> None:
    """The answer of one comparison."""
    result = answer.result
    st.markdown(_bold(conclusion(result)))
    _figures(shown, result)
    measure, of_class = _measure(shown, result)
    _groups(shown, attributes, result, measure, of_class)
    mitigation_rows(context, shown, answer, _names(shown, attributes, result))
    st.caption(plain(how_words(result, answer.spec.encoder)))
    st.caption(say(TRUST))


def _bold(words: str) -> str:
    """With what our own sentences mark, and nothing else."""
    return "**".join(plain(part) for part in words.split("**"))


def _figures(shown: AnyShown, result: MitigationResult) -> None:
    first, others = result.arms[0], result.arms[1:]
    names = [figure_title(one.name) for one in first.figures]
    chart_with_files(
        changes(names, [(arm_title(arm.arm), [_ends(one.moved) for one in arm.figures]) for arm in others]),
        key="mitigation-figures-chart",
        dataset=shown.dataset.name,
        name="mitigation-figures",
        columns=_columns(names, result, lambda arm: [one.moved for one in arm.figures]),
        alt=say("How each figure changes, in points, with 95 % intervals; the table beneath has its numbers"),
    )
    table: dict[str, list[Any]] = {say("figure"): names}
    for arm in result.arms:
        table[arm_title(arm.arm)] = [_cell(one.moved, told=arm.arm == AS_IS) for one in arm.figures]
    table[say("not chance")] = [
        ", ".join(arm_title(arm.arm) for arm in others if not chance(arm.figures[place])) or reading(chance=True)
        for place in range(len(names))
    ]
    table[say("what it is")] = [figure_help(one.name) for one in first.figures]
    st.dataframe(
        table,
        hide_index=True,
        height="content",
        key="mitigation-figures",
        column_config={
            arm_title(arm.arm): st.column_config.Column(arm_title(arm.arm), help=arm_help(arm.arm))
            for arm in result.arms
        }
        | {
            say("not chance"): st.column_config.Column(
                say("not chance"),
                help=say(
                    "What changes the figure by more than chance, by the spread over resampled rows, corrected for all "
                    "figures of all of them (Holm)."
                ),
            )
        },
        alt=say("The figures of each model, and how they differ from the first"),
    )


def _measure(shown: AnyShown, result: MitigationResult) -> tuple[str, int]:
    """What the table of groups tells: accuracy, or a rate of one class."""
    classes = [one.label for one in result.arms[0].classes]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        measure = st.selectbox(
            say("In each group"),
            [ACCURACY, *RATES],
            format_func=lambda one: say("accuracy") if one == ACCURACY else say(RATES[one][0]),
            key="mitigation-measure",
            width=320,
        )
        chosen = classes[-1] if len(classes) == 2 else classes[0]
        if measure != ACCURACY:
            chosen = st.selectbox(
                say("Class"), classes, format_func=shown.dataset.called, key="mitigation-class", width=260
            )
    return str(measure), classes.index(chosen)


def _groups(
    shown: AnyShown, attributes: Sequence[Attribute], result: MitigationResult, measure: str, of_class: int
) -> None:
    def of_arm(arm: OfArm) -> Sequence[Moved | None]:
        return arm.accuracy if measure == ACCURACY else RATES[measure][1](arm.classes[of_class])

    names = _names(shown, attributes, result)
    table: dict[str, list[Any]] = {
        CROSS.join(one.name for one in attributes): names,
        say("rows", "column"): [one.rows for one in result.groups],
    }
    for arm in result.arms:
        table[arm_title(arm.arm)] = [_cell(one, told=arm.arm == AS_IS) for one in of_arm(arm)]
    st.dataframe(
        table,
        hide_index=True,
        height="content" if len(names) <= LISTED else 38 + 35 * LISTED,
        key="mitigation-groups",
        alt=say("The rate in each group under each model, and how it differs from the first"),
    )
    if not all(one.judged for one in result.groups):
        st.caption(say("\\* too few rows to be compared: they count the same in all."))


def _names(shown: AnyShown, attributes: Sequence[Attribute], result: MitigationResult) -> list[str]:
    column = CROSS.join(one.column for one in attributes)
    own = attributes[0].kind == "category" and len(attributes) == 1
    return [
        group_marked(
            shown.dataset,
            column,
            Group(one.name, one.rows, RowFilter(value=one.name if own else None), one.judged),
        )
        for one in result.groups
    ]


def _ends(moved: Moved) -> tuple[float, float, float]:
    return moved.change, moved.change_low, moved.change_high


def _cell(moved: Moved | None, *, told: bool) -> str:
    """A figure; of the first model with its interval, of the others with its difference and that one's."""
    if moved is None:
        return ""
    if told:
        return f"{moved.value:.1%}" + ("" if moved.low is None else f" ({moved.low:.1%} – {moved.high:.1%})")
    if not (moved.change or moved.change_low or moved.change_high):
        return f"{moved.value:.1%} (=)"
    ends = f"{100 * moved.change_low:+.1f} – {100 * moved.change_high:+.1f}"
    return f"{moved.value:.1%} ({100 * moved.change:+.1f}; {ends})"


def _columns(
    names: Sequence[str], result: MitigationResult, of_arm: Callable[[OfArm], Sequence[Moved | None]]
) -> dict[str, list[object]]:
    """The numbers behind a picture."""
    lines = [
        (arm_title(arm.arm), name, one)
        for arm in result.arms
        for name, one in zip(names, of_arm(arm), strict=True)
        if one is not None
    ]
    return {
        later("model"): [arm for arm, _, _ in lines],
        later("figure"): [name for _, name, _ in lines],
        later("value"): [one.value for *_, one in lines],
        later("low"): [one.low for *_, one in lines],
        later("high"): [one.high for *_, one in lines],
        later("change"): [one.change for *_, one in lines],
        later("change, low"): [one.change_low for *_, one in lines],
        later("change, high"): [one.change_high for *_, one in lines],
    }
