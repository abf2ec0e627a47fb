"""Every task: a modality and a target, under the field's name for the pair. Light: the web process reads it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from difflib import get_close_matches

from core.errors import UsageError
from core.modalities import MODALITIES, Modality
from core.modalities.audio.facts import AUDIO
from core.modalities.image.facts import IMAGE
from core.modalities.table_row.facts import TABLE_ROW
from core.modalities.text.facts import TEXT
from core.records import Dataset
from core.targets import Target
from core.targets.multi_label.facts import MULTI_LABEL
from core.targets.named import under_names
from core.targets.number.facts import NUMBER
from core.targets.one_class.facts import ONE_CLASS
from core.targets.spans.facts import SPANS, misfit
from core.words import later, stored


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """A kind of labelled data: what an example is, and what its label is."""

    name: str
    """As the command line and the store have it."""
    title: str
    """As a person reads it."""
    modality: Modality
    target: Target


TASKS: dict[str, Task] = {
    task.name: task
    for task in (
        Task("text-classification", later("Text classification"), TEXT, ONE_CLASS),
        Task("tabular-classification", later("Tabular classification"), TABLE_ROW, ONE_CLASS),
        Task("multi-label-tabular", later("Multi-label tabular classification"), TABLE_ROW, MULTI_LABEL),
        Task("image-classification", later("Image classification"), IMAGE, ONE_CLASS),
        Task("multi-label-image", later("Multi-label image classification"), IMAGE, MULTI_LABEL),
        Task("audio-classification", later("Audio classification"), AUDIO, ONE_CLASS),
        Task("multi-label-audio", later("Multi-label audio classification"), AUDIO, MULTI_LABEL),
        Task("multi-label-text", later("Multi-label text classification"), TEXT, MULTI_LABEL),
        Task("token-classification", later("Token classification (named entities)"), TEXT, SPANS),
        Task("text-regression", later("Text regression (numbers)"), TEXT, NUMBER),
        Task("tabular-regression", later("Tabular regression (numbers)"), TABLE_ROW, NUMBER),
    )
}
"""Every task by name, modalities that take any column first: a guess asks these from the last to the first. Choices on
pages and on the command line derive from it."""
ALIASES: dict[str, str] = {task.modality.name: task.name for task in TASKS.values() if task.target is ONE_CLASS}
"""Release 0.1 knew one class only and called a task by its modality: so do its jobs' specs and people's scripts."""


def task_named(name: str) -> Task:
    """The task of that name or alias. Raises UsageError where there is none."""
    task = TASKS.get(ALIASES.get(name, name))
    if task is None:
        raise _no_task(name)
    return task


_MODALITY_WORDS = {TABLE_ROW: ("tabular", "table", "row"), AUDIO: ("sound", "speech"), IMAGE: ("picture",)}
_TARGET_WORDS = {SPANS: ("token", "ner", "entity", "entities", "span", "spans"), NUMBER: ("regression", "number")}
"""What people call a modality or a target in the name of a task, beside its own name."""
_ONLY = {
    SPANS: stored("spans are stretches of texts, and nothing else has any"),
    NUMBER: stored("numbers are labels of texts and of rows of tables alone"),
}


def _no_task(name: str) -> UsageError:
    """That there is no task of that name; where it names a pair that makes no sense, why."""
    words = set(re.split(r"[\W_]+", name.lower()))
    modality = next((one for one in MODALITIES.values() if words & {one.name, *_MODALITY_WORDS.get(one, ())}), None)
    target = next((one for one, said in _TARGET_WORDS.items() if words & set(said)), None)
    same = [one for one in TASKS.values() if one.modality is modality]
    if modality and target and all(one.target is not target for one in same):
        reason = _ONLY[target]
        return UsageError(
            f"There is no task {name!r}: {reason}.",
            f"What there is: {', '.join(one.name for one in same)}.",
        )
    near = get_close_matches(name, TASKS, n=1) or [one.name for one in same if one.target is target]
    hint = f"Did you mean {near[0]!r}? There are: {', '.join(TASKS)}." if near else f"There are: {', '.join(TASKS)}."
    return UsageError(f"Task {name!r} not found.", hint)


def target_of(dataset: Dataset) -> Target:
    """What a dataset's labels are, said and taken under the names that people gave its classes."""
    target = task_named(dataset.task).target
    if target.located and dataset.layout.get("overlap"):
        target = replace(target, misfit=lambda label, text: misfit(label, text, may_overlap=True))
    return under_names(target, dataset.names)


def nothing_to_tell_apart(dataset: Dataset) -> bool:
    """Whether there is one class at most, so that no model has anything to say."""
    return len(dataset.labels) < 2 and not task_named(dataset.task).target.numeric


def task_of(modality: Modality, target: Target) -> Task:
    """The task of that pair. Raises UsageError where it is not registered."""
    task = next((one for one in TASKS.values() if one.modality is modality and one.target is target), None)
    if task is None:
        raise UsageError(f"No task has {modality.many} with {target.name} labels.", f"There are: {', '.join(TASKS)}.")
    return task
