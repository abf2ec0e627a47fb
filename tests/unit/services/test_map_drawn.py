"""The points of a map as they are drawn: worked out once, read from their file afterwards."""

from __future__ import annotations

import numpy as np
import pytest

from core.context import Context
from core.records import Dataset, RowFilter
from core.services.map import drawn as module
from core.services.map.colours import Coloured, coloured
from core.services.map.drawn import FOLDER, KEPT, drawn
from core.services.map.projections import Projection, principal
from core.services.map.sight import bounds, in_sight
from core.store.versions import get_version
from tests.embeddings import keep

from .test_similar import vectors_of


@pytest.fixture
def shown(context: Context, news: Dataset) -> Projection:
    keep(context, news, "minilm", vectors_of(news), list(range(40)))
    made = principal(context, news, lambda done, total: None)
    assert made is not None
    return made


def same(one: Coloured, other: Coloured) -> bool:
    arrays = ("example_ids", "places", "codes")
    return (one.names, one.by, one.bands) == (other.names, other.by, other.bands) and all(
        np.array_equal(getattr(one, name), getattr(other, name))
        and getattr(one, name).dtype == getattr(other, name).dtype
        for name in arrays
    )


def test_a_second_time_reads_what_the_first_has_written(
    context: Context, news: Dataset, shown: Projection, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = get_version(context.store, news.latest_version_id)
    fresh = coloured(context, news, version, shown, "label")
    assert same(drawn(context, news, version, shown, "label"), fresh)
    monkeypatch.setattr(module, "coloured", None)
    again = drawn(context, news, version, shown, "label")
    assert same(again, fresh)
    assert in_sight(again, bounds(again), 32, 20) == in_sight(fresh, bounds(fresh), 32, 20)


def test_another_colour_scan_or_filter_is_worked_out_by_itself(
    context: Context, news: Dataset, shown: Projection
) -> None:
    version = get_version(context.store, news.latest_version_id)
    folder = shown.path.parent / FOLDER
    for by in ("label", "split"):
        drawn(context, news, version, shown, by)
    drawn(context, news, version, shown, "label", scan_id="another")
    assert len(list(folder.iterdir())) == 3
    few = drawn(context, news, version, shown, "label", where=RowFilter(label="x"))
    assert 0 < len(few.codes) < 40 and len(list(folder.iterdir())) == 3, "what a filter keeps is not kept"
    for number in range(KEPT + 2):
        drawn(context, news, version, shown, "label", scan_id=str(number))
    assert len(list(folder.iterdir())) == KEPT


@pytest.mark.parametrize("content", [b"", b"no such file", None])
def test_a_broken_file_is_written_anew(
    context: Context, news: Dataset, shown: Projection, content: bytes | None
) -> None:
    version = get_version(context.store, news.latest_version_id)
    fresh = drawn(context, news, version, shown, "label")
    [file] = (shown.path.parent / FOLDER).iterdir()
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2] if content is None else content)
    assert same(drawn(context, news, version, shown, "label"), fresh)
    assert file.stat().st_size == len(whole)
