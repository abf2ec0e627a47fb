"""What a review passes around: rows to judge, what the reviewer did, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.records import LIST, Action, Decision, Example, Issue


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A row that the encoder finds close to the one on the desk."""

    example: Example
    similarity: float
    """Cosine in -1–1."""


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """One row as a reviewer gets it."""

    example: Example
    issue: Issue
    probabilities: tuple[tuple[str, float], ...]
    """Out-of-sample probabilities of the likeliest labels and of the given and the suggested one, highest first."""
    neighbours: tuple[Neighbour, ...]
    """Nearest first."""
    why: str
    """The reason for the suggestion in words."""
    decision: Decision | None = None
    """The decision in force on the row, if there is one."""
    group: int | None = None
    """Names the group of copies that it belongs to."""
    copies: tuple[int, ...] = ()
    """Rows of that group that are excluded where one of them is kept, without those that somebody has decided."""
    before: Decision | None = None
    """What was said of the row on an earlier version and still applies to its label: a verdict, or that somebody was
    unsure."""
    blind: bool = False
    """Whether it is judged without the model's answer, and all that is made of that."""


@dataclass(frozen=True, slots=True)
class Act:
    """What a reviewer asks for, before it is known whether it can be taken down."""

    client_key: str
    """Made once where the act was made: a second write with the same key is the same act."""
    action: Action
    example_id: int | None
    """None only for an undo that names no row."""
    new_label: str | None = None
    """Only with `relabel`."""
    shown: Mapping[str, Any] = field(default_factory=dict)
    """What was on the screen: `given_label`, `suggested_label`, `score`, `tier`; `blind` where a model's answer was
    not."""
    scan_id: str | None = None
    undoes_key: str | None = None
    """For an undo: the client key of the decision to take back; None for the reviewer's newest, which a
    screen (see `instead_of`) is first told of."""
    instead_of: tuple[str, ...] | None = None
    """The decisions on the row that were seen on this screen, by id or by client key: it overrules no other. None where
    there is no screen: then it overrules the reviewer's own."""
    note: str | None = None
    """Why; at most `MAX_NOTE` characters."""
    without: bool = False
    """Of a `relabel`: whether it takes the row's label away. Part of a change of classes, never a reviewer's."""

    @property
    def given_in(self) -> str:
        """The list of issues in which it was made, by its type; `label` where it was in none."""
        return str(self.shown.get(LIST) or "label")


@dataclass(frozen=True, slots=True)
class Refusal:
    """An act that was not taken down, and why."""

    act: Act
    message: str
    decision: Decision | None = None
    """The other reviewer's decision that stands in its way."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a reviewer's acts."""

    acknowledged: tuple[str, ...]
    """Client keys that need not be sent again: written now or before, or refused."""
    refused: tuple[Refusal, ...]
    returned: tuple[tuple[str, int], ...]
    """Client key of each undo and the row that it brought back."""
