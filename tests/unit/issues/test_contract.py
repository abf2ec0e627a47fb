"""What holds of every issue type, whoever adds one."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest

from core.issues import ISSUE_TYPES
from core.issues.evidence import as_json, pair_columns
from core.issues.signals import SIGNALS, Signals

HEAVY = ("cleanlab", "torch", "scipy", "sklearn")


def test_wrong_labels_come_first() -> None:
    assert next(iter(ISSUE_TYPES)) == "label"
    assert len({kind.order for kind in ISSUE_TYPES.values()}) == len(ISSUE_TYPES)


@pytest.mark.parametrize("name", ISSUE_TYPES)
def test_a_type_asks_for_signals_that_there_are_and_names_a_function_that_finds(name: str) -> None:
    kind = ISSUE_TYPES[name]
    assert kind.name == name
    assert kind.needs <= SIGNALS
    assert callable(kind.find())
    assert kind.read({}) == kind.evidence()


def test_what_pages_read_of_the_types_imports_nothing_heavy() -> None:
    code = f"import sys, core.issues; print([name for name in {HEAVY} if name in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


def test_a_signal_is_made_once_and_only_when_it_is_asked_for() -> None:
    made: list[str] = []

    def groups() -> np.ndarray:
        made.append("groups")
        return np.arange(3)

    signals = Signals({"groups": groups, "embeddings": lambda: made.append("embeddings")})
    assert made == []
    assert signals.groups is signals.groups
    assert made == ["groups"]


def test_evidence_is_written_as_json_without_what_is_not_known() -> None:
    near = pair_columns(3, np.array([0, 0, 2, 2]), np.array([7, 8, 9, 7]), np.array([0.5, 0.25, 1, 0.12345]))
    found = pa.table({"share": pa.array([0.1, None, 2e-7], pa.float32()), "exact": [True, None, False], **near})
    first, second, third = (json.loads(text) for text in as_json(found).to_pylist())
    assert first == {"share": pytest.approx(0.1), "exact": True, "neighbours": [7, 8], "similarities": [0.5, 0.25]}
    assert second == {}
    assert third["share"] == pytest.approx(2e-7)
    assert (third["neighbours"], third["similarities"][1]) == ([9, 7], pytest.approx(0.1234, abs=1e-4))
