"""Hundreds of odd files, loaded as a person would: nothing ends the app, nothing hangs, nothing is half taken in."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from core.context import Context
from core.errors import WinnowError
from core.store.datasets import list_datasets
from tests.integration.load_support import loaded
from tests.odd.files import KINDS, ROWS

LONGEST = 20.0
"""Seconds."""
WHOLE_OR_NOT = (".parquet", ".arrow", ".feather")
"""A damaged file of these loads with every row, set aside or not, or does not load. Text has rows as far as it goes."""

SOME_GOOD = ("damaged", "misnamed", "named", "folders", "archives", "written badly")
"""Kinds among which are files that can be read."""


def _outcome(context: Context, place: Path, name: str) -> str:
    """What came of it: `loaded`, or the sentence that says why it did not."""
    before, started = len(list_datasets(context.store)), time.monotonic()
    try:
        dataset = loaded(context, place, name=name)
    except WinnowError as error:
        said = str(error)
        assert len(list_datasets(context.store)) == before
        assert error.hint and len(said.split()) > 4 and "Traceback" not in said
    else:
        said, rows = "loaded", dataset.row_count + dataset.rejected_count
        assert dataset.row_count > 0
        assert rows == ROWS or not (place.parent.name == "damaged" and place.suffix in WHOLE_OR_NOT)
    assert time.monotonic() - started < LONGEST
    return said


@pytest.mark.parametrize("kind", KINDS)
def test_an_odd_file_is_loaded_whole_or_refused_in_a_sentence(context: Context, tmp_path: Path, kind: str) -> None:
    (folder := tmp_path / kind).mkdir()
    said = {}
    for number, (name, place) in enumerate(KINDS[kind](folder)):
        try:
            said[name] = _outcome(context, place, f"{kind} {number}")
        except Exception as error:
            error.add_note(f"{kind}: {name}")
            raise
    assert context.store.healthy
    assert len(said) > 5
    assert ("loaded" in said.values()) == (kind in SOME_GOOD)
