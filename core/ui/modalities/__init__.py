"""How each modality is drawn, by its name: what of it needs Streamlit."""

from core.records import Dataset, Example
from core.tasks import task_named
from core.ui.modalities.audio import AudioDrawing
from core.ui.modalities.drawing import Drawing
from core.ui.modalities.image import ImageDrawing
from core.ui.modalities.table_row import TableRowDrawing
from core.ui.modalities.text import TextDrawing

DRAWINGS: dict[str, Drawing] = {
    "text": TextDrawing(),
    "image": ImageDrawing(),
    "audio": AudioDrawing(),
    "table-row": TableRowDrawing(),
}
"""One for every entry of `core.modalities.MODALITIES`."""
CELLS: frozenset[str] = frozenset(drawing.cell for drawing in DRAWINGS.values() if drawing.cell)
"""Columns in which tables show examples, beside their words."""


def drawing_of(dataset: Dataset) -> Drawing:
    """How a dataset's examples are drawn."""
    return DRAWINGS[task_named(dataset.task).modality.name]


def line_of(dataset: Dataset, example: Example, most: int) -> str:
    """An example in words, in one line of so many characters at most."""
    return task_named(dataset.task).modality.line(example.text or "", most)
