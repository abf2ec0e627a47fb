"""One file per task: what an example is and how it is encoded. Must not import a heavy library: pages read it too."""

from core.tasks.image import IMAGE
from core.tasks.task import Task
from core.tasks.text import TEXT

TASKS: dict[str, Task] = {task.name: task for task in (TEXT, IMAGE)}
"""Every task by name. Choices on pages and on the command line derive from it."""

__all__ = ["TASKS", "Task"]
