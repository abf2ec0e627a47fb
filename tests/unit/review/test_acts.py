"""What a browser sends is taken as an act only where its shape is right."""

from __future__ import annotations

from typing import Any

import pytest

from core.review.acts import read_acts
from core.review.records import Act

KEEP = {"key": "k1", "action": "keep", "example_id": 3}


def test_a_relabel_carries_its_label_and_what_was_shown() -> None:
    shown = {"given_label": "sport", "suggested_label": "tech", "score": 0.25, "tier": "lexical"}
    (act,) = read_acts(
        [{"key": "k", "action": "relabel", "example_id": 7, "label": "tech", "shown": shown, "scan_id": "s"}]
    )
    assert act == Act("k", "relabel", 7, "tech", shown, "s")


def test_an_undo_may_name_no_row() -> None:
    (act,) = read_acts([{"key": "k", "action": "undo", "example_id": None, "target": None}])
    assert act == Act("k", "undo", None)


def test_only_a_relabel_keeps_a_label() -> None:
    assert read_acts([KEEP | {"label": "tech"}])[0].new_label is None


def test_only_known_and_short_things_are_kept_of_what_was_shown() -> None:
    shown = {"given_label": "x" * 5000, "score": 1, "tier": None, "password": "secret"}
    (act,) = read_acts([KEEP | {"shown": shown}])
    assert act.shown == {"given_label": "x" * 1000, "score": 1.0}


@pytest.mark.parametrize(
    "broken",
    [
        {"key": ""},
        {"key": "x" * 65},
        {"key": 5},
        {"action": "destroy"},
        {"action": ["keep"]},
        {"example_id": None},
        {"example_id": "3"},
        {"example_id": True},
    ],
)
def test_an_act_without_a_usable_form_is_left_out(broken: dict[str, Any]) -> None:
    assert read_acts([KEEP | broken, KEEP])[0].client_key == "k1"
    assert len(read_acts([KEEP | broken, KEEP])) == 1
