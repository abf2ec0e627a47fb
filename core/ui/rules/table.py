"""The rules of a dataset in a table, and as a picture: coverage and precision."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from core.charts.rules import RulePoint, rule_points
from core.services.rules.figures import RuleFigures, RulesTold
from core.ui import keys
from core.ui.chart_files import chart_with_files
from core.ui.parts.cells import clicked_mark
from core.ui.profile.parts import numbers, share_column
from core.ui.rules.words import share_words
from core.ui.url import put
from core.words import later, say, say_stored

PICTURE = "rules-picture"
LISTED = 12


def rule_picture(told: RulesTold) -> None:
    """A point for each rule that could be counted; a click chooses it. Nothing before a row of any of them is judged:
    the table has their coverage."""
    counted = [one for one in told.rules if not one.problem]
    if not any(one.precision for one in counted):
        return
    points = [
        RulePoint(
            one.rule.name,
            told.dataset.called(one.rule.label),
            one.coverage,
            None if one.precision is None else (one.precision.share, one.precision.low, one.precision.high),
        )
        for one in counted
    ]
    place = st.container()
    below = st.container(horizontal=True, vertical_alignment="center", gap="small")
    with place:
        chart_with_files(
            rule_points(points),
            key=PICTURE,
            dataset=told.dataset.name,
            name="rules",
            on_select=lambda: _clicked(counted),
            alt=say("Rules by coverage and precision"),
            files_in=below,
        )
    with below:
        st.caption(
            say("To the right: more rows. Upwards: people agreed more often, with the 95 % interval."), width="content"
        )
        numbers(told.dataset, told.version, later("rules"), _columns(told), key="rules")


def rule_table(told: RulesTold) -> RuleFigures | None:
    """A line for each rule; the one that is chosen, in the URL too."""
    names = [one.rule.name for one in told.rules]
    asked = st.query_params.get(keys.RULE)
    chosen = names.index(asked) if asked in names else None
    key = f"rules-table-{abs(hash((told.version.version_id, tuple(names), chosen))):x}"
    problems = [say_stored(one.problem) for one in told.rules]
    st.dataframe(
        {
            "rule": names,
            "says": [told.dataset.called(one.rule.label) for one in told.rules],
            "rows": _of(told, lambda one: one.counts.rows),
            "coverage": _of(told, lambda one: one.coverage),
            "change": _of(told, lambda one: one.counts.open),
            "precision": [one.precision and share_words(one.precision) for one in told.rules],
            "judged": _of(told, lambda one: one.counts.right + one.counts.wrong),
            "overlaps": _of(told, lambda one: one.counts.overlaps),
            "conflicts": _of(told, lambda one: one.counts.conflicts),
            "labelled": [_share(one.counts.same, one.counts.labelled) for one in told.rules],
            **({"scan": [_scan(one) for one in told.rules]} if told.scanned else {}),
            **({"remark": problems} if any(problems) else {}),
        },
        hide_index=True,
        placeholder="–",
        height="content" if len(names) <= LISTED else 38 + 35 * LISTED,
        column_config={
            "rule": st.column_config.TextColumn(say("rule"), pinned=True),
            "says": st.column_config.TextColumn(say("says")),
            "rows": st.column_config.NumberColumn(say("rows", "column"), format="localized", width=80),
            "coverage": share_column(
                say("coverage"), say("Share of all rows that the condition keeps (Snorkel: coverage)."), 110
            ),
            "change": st.column_config.NumberColumn(
                say("would change"),
                format="localized",
                help=say("Rows with another label or none, without a verdict, on which no other rule says otherwise."),
            ),
            "precision": st.column_config.TextColumn(
                say("precision"),
                help=say(
                    "Of the covered rows that a person judged one by one, the share of which they said this class, "
                    "with the 95 % interval (Snorkel: empirical accuracy). Acts on many rows do not count. "
                    "It is that of all covered rows only where a random sample was judged."
                ),
            ),
            "judged": st.column_config.NumberColumn(say("rows judged"), format="localized", width=80),
            "overlaps": st.column_config.NumberColumn(
                say("overlaps"), format="localized", help=say("Covered rows that another rule covers too.")
            ),
            "conflicts": st.column_config.NumberColumn(
                say("conflicts"), format="localized", help=say("Covered rows of which another rule says another class.")
            ),
            "labelled": share_column(
                say("as labelled"), say("Of the covered rows with a label, the share that has this class."), 110
            ),
            "scan": share_column(
                say("as the scan"), say("Of the covered rows, the share that looks like this class to the scan."), 110
            ),
            "remark": st.column_config.TextColumn(say("remark")),
        },
        key=key,
        on_select=lambda: _picked(key, names),
        selection_mode="single-row",
        selection_default={"selection": {"rows": [] if chosen is None else [chosen]}},
        alt=say("Rules with their figures"),
    )
    return None if chosen is None else told.rules[chosen]


def _picked(key: str, names: list[str]) -> None:
    rows = st.session_state[key]["selection"]["rows"]
    put({keys.RULE: names[rows[0]] if rows else None})


def _clicked(rules: Sequence[RuleFigures]) -> None:
    data = clicked_mark(st.session_state[PICTURE])
    put({keys.RULE: None if data is None else rules[int(data[0])].rule.name})


def _of(told: RulesTold, figure: Callable[[RuleFigures], object]) -> list[object]:
    """A figure of each rule; none of those that could not be counted."""
    return [None if one.problem else figure(one) for one in told.rules]


def _scan(one: RuleFigures) -> float | None:
    counts = one.counts
    return _share(counts.suggested_same + counts.unlabelled_same, counts.suggested + counts.unlabelled)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _columns(told: RulesTold) -> dict[str, list[object]]:
    rules = told.rules
    return {
        later("rule"): [one.rule.name for one in rules],
        later("says"): [told.dataset.called(one.rule.label) for one in rules],
        later("rows", "column"): _of(told, lambda one: one.counts.rows),
        later("coverage"): _of(told, lambda one: round(one.coverage, 6)),
        later("would change"): _of(told, lambda one: one.counts.open),
        later("agreed"): _of(told, lambda one: one.counts.right),
        later("disagreed"): _of(told, lambda one: one.counts.wrong),
        later("precision"): [None if one.precision is None else round(one.precision.share, 6) for one in rules],
        later("at least"): [None if one.precision is None else round(one.precision.low, 6) for one in rules],
        later("at most"): [None if one.precision is None else round(one.precision.high, 6) for one in rules],
        later("overlaps"): _of(told, lambda one: one.counts.overlaps),
        later("conflicts"): _of(told, lambda one: one.counts.conflicts),
        later("has it already"): _of(told, lambda one: one.counts.same),
        later("with a label"): _of(told, lambda one: one.counts.labelled),
    }
