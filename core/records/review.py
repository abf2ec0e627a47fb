"""Records of a review: who decided what, and where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Action = Literal["keep", "relabel", "exclude", "unsure", "ask", "undo"]
"""`ask`: the row is asked for again, whatever was said of it before."""
NO_LABEL = ""
"""The new label of a `relabel` that takes a row's one class away: the row has no label from then on."""
LIST = "list"
"""A key of what was `shown` with a decision: the list of issues in which it was made, by its type, where it was in
one."""
SETTLES = "settles"
"""The same: types of the lists of issues that the verdict settles. One that has none, as those of earlier releases and
changes of classes, settles all of them."""
ASIDE = "aside"
"""The same, of what is kept, unsure or asked again in a list that asks about something else than the label: that list,
by its type. It says nothing of the label, and settles no other list."""
ALSO = "also"
"""The same, of what is about the label but was given in such a list: that list, which it settles too."""
MAX_NOTE = 500
"""Characters of a note."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One reviewer's act. Appended, never edited; an undo is an act of its own."""

    decision_id: str
    client_key: str
    """Made once where the decision was made; a second write with the same key is the same decision."""
    dataset_id: str
    version_id: str
    """The version that was on the screen: its successor takes the decision in."""
    example_id: int
    action: Action
    new_label: str | None
    """Only with `relabel`."""
    reviewer: str
    decided_at: datetime
    scan_id: str | None
    shown: Mapping[str, Any]
    """What the reviewer saw: given label, suggested label, score, tier; `blind` where they were not to see a model's
    answer."""
    undoes: str | None = None
    """The decision that an `undo` takes back."""
    note: str | None = None
    """Why, in the reviewer's own words; at most `MAX_NOTE` characters."""

    @property
    def aside(self) -> str | None:
        """The list that it is about, by its type, where it is not about the label."""
        return self.shown.get(ASIDE)

    def settles(self, issue_type: str) -> bool:
        """Whether the verdict settles the row in a list of issues: one that leaves the row out does in all of them."""
        if self.aside is not None:
            return issue_type == self.aside
        lists = self.shown.get(SETTLES)
        return self.action == "exclude" or lists is None or issue_type in (*lists, self.shown.get(ALSO))


BulkAction = Literal["keep", "relabel", "suggestion", "add", "remove", "exclude", "unsure", "undo"]
"""What one act does to many rows: `suggestion` gives each the label that is suggested for it, `add` and `remove` put a
class into its label or take it out."""


@dataclass(frozen=True, slots=True)
class BulkAct:
    """One act on many rows: each row has a decision of its own, whose client key begins with the act's id and
    a colon."""

    act_id: str
    dataset_id: str
    version_id: str
    action: BulkAction
    label: str | None
    """What `relabel` gives, or the class that `add` and `remove` are about."""
    among: str
    """Which rows, in words: `given business · suggested tech`."""
    reviewer: str
    decided_at: datetime
    undoes: str | None = None
    """The act that an `undo` takes back."""
    rows: int = 0
    """Decisions that it wrote."""
    undone_by: str | None = None
    """The act that takes it back whole."""
    taken_back: bool = False
    """Whether that is done: one that stopped half way is gone on with."""


@dataclass(frozen=True, slots=True)
class ReviewCounts:
    """Where a review stands."""

    flagged: int
    """Flagged rows of the scan, without those that are settled."""
    decided: int
    """Rows of the version with a decision in force, those of changes of classes too: a new version takes all."""
    left: int
    """Flagged rows without one, and without a verdict from an earlier version that still holds."""
    relabelled: int
    excluded: int
    kept: int
    unsure: int
    suggestion_taken: int
    """Relabelled to exactly the label that was suggested."""
    settled_before: int
    """Rows that the scan would flag, were there no verdict from an earlier version that still holds."""
    verdicts: int
    """Rows of the version of which somebody has said something on it; of other decided ones only classes were
    changed."""
