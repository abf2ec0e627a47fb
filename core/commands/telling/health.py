"""`health`: what is wrong with a dataset, what to fix first and what that gains."""

from __future__ import annotations

from pathlib import Path

from core.beside.answers import Pending
from core.commands.command import Answer, command, person, table
from core.commands.parameters import check_free, dataset_version, out_option, version_argument
from core.context import Context
from core.files import whole
from core.services.health.report import health_report
from core.services.health.rows import RULE, Health, HealthRow
from core.services.health.tell import health
from core.services.health.words import NOTHING, headline, minutes_words, state_words
from core.typed import JsonObject


@command
@version_argument
@out_option(help="also write it as one HTML page that prints")
def health_command(context: Context, name: str, out: Path | None) -> Answer:
    """Tell what to fix first in a dataset, and what that gains."""
    dataset, version = dataset_version(context, name)
    if out is not None:
        check_free(out)
    told = health(context, dataset, version, timeout=None)
    assert not isinstance(told, Pending), "it was waited for"
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        with whole(out) as part:
            part.write_text(health_report(told, person()), encoding="utf-8")
    return Answer(_data(told, out), _text(told, out))


def _text(told: Health, out: Path | None) -> str:
    lines = [
        (
            str(place),
            one.title,
            f"{one.rows:,}" if one.rows else NOTHING,
            f"{one.share:.1%}" if one.rows else NOTHING,
            f"{one.wrong.estimate:,.0f}" if one.wrong else NOTHING,
            minutes_words(one),
            state_words(one),
            one.to_do,
        )
        for place, one in enumerate(told.rows, 1)
    ]
    heads = ("", "what", "rows", "share", "wrong labels expected", "time", "state", "what to do")
    parts = [headline(told), *([table(heads, lines)] if lines else []), told.pace, RULE]
    return "\n\n".join([*parts, *([f"To print: {out}"] if out else [])])


def _data(told: Health, out: Path | None) -> JsonObject:
    return {
        "dataset": told.dataset.name,
        "version": told.version.number,
        "rows": told.version.row_count,
        "scan_id": told.scan.scan_id if told.scan else None,
        "headline": headline(told),
        "fix_first": [_row(one) for one in told.rows],
        "sorted_by": RULE,
        "pace": told.pace,
        **({"out": out} if out else {}),
    }


def _row(one: HealthRow) -> JsonObject:
    wrong = one.wrong
    return {
        "name": one.key,
        "title": one.title,
        "rows": one.rows if one.rows or one.of_rows else None,
        "share": one.share if one.rows or one.of_rows else None,
        "decided": one.decided if one.of_rows else None,
        "sure": one.sure,
        "gain": one.gain,
        "wrong_expected": None if wrong is None else {"estimate": wrong.estimate, "interval": [wrong.low, wrong.high]},
        "minutes": one.minutes,
        "at_once": one.at_once,
        "to_do": one.to_do,
        "page": one.place.page,
        "query": dict(one.place.query),
    }
