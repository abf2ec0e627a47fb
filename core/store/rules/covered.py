"""Which rows of a version rules cover, as SQL: all rules in one pass, each of them a bit of a number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import NotFoundError, UsageError, WinnowError
from core.records import RowFilter
from core.store.acts.in_force import AFTER_VERDICT, LABEL_LIST, ONE_BY_ONE, said_sql, settles_sql, standing_sql
from core.store.database import Database
from core.store.datasets import get_dataset
from core.store.ids import checked_id
from core.store.relations import relation
from core.store.telling.class_lists import class_list
from core.store.versions import get_version

if TYPE_CHECKING:
    from core.store.filters import Condition

MAX_RULES = 63
"""Rules of a dataset that hold at once: which of them cover a row is one number of 64 bits."""
_LOOKED_UP: ContextVar[str | None] = ContextVar("the rule that is being looked up", default=None)


@dataclass(frozen=True, slots=True)
class Ready:
    """A rule that can be looked up."""

    name: str
    label: str
    condition: Condition
    """On the columns of the version's relation."""


def ready(db: Database, version_id: str, name: str) -> Ready:
    """A rule of the version's dataset by its name. Raises `NotFoundError` where there is none, `UsageError` where it
    cannot be looked up, such as for an attribute that went."""
    check_outside()
    dataset = get_dataset(db, get_version(db, version_id).dataset_id)
    known = db.rules.names(dataset.dataset_id)
    if name not in known:
        raise NotFoundError(f"There is no rule {name!r}.", f"Rules: {', '.join(known) or 'none yet'}.")
    try:
        where, label = db.rules.rule(dataset, name)
        return made_ready(db, version_id, name, where, label)
    except WinnowError as error:
        reason = error.message
        raise UsageError(f"Rule {name!r} cannot be looked up: {reason}", error.hint) from error


def made_ready(db: Database, version_id: str, name: str, where: RowFilter, label: str) -> Ready:
    """A rule as it would be. Raises `UsageError` where it says what is no class of the version, such as one that was
    renamed, where it is by what rules say, be it by way of a slice, and as its filters."""
    from core.store.filters import where_sql  # a filter may be by rules

    version = get_version(db, version_id)
    dataset = get_dataset(db, version.dataset_id)
    if label not in class_list(db, version):
        raise UsageError(
            f"It says {label!r}, which is no class of version {version.number} of {dataset.name!r}.",
            "Change its label to a class that the version has, or retire the rule.",
        )
    with _looking_up(name):
        return Ready(name, label, where_sql(db, version_id, where, dataset, relation(db, version_id)))


def all_ready(db: Database, version_id: str) -> tuple[list[Ready], dict[str, WinnowError]]:
    """All rules of the version's dataset that hold, by name; and why others cannot be looked up."""
    check_outside()
    found, problems = [], dict[str, WinnowError]()
    for name in db.rules.names(get_version(db, version_id).dataset_id)[:MAX_RULES]:
        try:
            found.append(ready(db, version_id, name))
        except WinnowError as error:
            problems[name] = error
    return found, problems


def covered_sql(db: Database, version_id: str, rules: Sequence[Ready], within: Ready | None = None) -> Condition:
    """The rows that any of the rules covers, or this one, as a query for (example_id, label, mask UBIGINT): bit i of
    the mask is set where rule i covers the row."""
    if not rules:
        return "SELECT NULL::BIGINT AS example_id, NULL::VARCHAR AS label, 0::UBIGINT AS mask WHERE false", []
    mask = " + ".join(
        f"CASE WHEN {one.condition[0]} THEN {bit(place)} ELSE 0::UBIGINT END" for place, one in enumerate(rules)
    )
    among, own = ("true", []) if within is None else within.condition
    return (
        f"""SELECT * FROM (SELECT example_id, label, {mask} AS mask FROM {relation(db, version_id)} WHERE {among})
            WHERE mask <> 0""",
        [*(value for one in rules for value in one.condition[1]), *own],
    )


def against_sql(db: Database, version_id: str, one: Ready, others: Sequence[Ready]) -> Condition:
    """The rows that a rule covers and another one says another label of, as a query for `example_id`. The others are
    asked of the rows that it covers alone."""
    opposed = [other.condition for other in others if other.label != one.label]
    covers, own = one.condition
    says = " OR ".join(f"({sql})" for sql, _ in opposed) or "false"
    return (
        f"SELECT example_id FROM {relation(db, version_id)} WHERE ({covers}) AND ({says})",
        [*own, *(value for _, values in opposed for value in values)],
    )


def judged_labels_sql(db: Database, version_id: str) -> str:
    """Which label a person said of each row of a version that they looked at by itself, as an SQL subquery for
    (example_id, said, became): what they said, as the version names it; and what a change of classes makes of that
    which no version has yet, else null. What an act on many rows did is left out: taking all that a rule says would
    make the rule right by itself. So is a verdict for a class that was deleted."""
    here = f"'{checked_id(version_id, 'version')}'"
    given = f"p.action = 'relabel' AND (p.version_id = {here} OR p.decision_id = d.decision_id)"
    renamed = f"""d.action = 'relabel' AND d.version_id = {here} AND contains(d.shown, '"{AFTER_VERDICT}":')"""
    of_labels = f"action IN ('keep', 'relabel') AND {ONE_BY_ONE} AND {settles_sql(LABEL_LIST)}"
    judged = f"(SELECT * FROM {said_sql(db, version_id)} WHERE {of_labels})"
    return f"""(
        SELECT * FROM (
            SELECT p.example_id, CASE WHEN {given} THEN p.new_label ELSE r.label END AS said,
                   CASE WHEN {renamed} THEN d.new_label END AS became
            FROM {judged} p
            JOIN {standing_sql(db, version_id)} d ON d.example_id = p.example_id
            JOIN {relation(db, version_id)} r ON r.example_id = p.example_id)
        WHERE said IS NOT NULL)"""


def bit(place: int) -> str:
    """The bit of a rule, in SQL."""
    return f"{1 << place}::UBIGINT"


def against(rules: Sequence[Ready], label: str) -> int:
    """The bits of those that say another label."""
    return sum(1 << place for place, one in enumerate(rules) if one.label != label)


def conflict_sql(rules: Sequence[Ready]) -> str:
    """Of a row's mask: two of the rules that cover the row say different labels."""
    pairs = [
        f"(mask & {bit(place)} <> 0 AND mask & {against(rules, one.label)}::UBIGINT <> 0)"
        for place, one in enumerate(rules)
    ]
    return f"({' OR '.join(pairs)})" if pairs else "false"


def check_outside() -> None:
    """Raises `UsageError` while a rule is being looked up: none is by what rules say, so none is made of itself,
    however two people changed them at once."""
    name = _LOOKED_UP.get()
    if name is not None:
        raise UsageError(
            f"The condition of a rule cannot ask for rules, and that of {name!r} does.",
            "Write out the other rule's filters, or save them as a slice and use that in both.",
        )


@contextmanager
def _looking_up(name: str) -> Iterator[None]:
    token = _LOOKED_UP.set(name)
    try:
        yield
    finally:
        _LOOKED_UP.reset(token)
