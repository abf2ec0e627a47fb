"""One rule: its condition, the rows behind each of its figures, what it proposes, and its versions."""

from __future__ import annotations

import streamlit as st

from core.context import Context
from core.records import Dataset, ListColumn, Rule, Version
from core.services.lists.asked import ALL
from core.services.lists.columns import row_columns
from core.services.lists.facts import fact_columns
from core.services.lists.written import filter_text
from core.services.review.many import MAX_ROWS
from core.services.rules.figures import RuleFigures, RulesTold
from core.services.rules.keeping import retire_rule, save_rule, texts_of
from core.services.rules.proposals import OfRule, name_and_version, proposed, written
from core.ui import keys
from core.ui.lists.acts.act_on_all import ActOnAll
from core.ui.parts.problems import plain, shown_errors
from core.ui.rules.form import rule_form
from core.ui.rules.links import rows_link
from core.ui.rules.words import rows_words, share_words
from core.ui.shell.pages import link, open_link
from core.ui.url import put
from core.words import say, say_n, say_stored


def chosen_rule(
    context: Context, dataset: Dataset, version: Version, user: str, told: RulesTold, one: RuleFigures
) -> None:
    """All of it, beneath the table."""
    rule = one.rule
    acts = ActOnAll(context, dataset, f"rule-act-{rule.name}")
    if acts.changed:  # the figures above are from before it
        st.rerun()
    with st.container(border=True, key="rule-chosen", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{plain(rule.name)} → {plain(dataset.called(rule.label))}**", width="content")
            about = say("version {number}, by {user}", number=rule.number, user=plain(rule.changed_by))
            st.caption(about, width="content")
            st.space("stretch")
            st.button(
                say("Close"),
                icon=":material/close:",
                type="tertiary",
                key="rule-close",
                on_click=put,
                args=({keys.RULE: None},),
            )
        st.code("\n".join(texts_of(rule)), language=None, wrap_lines=True)
        if one.problem:
            st.warning(plain(say_stored(one.problem)), icon=":material/warning:")
        else:
            _figures(told, one)
            _propose(dataset, version, acts, one)
        with st.expander(say("Change this rule"), icon=":material/edit:"):
            rule_form(context, dataset, version, user, rule)
        _versions(context, dataset, user, rule)


def _figures(told: RulesTold, one: RuleFigures) -> None:
    """Each figure opens its rows."""
    counts, name = one.counts, one.rule.name
    about = (told.dataset, told.version)

    def fact(column: str, *names: str) -> str:
        return filter_text(_column(told.dataset, column), "=", names)

    of_it = fact("rule", name)
    has = filter_text(
        next(each for each in row_columns(told.dataset) if each.column == "label"), "=", (one.rule.label,)
    )
    others = [each.rule.name for each in told.rules if each.rule.name != name and not each.problem]
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="rule-figures"):
        covered = say("{rows} covered ({share:.1%})", rows=rows_words(counts.rows), share=one.coverage)
        rows_link(*about, covered, counts.rows, "one", of_it)
        rows_link(*about, say("{n:,} have the label already", n=counts.same), counts.same, "one", of_it, has)
        overlaps = say("{n:,} overlap with other rules", n=counts.overlaps)
        rows_link(*about, overlaps, counts.overlaps if others else 0, "one", of_it, fact("rule", *(others or [name])))
        in_conflict = say("{n:,} in conflict", n=counts.conflicts)
        rows_link(*about, in_conflict, counts.conflicts, "one", fact("rule_conflict", name))
        _precision(told, one, fact("rule_right", name), fact("rule_wrong", name))
        _sample(told, one)
        _scan(told, one, of_it)
    for pair in told.pairs:
        if pair.conflict and name in (pair.first, pair.second):
            other = pair.second if pair.first == name else pair.first
            said = say("{rows} in conflict with {rule}", rows=rows_words(pair.rows), rule=plain(other))
            rows_link(*about, said, pair.rows, f"pair-{other}", of_it, fact("rule", other))


def _precision(told: RulesTold, one: RuleFigures, right: str, wrong: str) -> None:
    found, about = one.precision, (told.dataset, told.version)
    if found is None:
        st.caption(say("precision not known: nobody has judged a row of it"), width="content")
        return
    st.caption(say("precision {said}:", said=share_words(found)), width="content")
    rows_link(*about, say("{n:,} right", n=one.counts.right), one.counts.right, "one", right)
    rows_link(*about, say("{n:,} wrong", n=one.counts.wrong), one.counts.wrong, "one", wrong)


def _sample(told: RulesTold, one: RuleFigures) -> None:
    """Of which rows the precision is, and the way to one that is of all of them."""
    if one.precision is not None:
        st.caption(
            say("of the rows that people judged; of all that it covers only where these were drawn at random"),
            width="content",
        )
    if one.counts.rows:
        link(
            "review",
            f":small[{say('Judge a random sample')}]",
            place="sample",
            dataset=told.dataset.name,
            version=told.version.number,
            rule=one.rule.name,
            sample="yes",
        )


def _scan(told: RulesTold, one: RuleFigures, of_it: str) -> None:
    """How often the scan suggests the same: of rows with a label, and of those without."""
    counts = one.counts
    for kind, same, all_of_them in (
        ("label", counts.suggested_same, counts.suggested),
        ("unlabelled", counts.unlabelled_same, counts.unlabelled),
    ):
        if all_of_them:
            said = say("the scan suggests the same for {same:,} of {n:,}", same=same, n=all_of_them)
            link(
                "issues",
                f":small[{said}]",
                place=f"scan-{kind}",
                dataset=told.dataset.name,
                version=told.version.number,
                type=kind,
                show=ALL,
                suggested=one.rule.label,
                where=of_it,
            )


def _propose(dataset: Dataset, version: Version, acts: ActOnAll, one: RuleFigures) -> None:
    """What it would change: the rows, the desk on them, and all of them at once."""
    rule, counts = one.rule, one.counts
    left = counts.proposed - counts.open
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="rule-propose"):
        if not counts.open:
            st.caption(say("It has nothing to change that nobody has decided."), width="content")
        else:
            said = say("{rows} would change", rows=rows_words(counts.open))
            rows_link(dataset, version, said, counts.open, "one", *written(dataset, proposed(rule).columns))
            open_link(
                "review",
                say("Review these rows"),
                key="rule-review",
                type="primary",
                icon=":material/rate_review:",
                dataset=dataset.name,
                version=version.number,
                rule=rule.name,
            )
            among = OfRule(version.version_id, rule)
            title = say("Accept for all {n:,}…", n=counts.open)
            acts.planned_button(among, name_and_version(rule), among.doing, title)
        if counts.open > MAX_ROWS:
            st.caption(say("One act takes {n:,}: once more for the others.", n=MAX_ROWS), width="content")
        if left:
            conflict = say_n(
                "{n:,} more is left out: rules conflict on it.",
                "{n:,} more are left out: rules conflict on them.",
                left,
            )
            st.caption(f":material/warning: {conflict}", width="content")


def _versions(context: Context, dataset: Dataset, user: str, rule: Rule) -> None:
    log = context.ledger.rules.log(dataset.dataset_id, rule.name)
    box = st.expander(say("Versions and retirement"), icon=":material/history:")
    with box:
        st.dataframe(
            {
                "version": [one.number for one in log],
                "when": [one.changed_at for one in log],
                "who": [one.changed_by for one in log],
                "says": [say("retired") if one.retired else dataset.called(one.label) for one in log],
                "condition": ["; ".join(texts_of(one)) for one in log],
            },
            hide_index=True,
            height="content",
            column_config={
                "version": st.column_config.NumberColumn(say("version"), width=80),
                "when": st.column_config.DatetimeColumn(say("when"), format="YYYY-MM-DD HH:mm"),
                "who": st.column_config.TextColumn(say("who")),
                "says": st.column_config.TextColumn(say("says")),
                "condition": st.column_config.TextColumn(say("condition")),
            },
            alt=say("Versions of the rule"),
        )
        if st.button(
            say("Retire this rule"),
            icon=":material/archive:",
            key="rule-retire",
            help=say("It says nothing from then on. Decisions stay, and so do its versions."),
        ):
            with shown_errors():
                retire_rule(context, dataset, rule.name, user)
                put({keys.RULE: None})
                st.rerun()


def retired_rules(context: Context, dataset: Dataset, version: Version, user: str, told: RulesTold) -> None:
    """Those that say nothing any more, each with the way back."""
    if not told.retired:
        return
    count = say_n("{n} retired rule", "{n} retired rules", len(told.retired))
    with st.expander(count, icon=":material/archive:"), shown_errors():
        for rule in told.retired:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.markdown(
                    f"**{plain(rule.name)} → {plain(dataset.called(rule.label))}** · "
                    f"{plain('; '.join(texts_of(rule)))}",
                    width="content",
                )
                if st.button(say("Bring back"), key=f"rule-back-{rule.act_id}", icon=":material/unarchive:"):
                    save_rule(context, dataset, version.version_id, rule.name, texts_of(rule), rule.label, user)
                    put({keys.RULE: rule.name})
                    st.rerun()


def _column(dataset: Dataset, name: str) -> ListColumn:
    return next(one for one in fact_columns(row_columns(dataset)) if one.column == f"@{name}")
