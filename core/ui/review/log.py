"""The list of all decisions of a dataset: who, when, what, and whether it counts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from core.context import Context
from core.errors import WinnowError
from core.issues import ISSUE_TYPES
from core.modalities import WORDS
from core.records import Action, ColumnFilter, Dataset, Version
from core.review.acts import ACTIONS
from core.review.many import Doing, said
from core.review.words import action_words, in_words
from core.services.review.log import LogLine, acts_on_many, log_lines
from core.services.review.undo import take_back_one
from core.store.record_lists.decisions import USUAL, decided
from core.targets import Target
from core.ui import keys
from core.ui.lists.record_list import Lines, RecordList, Shown, record_tools
from core.ui.modalities import drawing_of, line_of
from core.ui.parts.labels import target_of, words_of
from core.ui.parts.problems import plain, shown_errors
from core.ui.url import optional_from_url, optional_to_url, switch_from_url, switch_to_url, typed_from_url
from core.words import later, say, say_n, say_stored

CELL_CHARACTERS = 160
UNDO = later("Undo")


@st.fragment
def decision_log(context: Context, dataset: Dataset, versions: Sequence[Version], user: str) -> None:
    """Filters, the table, its pages and its download."""
    with shown_errors():
        _draw(context, dataset, versions, user)


def _draw(context: Context, dataset: Dataset, versions: Sequence[Version], user: str) -> None:
    each = ""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        narrowed = _filters(versions)
        many = acts_on_many(context, dataset.dataset_id)
        switch_from_url(keys.LOG_EACH, usual=False)
        if many and st.toggle(
            say("A line for each row"),
            key=keys.LOG_EACH,
            on_change=switch_to_url,
            args=(keys.LOG_EACH, False),
            help=say("Off: an act on many rows is one line, with the first of them."),
        ):
            each, many = "-each", ()
    records, column = decided(dataset, many), st.column_config
    acts = context.ledger.decisions.count(dataset.dataset_id)
    if not acts:
        st.caption(say("No decision yet."))
        return
    _say_taken_back()
    pressed: list[str] = []

    def shown(lines: Lines) -> Shown:
        found = log_lines(context, dataset.dataset_id, [str(line["decision_id"]) for line in lines])
        pressed[:] = [line.decision.decision_id for line in found]
        return _columns(dataset, lines, found)

    titles, said_as = {WORDS: drawing_of(dataset).words_title}, {"action": _action, "list": _list}
    RecordList(
        record_tools(context, dataset, records, "decisions", titles, said_as),
        records,
        USUAL,
        say("newest first"),
        acts,
        f"decision-log{each}",
        f"{dataset.name}-decisions",
        shown,
        say("Decisions, newest first"),
        {
            "decided_at": partial(column.DatetimeColumn, format="YYYY-MM-DD HH:mm:ss", width=150),
            "example_id": partial(column.NumberColumn, format="%d", width=72),
            "action": partial(column.TextColumn, width=170),
            "list": partial(
                column.TextColumn, help=say("The list of issues that it was made in, but for wrong labels")
            ),
            "in_force": partial(
                column.TextColumn, width=72, help=say("No: a later decision replaced it, or it was taken back")
            ),
            "in_versions": partial(
                column.TextColumn, width=90, help=say("Versions that were made with it. A version never changes")
            ),
            "blind": partial(column.CheckboxColumn, width=60, help=say("Judged without a model's answer in sight")),
            "note": partial(column.TextColumn, width="medium"),
            WORDS: partial(column.TextColumn, width="large"),
            UNDO: lambda _: column.ButtonColumn(
                say("undo"),
                width=80,
                on_click=_take_back,
                args=(context, dataset, user, pressed),
                key=keys.UNDO_DECISION,
            ),
        },
        ("list", "note", "blind"),
        narrowed,
        {UNDO: "in_force"},
        {"action": "label"},
        decided(dataset, ()) if many else None,
    ).draw(lambda total: say_n("{n:,} decision", "{n:,} decisions", total), say("No decision matches these filters."))


def _filters(versions: Sequence[Version]) -> list[ColumnFilter]:
    typed_from_url(keys.LOG_REVIEWER)
    reviewer = st.text_input(
        say("Reviewer"),
        key=keys.LOG_REVIEWER,
        on_change=optional_to_url,
        args=(keys.LOG_REVIEWER, ""),
        placeholder=say("anybody"),
        type="search",
        width=190,
    )
    optional_from_url(keys.LOG_ACTION, ACTIONS)
    action: Action | None = st.selectbox(
        say("Decision"),
        ACTIONS,
        index=None,
        key=keys.LOG_ACTION,
        format_func=action_words,
        on_change=optional_to_url,
        args=(keys.LOG_ACTION,),
        placeholder=say("any"),
        width=150,
    )
    numbers = [str(version.number) for version in versions]
    optional_from_url(keys.LOG_VERSION, numbers)
    number = st.selectbox(
        say("Version"),
        numbers,
        index=None,
        key=keys.LOG_VERSION,
        on_change=optional_to_url,
        args=(keys.LOG_VERSION,),
        placeholder=say("all"),
        width=110,
    )
    chosen = {"reviewer": reviewer.strip() or None, "action": action, "version": number}
    return [ColumnFilter(column, "=", (value,)) for column, value in chosen.items() if value is not None]


def _action(name: str) -> str:
    return next((action_words(one) for one in ACTIONS if one == name), name)


def _list(name: str) -> str:
    """The list of issues in which it was made; none for that of wrong labels."""
    return say(ISSUE_TYPES[name].title) if name in ISSUE_TYPES else name


def _columns(dataset: Dataset, records: Lines, lines: Sequence[LogLine]) -> Shown:
    """What a line says of its decision as it is read; of an act on many rows, of all of it."""
    target, words = target_of(dataset), words_of(dataset)
    plainly = ("decided_at", "reviewer", "example_id", "version", "in_versions", "note")
    return {
        **{name: [one[name] for one in records] for name in (*plainly, "decision_id", "source_id", "score", "tier")},
        "given_label": [words(_before(line)) for line in lines],
        "action": [_decision(line, target) for line in lines],
        "new_label": [words(line.decision.new_label) for line in lines],
        "suggested_label": [words(line.decision.shown.get("suggested_label")) for line in lines],
        "list": [None if one["list"] is None else _list(str(one["list"])) for one in records],
        "in_force": [_standing(line) for line in lines],
        "verdict": [None if one["verdict"] is None else say("yes") if one["verdict"] else say("no") for one in records],
        "blind": [_is_blind(line) or None for line in lines],
        WORDS: [line_of(dataset, line.example, CELL_CHARACTERS) for line in lines],
        UNDO: [say(UNDO) if line.counts else None for line in lines],
    }


def _decision(line: LogLine, target: Target) -> str:
    """What was decided; an act on many rows is one line, with the first of them."""
    act = line.of_many
    if act is None or act.rows < 2:
        return in_words(line.decision, target, _before(line))
    return say("{n:,} rows, one act: {what}", n=act.rows, what=said(Doing(act.action, act.label), target))


def _before(line: LogLine) -> str | None:
    """The label that was decided on."""
    return line.decision.shown.get("given_label") or line.example.label


def _standing(line: LogLine) -> str | None:
    if line.decision.action == "undo":
        return None
    return say("yes" if line.counts else "no")


def _is_blind(line: LogLine) -> bool:
    return bool(line.decision.shown.get("blind"))


def _take_back(context: Context, dataset: Dataset, user: str, decision_ids: Sequence[str]) -> None:
    """The line whose button was pressed. For a callback."""
    pressed = st.session_state[keys.UNDO_DECISION]
    try:
        said = take_back_one(context, dataset, decision_ids[pressed["row"]], user).said
    except WinnowError as error:
        st.session_state[f"{keys.UNDO_DECISION}-said"] = (say_stored(error.message), ":material/error:")
    else:
        st.session_state[f"{keys.UNDO_DECISION}-said"] = (said, ":material/undo:")


def _say_taken_back() -> None:
    said, icon = st.session_state.pop(f"{keys.UNDO_DECISION}-said", (None, ""))
    if said is not None:
        st.info(plain(said), icon=icon)
