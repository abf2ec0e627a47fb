"""Judging rows where they are seen: the acts of the review desk under its keys, beside a row that was picked in a
table, or on the tiles or cards that a list is made of. Writes through the same service as the desk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import streamlit as st

from core.context import Context
from core.issues import ISSUE_TYPES
from core.modalities import WORDS
from core.records import LIST, Dataset, Decision, Example, Version
from core.review.acts import read_acts
from core.review.records import Recorded
from core.review.words import in_words
from core.services.review.blind import FLATTERS
from core.services.review.decisions import record
from core.services.review.selection import together
from core.services.review.sources import HELD_OUT
from core.services.tags.tagging import TagsTaken, read_tags, record_tags
from core.store.acts.contained import contained_in
from core.store.acts.decisions import decided_in_list, standing_of
from core.store.acts.tags import tags_of, tags_shown
from core.store.datasets import get_dataset
from core.store.masked import said_shown
from core.typed import JsonObject
from core.ui import verdict_bar
from core.ui.lists.alike import judged
from core.ui.modalities import drawing_of
from core.ui.parts.job_words import ago
from core.ui.parts.labels import classes_told, label_said, target_of
from core.ui.parts.problems import said
from core.ui.shell.guard import current_user
from core.words import later, say, say_stored

ACTS = ISSUE_TYPES["label"].actions
"""What can be done to a row, as at the desk."""
_NOW = 5.0
"""Seconds for which something was done just now."""

Layout = Literal["bar", "grid", "cards"]
_MARKS = {"keep": later("kept"), "exclude": later("excluded")}


@dataclass(frozen=True, slots=True)
class Seen:
    """A row as a list shows it."""

    example: Example
    suggested: str | None = None
    score: float | None = None
    """How probable its label is, where something is suggested."""
    likely: tuple[str, ...] = ()
    """Classes to offer before others."""
    caption: str = ""
    """What stands beside its label: `0.97 sure`."""
    beside: str = ""
    """The same in as few signs as there is room for under an image."""
    why: str = ""
    tier: str | None = None
    """What the suggestion is from."""
    scan_id: str | None = None
    issue_type: str | None = None
    """The list of issues in which it is judged, where it is one: what was decided in others leaves it open there."""


class Verdicts:
    """What is decided in one list. Made before the list is drawn, so that the list shows what was just decided."""

    def __init__(
        self,
        context: Context,
        dataset: Dataset,
        version: Version,
        key: str,
        *,
        among: str,
    ) -> None:
        """Takes down what the browser has decided under `key` on rows of the version. `among` says in words which rows
        these are."""
        self._context = context
        self._dataset = dataset
        self._version = version
        self._key = key
        self._user = current_user()
        self._said = verdict_bar.heard(key)
        self._trouble = ""
        self._recorded = Recorded((), (), ())
        self._tagged = TagsTaken((), ())
        acts = read_acts(self._said.acts, target_of(dataset))
        tags = read_tags(self._said.acts)
        try:
            self._tagged = record_tags(context, version, self._user, tags)
            if acts:
                together(context, version, self._user, acts, among)
                self._recorded = record(context, version.version_id, self._user, acts)
        except Exception as error:
            # Something is in the way, such as a full disk: the acts wait in the browser, which tries again.
            self._trouble = said(error)
        done = f"{key}-taken"
        dealt_with = (*self._recorded.acknowledged, *self._tagged.acknowledged)
        self.changed = bool(acts or tags) and st.session_state.get(done) != dealt_with
        """Whether something was decided or tagged since the list was drawn last."""
        st.session_state[done] = dealt_with
        if acts and self.changed and not self._trouble:
            judged(version, [one.client_key for one in acts if one.client_key in self._recorded.acknowledged])

    @property
    def opened(self) -> int | None:
        """The row that the browser asks to see whole."""
        return self._said.open

    def words(self, rows: Sequence[Example]) -> dict[int, str]:
        """What holds on each of these rows, in words; rows on which nothing does are left out."""
        found = self._standing([row.example_id for row in rows], None)
        return self._in_words(found, {row.example_id: row for row in rows})

    def bar(self, rows: Sequence[Seen]) -> None:
        """The bar for these rows: one that was picked, or several at once."""
        self._mount("bar", rows)

    def tiles(self, rows: Sequence[Seen], layout: Literal["grid", "cards"]) -> None:
        """These rows as tiles or cards, and the bar for those that are chosen among them."""
        self._mount(layout, rows)

    def _mount(self, layout: Layout, rows: Sequence[Seen]) -> None:
        context, target = self._context, target_of(self._dataset)
        of_list = next((row.issue_type for row in rows), None)
        found = self._standing([row.example.example_id for row in rows], of_list)
        rows_tags = tags_of(context.store, self._dataset.dataset_id, [row.example.example_id for row in rows])
        told = self._in_words(found, {row.example.example_id: row.example for row in rows})
        verdict_bar.mount(
            self._key,
            {
                "mode": layout,
                "actions": [one for one in ACTS if one in ON_SPANS or (one != "group" and not target.located)],
                "several": target.several and not target.located,
                "numeric": target.numeric,
                "located": target.located,
                "storage": f"winnow.verdicts.{self._version.version_id}.{self._user}.{self._key}",
                **(
                    NO_CLASSES
                    if target.located
                    else classes_told(get_dataset(context.store, self._dataset.dataset_id), self._said.labels)
                ),
                "items": [
                    {**self._item(row, layout, found, told), "tags": list(rows_tags.get(row.example.example_id, ()))}
                    for row in rows
                ],
                "tags": tags_shown(context.store, self._dataset.dataset_id),
                "opened": self._said.open,
                "flatters": say(FLATTERS),
                "acknowledged": (
                    *(self._recorded.acknowledged if not self._trouble else ()),
                    *self._tagged.acknowledged,
                ),
                "refused": [
                    *(
                        {"key": one.act.client_key, "message": say_stored(one.message)}
                        for one in self._recorded.refused
                    ),
                    *({"key": key, "message": say_stored(message)} for key, message in self._tagged.refused),
                ],
                "trouble": self._trouble,
            },
        )

    def _item(self, row: Seen, layout: Layout, found: Mapping[int, Decision], told: Mapping[int, str]) -> JsonObject:
        example = row.example
        drawing = drawing_of(self._dataset)
        drawn: JsonObject = (
            {"name": example.text or say("row {number}", number=example.example_id)}
            if layout == "bar"
            else drawing.on_desk(self._context, example, True)
        )
        decision = found.get(example.example_id)
        verdict = told.get(example.example_id, "") if decision is not None else ""
        return {
            "example_id": example.example_id,
            "words": str(drawn.get(WORDS) or "")[:_CARD],
            "thumbnail": drawn.get("thumbnail"),
            "sound": drawn.get("sound"),
            "name": str(drawn.get("name"))[:_NAME],
            "label": self._shown(example.label, example),
            "suggested": self._shown(row.suggested, example),
            "likely": list(row.likely),
            "caption": row.caption,
            "beside": row.beside,
            "why": row.why if layout == "cards" else "",
            "scan_id": row.scan_id,
            "shown": {
                "given_label": example.label,
                "suggested_label": row.suggested,
                "score": None if row.score is None else round(row.score, 6),
                "tier": row.tier,
                LIST: row.issue_type,
            },
            "decision": self._decision(decision),
            "in_sight": row.suggested is not None and example.split in HELD_OUT,
            "verdict": verdict,
            "mark": self._mark(decision) if decision else "",
        }

    def _shown(self, label: str | None, example: Example) -> str | None:
        """A label as the bar shows it: spans in words; what it decides of them it takes from `shown`."""
        target = target_of(self._dataset)
        return label if label is None or not target.located else label_said(target, label, example.text)

    def _decision(self, decision: Decision | None) -> JsonObject | None:
        """As the desk has it; one of an earlier version is nothing that can be taken back here."""
        if decision is None:
            return None
        here = decision.version_id == self._version.version_id
        return {
            "decision_id": decision.decision_id,
            "key": decision.client_key if here else None,
            "action": decision.action,
            "label": decision.new_label,
            "note": decision.note and said_shown(self._context.store, decision.dataset_id, decision.note),
            "by": None if decision.reviewer == self._user else decision.reviewer,
        }

    def _mark(self, decision: Decision) -> str:
        """What was decided, in as few words as there is room for under an image."""
        target = target_of(self._dataset)
        if decision.action == "relabel" and decision.new_label is not None:
            return f"✓ {target.words(decision.new_label)}"
        return "✓ " + say(_MARKS.get(decision.action, decision.action))

    def _done(self, decision: Decision, example: Example) -> str:
        """Of spans what they cover: where they begin and end says nothing to a person."""
        target = target_of(self._dataset)
        if target.located and decision.action == "relabel" and decision.new_label is not None:
            return say("changed to {label}", label=label_said(target, decision.new_label, example.text))
        return in_words(decision, target, decision.shown.get("given_label") or example.label)

    def _standing(self, example_ids: Sequence[int], issue_type: str | None) -> dict[int, Decision]:
        """What was decided in the list of that type, or of the rows' labels."""
        asked = self._context.store, self._version.version_id
        if issue_type is None:
            return standing_of(*asked, example_ids)
        return decided_in_list(*asked, issue_type, example_ids)

    def _in_words(self, found: Mapping[int, Decision], rows: Mapping[int, Example]) -> dict[int, str]:
        """`Changed to sport · you, 2 min ago · not yet in a version`."""
        inside = contained_in(self._context.store, list(found.values()))
        now = datetime.now(UTC)
        told = {}
        for example_id, decision in found.items():
            what = self._done(decision, rows[example_id])
            who = say("you") if decision.reviewer == self._user else decision.reviewer
            recent = (now - decision.decided_at).total_seconds() < _NOW
            when = say("now") if recent else ago(decision.decided_at, now)
            number = inside.get(decision.decision_id)
            where = say("not yet in a version") if number is None else say("in version {number}", number=number)
            told[example_id] = f"{what[:1].upper()}{what[1:]} · {who}, {when} · {where}"
        return told


ON_SPANS = ("keep", "suggestion", "exclude", "unsure")
"""What is decided in a list where labels are spans: these are edited on the desk, or taken as they are suggested."""
NO_CLASSES: JsonObject = {"labels_digest": "none", "labels": [], "names": {}, "guidelines": {}}
_CARD, _NAME = 600, 120
"""Characters of a text on its card, and of what a row is called."""
