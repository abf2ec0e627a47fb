"""`steps`: how far the first steps with a dataset are, what is to be done next, and what they came to."""

from __future__ import annotations

import click

from core.commands.command import Answer, command, table
from core.commands.parameters import dataset_version, version_argument
from core.context import Context
from core.evaluation.effect_words import conclude
from core.services.steps.first_steps import FirstSteps, bring_back, first_steps
from core.services.steps.overview import next_step, standing_of
from core.services.steps.planted import PlantedErrors, planted_errors
from core.store.versions import list_versions
from core.typed import to_json


@command
@version_argument
@click.option("--show", is_flag=True, help="show them on the pages again, where somebody has hidden them")
def steps_command(context: Context, name: str, show: bool) -> Answer:
    """Tell how far the first steps with a dataset are, and what comes next."""
    dataset, _ = dataset_version(context, name, None)
    if show:
        bring_back(context, dataset)
    found, step = first_steps(context, dataset), next_step(standing_of(context, dataset))
    planted = planted_errors(context, dataset, tuple(list_versions(context.store, dataset.dataset_id)))
    conclusion = conclude(found.effect) if found.effect else None
    data = {
        "dataset": dataset.name,
        "steps": [
            {"name": one.name, "done": one.done, "progress": one.progress, "version": one.version}
            for one in found.steps
        ],
        "next": {"page": step.page, "view": step.view, "label": step.label},
        "hidden": context.ledger.first_steps.are_away(dataset.dataset_id),
        "planted": to_json(planted) if planted else None,
        "effect": {"verdict": conclusion.verdict, "conclusion": conclusion.sentence} if conclusion else None,
    }
    return Answer(data, _text(found, planted, step.label, conclusion.sentence if conclusion else ""))


def _text(found: FirstSteps, planted: PlantedErrors | None, label: str, conclusion: str) -> str:
    lines = [("done" if one.done else one.progress or "to do", one.title) for one in found.steps]
    said = [table(("", "step"), lines), f"Next: {label}"]
    if planted is not None:
        said.append(
            f"Of {planted.planted} labels changed on purpose, {planted.found} are among the {planted.flagged} flagged "
            f"rows ({planted.tier}): precision {planted.precision.estimate:.2f} ({planted.precision.low:.2f} to "
            f"{planted.precision.high:.2f}), recall {planted.recall.estimate:.2f} ({planted.recall.low:.2f} to "
            f"{planted.recall.high:.2f}). {planted.restored} are right again in the newest version."
        )
    return "\n".join([*said, conclusion] if conclusion else said)
