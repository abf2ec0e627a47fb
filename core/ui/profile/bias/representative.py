"""Representativeness: the shares of an attribute's groups beside those that they should have, typed or from a file."""

from __future__ import annotations

import streamlit as st

from core.errors import UsageError
from core.profile.records import GroupTable
from core.profile.representative import Representativeness, named_rows, reference_shares, representativeness
from core.records import Dataset, Version
from core.ui import keys
from core.ui.parts.labels import attributes_said
from core.ui.parts.problems import plain, show_error, shown_errors
from core.ui.profile.bias.groups import choose_group
from core.ui.profile.parts import heading, numbers, share_column
from core.ui.url import put
from core.words import later, say

LONGEST = 2_000
"""Characters of a reference: it stands in the address, so that a copied link has it."""
LISTED = 10
"""Groups that are named where the reference names none."""
_TYPED, _FILES = "reference-typed", "references-of-files"
"""Of the box, and of how many files were taken back by typing: the next one has a place of its own."""


def representative_view(dataset: Dataset, version: Version, table: GroupTable, heat: str) -> None:
    """A box for the reference, and what comes of it; a click on a group chooses it in the view `heat` above, so that
    its rows are listed."""
    asked = st.query_params.get(keys.REFERENCE, "")
    name = attributes_said(dataset, table.attribute)
    with st.expander(
        say("Is “{name}” as it should be? Compare with reference shares", name=plain(name)),
        icon=":material/group:",
        expanded=bool(asked),
    ):
        _box(table, asked)
        if not asked:
            return
        if len(asked) > LONGEST:
            st.error(say("The reference is longer than {n:,} characters: leave out what needs no share.", n=LONGEST))
            return
        try:
            reference = reference_shares(asked)
        except UsageError as error:
            show_error(error)
            return
        names = named_rows(table)
        if names.keys() & reference.keys():
            with shown_errors():
                _shown(dataset, version, table, representativeness(table, reference), heat)
        else:  # it was written for another attribute
            known = ", ".join(list(names)[:LISTED])
            left_out = say(
                "The reference names no group of {name} and is left out. Its groups: {groups}", name=name, groups=known
            )
            st.caption(plain(left_out))


def _box(table: GroupTable, asked: str) -> None:
    """What is typed there, or in the file, goes into the address."""
    such_as = ", ".join(f"{one.name}=50" for one in table.groups[:2] if one.where is not None)
    st.session_state[_TYPED] = asked[:LONGEST]
    typed, file = st.columns([3, 2], gap="large")
    with typed:
        st.text_area(
            say("Reference shares, in any unit"),
            key=_TYPED,
            height=90,
            max_chars=LONGEST,
            placeholder=such_as,
            help=say(
                "Each group with its share, as in {such_as}; or lines of a CSV file: name, share.", such_as=such_as
            ),
            on_change=_take_typed,
        )
    with file:
        st.file_uploader(say("Or a CSV file: name, share"), type=["csv", "txt"], key=_file(), on_change=_take_file)


def _file() -> str:
    return f"reference-file-{st.session_state.get(_FILES, 0)}"


def _take_typed() -> None:
    if st.session_state.get(_file()) is not None:  # what stands there is no longer of the file
        st.session_state[_FILES] = st.session_state.get(_FILES, 0) + 1
    put({keys.REFERENCE: st.session_state[_TYPED].strip() or None})


def _take_file() -> None:
    file = st.session_state[_file()]
    if file is not None:
        put({keys.REFERENCE: file.getvalue()[: 4 * LONGEST].decode("utf-8-sig", "replace").strip() or None})


def _shown(dataset: Dataset, version: Version, table: GroupTable, found: Representativeness, heat: str) -> None:
    key = f"representative-{table.column}-{hash(found.groups):x}"

    def picked() -> None:
        rows = st.session_state[key]["selection"]["rows"]
        choose_group(table, found.groups[rows[0]].group if rows else None, heat)

    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        heading(_verdict(found))
        st.space("stretch")
        numbers(dataset, version, later("representativeness"), _columns(found), key="representative")
    st.dataframe(
        {
            "group": [one.group for one in found.groups],
            "rows": [one.rows for one in found.groups],
            "share": [one.share.estimate for one in found.groups],
            "reference": [one.reference for one in found.groups],
            "interval": [f"{one.share.low:.1%} – {one.share.high:.1%}" for one in found.groups],
            "lacking": [one.lacking for one in found.groups],
        },
        hide_index=True,
        column_config={
            "group": st.column_config.Column(say("group")),
            "rows": st.column_config.NumberColumn(say("rows", "column"), format="localized", width=80),
            "share": share_column(say("share"), say("Of the rows of all groups that the reference names.")),
            "reference": share_column(say("reference"), say("What it should be.")),
            "interval": st.column_config.TextColumn(say("95 % interval")),
            "lacking": st.column_config.NumberColumn(
                say("rows to add"),
                format="localized",
                help=say("So that the group has its share where all others stay; below 0: to be taken out."),
            ),
        },
        key=key,
        on_select=picked,
        selection_mode="single-row",
        alt=say("Shares of groups beside their reference"),
    )
    if found.absent:
        names = plain(", ".join(found.absent[:LISTED]))
        missing = say("No row is of {names}: check how it is written, else rows are lacking.", names=names)
        st.caption(f":material/warning: {missing}")
    if found.folded:
        names = plain(", ".join(found.folded[:LISTED]))
        st.caption(say("Left out, since small groups are not listed here: {names}.", names=names))
    if found.others:
        st.caption(say("{n:,} rows of groups that the reference does not name are left out.", n=found.others))


def _verdict(found: Representativeness) -> str:
    if found.chance:
        return say("The groups are as frequent as the reference says, within chance.")
    farthest = max(found.groups, key=lambda one: abs(one.share.estimate - one.reference))
    return say(
        "Not as the reference says, and not by chance: {group} has {share:.1%} where it should have {reference:.1%}.",
        group=plain(farthest.group),
        share=farthest.share.estimate,
        reference=farthest.reference,
    )


def _columns(found: Representativeness) -> dict[str, list[object]]:
    return {
        later("group"): [one.group for one in found.groups],
        "rows": [one.rows for one in found.groups],
        later("share"): [round(one.share.estimate, 6) for one in found.groups],
        later("low"): [round(one.share.low, 6) for one in found.groups],
        later("high"): [round(one.share.high, 6) for one in found.groups],
        later("reference"): [round(one.reference, 6) for one in found.groups],
        later("rows to add"): [one.lacking for one in found.groups],
    }
