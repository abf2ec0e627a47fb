"""`cleaning-effect`: whether review made models better, in the foreground; Ctrl-C stops it."""

from __future__ import annotations

import click

from core.commands.command import Answer, command, person, table
from core.commands.parameters import dataset_version, version_argument
from core.commands.progress import ProgressLine
from core.context import Context
from core.evaluation.effect_words import conclude, figures_of, in_points
from core.records import CleaningEffect, EffectStrategy, Version
from core.services.cleaning_effect import SEEDS, STRATEGIES, run_cleaning_effect
from core.typed import JsonObject, to_json


@command
@version_argument
@click.option("--version", type=int, metavar="V", help="a reviewed version; default: the newest")
@click.option("--seeds", default=SEEDS, metavar="S", help="models per kind of labels")
@click.option("--strategy", type=click.Choice(tuple(STRATEGIES)), default="head", help="what learns")
def cleaning_effect_command(
    context: Context, name: str, version: int | None, seeds: int, strategy: EffectStrategy
) -> Answer:
    """Tell whether cleaning the labels made models better."""
    dataset, reviewed = dataset_version(context, name, version)
    with ProgressLine() as line:
        effect = run_cleaning_effect(
            context, reviewed.version_id, seeds=seeds, strategy=strategy, by=person(), on_progress=line.show
        )
    return Answer(_data(dataset.name, reviewed, effect), _text(effect))


def _data(name: str, version: Version, effect: CleaningEffect) -> JsonObject:
    conclusion = conclude(effect)
    return {
        "dataset": name,
        "version": version.number,
        "effect_id": effect.effect_id,
        "verdict": conclusion.verdict,
        "conclusion": conclusion.sentence,
        "seeds": effect.settings["seeds"],
        "strategy": effect.settings["strategy"],
        "model": effect.settings["model"],
        "train": effect.train,
        "test": effect.test,
        "scorings": [to_json(one) for one in effect.scorings],
        "notes": effect.notes,
        "seconds": effect.seconds,
        "device": effect.device,
    }


def _text(effect: CleaningEffect) -> str:
    figures = figures_of(effect)
    lines = [
        (scoring.labels_from, f"{one.second} − {one.first}", *(in_points(one.of(name)) for name in figures))
        for scoring in effect.scorings
        for one in scoring.comparisons
    ]
    counted = f"{effect.train.rows:,} training rows, {effect.train.changed:,} changed; {effect.settings['seeds']} seeds"
    return "\n".join(
        [
            conclude(effect).sentence,
            "",
            table(("test labels", "difference", *figures.values()), lines),
            f"{counted}; {effect.seconds:.1f} s on {effect.device}",
            *(f"  {note}" for note in effect.notes),
        ]
    )
