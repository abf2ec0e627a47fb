"""Records as JSON and back: what is checked, what may be missing, and what a person is told of a damaged file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest

from core.errors import JobError
from core.typed import FLAT, from_json, to_json, with_ends


@dataclass(frozen=True, slots=True)
class Where:
    folder: Path
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    name: str
    interval: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Figure:
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Score:
    name: str
    gain: Figure = field(metadata=with_ends("interval"))
    rows: int


@dataclass(frozen=True, slots=True)
class Scores:
    found: tuple[Score, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    seed: int
    strategy: Literal["head", "full"]
    where: Where = field(metadata=FLAT)
    rate: float | None = None
    quick: bool = False
    shares: Mapping[str, float] = field(default_factory=dict)
    pairs: tuple[Pair, ...] = ()


WHERE = Where(Path("/data"), ("yes", "né"))
WHOLE = Asked(3, "full", WHERE, 0.5, True, {"train": 0.8, "test": 0.2}, (Pair("f1", (0.1, 0.2)),))
LEAST = {"seed": 3, "strategy": "head", "folder": "/data", "labels": ["yes"]}


def test_a_record_comes_back_as_it_was() -> None:
    assert from_json(Asked, json.loads(json.dumps(to_json(WHOLE))), "spec.json") == WHOLE


def test_a_flat_records_fields_lie_beside_the_others() -> None:
    assert {"folder": "/data", "labels": ["yes", "né"], "seed": 3}.items() <= to_json(WHOLE).items()


def test_a_figure_with_ends_stands_under_its_own_name_and_its_ends_as_a_list_under_theirs() -> None:
    scores = Scores((Score("f1", Figure(0.5, 0.25, 0.75), 8),))
    content = {"found": [{"name": "f1", "gain": 0.5, "interval": [0.25, 0.75], "rows": 8}]}
    assert to_json(scores) == content
    assert from_json(Scores, content, "result.json") == scores


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"interval": [0.25, 0.75]}, r"found\[0\].gain is missing"),
        ({"gain": 0.5}, r"found\[0\].interval is missing"),
        ({"gain": "0.5", "interval": [0.25, 0.75]}, r"found\[0\].gain is '0.5' and not a number"),
        ({"gain": 0.5, "interval": [0.25]}, r"found\[0\].interval is \[0.25\] and not a list of 2"),
        ({"gain": 0.5, "interval": [0.25, None]}, r"found\[0\].interval\[1\] is None and not a number"),
    ],
)
def test_what_is_wrong_with_a_figure_or_its_ends_is_named(wrong: dict[str, object], says: str) -> None:
    with pytest.raises(JobError, match=f"^result.json: {says}"):
        from_json(Scores, {"found": [{"name": "f1", "rows": 8, **wrong}]}, "result.json")


def test_what_an_earlier_release_did_not_write_has_its_default_and_what_a_later_one_adds_is_passed_over() -> None:
    assert from_json(Asked, LEAST | {"new": [1]}, "spec.json") == Asked(3, "head", Where(Path("/data"), ("yes",)))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"seed": "3"}, "seed is '3' and not a whole number"),
        ({"seed": True}, "seed is True and not a whole number"),
        ({"seed": 1.5}, "seed is 1.5"),
        ({"strategy": "last"}, "strategy is 'last' and not one of 'head', 'full'"),
        ({"folder": 7}, "folder is 7 and not a path"),
        ({"labels": "yes"}, "labels is 'yes' and not a list"),
        ({"labels": ["yes", None]}, r"labels\[1\] is None and not a text"),
        ({"rate": "fast"}, "rate is 'fast' and not a number"),
        ({"quick": 1}, "quick is 1 and not true or false"),
        ({"shares": {"train": "all"}}, "shares.train is 'all'"),
        ({"pairs": [{"name": "f1", "interval": [1.0]}]}, r"pairs\[0\].interval is \[1.0\] and not a list of 2"),
        ({"pairs": [{"interval": [1.0, 2.0]}]}, r"pairs\[0\].name is missing"),
    ],
)
def test_a_field_of_another_type_is_named_with_its_value_and_its_file(wrong: dict[str, object], says: str) -> None:
    with pytest.raises(JobError, match=f"^/runs/1/spec.json: {says}"):
        from_json(Asked, LEAST | wrong, "/runs/1/spec.json")


def test_a_field_that_must_be_there_is_missed_by_name() -> None:
    with pytest.raises(JobError, match="labels is missing"):
        from_json(Asked, {"seed": 3, "strategy": "head", "folder": "/"}, "spec.json")


def test_whole_numbers_are_numbers_too() -> None:
    assert from_json(Asked, LEAST | {"rate": 1}, "spec.json").rate == 1


def test_what_json_has_no_word_for_is_a_defect() -> None:
    with pytest.raises(TypeError, match="no JSON"):
        to_json({"seen": {1, 2}})
