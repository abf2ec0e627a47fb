"""Tasks are pairs of a modality and a target; what is asked of them goes through these."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.errors import UsageError
from core.modalities import MODALITIES, Modality
from core.modalities.image.facts import IMAGE
from core.modalities.text.facts import TEXT
from core.records import Schema
from core.sources.tabular import role_columns
from core.targets import TARGETS
from core.tasks import TASKS, Task, task_named, task_of


def test_every_task_is_filed_under_its_own_name_and_is_the_only_one_of_its_pair() -> None:
    assert all(name == task.name for name, task in TASKS.items())
    assert [task_of(task.modality, task.target) for task in TASKS.values()] == list(TASKS.values())


def test_the_modality_and_target_of_every_task_are_registered() -> None:
    assert all(MODALITIES[task.modality.name] is task.modality for task in TASKS.values())
    assert all(TARGETS[task.target.name] is task.target for task in TASKS.values())


@pytest.mark.parametrize("modality", MODALITIES.values(), ids=list(MODALITIES))
def test_every_modality_starts_with_an_instant_encoder_and_ends_with_a_better_one(modality: Modality) -> None:
    assert len(modality.encoders) == 2 or modality.features


@pytest.mark.parametrize(("alias", "name"), [("text", "text-classification"), ("image", "image-classification")])
def test_what_release_0_1_called_a_task_still_names_it(alias: str, name: str) -> None:
    assert task_named(alias) is task_named(name) is TASKS[name]


def test_a_task_that_is_none_is_named_with_those_that_are() -> None:
    with pytest.raises(UsageError, match="'smell' not found") as caught:
        task_named("smell")
    assert ", ".join(TASKS) in caught.value.hint


@pytest.mark.parametrize(("modality", "texts"), [(TEXT, {"body", "class"}), (IMAGE, {"class"})])
def test_a_third_task_is_read_by_what_its_examples_are(
    monkeypatch: pytest.MonkeyPatch, modality: Modality, texts: set[str]
) -> None:
    task = Task("third", "Third", replace(modality, name="third"), TARGETS["one-class"])
    monkeypatch.setitem(TASKS, "third", task)
    assert role_columns(Schema("third", "body", "class")) == texts
