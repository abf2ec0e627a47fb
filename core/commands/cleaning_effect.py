"""`cleaning-effect`: whether review made models better, in the foreground; Ctrl-C stops it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from typing import Any

from core.commands.command import Answer, Command, dataset_version, numbered_version, person, table
from core.commands.progress import ProgressLine
from core.evaluation.effect_words import conclude, in_points
from core.records import CleaningEffect, Version
from core.services.cleaning_effect import SEEDS, STRATEGIES, run_cleaning_effect
from core.services.context import Context

FIGURES = ("accuracy", "macro_f1")


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("name", help="a dataset, or NAME@VERSION")
    parser.add_argument("--version", type=int, metavar="V", help="a reviewed version; default: the newest")
    parser.add_argument("--seeds", type=int, default=SEEDS, metavar="S", help=f"models per kind of labels [{SEEDS}]")
    parser.add_argument("--strategy", choices=tuple(STRATEGIES), default="head", help="what learns [head]")


def _run(context: Context, options: Namespace) -> Answer:
    dataset, version = dataset_version(context, options.name)
    if options.version is not None:
        version = numbered_version(context, dataset, options.version)
    with ProgressLine() as line:
        effect = run_cleaning_effect(
            context,
            version.version_id,
            seeds=options.seeds,
            strategy=options.strategy,
            by=person(),
            on_progress=line.show,
        )
    return Answer(_data(dataset.name, version, effect), _text(effect))


def _data(name: str, version: Version, effect: CleaningEffect) -> dict[str, Any]:
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
        "train": asdict(effect.train),
        "test": asdict(effect.test),
        "scorings": [asdict(scoring) for scoring in effect.scorings],
        "notes": effect.notes,
        "seconds": effect.seconds,
        "device": effect.device,
    }


def _text(effect: CleaningEffect) -> str:
    lines = [
        (scoring.labels_from, f"{one.second} − {one.first}", *(in_points(one.of(name)) for name in FIGURES))
        for scoring in effect.scorings
        for one in scoring.comparisons
    ]
    counted = f"{effect.train.rows:,} training rows, {effect.train.changed:,} changed; {effect.settings['seeds']} seeds"
    return "\n".join(
        [
            conclude(effect).sentence,
            "",
            table(("test labels", "difference", "accuracy", "macro F1"), lines),
            f"{counted}; {effect.seconds:.1f} s on {effect.device}",
            *(f"  {note}" for note in effect.notes),
        ]
    )


CLEANING_EFFECT = Command("cleaning-effect", "Tell whether cleaning the labels made models better.", _arguments, _run)
