"""Rows as CSV that a spreadsheet shows as text, never as a formula; and the button that saves it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import streamlit as st

from core.store.export import FORMULA, NUMBER


def escaped(value: Any) -> Any:
    """Text that a spreadsheet would run, or that looks escaped, gets a leading apostrophe; numbers stay numbers, also
    those that are written as text."""
    risky = isinstance(value, str) and re.match(FORMULA, value) and not re.match(NUMBER, value)
    return f"'{value}" if risky else value


def csv_button(make: Callable[[], bytes], name: str, *, key: str, title: str = "CSV", explained: str = "") -> None:
    """Saves what `make` gives, which is asked only when it is pressed; `name` is the file's."""
    st.download_button(
        title,
        make,
        name,
        "text/csv",
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
        key=key,
        help=explained or None,
    )


def csv_text(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """UTF-8 with a byte-order mark, so that spreadsheets read other scripts as well."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([escaped(column) for column in columns])
    writer.writerows([escaped(row.get(column)) for column in columns] for row in rows)
    return out.getvalue().encode("utf-8-sig")
