"""Image classification: an example is an image with one label."""

from core.tasks.task import Task

IMAGE = Task(
    name="image",
    title="Image classification",
    payload_kind="image",
    icon="image",
    row_height=56,
    default_encoders=("pixels", "efficientnet"),
)
