"""What a browser sends is taken as an act only where its shape is right."""

from __future__ import annotations

from typing import Any

import pytest

from core.review.acts import MAX_SHOWN, label_in, read_acts
from core.review.records import Act
from core.targets import Target
from core.targets.multi_label.facts import MULTI_LABEL
from core.targets.one_class.facts import ONE_CLASS

KEEP = {"key": "k1", "action": "keep", "example_id": 3}


def test_a_relabel_carries_its_label_and_what_was_shown() -> None:
    shown = {"given_label": "sport", "suggested_label": "tech", "score": 0.25, "tier": "lexical"}
    sent = {"key": "k", "action": "relabel", "example_id": 7, "label": "tech", "shown": shown, "scan_id": "s"}
    (act,) = read_acts([sent], ONE_CLASS)
    assert act == Act("k", "relabel", 7, "tech", shown, "s", instead_of=())


def test_an_undo_may_name_no_row() -> None:
    (act,) = read_acts([{"key": "k", "action": "undo", "example_id": None, "target": None}], ONE_CLASS)
    assert act == Act("k", "undo", None, instead_of=())


def test_only_a_relabel_keeps_a_label() -> None:
    assert read_acts([KEEP | {"label": "tech"}], ONE_CLASS)[0].new_label is None


def test_only_known_and_short_things_are_kept_of_what_was_shown() -> None:
    shown = {"given_label": "x" * 5000, "score": 1, "tier": None, "password": "secret"}
    (act,) = read_acts([KEEP | {"shown": shown}], ONE_CLASS)
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
    assert read_acts([KEEP | broken, KEEP], ONE_CLASS)[0].client_key == "k1"
    assert len(read_acts([KEEP | broken, KEEP], ONE_CLASS)) == 1


@pytest.mark.parametrize(
    ("raw", "target", "label"),
    [
        ("tech", ONE_CLASS, "tech"),
        ('["b", "a"]', ONE_CLASS, '["b", "a"]'),
        (None, ONE_CLASS, None),
        (7, MULTI_LABEL, None),
        (["wheat", "corn", "wheat", " "], MULTI_LABEL, '["corn","wheat"]'),
        (("wheat",), MULTI_LABEL, '["wheat"]'),
        ([], MULTI_LABEL, "[]"),
        ('[ "wheat",\n"corn" ]', MULTI_LABEL, '["corn","wheat"]'),
        ([7, "7", 10], MULTI_LABEL, '["10","7"]'),
        (["\U0001f33d", "\uff43"], MULTI_LABEL, '["\uff43","\U0001f33d"]'),
        ("corn, wheat", MULTI_LABEL, "corn, wheat"),
        ("[1.5]", MULTI_LABEL, "[1.5]"),
        ('{"corn": 1}', MULTI_LABEL, '{"corn": 1}'),
    ],
)
def test_a_set_of_classes_in_any_order_is_the_label_of_the_set(raw: object, target: Target, label: str | None) -> None:
    assert label_in(raw, target) == label


def test_a_relabel_to_a_set_may_come_as_a_list_and_to_none_of_the_classes_as_an_empty_one() -> None:
    sent = [KEEP | {"action": "relabel", "label": label} for label in (["b", "a"], [], '["a"]')]
    assert [act.new_label for act in read_acts(sent, MULTI_LABEL)] == ['["a","b"]', "[]", '["a"]']


@pytest.mark.parametrize("broken", ["[", "5", '["' + "x" * MAX_SHOWN + '"]'])
def test_what_was_shown_and_is_no_label_is_not_kept(broken: str) -> None:
    shown = {"given_label": '["corn"]', "suggested_label": broken, "tier": "lexical"}
    (act,) = read_acts([KEEP | {"shown": shown}], MULTI_LABEL)
    assert act.shown == {"given_label": '["corn"]', "tier": "lexical"}
