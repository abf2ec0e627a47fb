import re
from dataclasses import replace
from pathlib import Path

import pytest

from core import tasks
from core.records import Schema
from core.sources.tabular import role_columns
from core.tasks import TASKS, Task
from core.tasks.image import IMAGE
from core.tasks.text import TEXT


def test_every_task_is_filed_under_its_own_name() -> None:
    assert all(name == task.name for name, task in TASKS.items())


def test_every_task_starts_with_an_instant_encoder_and_ends_with_a_better_one() -> None:
    assert all(len(task.default_encoders) == 2 for task in TASKS.values())


def test_no_other_room_tells_tasks_apart_by_their_names() -> None:
    named = re.compile(r"""task(?:"\])?\)? (?:==|!=) ["']""")
    core = Path(tasks.__file__).parents[1]
    found = [
        f"{path.relative_to(core)}:{number}"
        for path in core.rglob("*.py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if named.search(line)
    ]
    assert found == []


@pytest.mark.parametrize(("model", "texts"), [(TEXT, {"body", "class"}), (IMAGE, {"class"})])
def test_a_third_task_is_read_by_what_its_examples_are(
    monkeypatch: pytest.MonkeyPatch, model: Task, texts: set[str]
) -> None:
    monkeypatch.setitem(TASKS, "third", replace(model, name="third"))
    assert role_columns(Schema("third", "body", "class")) == texts
