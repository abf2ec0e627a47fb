"""Text classification: an example is a text with one label."""

from core.tasks.task import Task

TEXT = Task(
    name="text",
    title="Text classification",
    payload_kind="text",
    icon="notes",
    row_height=35,
    default_encoders=("lexical", "minilm"),
)
