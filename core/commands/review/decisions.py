"""`decisions`: what was decided on a dataset, by whom, whether it counts and which versions have it, newest first."""

from __future__ import annotations

import click

from core.commands.command import Answer, command, rows_words
from core.commands.parameters import dataset_argument
from core.context import Context
from core.records import LIST
from core.review.acts import ACTIONS
from core.review.words import in_words
from core.services.review.log import LogLine, log
from core.store.datasets import get_dataset
from core.targets import Target
from core.tasks import target_of
from core.typed import JsonObject


@command
@dataset_argument
@click.option("--reviewer", metavar="WHO", help="only what this person decided")
@click.option("--action", type=click.Choice(list(ACTIONS)), help="only such acts")
@click.option("--top", type=click.IntRange(min=1), default=50, show_default=True, metavar="K", help="the K newest")
def decisions_command(context: Context, name: str, reviewer: str | None, action: str | None, top: int) -> Answer:
    """List what was decided, with the ids to undo it by, and those of acts on many rows."""
    dataset = get_dataset(context.store, name)
    target = target_of(dataset)
    chosen = next((one for one in ACTIONS if one == action), None)
    page = log(context, dataset.dataset_id, reviewer=reviewer, action=chosen, limit=top)
    data = {"dataset": name, "total": page.total, "decisions": [_record(line) for line in page.lines]}
    lines = [f"{page.total:,} {'decision' if page.total == 1 else 'decisions'} on {name}, newest first"]
    return Answer(data, "\n".join([*lines, *(_text(line, target) for line in page.lines)]))


def _record(line: LogLine) -> JsonObject:
    decision = line.decision
    return {
        "decision_id": decision.decision_id,
        "example_id": decision.example_id,
        "action": decision.action,
        "label": decision.new_label,
        "list": decision.shown.get(LIST),
        "note": decision.note,
        "reviewer": decision.reviewer,
        "decided_at": decision.decided_at,
        "version": line.version.number,
        "in_force": line.counts,
        "in_versions": line.versions,
        "blind": bool(decision.shown.get("blind")),
        "undoes": decision.undoes,
        "act": None if line.of_many is None else line.of_many.act_id,
        "among": None if line.of_many is None else line.of_many.among,
    }


def _text(line: LogLine, target: Target) -> str:
    decision = line.decision
    before = decision.shown.get("given_label") or line.example.label
    held = f", in version {', '.join(map(str, line.versions))}" if line.versions else ""
    counts = "" if line.counts or decision.action == "undo" else ", not in force"
    blind = ", blind" if decision.shown.get("blind") else ""
    note = f" — {decision.note}" if decision.note else ""
    return (
        f"  {decision.decision_id}  {decision.decided_at:%Y-%m-%d %H:%M}  {decision.reviewer}: row "
        f"{decision.example_id} of version {line.version.number} {in_words(decision, target, before)}"
        f"{held}{counts}{blind}{note}{_of_many(line)}"
    )


def _of_many(line: LogLine) -> str:
    """The act that can be taken back whole, and which rows it was on."""
    act = line.of_many
    return "" if act is None or act.action == "undo" else f"; act {act.act_id} on {rows_words(act.rows)}: {act.among}"
