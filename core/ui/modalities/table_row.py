"""Rows of a table as they are drawn: their columns one below the other."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.context import Context
from core.errors import WinnowError
from core.modalities.table_row.cell import MISSING, fields, line, said
from core.records import Example, RowFilter, Run
from core.services.prediction.playground import Reply, ask
from core.store.rows import page_rows
from core.typed import JsonObject
from core.ui.modalities.asking import waiting
from core.ui.modalities.drawing import SNIPPET, InWords
from core.ui.parts.background import result_of
from core.ui.parts.problems import plain
from core.words import later, say, say_stored

FEW, LONG_PIXELS = 14, 420
"""Columns from which on a whole row scrolls, in a frame of so many pixels."""
FEW_BESIDE, BESIDE_PIXELS = 7, 230
"""The same beside what is said of it, which stays in sight."""
DESK_CHARACTERS = 400
"""A longer value is cut on the desk."""
EXAMPLES = 1


@dataclass(frozen=True, slots=True)
class TableRowDrawing(InWords):
    """Names and values, numbers to the right."""

    words_title: str = later("features")
    upload: tuple[str, str] = (
        later("File"),
        later(
            "CSV, TSV, JSON, JSON lines, Parquet or Excel with the model's columns; every column is kept. Larger ones: "
            "by a path on the server."
        ),
    )

    def whole(self, context: Context, example: Example, place: str) -> None:
        _table(example, FEW, LONG_PIXELS)

    def beside(self, context: Context, example: Example) -> None:
        _table(example, FEW_BESIDE, BESIDE_PIXELS)

    def ask(self, context: Context, run: Run) -> Reply | None:
        """A table of one row, its columns those of the run's examples, filled with one of them."""
        usual = page_rows(context.store, run.version_id, RowFilter(), EXAMPLES, 0)
        if not usual:
            return None
        first = fields(usual[0].text or "{}")
        start = say("The values of row {number} to start from; an empty one is missing.", number=usual[0].example_id)
        st.caption(start)
        edited = st.data_editor(
            {"column": list(first), "value": ["" if value is None else _typed_as(value) for value in first.values()]},
            hide_index=True,
            disabled=["column"],
            column_config={
                "column": st.column_config.TextColumn(say("column")),
                "value": st.column_config.TextColumn(say("value"), width="medium"),
            },
            key=f"use-row-{run.run_id}",
        )
        st.button(say("Predict"), type="primary", icon=":material/bolt:", key="use-ask")
        try:
            row = {name: _typed(name, value, first[name]) for name, value in zip(first, edited["value"], strict=True)}
        except WinnowError as error:
            st.error(plain(f"{say_stored(error.message)} {say_stored(error.hint)}"))
            return None
        if all(value is None for value in row.values()):
            st.caption(say("Every value is missing: fill in one."))
            return None
        asked = json.dumps(row, ensure_ascii=False)
        key = ("ask", run.run_id, asked)
        return result_of(context, key, lambda: ask(context, run, asked), waiting=waiting(context, run))

    def on_desk(self, context: Context, example: Example, grid: bool) -> JsonObject:
        text = example.text or "{}"
        rows = [
            [name, (say(MISSING) if value is None else said(value))[:DESK_CHARACTERS], _look(value)]
            for name, value in fields(text).items()
        ]
        name = say("row {number}", number=example.example_id)
        return {"text": line(text, SNIPPET), "fields": rows, "image": None, "thumbnail": None, "name": name}

    def near(self, context: Context, example: Example) -> JsonObject:
        return {"text": line(example.text or "{}", SNIPPET), "image": None}

    def caption(self, example: Example) -> str | None:
        return None


def _look(value: Any) -> str:
    """How a value stands in its place: `number`, `missing`, or `word`."""
    if value is None:
        return "missing"
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else "word"


def _table(example: Example, few: int, pixels: int) -> None:
    """Streamlit's tables hold text on the left: numbers stand right by its Markdown tables."""
    values = fields(example.text or "{}")
    lines = [f"| {say('column')} | {say('value')} |", "|:--|--:|"]
    for name, value in values.items():
        shown = f":gray[{say(MISSING)}]" if value is None else " ".join(plain(said(value)).split())
        lines.append(f"| {' '.join(plain(name).split())} | {shown} |")
    with st.container(height=pixels if len(values) > few else "content", border=False):
        st.markdown("\n".join(lines))


def _typed_as(value: Any) -> str:
    """All of its digits."""
    return repr(value) if isinstance(value, float) else said(value)


def _typed(name: str, value: Any, usual: Any) -> Any:
    """What was typed, as a number where the column has numbers. Raises WinnowError where it is none."""
    text = str(value or "").strip()
    if not text:
        return None
    if isinstance(usual, bool):
        return text.lower() in ("true", "1", "yes")
    if not isinstance(usual, int | float):
        return text
    try:
        return float(text)
    except ValueError as error:
        raise WinnowError(f"{name}: {text!r} is no number.", "Type a number, or leave it empty.") from error
