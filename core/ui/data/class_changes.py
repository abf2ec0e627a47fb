"""Data, view Classes: one class renamed, several merged, one split by a filter or deleted. What changes stands there
before; it is done as one act, with one undo."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass

import streamlit as st

from core.context import Context
from core.errors import WinnowError
from core.progress import Report
from core.records import MAX_CLASS_NAME, Dataset, RowFilter
from core.review.words import label_words
from core.services.classes.changing import EVERY, ClassChange, Kind, PlannedChange, carry_out_change, plan_change
from core.services.classes.naming import NamedClass
from core.services.review.many import take_back
from core.services.review.writing import Done
from core.services.runs.time_in_words import duration
from core.store.ids import new_id
from core.store.rows import values
from core.tasks import target_of
from core.ui import keys
from core.ui.parts.labels import split_said
from core.ui.parts.pending import settled
from core.ui.parts.problems import plain, show_error, shown_errors
from core.ui.shell.guard import current_user
from core.ui.shell.pages import open_link
from core.words import later, say, say_n, stored

KINDS: dict[Kind, str] = {
    "rename": later("Rename a class"),
    "merge": later("Merge classes"),
    "split": later("Split a class"),
    "delete": later("Delete a class"),
}
EXCLUDE, NONE, UNLABELLED = later("are excluded"), later("just lose it"), later("have no label")
LISTED = 6
DONE, DOING, MADE = "class-change-done", "class-change-doing", "class-changes-made"
LONG, ROWS_A_SECOND = 20_000, 10_000
"""From so many rows on it is said how long a change takes, at so many a second on two cores."""


@dataclass(frozen=True, slots=True)
class _Doing:
    """A change that is under way, or its undo."""

    dataset_id: str
    rows: int
    act_id: str
    undo_id: str = ""
    planned: PlannedChange | None = None
    """None of an undo."""


def class_changes(context: Context, dataset: Dataset, found: list[NamedClass]) -> None:
    """Choose, look at what would change, do it, take it back."""
    if target_of(dataset).numeric:
        return
    st.markdown(f"**{say('Change classes')}**")
    st.caption(
        say(
            "On the newest version, as one act: its rows get decisions, which the next version takes in. "
            "Versions that there are keep their classes, and runs those that they have learnt."
        )
    )
    if not _followed(context, dataset):
        return
    _said(dataset)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        change = _chosen(context, dataset, [one.code for one in found])
    if change is None:
        return
    with shown_errors():
        planned = plan_change(context, dataset, change)
        _preview(dataset, planned)
        title = say_n("Change {n:,} row", "Change {n:,} rows", planned.rows)
        if planned.rows >= LONG:
            st.caption(say("Takes about {time}.", time=duration(planned.rows / ROWS_A_SECOND)))
        if st.button(title, type="primary", icon=":material/done_all:", key="class-change", disabled=not planned.rows):
            st.session_state[DOING] = _Doing(dataset.dataset_id, planned.rows, new_id(), planned=planned)
            st.session_state[MADE] = st.session_state.get(MADE, 0) + 1
            st.rerun()


def _proposed(codes: list[str]) -> None:
    """Fills in the merge that a link proposes, once."""
    asked = st.query_params.pop(keys.MERGE, None)
    if asked is None:
        return
    with suppress(ValueError):
        found = json.loads(asked)
        st.session_state["class-change-kind"] = "merge"
        st.session_state["class-change-several"] = [one for one in codes if isinstance(found, list) and one in found]


def _key(field: str) -> str:
    """Of a field that is empty again after each change: a browser keeps what stands in one that it knows."""
    return f"class-change-{field}-{st.session_state.get(MADE, 0)}"


def _chosen(context: Context, dataset: Dataset, codes: list[str]) -> ClassChange | None:
    """What is asked for; None until it is said in full."""
    _proposed(codes)
    kind: Kind = st.selectbox(
        say("What to do"), list(KINDS), key="class-change-kind", format_func=lambda one: say(KINDS[one]), width=180
    )
    if kind == "merge":
        of = st.multiselect(
            say("Classes"), codes, key="class-change-several", format_func=dataset.called, width=320,
            placeholder=say("Choose"),
        )  # fmt: skip
    else:
        one = st.selectbox(
            say("Class"), codes, None, key=_key("of"), format_func=dataset.called, width=200,
            placeholder=say("Choose"),
        )  # fmt: skip
        of = [one] if one else []
    where = _where(context, dataset) if kind == "split" else EVERY
    if kind == "delete":
        return _deleted(dataset, of, codes)
    to = st.text_input(
        say("Becomes") if kind != "split" else say("New class"),
        key=_key("to"),
        max_chars=MAX_CLASS_NAME,
        width=200,
    )
    if (
        not to.strip()
        or not of
        or (kind == "merge" and len({*of, to.strip()}) < 2)
        or (kind == "split" and where == EVERY)
    ):
        return None
    return ClassChange(kind, tuple(of), to, where=where)


def _deleted(dataset: Dataset, of: list[str], codes: list[str]) -> ClassChange | None:
    target = target_of(dataset)
    others = [one for one in codes if one not in of]
    fates = [NONE if target.several else UNLABELLED, EXCLUDE]
    to = st.selectbox(
        say("Its rows"),
        [*fates, *others],
        None,
        key="class-change-fate",
        format_func=lambda one: say(one) if one in fates else say("become {name}", name=dataset.called(one)),
        placeholder=say("Choose"),
        width=220,
    )
    if not of or to is None:
        return None
    return ClassChange("delete", tuple(of), None if to in fates else to, excluded=to == EXCLUDE)


def _where(context: Context, dataset: Dataset) -> RowFilter:
    """Which rows are split off: words, a split, a value of an attribute."""
    words = st.text_input(say("With the words"), key=_key("words"), placeholder=say("Words in the example"), width=200)
    splits = values(context.store, dataset.latest_version_id, "split", 50)
    split = st.selectbox(
        say("Split"), splits, None, key="class-change-split", format_func=split_said, placeholder=say("any"), width=120
    )
    categories = {one.column: one.name for one in dataset.attributes if one.kind == "category"}
    attribute = st.selectbox(
        say("Attribute"), list(categories), None, key="class-change-attribute", format_func=categories.__getitem__,
        placeholder=say("any"), width=150,
    )  # fmt: skip
    value = None
    if attribute:
        offered = values(context.store, dataset.latest_version_id, attribute, 50)
        value = st.selectbox(say("Value"), offered, None, key="class-change-value", placeholder=say("any"), width=150)
    known = attribute if value is not None else None
    return RowFilter(text=words.strip() or None, split=split, attribute=known, value=value)


def _preview(dataset: Dataset, planned: PlannedChange) -> None:
    """Rows by label and by split; the decisions and the runs that name the class."""
    target = target_of(dataset)
    lines = []
    for one in planned.changes[:LISTED]:
        after = say("excluded") if one.after is None else plain(label_words(one.after, target))
        lines.append(f"- **{one.rows:,}** {plain(target.words(one.before or ''))} → {after}")
    rest = planned.changes[LISTED:]
    if rest:
        lines.append(say("- **{n:,}** of {kinds:,} more kinds", n=sum(one.rows for one in rest), kinds=len(rest)))
    st.markdown("\n".join(lines) or say("No row of the newest version is such."))
    splits = " · ".join(
        f"{plain(split_said(name)) if name else say('no split')} {rows:,}" for name, rows in planned.splits.items()
    )
    said = [
        *([splits] if splits else []),
        *([say("{n:,} have a decision, which is replaced", n=planned.decided)] if planned.decided else []),
        *(
            [say_n("{n:,} decision gave it before", "{n:,} decisions gave it before", planned.decisions)]
            if planned.decisions
            else []
        ),
        *([say("learnt by run {runs}", runs=", ".join(map(str, planned.runs)))] if planned.runs else []),
    ]
    if said:
        st.caption(" · ".join(said))


def _followed(context: Context, dataset: Dataset) -> bool:
    """Follows the change, or the undo, that is under way in this session; whether there is none any more."""
    doing: _Doing | None = st.session_state.get(DOING)
    if doing is None or doing.dataset_id != dataset.dataset_id:
        return True
    user = current_user()

    def work(report: Report) -> Done:
        if doing.planned is None:
            return take_back(context, doing.act_id, user, doing.undo_id, report)
        return carry_out_change(context, doing.planned, user, doing.act_id, report)

    rows = doing.rows
    what = stored(f"Changing {rows:,} rows") if doing.planned else stored(f"Taking back {rows:,} rows")
    answers = context.beside.answers("changes of classes", kept=4)
    try:
        done = settled(lambda: answers.ask((doing.act_id, doing.undo_id, user), what, work))
    except WinnowError as error:
        st.session_state.pop(DOING)
        show_error(error)
        return True
    if done is not None:
        st.session_state.pop(DOING)
        st.session_state[DONE] = (dataset.dataset_id, done, doing.planned is None)
        st.rerun()
    return False


def _said(dataset: Dataset) -> None:
    """What came of the last change in this session, the way back, and the way on."""
    found: tuple[str, Done, bool] | None = st.session_state.get(DONE)
    if found is None or found[0] != dataset.dataset_id:
        return
    _, done, undone = found
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="class-change-outcome"):
        if undone:
            st.markdown(
                f":material/check: {say_n('Taken back on {n:,} row.', 'Taken back on {n:,} rows.', done.rows)}",
                width="content",
            )
            return
        rows = say_n("{n:,} row changed.", "{n:,} rows changed.", done.rows)
        left = say(" {n:,} were decided by somebody meanwhile and left alone.", n=done.left_alone)
        st.markdown(f":material/check: {rows}" + (left if done.left_alone else ""), width="content")
        undo = st.button(
            say("Undo"),
            icon=":material/undo:",
            key="class-change-undo",
            help=say("Takes the whole act back, and nothing else"),
        )
        open_link("review", say("Make a version"), key="class-change-version", dataset=dataset.name, view="versions")
    if undo:
        st.session_state[DOING] = _Doing(dataset.dataset_id, done.rows, done.act.act_id, new_id())
        st.rerun()
