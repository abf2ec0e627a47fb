"""Asks a run's model about one example: what it says, and which training examples are like it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.context import Context
from core.jobs.resident.spec import Question
from core.jobs.resident.web import OneResident
from core.records import Example, Run
from core.services.runs.models import output_of, task_of_run
from core.store.rows import get_rows
from core.targets.arrays import most_probable
from core.targets.number.form import written as number_written
from core.targets.number.residuals import Spread
from core.targets.spans.form import written
from core.targets.spans.reading import words_in_cell

NEAREST = 6


@dataclass(frozen=True, slots=True)
class Near:
    """A training example like the one asked about."""

    example: Example
    """With its label in the run's version: the one that the model learnt."""
    similarity: float
    """Cosine of what the model's last layer is given of both, in -1–1."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the model says."""

    predicted: str
    """The label, in its text form."""
    confidence: float
    """Of several classes that of the least sure one, of spans that of the least sure word; of a number half of the
    interval that holds nine labels of ten, 0 where the model says none."""
    probabilities: tuple[tuple[str, float], ...]
    """(class, probability), highest first; none where it says a number."""
    nearest: tuple[Near, ...]
    """Nearest first; empty where the run kept no features."""
    text: str = ""
    """Of a model that says where entities are: the text that it was asked about,"""
    spans: tuple[tuple[int, int, str, float], ...] = ()
    """and of each entity start, stop, type and probability."""


def ask(context: Context, run: Run, example: str) -> Reply:
    """The reply to an example, given as its text or the path of its file. Takes milliseconds, seconds where the model
    is not loaded: not for the script thread.

    Raises NotFoundError where the run has left no model, WinnowError with what is wrong.
    """
    output, log = output_of(context, run), context.workspace.root / "playground.log"
    question = Question(example, NEAREST)
    answer = _resident(context).ask(context.queue.launcher, output / "model", output, log, question)
    target = task_of_run(context, run).target
    similarities = dict(answer.nearest)
    examples = get_rows(context.store, run.version_id, list(similarities))
    near = tuple(Near(one, similarities[one.example_id]) for one in examples)
    if target.numeric:
        [number] = answer.probabilities
        spread = Spread.beside(output / "model")
        half = float(spread.half(np.array([number]))[0]) if spread else 0.0
        return Reply(number_written(number), half, (), near)
    ranked = sorted(zip(run.labels, answer.probabilities, strict=True), key=lambda one: -one[1])
    if target.located:
        text = words_in_cell(example)[0]
        label = written(one[:3] for one in answer.spans)
        return Reply(label, answer.sure, tuple(ranked), near, text, answer.spans)
    found, sure = most_probable(np.array([answer.probabilities]), target.several)
    predicted = target.decode(found, run.labels)[0] or ""
    return Reply(predicted, float(sure[0]), tuple(ranked), near)


def let_go(context: Context, run: Run) -> None:
    """Ends the process that holds the run's model, if one does, after the answer that it is at."""
    _resident(context).end(context.queue.folder(run.run_id).output / "model")


def is_ready(context: Context, run: Run) -> bool:
    """Whether the run's model is loaded. Raises NotFoundError where the run has left none."""
    return _resident(context).holds(output_of(context, run) / "model")


def _resident(context: Context) -> OneResident:
    return context.beside.kept("resident model", OneResident, OneResident.close)
