"""`tag`: a tag put on all rows that a filter keeps, or taken off; `tags` lists a dataset's tags with their rows."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from core.commands.command import Answer, command, person, rows_words, table
from core.commands.parameters import dataset_argument, dataset_version
from core.commands.review.rows_asked import rows_asked, rows_options
from core.context import Context
from core.errors import NotFoundError, UsageError
from core.records import Dataset, RowFilter, Version
from core.services.review.among import Among, OfVersion
from core.services.tags.tagging import TagPlan, acts_shown, carry_out, plan_tag, tags_of_version, take_back
from core.store.masked import said_shown


@command
@dataset_argument
@click.argument("tag", required=False, metavar="[TAG]", help="a short name, such as “to ask”")
@click.option("--off", is_flag=True, help="take it off the rows that have it")
@click.option("--rows", "numbers", metavar="NUMBERS", help="these rows, by their example_id, with commas between them")
@rows_options
@click.option("--dry-run", is_flag=True, help="only say what would change")
@click.option("--undo", metavar="ID", help="take such an act back whole; each says its id")
@click.option("--reviewer", metavar="WHO", help="who does it; you, where it is left out")
def tag_command(
    context: Context,
    name: str,
    tag: str | None,
    off: bool,
    numbers: str | None,
    dry_run: bool,
    undo: str | None,
    reviewer: str | None,
    **which: Any,
) -> Answer:
    """Put a tag on rows, or take it off: on all that the options keep, at once."""
    dataset, version = dataset_version(context, name)
    if (tag is None) == (undo is None):
        raise UsageError("Nothing says which tag.", "Name one, or give --undo ID to take an act on a tag back.")
    by = reviewer or person()
    if tag is None:
        assert undo is not None, "one of them was given"
        return _take_back(context, dataset, undo, by)
    among, words = _among(context, dataset, version, numbers, which)
    planned = plan_tag(context, among, tag, puts=not off)
    said = said_shown(context.store, dataset.dataset_id, planned.tag)
    data = {
        "dataset": name,
        "version": version.number,
        "tag": said,
        "off": off,
        "matching": planned.matching,
        "rows": len(planned.rows),
    }
    if dry_run:
        return Answer({**data, "act": None}, _would(planned, said))
    act = carry_out(context, planned, by, words)
    whose = "" if reviewer is None else f" --reviewer {by}"
    done = f"Tag “{act.tag}” {'taken off' if off else 'put on'} {rows_words(act.rows)} of {name}."
    return Answer(
        {**data, "act": act.act_id, "reviewer": by},
        f"{done} To take it back: tag {dataset.name} --undo {act.act_id}{whose}",
    )


@command
@dataset_argument
@click.option("--acts", is_flag=True, help="who put which on how many rows, or took it off, with the ids to undo it by")
@click.option("--top", type=click.IntRange(min=1), default=50, show_default=True, metavar="K", help="the K newest acts")
def tags_command(context: Context, name: str, acts: bool, top: int) -> Answer:
    """List a dataset's tags, with how many rows have each."""
    dataset, version = dataset_version(context, name)
    if acts:
        return _acts(context, dataset, top)
    found = tags_of_version(context, version)
    data = {
        "dataset": name,
        "version": version.number,
        "tags": [{"tag": one.name, "rows": one.rows} for one in found],
    }
    nothing = f"No row of {name} has a tag yet: `tag {name} TAG --where FILTER` puts one on."
    return Answer(data, table(("tag", "rows"), [(one.name, one.rows) for one in found]) if found else nothing)


def _acts(context: Context, dataset: Dataset, top: int) -> Answer:
    found = acts_shown(context, context.ledger.tags.page(dataset.dataset_id, limit=top))
    data = {"dataset": dataset.name, "acts": [asdict(one) for one in found]}
    lines = [f"The newest acts on tags of {dataset.name}" if found else f"No row of {dataset.name} ever had a tag."]
    lines += [
        f"  {one.act_id}  {one.tagged_at:%Y-%m-%d %H:%M}  {one.tagged_by}: “{one.tag}” "
        f"{'put on' if one.puts else 'taken off'} {rows_words(one.rows)} · {one.among}"
        f"{', taken back' if one.undone_by else ''}"
        for one in found
    ]
    return Answer(data, "\n".join(lines))


def _among(
    context: Context, dataset: Dataset, version: Version, numbers: str | None, which: dict[str, Any]
) -> tuple[Among, str]:
    if numbers is None:
        return rows_asked(context, dataset, version, **which)
    if any(which.values()):
        raise UsageError("--rows says which rows already.", "Leave the other options out.")
    found = [one.strip() for one in numbers.split(",") if one.strip()]
    if wrong := next((one for one in found if not one.isdecimal()), "" if found else numbers):
        raise UsageError(f"{wrong!r} is no row.", "Write --rows 3,17,42, as example_id has them.")
    if not found:
        raise UsageError("--rows names none.", "Write --rows 3,17,42, as example_id has them.")
    where = RowFilter(example_ids=tuple(map(int, found)))
    return OfVersion(version.version_id, where), f"rows {', '.join(found)}"


def _take_back(context: Context, dataset: Dataset, act_id: str, by: str) -> Answer:
    known = context.ledger.tags.by_id(act_id)
    if known is not None and known.dataset_id != dataset.dataset_id:
        raise NotFoundError(f"The act {act_id} was on another dataset.", "Name that one.")
    act = take_back(context, act_id, by)
    data = {"dataset": dataset.name, "tag": act.tag, "undoes": act_id, "rows": act.rows}
    what = "put on" if act.puts else "taken off"
    return Answer(data, f"Taken back: tag “{act.tag}”, which was {what} {rows_words(act.rows)} of {dataset.name}.")


def _would(planned: TagPlan, tag: str) -> str:
    done = f"would be {'put on' if planned.puts else 'taken off'}"
    same = planned.matching - len(planned.rows)
    left = f" {rows_words(same)} {'have it already' if planned.puts else 'do not have it'}." if same else ""
    return f"Tag “{tag}” {done} {rows_words(len(planned.rows))} of {planned.matching:,}.{left}"
