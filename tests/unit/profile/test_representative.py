"""Shares of groups beside reference shares that somebody gives."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chisquare

from core.errors import UsageError
from core.profile.records import Group, GroupTable
from core.profile.representative import reference_shares, representativeness
from core.records import RowFilter


@pytest.mark.parametrize(
    "text",
    [
        "east=50, west = 30, the far north=20",
        "east=0.5\nwest=0.3\nthe far north=0.2\n",
        "group,share\neast,50 %\nwest,30 %\nthe far north,20 %",
        'east,500\nwest,300\n"the far north",200',
        "east=5; west=3; the far north=2",
        "group;rows\neast;500\nwest;300\nthe far north;200\n",
        "group\trows\r\neast\t500\r\nwest\t300\r\nthe far north\t200\r\n",
    ],
)
def test_shares_are_read_as_they_are_written(text: str) -> None:
    assert reference_shares(text) == pytest.approx({"east": 0.5, "west": 0.3, "the far north": 0.2})


def test_a_name_may_hold_a_comma() -> None:
    assert reference_shares("Paris, France=1, Rome=3") == {"Paris, France": 0.25, "Rome": 0.75}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("east=half, west=50", "'east=half' is no group with its share."),
        ("east=50, east=50", "names 'east' twice"),
        ("east=50", "two groups at least"),
        ("", "two groups at least"),
        ("east=-5, west=50", "'east=-5' is no group"),
        ("east=0, west=0", "two groups at least"),
        ("east=12,5; west=87,5", "is no group"),
        ("east=1,000, west=2,000", "is no group"),
        ("east=50, west=50, north", "'north' is no group"),
        ("group\neast\nwest", "'east' is no group with its share."),
        ("group;rows\neast;1,200\nwest;800", "'east,1,200' is no group with its share."),
    ],
)
def test_what_cannot_be_read_is_said(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        reference_shares(text)


def table(**counts: int) -> GroupTable:
    groups = tuple(Group(name, count, RowFilter(), count >= 30) for name, count in counts.items())
    return GroupTable("desk", "desk", groups, ("a",), np.array([[one] for one in counts.values()]))


def test_groups_are_held_against_their_reference() -> None:
    found = representativeness(
        table(east=700, west=200, north=100, other=50), reference_shares("east=5,west=3,north=2")
    )
    assert (found.rows, found.others) == (1000, 50)
    east, west, north = found.groups
    assert (east.share.estimate, east.reference, east.apart) == (0.7, 0.5, True)
    assert (700 + east.lacking) / (1000 + east.lacking) == pytest.approx(0.5)
    assert west.lacking == round((300 - 200) / 0.7) and north.lacking == 125
    assert found.p_value == pytest.approx(chisquare([700, 200, 100], [500, 300, 200]).pvalue)
    assert not found.chance


def test_a_group_that_is_not_there_has_no_rows_and_one_that_fits_is_no_news() -> None:
    found = representativeness(table(east=52, west=48), reference_shares("east=50,west=50"))
    assert found.chance and not any(one.apart for one in found.groups)
    lone = representativeness(table(east=52), reference_shares("east=50,moon=50"))
    assert [one.rows for one in lone.groups] == [52, 0] and lone.groups[1].lacking == 52
    assert lone.absent == ("moon",)
    with pytest.raises(UsageError, match="None of the groups 'x', 'y' is there"):
        representativeness(table(east=52), {"x": 0.5, "y": 0.5})


def test_a_group_that_may_be_folded_together_with_others_is_not_taken_for_one_without_rows() -> None:
    listed = table(east=60, west=40)
    many = GroupTable(
        "desk",
        "desk",
        (*listed.groups, Group("(other: 7 groups)", 300, None, False)),
        ("a",),
        np.array([[60], [40], [300]]),
    )
    found = representativeness(many, reference_shares("east=40,west=40,moon=20"))
    assert [(one.group, one.rows, one.reference) for one in found.groups] == [("east", 60, 0.5), ("west", 40, 0.5)]
    assert (found.folded, found.absent, found.rows, found.others) == (("moon",), (), 100, 300)
    with pytest.raises(UsageError, match="'east' alone is listed"):
        representativeness(many, reference_shares("east=40,moon=20"))
