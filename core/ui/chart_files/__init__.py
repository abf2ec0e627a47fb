"""A chart on a page, and the same as a file: SVG and PNG as the browser has drawn it, and its numbers as CSV. Works
without any network."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal

import plotly.graph_objects as go
import streamlit as st
from streamlit.components.v2.types import ComponentRenderer
from streamlit.delta_generator import DeltaGenerator

from core.charts.numbers import numbers_of
from core.charts.style import CONFIG
from core.services.export import file_name
from core.ui.parts.csv_text import csv_button, csv_text
from core.words import language, say
from core.words.script import dictionary, speaking_source

_FOLDER = Path(__file__).parent
_BUTTONS = """<div class="chart-files" role="group">
<button type="button" data-kind="svg" disabled>SVG</button>
<button type="button" data-kind="png" disabled>PNG</button></div>
<div class="said" role="status"></div>"""
"""They can be pressed once the script that answers them is there."""


@cache
def _component() -> ComponentRenderer:
    return st.components.v2.component(
        "winnow_chart_files",
        html=_BUTTONS,
        js=speaking_source(_source()),
        css=(_FOLDER / "files.css").read_text(encoding="utf-8"),
        isolate_styles=True,
    )


@cache
def _source() -> str:
    return (_FOLDER / "files.js").read_text(encoding="utf-8")


def chart_with_files(
    figure: go.Figure,
    *,
    key: str,
    dataset: str,
    name: str,
    alt: str,
    columns: Mapping[str, Sequence[Any]] | None = None,
    on_select: Callable[[], None] | None = None,
    width: Literal["stretch", "content"] = "stretch",
    files_in: DeltaGenerator | None = None,
    in_popover: bool = False,
) -> None:
    """Draws a chart and what saves it: every chart of a page comes from here. A file is named by `dataset` and `name`.

    `columns` are its numbers, else they are what the figure has. The box stands beneath, or in `files_in`; a popover
    holds no second one, so that in it the two buttons stand open.
    """
    st.plotly_chart(
        figure,
        width=width,
        key=key,
        on_select="ignore" if on_select is None else on_select,
        selection_mode="points",
        config=CONFIG,
        alt=alt,
    )
    file = f"{dataset}-{name}"
    if in_popover:
        picture_buttons(key, file)
    elif files_in is None:
        chart_files(figure, key, file, columns)
    else:
        with files_in:
            chart_files(figure, key, file, columns)


def picture_buttons(chart_key: str, name: str) -> None:
    """Buttons that save the chart that is drawn under `chart_key` as SVG or PNG; `name` is the file's, without its
    ending."""
    data = {"chart": chart_key, "name": file_name(name), "words": dictionary(_source(), language())}
    _component()(key=f"{chart_key}-picture", data=data)


def chart_files(
    figure: go.Figure, chart_key: str, name: str, columns: Mapping[str, Sequence[Any]] | None = None
) -> None:
    """The small box beneath a chart that saves it, and its numbers: `columns`, else what the figure itself has."""
    box = st.popover(
        say("Download"), icon=":material/download:", type="tertiary", key=f"{chart_key}-files", on_change="rerun"
    )
    if not box.open:
        return
    with box:
        picture_buttons(chart_key, name)
        shown = numbers_of(figure) if columns is None else columns
        if shown:
            names = list(shown)
            rows = [dict(zip(names, row, strict=True)) for row in zip(*shown.values(), strict=True)]
            csv_button(
                lambda: csv_text(names, rows),
                f"{file_name(name)}.csv",
                key=f"{chart_key}-csv",
                title=say("Numbers as CSV"),
            )
