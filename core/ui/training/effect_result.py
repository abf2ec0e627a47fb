"""What a comparison of labels has found: the sentence, the differences with their intervals, the figures behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any

import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from core.charts.differences import differences
from core.evaluation.effect_words import (
    Conclusion,
    Verdict,
    amounts,
    conclude,
    figures_of,
    of_numbers,
    of_sets,
    of_spans,
)
from core.records import Arm, CleaningEffect, Dataset, Difference, EffectScoring, Estimate, TestLabels
from core.services.cleaning_effect import STRATEGIES
from core.services.runs.time_in_words import duration
from core.ui.chart_files import chart_with_files
from core.ui.parts.problems import plain
from core.words import later, say, say_stored

PAIRS: dict[tuple[Arm, Arm], str] = {
    ("given", "reviewed"): later("Reviewed − given"),
    ("random", "reviewed"): later("Reviewed − random"),
    ("given", "random"): later("Random − given"),
}
_NAMED = (later("test labels"), later("figure"), later("compared"), later("class"), later("test rows"))
_FIGURES = (later("first"), later("second"), later("difference"), later("low"), later("high"))
_LABELS = (later("given", "labels"), later("reviewed", "labels"))
_Series = Sequence[tuple[str, Sequence[Estimate]]]
SIDE_BY_SIDE = 2
SHOWN_CLASSES = 20
"""The chart has the classes that differ most; the table has all."""
BOXES: dict[Verdict, tuple[Any, str]] = {
    "helped": (st.success, ":material/check_circle:"),
    "harmed": (st.error, ":material/trending_down:"),
    "chance": (st.warning, ":material/casino:"),
    "unclear": (st.info, ":material/help:"),
}


def result(effect: CleaningEffect, dataset: Dataset) -> None:
    """Draws one answer."""
    conclusion = conclude(effect)
    box, icon = BOXES[conclusion.verdict]
    box(plain(conclusion.sentence), icon=icon)
    st.caption(plain(title_of(effect)))
    for note in effect.notes:
        st.caption(f":material/info: {plain(say_stored(note))}")
    scorings = _shown(effect, conclusion)
    figures = {name: (said := say(words))[0].upper() + said[1:] for name, words in figures_of(effect).items()}
    shares, columns = not of_numbers(effect), st.columns(SIDE_BY_SIDE, gap="medium")
    drawn = (
        later("**{title}**: mean difference in points, 95 % interval; hollow: 0 is in it")
        if shares
        else later("**{title}**: mean difference, 95 % interval; hollow: 0 is in it")
    )
    for column, (figure, title) in zip(cycle(columns), figures.items(), strict=False):
        with column:
            st.caption(say(drawn, title=title))
            series = [
                (_labels(one.labels_from), [one.of(*pair).of(figure).difference for pair in PAIRS]) for one in scorings
            ]
            _chart([say(title) for title in PAIRS.values()], series, dataset, f"effect-{figure}", shares)
    with st.expander(say("Numbers"), icon=":material/table:"):
        table, formats = _numbers(scorings, figures, shares), _formats(shares)
        st.dataframe(table, hide_index=True, column_config=formats, key="effect-numbers")
        st.caption(_method(effect))
    if shares:
        _classes(effect.on(conclusion.labels_from), len(figures), dataset)


def _chart(names: Sequence[str], series: _Series, dataset: Dataset, key: str, shares: bool = True) -> None:
    told = [
        f"{name}, {title}: {say('{n:+.1f} points', n=100 * one.estimate) if shares else amounts(one)[0]}"
        for title, estimates in series
        for name, one in zip(names, estimates, strict=True)
    ]
    chart_with_files(
        differences(names, series, shares=shares), key=key, dataset=dataset.name, name=key, alt="; ".join(told)
    )


def title_of(effect: CleaningEffect) -> str:
    """`2026-11-22 05:45 UTC, ada: quick retrain of minilm, 5 seeds, …`: when, by whom, how, on what."""
    settings = effect.settings
    how = say(STRATEGIES[settings["strategy"]][0]).lower()
    return say(
        "{created_at:%Y-%m-%d %H:%M} UTC, {created_by}: {how} of {model}, {seeds} seeds, "
        "{changed:,} of {rows:,} training rows changed, {seconds} on {device}",
        created_at=effect.created_at,
        created_by=effect.created_by,
        how=how,
        model=settings["model"],
        seeds=settings["seeds"],
        changed=effect.train.changed,
        rows=effect.train.rows,
        seconds=duration(effect.seconds),
        device=effect.device,
    )


def _shown(effect: CleaningEffect, conclusion: Conclusion) -> list[EffectScoring]:
    """The scoring that the conclusion rests on first; the other one only where it differs."""
    first = effect.on(conclusion.labels_from)
    return [first, effect.on("given")] if conclusion.labels_from == "reviewed" else [first]


def _labels(labels_from: TestLabels) -> str:
    return say("on test labels as given") if labels_from == "given" else say("on test labels as reviewed")


def _numbers(
    scorings: Sequence[EffectScoring], figures: Mapping[str, str], shares: bool
) -> list[Mapping[str, str | float]]:
    return [
        {
            "test labels": say(
                "{labels_from} ({rows:,} rows)", labels_from=say(one.labels_from, "labels"), rows=one.rows
            ),
            "figure": words,
            "compared": say(title),
            **_values(one.of(*pair).of(figure), shares),
        }
        for one in scorings
        for figure, words in figures.items()
        for pair, title in PAIRS.items()
    ]


def _values(difference: Difference, shares: bool = True) -> dict[str, float]:
    """Of shares in percent and in points."""
    found = difference.difference
    values = {"first": difference.second, "second": difference.first, "difference": found.estimate}
    unit = 100 if shares else 1
    return {name: unit * value for name, value in (values | {"low": found.low, "high": found.high}).items()}


def _formats(shares: bool = True) -> dict[str, ColumnConfig]:
    own, by = ("%.2f %%", "%+.2f") if shares else ("%.4g", "%+.4g")
    percent = {name: st.column_config.NumberColumn(say(name), format=own) for name in ("first", "second")}
    points = {name: st.column_config.NumberColumn(say(name), format=by) for name in ("difference", "low", "high")}
    named = {name: st.column_config.Column(say(name)) for name in _NAMED}
    return {**named, **percent, **points}


def _classes(scoring: EffectScoring, figures: int, dataset: Dataset) -> None:
    """F1 by class, which comes after so many figures: a chart of those that differ most, a table of all."""
    called = dataset.called
    first, second = (scoring.of(*pair).differences[figures:] for pair in list(PAIRS)[:2])
    most = sorted(range(len(first)), key=lambda place: -abs(first[place].difference.estimate))[:SHOWN_CLASSES]
    with st.expander(say("Per class"), icon=":material/category:"):
        few = (
            say(
                "the {shown_classes} of {first:,} classes that differ most",
                shown_classes=SHOWN_CLASSES,
                first=len(first),
            )
            if len(first) > SHOWN_CLASSES
            else say("all", "classes")
        )
        st.caption(
            say(
                "Difference in F1, {few}, {labels_from}. Of 20 classes that do not differ, about one interval "
                "leaves out 0 by chance.",
                few=few,
                labels_from=_labels(scoring.labels_from),
            )
        )
        series = [
            (say(list(PAIRS.values())[place]), [each[row].difference for row in most])
            for place, each in enumerate((first, second))
        ]
        _chart([called(first[row].name) for row in most], series, dataset, "effect-classes")
        table = [
            {"class": called(one.name), "test rows": one.support, "compared": say(title)} | _values(one)
            for row in range(len(first))
            for title, one in zip(list(PAIRS.values()), (first[row], second[row]), strict=False)
        ]
        st.dataframe(table, hide_index=True, column_config=_formats(), key="effect-class-numbers")


def _method(effect: CleaningEffect) -> str:
    excluded = effect.test.excluded
    if of_numbers(effect):
        alike = say("numbers changed by the amounts by which review changed them")
    elif of_sets(effect):
        alike = say("as many classes given to a row or taken from it, and those that review gave or took")
    elif of_spans(effect):
        alike = say(
            "spans that get another type, begin or end elsewhere, are added or taken away as often as in review"
        )
    else:
        alike = say("the classes that review changed labels to")
    left_out = say(
        " {excluded:,} test rows that review excluded are left out of the scoring on reviewed labels.",
        excluded=excluded,
    )
    return say(
        "Each seed draws a resample of the training rows, and the models of all three kinds learn from "
        "it, so that they differ in labels alone. Random changes: as many relabelled and as many "
        "excluded rows as in review, with {alike}. The intervals allow for the seeds and for the test "
        "rows (both resampled).",
        alike=alike,
    ) + (left_out if excluded else "")
