"""Which acts can be taken down. Pure: gets what the store knows as plain mappings and says yes or why not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import replace
from types import MappingProxyType

from core.records import ALSO, LIST, Decision
from core.review.acts import DECIDING
from core.review.records import Act, Refusal
from core.review.words import in_words
from core.targets import Target
from core.words import ENGLISH, speaking, stored


def judge(
    acts: Iterable[Act],
    *,
    rows: Mapping[int, str | None],
    in_force: Mapping[int, Decision],
    labels: Set[str],
    target: Target,
    reviewer: str,
    words: Mapping[int, str] = MappingProxyType({}),
) -> tuple[list[Act], list[Refusal]]:
    """Parts decisions into those to write and those refused.

    `rows` has the current label of every row of the version that the acts name, `in_force` their decisions,
    `labels` the dataset's classes, `target` what its labels are, `words` the rows' texts where labels lie in these. A
    change to the label that the row already has is written as `keep`.
    """
    accepted, refused = [], []
    for act in acts:
        problem = objection(act, rows, labels, target, words)
        other = in_force.get(act.example_id) if act.example_id is not None else None
        if problem:
            refused.append(Refusal(act, problem))
        elif other is not None and _in_the_way(act, other) and not _seen(act, other, reviewer):
            refused.append(Refusal(act, _judged_meanwhile(other, target, rows.get(other.example_id), reviewer), other))
        else:
            accepted.append(plain_keep(act, rows))
    return accepted, refused


def judge_undos(
    acts: Iterable[Act], targets: Mapping[str, Decision], reviewer: str, taken_back: Set[str] = frozenset()
) -> tuple[list[tuple[Act, Decision]], list[Refusal]]:
    """Parts undos into those to write, each with the decision that it takes back, and those refused.

    `targets` maps client keys to stored decisions; `taken_back` are ids of those that an undo names already. Everyone
    takes back only their own.
    """
    accepted, refused = [], []
    for act in acts:
        target = targets.get(act.undoes_key or "")
        if target is None:
            refused.append(Refusal(act, stored("Nothing to undo: no decision of yours is in force on this version.")))
        elif target.action == "undo":
            said = stored(f"That is an undo itself, of row {target.example_id}: decide the row anew.")
            refused.append(Refusal(act, said))
        elif target.decision_id in taken_back:
            said = stored(f"The decision on row {target.example_id} has been taken back already.")
            refused.append(Refusal(act, said))
        elif target.reviewer != reviewer:
            said = stored(f"Row {target.example_id} was decided by {target.reviewer}: only they can undo it.")
            refused.append(Refusal(act, said))
        else:
            accepted.append((act, target))
    return accepted, refused


def objection(
    act: Act,
    rows: Mapping[int, str | None],
    labels: Set[str],
    target: Target,
    words: Mapping[int, str] = MappingProxyType({}),
) -> str:
    """Why the act makes no sense for this version; empty where it does."""
    if act.action not in DECIDING:
        return stored(f"{act.action!r} is no decision. Use one of: {', '.join(DECIDING)}.")
    if act.example_id is None or act.example_id not in rows:
        return stored(f"Row {act.example_id} is not in this version.")
    if act.action == "keep" and rows[act.example_id] is None:
        return stored(f"Row {act.example_id} has no label that could be kept: give it one.")
    if act.action != "relabel":
        return ""
    if act.without:
        return ""
    if not act.new_label:
        return stored(f"Row {act.example_id} is to be relabelled, but no label is given.")
    problem = target.objection(act.new_label, labels)
    within = words.get(act.example_id) if act.example_id is not None else None
    return problem or ("" if within is None else target.misfit(act.new_label, within))


def plain_keep(act: Act, rows: Mapping[int, str | None]) -> Act:
    """A change to the label that the row has is a `keep`, of the label wherever it is said."""
    if act.action == "relabel" and act.example_id is not None and act.new_label == rows[act.example_id]:
        shown = {**act.shown, LIST: "label", ALSO: act.given_in} if LIST in act.shown else act.shown
        return replace(act, action="keep", new_label=None, shown=shown)
    return act


def _seen(act: Act, other: Decision, reviewer: str) -> bool:
    """Whether who decides knows of the decision in force. A name alone tells little: many may go by the same."""
    if act.instead_of is None:
        return other.reviewer == reviewer
    return other.decision_id in act.instead_of or other.client_key in act.instead_of


def _in_the_way(act: Act, other: Decision) -> bool:
    """Whether the decision in force is about the same: one on a label and one on whether the row is an outlier may be
    two people's, but not two labels, wherever they are given."""
    return other.settles(act.given_in) or (act.action in ("relabel", "exclude") and other.aside is None)


def _judged_meanwhile(other: Decision, target: Target, label: str | None, reviewer: str) -> str:
    row, when = other.example_id, f"{other.decided_at:%d %b, %H:%M} UTC"
    with speaking(ENGLISH):  # whoever asks: one thread may write for several
        status = in_words(other, target, label)
    if other.reviewer == reviewer:
        return stored(
            f"Another tab under your name, {reviewer}, has already decided row {row}: {status} ({when}). Your decision "
            "was not saved: go back to the row and decide again to replace that one."
        )
    return stored(
        f"{other.reviewer} has already decided row {row}: {status} ({when}). Your decision was not saved: go back to "
        "the row and decide again to replace that one."
    )
