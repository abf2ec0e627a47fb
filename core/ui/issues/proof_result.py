"""What a proof found: the conclusion, the curves by reviewed rows, and the table of the bake-off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.charts.proof import Line, by_reviews
from core.context import Context
from core.jobs.proof.spec import SCAN, ProofResult, ProofSpec
from core.records import Dataset, Scan
from core.services.issues.proof import beside_decided, standings
from core.services.issues.proof_words import (
    beside_words,
    conclusion,
    detector_help,
    detector_title,
    how_words,
    manner_help,
    manner_title,
    trust,
)
from core.ui.chart_files import chart_with_files
from core.ui.parts.problems import plain
from core.words import later, say, say_stored

PRECISION, RECALL = "precision", "recall"
MEASURES: Mapping[str, str] = {PRECISION: later("precision"), RECALL: later("recall")}
DRAWN = 4
"""Lines that a picture holds at first."""


def proof_result(context: Context, dataset: Dataset, scan: Scan, spec: ProofSpec, result: ProofResult) -> None:
    """One manner of planting at a time, the most lifelike first."""
    manner = st.selectbox(
        say("Errors planted"),
        list(dict.fromkeys(one.manner for one in result.found)),
        format_func=lambda one: manner_title(dataset, one),
        key="proof-manner",
        width=320,
    )
    st.caption(manner_help(dataset, manner))
    st.markdown(plain(conclusion(result, manner)))
    beside = beside_decided(context, scan, result)
    if beside is not None:
        st.markdown(plain(beside_words(beside)))
    ranked = standings(result, manner)
    names = [one.detector for one in ranked]
    first = [SCAN, *(name for name in names if name != SCAN)][:DRAWN]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        measure = st.segmented_control(
            say("Measure", "what is drawn"),
            list(MEASURES),
            default=PRECISION,
            required=True,
            format_func=lambda one: say(MEASURES[one]),
            key="proof-measure",
        )
        drawn = st.multiselect(say("Detectors"), names, default=first, format_func=detector_title, key="proof-drawn")
    if drawn:
        _picture(dataset, result, manner, str(measure), drawn)
    _table(dataset, result, manner)
    st.caption(plain(how_words(dataset, result, manner)))
    st.caption(trust(manner))
    for note in result.notes:
        st.caption(plain(say_stored(note)))
    if spec.scan_id != scan.scan_id:
        st.caption(say("A newer scan has been made since: test again to compare with it."))


def _picture(dataset: Dataset, result: ProofResult, manner: str, measure: str, drawn: list[str]) -> None:
    found = {one.detector: one for one in result.found if one.manner == manner}
    lines: list[Line] = []
    columns: dict[str, list[Any]] = {"reviewed": list(result.reviewed)}
    for name in drawn:
        one = found[name]
        values = (
            (one.precision, one.precision_low, one.precision_high)
            if measure == PRECISION
            else (one.recall, one.recall_low, one.recall_high)
        )
        lines.append(Line(detector_title(name), *values))
        columns |= {f"{name}, {end}": list(part) for end, part in zip(("mean", "least", "most"), values, strict=True)}
    chart_with_files(
        by_reviews(result.reviewed, lines, say(MEASURES[measure])),
        key=f"proof-{measure}",
        dataset=dataset.name,
        name=f"proof-{measure}-by-reviewed-rows",
        columns=columns,
        alt=say(
            "{measure} on planted errors, by reviewed rows; the table beneath has its figures",
            measure=say(MEASURES[measure]),
        ),
    )


def _table(dataset: Dataset, result: ProofResult, manner: str) -> None:
    ranked = standings(result, manner)
    columns: dict[str, list[Any]] = {
        say("detector"): [detector_title(one.detector) for one in ranked],
        say("reviews to half"): [round(one.half) for one in ranked],
        say("reviews to four of five"): [round(one.most) for one in ranked],
        say("in the copies"): [f"{one.most_low:,.0f} – {one.most_high:,.0f}" for one in ranked],
        say("average precision"): [round(one.average_precision, 2) for one in ranked],
        say("at least"): [round(one.average_least, 2) for one in ranked],
    }
    if result.decided:
        columns[say("on judged rows")] = [
            None if one.decided is None else round(one.decided.average_precision, 2) for one in ranked
        ]
        columns[say("its interval")] = [
            "" if one.decided is None else f"{one.decided.low:.2f} – {one.decided.high:.2f}" for one in ranked
        ]
    columns[say("ranks by")] = [detector_help(dataset, one.detector) for one in ranked]
    st.dataframe(
        columns,
        hide_index=True,
        height="content",
        key="proof-table",
        alt=say("The detectors, whoever needs the fewest reviews first"),
    )
