"""One act on all rows of a list, over all of its pages: what would change first, then the act, then the way back. It
goes on beside the page, which shows how far it is."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from core.context import Context
from core.errors import WinnowError
from core.progress import Report
from core.records import BulkAction, Dataset
from core.review.many import Doing, said
from core.services.privacy.masking import can_mask_as_dataset
from core.services.review.among import Among, asked_as_of
from core.services.review.many import Plan, carry_out, check_size, plan, take_back
from core.services.review.writing import Done
from core.store.versions import get_version
from core.tasks import task_named
from core.ui.lists.acts.act_words import done_to_rows, kinds_of_change, number_change
from core.ui.lists.acts.confirmed import THREADS, Asked, Confirmed, first_rows
from core.ui.lists.acts.mask_all import TITLE as MASK_TITLE
from core.ui.lists.acts.mask_all import masking
from core.ui.lists.acts.move_all import TITLE as MOVE_TITLE
from core.ui.lists.acts.move_all import MoveAll
from core.ui.lists.acts.tag_all import TITLES as TAG_TITLES
from core.ui.lists.acts.tag_all import TagAll, Tagging
from core.ui.parts.labels import target_of
from core.ui.parts.pending import drawn_in_dialog, settled
from core.ui.parts.problems import plain, show_error
from core.ui.parts.problems import said as error_said
from core.ui.shell.guard import current_user
from core.words import later, say, say_n, say_stored, stored

MOVE: Literal["move"] = "move"
MASK: Literal["mask"] = "mask"
First = BulkAction | Literal["mask"]
_TITLES: dict[BulkAction, str] = {
    "suggestion": later("Take suggestion"),
    "relabel": later("Change label to…"),
    "add": later("Add class…"),
    "remove": later("Take class out…"),
    "keep": later("Keep"),
    "exclude": later("Exclude"),
    "unsure": later("Unsure"),
}


class ActOnAll:
    """The act on all rows of one list. Made before the list is drawn, so that the list shows what was done."""

    def __init__(self, context: Context, dataset: Dataset, key: str) -> None:
        """Goes on with what was confirmed under `key`, and says how far it is or what came of it."""
        self._context = context
        self._dataset = dataset
        self._key = key
        self._user = current_user()
        self.changed = False
        """Whether an act came to its end since the list was drawn last."""
        self._tags = TagAll(context, dataset, key, self._user)
        self.changed |= self._tags.changed
        self._moves = MoveAll(context, dataset, key, self._user)
        self._confirmed = Confirmed[Plan](key)
        if (asked := self._confirmed.asked) is not None:
            self._follow(asked)

    def button(
        self, among: Among, words: str, total: int, first: First, shown: str = "", *, suggests: bool = True
    ) -> None:
        """The way to it, for the rows that `among` asks for; `words` say which these are, in English, and
        `shown` in the language of whoever looks; `first` is what is mostly done to them, and `suggests` whether their
        list suggests labels at all."""
        title = say_n("{n:,} row", "{n:,} rows", total)
        if st.button(say("All {rows}…", rows=title), icon=":material/checklist:", key=f"{self._key}-all"):
            st.dialog(say("One act on {rows}", rows=title), width="medium")(self._ask)(
                among, words, first, shown or words, suggests
            )

    def at_once(self, among: Among, words: str, title: str, *, disabled: bool = False) -> None:
        """A button that takes what is suggested for each row of `among`, whether it has a verdict already or not; what
        came of it, and the way back, stands where this was made."""
        st.button(
            title,
            type="primary",
            icon=":material/done_all:",
            key=f"{self._key}-now",
            on_click=self._start,
            args=(among, words),
            disabled=disabled,
        )

    def planned_button(self, among: Among, words: str, doing: Doing, title: str) -> None:
        """A button for one act that is known already, with the look at what it would change before it is done."""
        if st.button(title, icon=":material/done_all:", key=f"{self._key}-planned"):
            st.dialog(title, width="medium")(self._look)(among, words, doing)

    def _start(self, among: Among, words: str) -> None:
        planned = plan(self._context, among, Doing("suggestion"), self._user, also_decided=True)
        self._confirmed.ask(planned, words)

    def _ask(self, among: Among, words: str, first: First, shown: str, suggests: bool) -> None:
        """In a dialog, which is drawn again by itself."""
        st.caption(plain(shown))
        doing = self._choose(first, suggests=suggests and among.tier is not None)
        if doing == MOVE:
            self._moves.ask(among, words)
            return
        if doing == MASK:
            version = get_version(self._context.store, among.version_id)
            masking(self._context, self._dataset, version, self._user, f"{self._key}-mask", among)
            return
        if isinstance(doing, str):
            self._tags.ask(among, words, doing)
            return
        if doing is not None:
            self._look(among, words, doing)

    def _look(self, among: Among, words: str, doing: Doing) -> None:
        """What it would change, and the button that does it."""
        also = bool(st.session_state.get(f"{self._key}-also"))
        about = (self._key, asked_as_of(self._context, among), words, doing, also, self._user)
        work = self._context.beside.answers("plans of acts on many rows", THREADS, kept=16)
        drawn_in_dialog(
            lambda: work.ask(
                about,
                stored("Counting"),
                lambda report: plan(self._context, among, doing, self._user, also_decided=also),
            ),
            lambda planned: self._preview(planned, words),
        )

    def _choose(self, first: First, suggests: bool) -> Doing | Tagging | Literal["move", "mask"] | None:
        target = target_of(self._dataset)
        offered: list[BulkAction] = [
            name
            for name in _TITLES
            if (name != "suggestion" or suggests)
            and (name not in ("add", "remove") or target.several)
            and not (target.located and name in ("relabel", "add", "remove"))
        ]
        titles: dict[str, str] = {str(name): title for name, title in _TITLES.items()}
        titles |= {**TAG_TITLES, MOVE: MOVE_TITLE, MASK: MASK_TITLE}
        masks: tuple[Literal["mask"], ...] = (MASK,) if can_mask_as_dataset(task_named(self._dataset.task)) else ()
        acts = [*offered, *self._tags.offered(), MOVE, *masks]
        action = st.selectbox(
            say("What to do"),
            acts,
            index=acts.index(first) if first in acts else 0,
            format_func=lambda one: say(titles[one]),
            key=f"{self._key}-action",
            width=280,
        )
        if action == "tag" or action == "untag" or action == "move" or action == "mask":
            return action
        if action not in ("relabel", "add", "remove"):
            return Doing(action)
        what = say("Label") if action == "relabel" and not target.several else say("Class")
        if action == "relabel" and target.several:
            chosen = st.multiselect(
                say("Classes"),
                self._dataset.labels,
                key=f"{self._key}-set",
                format_func=self._dataset.called,
                width=280,
            )
            none = st.checkbox(say("None of the classes"), key=f"{self._key}-none") if not chosen else False
            return Doing("relabel", target.label_of(chosen)) if chosen or none else None
        if target.numeric:
            text = st.text_input(say("Number"), key=f"{self._key}-number", placeholder=say("such as 3.5"), width=280)
            return Doing(action, text.strip()) if text.strip() else None
        name = st.selectbox(
            what,
            self._dataset.labels,
            index=None,
            key=f"{self._key}-label",
            format_func=self._dataset.called,
            placeholder=say("Choose"),
            width=280,
        )
        return None if name is None else Doing(action, name)

    def _preview(self, planned: Plan, words: str) -> None:
        self._draw(planned)
        if not planned.rows:  # no fault: what is left out, and how it is taken in, stands above
            st.caption(say("No row would be changed."))
            return
        try:
            check_size(planned)
        except WinnowError as error:
            show_error(error)
            return
        self._confirmed.button(done_to_rows(planned), ":material/done_all:", planned, words)

    def _draw(self, planned: Plan) -> None:
        """What would change: rows by label, then the first of them."""
        target = target_of(self._dataset)
        st.markdown("\n".join(kinds_of_change(planned, target)))
        left = [
            *([say("{n:,} have nothing to change", n=planned.nothing)] if planned.nothing else []),
            *(
                [say("{n:,} have a verdict and stay", n=planned.decided)]
                if planned.decided and not planned.also_decided
                else []
            ),
        ]
        first_rows(self._dataset, [(row, number_change(target, row.label, after)) for row, after in planned.first])
        if left:
            st.caption(plain(" · ".join(left)))
        if planned.decided:
            others = say(", {n:,} of them by others", n=planned.by_others) if planned.by_others else ""
            also = say("Also the {n:,} with a verdict{others}", n=planned.decided, others=others)
            st.checkbox(also, key=f"{self._key}-also")

    def _follow(self, asked: Asked[Plan]) -> None:
        work = self._context.beside.answers("acts on many rows", THREADS, kept=16)
        rows = asked.planned.rows
        what = stored(f"Taking back {rows:,} rows") if asked.undo_id else stored(f"Changing {rows:,} rows")
        try:
            done = settled(lambda: work.ask((asked.run, self._user), what, lambda report: self._work(asked, report)))
        except Exception as error:
            # What was written stands: the same act goes on where it stopped.
            broke = say("{what} broke off: {error}", what=say_stored(what), error=error_said(error))
            st.error(plain(broke), icon=":material/error:")
            with st.container(horizontal=True, gap="small"):
                st.button(say("Go on"), key=f"{self._key}-again", icon=":material/refresh:")
                st.button(
                    say("Leave it"), key=f"{self._key}-leave", icon=":material/close:", on_click=self._confirmed.close
                )
            return
        if done is not None:
            self.changed |= self._confirmed.is_new(asked)
            self._confirmed.said(self._said(asked, done), asked)

    def _work(self, asked: Asked[Plan], report: Report) -> Done:
        context, user = self._context, self._user
        if asked.undo_id:
            return take_back(context, asked.act_id, user, asked.undo_id, report)
        return carry_out(context, asked.planned, user, asked.words, asked.act_id, report)

    def _said(self, asked: Asked[Plan], done: Done) -> str:
        rows = say_n("{n:,} row", "{n:,} rows", done.rows)
        what = say("taken back") if asked.undo_id else said(asked.planned.doing, target_of(self._dataset))
        told = say("{rows} {what}.", rows=rows, what=plain(what))
        if not done.left_alone:
            return told
        if asked.undo_id:
            return told + plain(say(" {n:,} had been taken back already.", n=done.left_alone))
        return told + plain(say(" {n:,} were decided by somebody meanwhile and left alone.", n=done.left_alone))
