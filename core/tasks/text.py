"""Text classification: an example is a text with one label."""

from core.tasks.task import Task

TEXT = Task(name="text", title="Text classification", payload_kind="text", default_encoders=("lexical", "minilm"))
