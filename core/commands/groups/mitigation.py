"""`mitigation`: what reweighting or resampling would change for the groups of an attribute, in the foreground."""

from __future__ import annotations

from collections.abc import Sequence

import click

from core.commands.command import Answer, command, person, table
from core.commands.parameters import attributes_named, dataset_version, version_argument
from core.commands.progress import ProgressLine
from core.context import Context
from core.jobs.mitigation.spec import MitigationResult, Moved, OfGroup
from core.records import CROSS, Dataset
from core.services.evaluation.mitigation import run_mitigation
from core.services.evaluation.mitigation_words import TRUST, arm_title, conclusion, figure_title, how_words
from core.services.profile.figures import derived
from core.typed import to_json
from core.words import say

TOP = 100


@command
@version_argument
@click.option("--by", multiple=True, required=True, metavar="ATTRIBUTE", help="whose groups; twice crosses two")
@click.option("--version", type=int, metavar="V", help="whose labels; default: the newest")
def mitigation_command(context: Context, name: str, by: Sequence[str], version: int | None) -> Answer:
    """Say what reweighting or resampling groups would change."""
    dataset, chosen = dataset_version(context, name, version)
    known = derived(context, dataset.dataset_id, timeout=None)
    assert isinstance(known, Dataset), "it was waited for"
    attributes = attributes_named(known, by)
    with ProgressLine() as line:
        spec, result = run_mitigation(context, chosen.version_id, attributes, by=person(), on_progress=line.show)
    encoder = spec.encoder
    attribute = CROSS.join(one.name for one in attributes)
    data = {"dataset": name, "version": chosen.number, "attribute": attribute, "encoder": encoder, **to_json(result)}
    data["conclusion"] = conclusion(result).replace("**", "")
    return Answer(data, _text(known, result, attribute, encoder))


def _text(dataset: Dataset, result: MitigationResult, attribute: str, encoder: str) -> str:
    arms = [arm_title(one.arm) for one in result.arms]
    figures = [
        (figure_title(one.name), *(_cell(arm.figures[place].moved) for arm in result.arms))
        for place, one in enumerate(result.arms[0].figures)
    ]
    groups = [
        (one.name, one.rows, *(_cell(arm.accuracy[place]) for arm in result.arms), _remark(one))
        for place, one in enumerate(result.groups)
    ]
    classes = [
        (dataset.called(one.label), *(_cell(arm.classes[place].odds) for arm in result.arms))
        for place, one in enumerate(result.arms[0].classes)
    ]
    text = [
        conclusion(result).replace("**", ""),
        "What each model learns from; in brackets its difference to the first, in points, with 95 % intervals.",
        table(("figure", *arms), figures),
        table((attribute, "rows", *(f"accuracy, {one}" for one in arms), ""), groups, TOP),
        table(("equalised odds gap of", *arms), classes, TOP),
        how_words(result, encoder),
        say(TRUST),
    ]
    return "\n\n".join(text)


def _cell(moved: Moved | None) -> str:
    if moved is None:
        return ""
    if not (moved.change or moved.change_low or moved.change_high):
        return f"{moved.value:.1%}"
    ends = f"{100 * moved.change_low:+.1f} to {100 * moved.change_high:+.1f}"
    return f"{moved.value:.1%} ({100 * moved.change:+.1f}; {ends})"


def _remark(group: OfGroup) -> str:
    return "" if group.judged else "few rows, not compared"
