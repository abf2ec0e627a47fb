"""Which acts can be taken down."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.records import Action, Decision
from core.review.records import Act
from core.review.rules import judge, judge_undos
from core.targets.multi_label.facts import MULTI_LABEL
from core.targets.one_class.facts import ONE_CLASS

LABELS = frozenset({"sport", "tech", "politics"})
ROWS = {1: "sport", 2: "tech"}


def decision(example_id: int, reviewer: str, action: Action = "keep", label: str | None = None) -> Decision:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    return Decision(
        f"d{example_id}", f"c{example_id}", "data", "version", example_id, action, label, reviewer, moment, None, {}
    )


def refusal(act: Act, *in_force: Decision) -> str:
    by_row = {one.example_id: one for one in in_force}
    _, refused = judge([act], rows=ROWS, in_force=by_row, labels=LABELS, target=ONE_CLASS, reviewer="ada")
    return refused[0].message if refused else ""


def test_a_decision_on_an_open_row_is_accepted() -> None:
    act = Act("k", "relabel", 1, "tech")
    accepted, refused = judge([act], rows=ROWS, in_force={}, labels=LABELS, target=ONE_CLASS, reviewer="ada")
    assert (accepted, refused) == ([act], [])


def test_a_change_to_the_label_that_the_row_has_is_a_keep() -> None:
    accepted, _ = judge(
        [Act("k", "relabel", 1, "sport")], rows=ROWS, in_force={}, labels=LABELS, target=ONE_CLASS, reviewer="ada"
    )
    assert (accepted[0].action, accepted[0].new_label) == ("keep", None)


def test_a_label_that_the_dataset_has_not_is_refused_with_near_names() -> None:
    assert "Did you mean 'politics'?" in refusal(Act("k", "relabel", 1, "politic"))


def test_a_relabel_without_a_label_is_refused() -> None:
    assert "no label is given" in refusal(Act("k", "relabel", 1))


def test_a_row_outside_the_version_is_refused() -> None:
    assert refusal(Act("k", "keep", 9)) == "Row 9 is not in this version."


def test_a_row_decided_by_another_reviewer_says_who_and_what() -> None:
    message = refusal(Act("k", "keep", 1), decision(1, "ben", "relabel", "tech"))
    assert message == (
        "ben has already decided row 1: changed to tech (01 Jan, 00:00 UTC). Your decision was not saved: go back to "
        "the row and decide again to replace that one."
    )


def test_a_reviewer_who_has_seen_the_other_decision_overrules_it() -> None:
    assert not refusal(Act("k", "keep", 1, instead_of=("d1",)), decision(1, "ben"))


def test_overruling_holds_only_for_the_decision_that_was_seen() -> None:
    assert refusal(Act("k", "keep", 1, instead_of=("d7",)), decision(1, "ben"))


def test_ones_own_decision_can_be_replaced() -> None:
    assert not refusal(Act("k", "exclude", 1), decision(1, "ada"))
    for seen in ("d1", "c1"):
        assert not refusal(Act("k", "exclude", 1, instead_of=(seen,)), decision(1, "ada"))


def test_a_decision_under_the_same_name_that_the_screen_has_not_seen_is_told_and_not_overruled() -> None:
    message = refusal(Act("k", "exclude", 1, instead_of=()), decision(1, "ada"))
    assert message.startswith("Another tab under your name, ada, has already decided row 1: kept as it is (01 Jan")


def test_an_undo_takes_back_the_decision_that_it_names() -> None:
    own = decision(1, "ada")
    accepted, refused = judge_undos([Act("u", "undo", None, undoes_key="c1")], {"c1": own}, "ada")
    assert accepted[0][1] is own
    assert not refused


@pytest.mark.parametrize(
    ("targets", "said"), [({}, "Nothing to undo"), ({"c1": decision(1, "ben")}, "only they can undo it")]
)
def test_an_undo_of_nothing_or_of_anothers_decision_is_refused(targets: dict[str, Decision], said: str) -> None:
    accepted, refused = judge_undos([Act("u", "undo", None, undoes_key="c1")], targets, "ada")
    assert not accepted
    assert said in refused[0].message


TAGS = frozenset({"corn", "grain", "wheat"})
TAGGED = {1: '["grain","wheat"]', 2: "[]"}


def of_several(act: Act, *in_force: Decision) -> tuple[list[Act], str]:
    by_row = {one.example_id: one for one in in_force}
    accepted, refused = judge([act], rows=TAGGED, in_force=by_row, labels=TAGS, target=MULTI_LABEL, reviewer="ada")
    return accepted, refused[0].message if refused else ""


def test_a_row_may_get_another_set_or_none_of_the_classes() -> None:
    for label in ('["corn"]', "[]", '["corn","grain","wheat"]'):
        act = Act("k", "relabel", 1, label)
        assert of_several(act) == ([act], "")


def test_a_change_to_the_set_that_the_row_has_is_a_keep() -> None:
    for row, label in TAGGED.items():
        (accepted,), _ = of_several(Act("k", "relabel", row, label))
        assert (accepted.action, accepted.new_label) == ("keep", None)


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ('["grian"]', "Did you mean 'grain'?"),
        ('["corn","rye"]', "Label 'rye' is none of this dataset's 3 classes."),
        ("corn, wheat", 'write it as ["one","two"]'),
        ("", "no label is given"),
    ],
)
def test_a_set_with_a_class_that_the_dataset_has_not_is_refused(label: str, said: str) -> None:
    accepted, message = of_several(Act("k", "relabel", 1, label))
    assert not accepted
    assert said in message


def test_what_another_reviewer_made_of_a_set_is_said_by_its_difference() -> None:
    _, message = of_several(Act("k", "keep", 1), decision(1, "ben", "relabel", '["corn","grain"]'))
    assert message.startswith("ben has already decided row 1: added corn, removed wheat (01 Jan, 00:00 UTC).")
