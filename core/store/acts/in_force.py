"""Which decisions count: of each row the newest that nobody has taken back, and the verdicts that hold in later
versions. Newer is what was written later, whatever the clock said.

Decisions are about the label, unless it is said: what is kept or unsure in a list of issues that asks about something
else (`ASIDE`) counts in that list alone, beside the decision on the label.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.records import ALSO, ASIDE, SETTLES
from core.store.acts.mirror import ACTS
from core.store.database import Database
from core.store.ids import checked_id
from core.store.names import examples_table

BY_CLASS = "by_class"
"""A key of what was `shown` with a decision that is part of a change of classes, where nobody looked at the row: it
says nothing of whether the label is right."""
AFTER_VERDICT = "by_class_after_verdict"
"""The same where somebody had said before that the label is right, or which is: the label goes on from theirs, but what
they said of the row is their verdict, not this."""
NOT_BY_CLASS = f"""NOT contains(shown, '"{BY_CLASS}":')"""
"""Of decisions: somebody looked at the row."""
SAID_OF_ROW = f"""{NOT_BY_CLASS} AND NOT contains(shown, '"{AFTER_VERDICT}":')"""
"""Of acts: no part of a change of classes. Whatever counts verdicts counts these."""
OF_LABEL = f"""NOT contains(shown, '"{ASIDE}":')"""
"""Of acts: about the label, or the row as a whole, and not about one list of issues that asks about something else."""
NO_LISTS = f"""NOT contains(shown, '"{SETTLES}":') AND {OF_LABEL}"""
"""Of acts: it settles every list, as verdicts of earlier releases do, and changes of classes."""
_SAID_OF_LABEL = f"{SAID_OF_ROW} AND {OF_LABEL}"
_ASIDE = f"""CASE WHEN NOT ({OF_LABEL}) THEN shown ->> '{ASIDE}' END"""
ONE_BY_ONE = "NOT contains(client_key, ':')"
"""Of acts: no part of an act on many rows, whose keys begin with its id and a colon."""


def in_force_sql(db: Database, version_id: str, example_ids: str = "") -> str:
    """The decisions in force on a version as an SQL subquery; `example_ids` narrows it (`'1, 2, 3'`)."""
    return in_force_at_sql(version_id, db.newest_act(), example_ids)


def in_force_at_sql(version_id: str, seq: int, example_ids: str = "") -> str:
    """As `in_force_sql`, as it was once act `seq` was written: the same for ever."""
    return _given(_newest_of([version_id], seq, example_ids))


def judged_sql(db: Database, version_id: str) -> str:
    """What people said of a version's rows, as an SQL subquery: of each row the newest decision that nobody has taken
    back. A change of classes says nothing of a row, and leaves what was said of it before."""
    return _given(_newest_of([version_id], db.newest_act(), "", _SAID_OF_LABEL))


def said_of_any_sql(version_ids: Sequence[str], seq: int) -> str:
    """Of each row what people said of it on any of these versions, as an SQL subquery: the newest, as `judged_sql`."""
    return _given(_newest_of(version_ids, seq, "", _SAID_OF_LABEL))


def said_at_all_sql(version_ids: Sequence[str], seq: int) -> str:
    """The same, also of what was said in lists that ask about something else than the label: a row may come twice."""
    return _given(_newest_of(version_ids, seq, "", SAID_OF_ROW, f"example_id, {_ASIDE}"))


def said_before_sql(db: Database, version_id: str) -> str | None:
    """Of each row what people said of it last on the versions that one comes from, as an SQL subquery; None where it
    comes from none."""
    _, ancestors = _line(db, version_id)
    return said_of_any_sql(ancestors, db.newest_act()) if ancestors else None


def newest_sql(acts: str, which: str = "true") -> str:
    """Of each version and row the newest act that nobody has taken back, `ask` too, as an SQL subquery for `seq`, and
    the newest about each list that asks about something else; acts are those of a relation with the columns of `ACTS`,
    `which` narrows them: `SAID_OF_ROW` for verdicts alone."""
    return f"""(
        SELECT max(seq) AS seq FROM {acts} WHERE action <> 'undo' AND {which} AND decision_id NOT IN (
            SELECT undoes FROM {acts} WHERE action = 'undo' AND undoes IS NOT NULL)
        GROUP BY version_id, example_id, {_ASIDE})"""


def standing_sql(db: Database, version_id: str, example_ids: str = "", unsure: bool = False) -> str:
    """The verdicts that hold on a version, one per row, as an SQL subquery with the columns of `ACTS`.

    The decisions in force on the version itself; and where it has none, the newest on the versions that it comes from,
    as long as the row has the label that the verdict left it with: `keep`, or `relabel` once it is applied. A person's
    word about a label outranks a scan until the label changes, a person says otherwise or asks again; what a change of
    classes did to rows that nobody looked at is no such word. `unsure` settles
    nothing: it follows the row only for those who want to know what was said of it.
    """
    seq = db.newest_act()
    dataset_id, ancestors = _line(db, version_id)
    here = _newest_of([version_id], seq, example_ids)
    if not ancestors:
        return _given(here)
    doubt = "WHEN 'unsure' THEN coalesce(p.label, e.given_label)" if unsure else ""
    return f"""(
        SELECT * FROM {_given(here)}
        UNION ALL
        SELECT d.* FROM {_newest_of(ancestors, seq, example_ids)} d
        JOIN {examples_table(dataset_id)} e ON e.example_id = d.example_id
        LEFT JOIN overrides o ON o.version_id = '{version_id}' AND o.example_id = d.example_id
        LEFT JOIN overrides p ON p.version_id = d.version_id AND p.example_id = d.example_id
        WHERE d.example_id NOT IN (SELECT example_id FROM {here}) AND NOT contains(d.shown, '"{BY_CLASS}":')
        AND coalesce(o.label, e.given_label) = CASE d.action
            WHEN 'keep' THEN coalesce(p.label, e.given_label) WHEN 'relabel' THEN d.new_label {doubt} END)"""


def said_sql(db: Database, version_id: str) -> str:
    """The verdicts that hold on a version as people gave them, as `standing_sql`: of a row whose label has gone on from
    theirs by a change of classes, what they said of it; none of a row that only such a change was on."""
    standing = standing_sql(db, version_id)
    _, ancestors = _line(db, version_id)
    said = _given(_newest_of([version_id, *ancestors], db.newest_act(), "", _SAID_OF_LABEL))
    return f"""(
        SELECT * FROM {standing} WHERE {SAID_OF_ROW}
        UNION ALL
        SELECT * FROM {said} WHERE example_id IN (SELECT example_id FROM {standing} WHERE NOT ({SAID_OF_ROW})))"""


LABEL_LIST = "'label'"
"""In SQL, the type of the list that verdicts on labels settle."""


def settles_sql(issue_type: str, of: str = "") -> str:
    """Whether a verdict settles the list of issues of a type, both in SQL: see `Decision.settles`. `of`: before its
    columns (`d.`)."""
    lists = f"""from_json({of}shown -> '{SETTLES}', '["VARCHAR"]')"""
    every = f"""{of}action = 'exclude' OR NOT contains({of}shown, '"{SETTLES}":')"""
    return f"({every} OR list_contains({lists}, {issue_type}))"


_OTHER_LIST = f"""CASE WHEN NOT ({OF_LABEL}) THEN shown ->> '{ASIDE}'
                      WHEN contains(shown, '"{ALSO}":') THEN shown ->> '{ALSO}' END"""


def asides_sql(db: Database, version_id: str, example_ids: str = "") -> str:
    """What was said last of each row in each list that asks about something else than the label, labels that were given
    there and `ask` too, as an SQL subquery with the columns of `ACTS` and `aside`, the type of the list: on the version
    and, where nothing was, on those that it comes from. It holds whatever becomes of the label."""
    _, ancestors = _line(db, version_id)
    which = f"""(NOT ({OF_LABEL}) OR (contains(shown, '"{ALSO}":') AND action <> 'exclude'))"""
    asked = db.newest_act(), example_ids, which, f"example_id, {_OTHER_LIST}"
    here = f"SELECT *, {_OTHER_LIST} AS aside FROM {_newest_of([version_id], *asked)}"
    if not ancestors:
        return f"({here})"
    return f"""(
        WITH here AS ({here})
        SELECT * FROM here UNION ALL
        SELECT b.* FROM (SELECT *, {_OTHER_LIST} AS aside FROM {_newest_of(ancestors, *asked)}) b
        ANTI JOIN here USING (example_id, aside))"""


def aside_settles_sql(version_id: str) -> str:
    """Whether one of these settles its list: somebody who is unsure settles it on that version alone."""
    here = f"version_id = '{checked_id(version_id, 'version')}'"
    return f"(action IN ('keep', 'relabel') OR (action = 'unsure' AND {here}))"


def in_list_sql(
    db: Database, version_id: str, issue_type: str, example_ids: str = "", *, unsure: bool = False, here: bool = False
) -> str:
    """The verdicts that hold in a list of issues, one per row, as an SQL subquery with the columns of `ACTS`: the newer
    of the one on the label that settles that list, and of what was said in the list; a change of classes, where nobody
    looked at the row, counts only where there is neither. `issue_type` is SQL; `unsure` as of `standing_sql`; `here`:
    those of the version itself alone."""
    at = f"version_id = '{checked_id(version_id, 'version')}'"
    standing = standing_sql(db, version_id, example_ids, unsure)
    of_label = f"SELECT * FROM {standing} WHERE {settles_sql(issue_type)}{f' AND {at}' if here else ''}"
    if issue_type == LABEL_LIST:
        return f"({of_label})"
    said = f"""SELECT * EXCLUDE (aside), aside = {issue_type} AS own FROM {asides_sql(db, version_id, example_ids)}
               WHERE aside = {issue_type}{f" AND {at}" if here else ""}"""
    holds = "action <> 'ask'" if unsure else f"(NOT own OR {aside_settles_sql(version_id)})"
    return f"""(
        SELECT * EXCLUDE (own) FROM (SELECT *, false AS own FROM ({of_label}) UNION ALL {said})
        QUALIFY row_number() OVER (PARTITION BY example_id ORDER BY {SAID_OF_ROW} DESC, seq DESC, own DESC) = 1
            AND {holds})"""


def decided_sql(db: Database, version_id: str, issue_type: str = LABEL_LIST) -> str:
    """The rows that are decided in a list of issues, as an SQL subquery for `example_id`: those on which a verdict
    holds that settles it. `issue_type` is SQL."""
    return f"(SELECT example_id FROM {in_list_sql(db, version_id, issue_type)})"


def settled_sql(db: Database, version_id: str, issue_type: str = LABEL_LIST) -> str:
    """The same of those alone on which a verdict from an earlier version holds."""
    before = f"version_id <> '{checked_id(version_id, 'version')}'"
    return f"(SELECT example_id FROM {in_list_sql(db, version_id, issue_type)} WHERE {before})"


def known_sql(db: Database, version_id: str, decided: bool = False) -> str:
    """The rows whose label somebody has confirmed as it is, as an SQL subquery for `example_id`: kept, on this version
    or an earlier one, or corrected to the label that they have; `decided`: or that they are decided to have. What was
    kept in a list that asks about something else confirms no label."""
    applied = "" if decided else f" AND version_id <> '{version_id}'"
    looked_at = f"{NOT_BY_CLASS} AND {settles_sql(LABEL_LIST)}"
    return f"""(SELECT example_id FROM {standing_sql(db, version_id)}
                WHERE {looked_at} AND (action = 'keep' OR (action = 'relabel'{applied})))"""


def _given(newest: str) -> str:
    """Without the rows that are asked for again."""
    return f"(SELECT * FROM {newest} WHERE action <> 'ask')"


def _newest_of(
    version_ids: Sequence[str], seq: int, example_ids: str, which: str = OF_LABEL, of: str = "example_id"
) -> str:
    named = ", ".join(f"'{checked_id(version_id, 'version')}'" for version_id in version_ids)
    chosen = f" AND example_id IN ({example_ids})" if example_ids else ""
    acts = f"{ACTS} WHERE version_id IN ({named}) AND seq <= {int(seq)}{chosen}"
    # By number, and only then with all columns: a window over these takes more than twice as long.
    return f"""(
        SELECT * FROM {ACTS} WHERE seq IN (
            SELECT max(seq) FROM {acts} AND action <> 'undo' AND {which} AND decision_id NOT IN (
                SELECT undoes FROM {acts} AND action = 'undo' AND undoes IS NOT NULL)
            GROUP BY {of}))"""


def _line(db: Database, version_id: str) -> tuple[str, list[str]]:
    """The version's dataset, and the versions that it comes from, nearest first."""
    return db.remembered(("line", version_id), lambda: _looked_up_line(db, version_id))


def _looked_up_line(db: Database, version_id: str) -> tuple[str, list[str]]:
    rows = db.fetch(
        """SELECT version_id, dataset_id, parent_id FROM versions
           WHERE dataset_id = (SELECT dataset_id FROM versions WHERE version_id = ?)""",
        [checked_id(version_id, "version")],
    )
    parents = {known: parent for known, _, parent in rows}
    found, parent = [], parents.get(version_id)
    while parent is not None:
        found.append(str(parent))
        parent = parents.get(parent)
    return (str(rows[0][1]) if rows else ""), found
