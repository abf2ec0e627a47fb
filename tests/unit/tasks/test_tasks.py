from core.tasks import TASKS


def test_every_task_is_filed_under_its_own_name() -> None:
    assert all(name == task.name for name, task in TASKS.items())


def test_every_task_starts_with_an_instant_encoder_and_ends_with_a_better_one() -> None:
    assert all(len(task.default_encoders) == 2 for task in TASKS.values())
