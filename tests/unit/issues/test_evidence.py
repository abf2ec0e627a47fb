"""Evidence as JSON per row and back, and what types, signals and their words hold at the edges."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.duplicates.neighbours import Neighbours
from core.issues import ISSUE_TYPES
from core.issues.contract import Seen
from core.issues.evidence import as_json, neighbour_columns, pair_columns, texts_of
from core.issues.signals import Signals

LABEL, NEAR, OUTLIER = (ISSUE_TYPES[name] for name in ("label", "near_duplicate", "outlier"))
NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
FLOATS = st.floats(0, 1, width=32)


def _maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "share": _maybe(FLOATS),
            "exact": _maybe(st.booleans()),
            "group": _maybe(st.integers(-(2**62), 2**62)),
            "usual": _maybe(st.lists(_maybe(FLOATS), max_size=3)),
            "extra": _maybe(st.lists(NAMES, max_size=3)),
        }
    ),
    max_size=7,
)
TYPES = {"share": pa.float32(), "exact": pa.bool_(), "group": pa.int64(), "usual": pa.list_(pa.float32())}


def _table(rows: list[dict[str, Any]]) -> pa.Table:
    """As issue types make it: names of classes as places in a dictionary."""
    columns = {name: pa.array([row[name] for row in rows], kind) for name, kind in TYPES.items()}
    listed = [row["extra"] for row in rows]
    names = sorted({name for row in listed for name in row or ()})
    places = [names.index(name) for row in listed for name in row or ()]
    offsets = pa.array(np.r_[0, np.cumsum([len(row or ()) for row in listed])].astype(np.int32))
    values = texts_of(names, np.array(places, np.int64))
    mask = pa.array([row is None for row in listed], pa.bool_())
    return pa.table({**columns, "extra": pa.ListArray.from_arrays(offsets, values, mask=mask)})


def _single(value: Any) -> Any:
    """What was written from single precision, with as few digits as tell it apart."""
    if isinstance(value, list):
        return [_single(one) for one in value]
    return float(np.float32(value)) if isinstance(value, float) else value


@settings(max_examples=60, deadline=None)
@given(ROWS, st.integers(1, 3))
def test_every_row_of_evidence_comes_back_from_json_whatever_it_holds_and_however_it_is_cut(
    rows: list[dict[str, Any]], step: int
) -> None:
    """Quotes, backslashes, line breaks and other scripts in names; empty lists, which are not null; nulls in lists."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.issues.evidence.ROWS", step)
        told = [json.loads(text) for text in as_json(_table(rows)).to_pylist()]
    assert [{name: _single(value) for name, value in one.items()} for one in told] == [
        {name: value for name, value in row.items() if value is not None} for row in rows
    ]


def test_a_text_is_written_as_it_is_and_no_row_is_longer_than_it_has_to_be() -> None:
    row = {"share": None, "exact": True, "group": None, "usual": None, "extra": ["naïve", 'a "b"']}
    assert as_json(_table([row])).to_pylist() == ['{"exact": true, "extra": ["naïve", "a \\"b\\""]}']


def test_neighbours_are_called_by_their_ids_and_rows_without_any_say_nothing() -> None:
    """Rows 1 and 3 of four; ids are ten times the position and one more, so that no position passes for an id."""
    near = Neighbours(np.array([[3, 0], [2, 1]]), np.array([[0.98768, 0.5], [1.0, -0.25]], np.float32))
    columns = neighbour_columns(4, np.array([1, 3]), np.array([1, 11, 21, 31]), near)
    assert columns["neighbours"].to_pylist() == [None, [31, 1], None, [21, 11]]
    assert columns["similarities"].to_pylist() == [None, [pytest.approx(0.9877), 0.5], None, [1.0, -0.25]]


def test_neighbours_of_no_row_and_no_neighbours_of_any_row_are_null() -> None:
    nobody = Neighbours(np.empty((2, 0), np.int64), np.empty((2, 0), np.float32))
    assert neighbour_columns(2, np.arange(2), np.arange(2), nobody)["neighbours"].to_pylist() == [None, None]
    nothing = np.empty(0, np.int64)
    assert pair_columns(2, nothing, nothing, np.empty(0))["similarities"].to_pylist() == [None, None]


def test_what_the_store_kept_is_read_with_defaults_for_nulls_and_without_fields_of_other_releases() -> None:
    kept = {"group": 7, "size": None, "neighbours": [7, 9], "exact": False, "of_a_later_release": 1}
    read = NEAR.read(kept)
    assert (read.group, read.size, read.neighbours, read.exact, read.kept) == (7, 1, (7, 9), False, None)
    assert hash(read) == hash(NEAR.read(kept))


def test_a_signal_that_a_scan_does_not_make_is_an_error_by_its_name_and_settings_are_empty_unless_given() -> None:
    signals = Signals({"labels": lambda: np.zeros(1)})
    with pytest.raises(KeyError, match="groups"):
        _ = signals.groups
    assert signals.settings == {}


def test_a_signal_that_is_nothing_is_not_made_again() -> None:
    made: list[int] = []
    signals = Signals({"groups": lambda: made.append(1)})
    assert (signals.groups, signals.groups, made) == (None, None, [1])


def test_signals_that_are_known_keep_their_own_values() -> None:
    """All makers are written in one line: each has to give its own value, not the last one's."""
    labels, probabilities, judged = np.array([1]), np.array([[0.2, 0.8]]), np.array([True])
    signals = Signals.of(labels, probabilities, judged, groups="mine", classes=("a", "b"))
    assert signals.labels is labels and signals.probabilities is probabilities and signals.judged is judged
    assert (signals.groups, signals.classes) == ("mine", ("a", "b"))


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (("tech",), "1 of the 1 nearest examples is tech."),
        (("tech", "sport", None), "1 of the 3 nearest examples is tech."),
        (("sport", None), "0 of the 2 nearest examples are tech."),
        (("tech", "tech"), "2 of the 2 nearest examples are tech."),
    ],
)
def test_neighbours_are_counted_in_the_right_number(labels: tuple[str | None, ...], said: str) -> None:
    assert LABEL.say(LABEL.read({}), Seen("sport", "tech", labels)) == said


@pytest.mark.parametrize(
    ("distance", "usual", "said"),
    [
        (0.6, 0.2, "0.60, 3.0 times what is usual. Median: 0.20."),
        (0.211, 0.2, "0.21, 1.1 times what is usual. Median: 0.20."),  # 1.055: from 1.05 on it is said
        (0.209, 0.2, "0.21, which is usual here. Median: 0.20."),
        (0.2, 0.2, "0.20, which is usual here. Median: 0.20."),
        (0.05, 0.2, "0.05, which is usual here. Median: 0.20."),  # nearer than usual is nothing unusual
        (0.0, 0.0, "0.00, which is usual here. Median: 0.00."),  # copies everywhere: nothing is divided by nothing
    ],
)
def test_a_distance_is_said_against_what_is_usual(distance: float, usual: float, said: str) -> None:
    proof = OUTLIER.read({"distance": distance, "usual": usual})
    assert OUTLIER.say(proof, Seen("x", None, ())) == f"Mean distance to the nearest examples: {said}"


def test_summaries_are_said_in_the_right_number() -> None:
    assert NEAR.sure({"groups": 1, "conflicting": 0, "exact": 2}).startswith("1 group, 0 with")
    assert NEAR.sure({"groups": 1200, "conflicting": 1000, "exact": 0}) == (
        "1,200 groups, 1,000 with conflicting labels; exact copies: 0"
    )
    sampled = {"flagged": 3, "by_chance": 0.05, "sampled": True, "compared": 2048}
    assert OUTLIER.sure(sampled).endswith("about one in 20 may be chance; measured against 2,048 rows")
