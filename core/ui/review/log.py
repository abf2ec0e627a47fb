"""The list of all decisions of a dataset: who, when, what, and whether it counts. Pages from the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

import streamlit as st

from core.context import Context
from core.errors import WinnowError
from core.records import Action, Dataset, Decision, Version
from core.review.acts import ACTIONS
from core.review.many import Doing, said
from core.review.words import action_words, in_words
from core.services.review.log import LogLine, log
from core.services.review.undo import take_back_one
from core.targets import Target
from core.ui import keys
from core.ui.lists.paging import WHOLE_HEADER, paged, pages
from core.ui.modalities import line_of
from core.ui.parts.csv_text import csv_button, csv_text, csv_title
from core.ui.parts.labels import target_of, words_of
from core.ui.parts.problems import plain, shown_errors
from core.ui.url import optional_from_url, optional_to_url
from core.words import later, say, say_n, say_stored

PAGE_ROWS = 50
CSV_ROWS = 100_000
CELL_CHARACTERS = 160
UNDO = later("Undo")


class Narrowed(TypedDict):
    """What the filters say, as `log` takes it."""

    reviewer: str | None
    action: Action | None
    version_id: str | None


@st.fragment
def decision_log(context: Context, dataset: Dataset, versions: Sequence[Version], user: str) -> None:
    """Filters, the table, its pages and its download."""
    with shown_errors():
        _draw(context, dataset, versions, user)


def _draw(context: Context, dataset: Dataset, versions: Sequence[Version], user: str) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        narrowed = _filters(versions)
        st.space("stretch")
        download = st.container(width="content")
    key = f"decision-log-{hash(tuple(narrowed.items())):x}"
    page = paged(
        key,
        PAGE_ROWS,
        lambda offset: log(context, dataset.dataset_id, **narrowed, once=True, limit=PAGE_ROWS, offset=offset),
        lambda page: page.total,
    )
    if not page.total:
        st.caption(say("No decision yet." if not any(narrowed.values()) else "No decision matches these filters."))
        return
    with download:
        _download(context, dataset, narrowed, page.total)
    _say_taken_back()
    st.caption(say_n("{n:,} decision, newest first", "{n:,} decisions, newest first", page.total))
    st.dataframe(
        _columns(dataset, page.lines),
        hide_index=True,
        height="content" if len(page.lines) <= 14 else 560,
        column_config={
            "when": st.column_config.DatetimeColumn(say("when"), format="YYYY-MM-DD HH:mm:ss", width=150),
            "who": say("who"),
            "row": st.column_config.NumberColumn(say("row"), format="%d", width=72),
            "label": say("label"),
            "decision": st.column_config.TextColumn(say("decision"), width=170),
            "suggested": say("suggested"),
            "version": say("version"),
            "in force": st.column_config.TextColumn(
                say("in force"), width=72, help=say("No: a later decision replaced it, or it was taken back")
            ),
            "in versions": st.column_config.TextColumn(
                say("in versions"), width=90, help=say("Versions that were made with it. A version never changes")
            ),
            "blind": st.column_config.CheckboxColumn(
                say("blind"), width=60, help=say("Judged without a model's answer in sight")
            ),
            "note": st.column_config.TextColumn(say("note"), width="medium"),
            UNDO: st.column_config.ButtonColumn(
                say("undo"),
                width=80,
                on_click=_take_back,
                args=(context, dataset, user, [line.decision.decision_id for line in page.lines]),
                key=keys.UNDO_DECISION,
            ),
            "example": st.column_config.TextColumn(say("example"), width="large"),
        },
        placeholder="–",
        key=f"{key}-table-{st.session_state.get(key, 1)}",
        on_select="rerun",
        selection_mode=WHOLE_HEADER,
        alt=say("Decisions, newest first"),
    )
    pages(key, PAGE_ROWS, page.total)


def _filters(versions: Sequence[Version]) -> Narrowed:
    by_number = {str(version.number): version for version in versions}
    reviewer = st.text_input(
        say("Reviewer"),
        key=keys.LOG_REVIEWER,
        bind="query-params",
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
    number = st.selectbox(
        say("Version"),
        list(by_number),
        index=None,
        key=keys.LOG_VERSION,
        bind="query-params",
        placeholder=say("all"),
        width=110,
    )
    return {
        "reviewer": reviewer.strip() or None,
        "action": action,
        "version_id": by_number[number].version_id if number else None,
    }


def _columns(dataset: Dataset, lines: tuple[LogLine, ...]) -> dict[str, list[object]]:
    target, words = target_of(dataset), words_of(dataset)
    return {
        "when": [line.decision.decided_at for line in lines],
        "who": [line.decision.reviewer for line in lines],
        "row": [line.decision.example_id for line in lines],
        "label": [words(_before(line)) for line in lines],
        "decision": [_decision(line, target) for line in lines],
        "suggested": [words(line.decision.shown.get("suggested_label")) for line in lines],
        "in force": [_standing(line) for line in lines],
        UNDO: [say(UNDO) if line.counts else None for line in lines],
        "version": [line.version.number for line in lines],
        "in versions": [", ".join(map(str, line.versions)) or None for line in lines],
        **({"note": [line.decision.note for line in lines]} if any(line.decision.note for line in lines) else {}),
        **({"blind": [_is_blind(line) for line in lines]} if any(map(_is_blind, lines)) else {}),
        "example": [line_of(dataset, line.example, CELL_CHARACTERS) for line in lines],
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


def _download(context: Context, dataset: Dataset, narrowed: Narrowed, total: int) -> None:
    def whole_list() -> bytes:
        page = log(context, dataset.dataset_id, **narrowed, limit=CSV_ROWS)
        return csv_text(_CSV, (_record(line.decision, line) for line in page.lines))

    name = f"{dataset.name}-decisions.csv"
    csv_button(whole_list, name, key="decision-csv", title=csv_title(total, CSV_ROWS))


_CSV = (
    "decision_id",
    "example_id",
    "source_id",
    "action",
    "label",
    "given_label",
    "suggested_label",
    "score",
    "tier",
    "blind",
    "note",
    "reviewer",
    "decided_at",
    "version",
    "in_force",
    "in_versions",
)


def _record(decision: Decision, line: LogLine) -> dict[str, object]:
    return {
        "decision_id": decision.decision_id,
        "example_id": decision.example_id,
        "source_id": line.example.source_id,
        "action": decision.action,
        "label": decision.new_label,
        **decision.shown,
        "blind": _is_blind(line),
        "note": decision.note,
        "reviewer": decision.reviewer,
        "decided_at": decision.decided_at.isoformat(),
        "version": line.version.number,
        "in_force": line.counts,
        "in_versions": " ".join(map(str, line.versions)),
    }
