"""How a modality is drawn: the half of it that needs Streamlit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from core.context import Context
from core.records import Example, Run
from core.services.prediction.playground import Reply
from core.typed import JsonObject

SNIPPET = 200
"""Characters of an example beside another one."""


class Drawing(Protocol):
    """Every place where an example is seen."""

    @property
    def words_title(self) -> str:
        """What the column that says an example in words is called. Like `cell`, `upload` and `folder_button` it is in
        English, to be said where it is shown."""

    @property
    def cell(self) -> str | None:
        """The column that shows an example in a table beside its words; None where the words are all of it."""

    @property
    def has_grid(self) -> bool:
        """Whether many of them can be judged side by side, at a glance."""

    @property
    def upload(self) -> tuple[str, str]:
        """Title and help of where files to predict are dropped."""

    @property
    def folder_button(self) -> str:
        """What the button says that takes a whole folder on the server; empty where a folder is nothing to predict."""

    def cells(self, context: Context, examples: Sequence[Example]) -> list[Any]:
        """What stands in the column `cell`, a value per example."""

    def column(self, width: Any) -> Any:
        """Streamlit's configuration of that column."""

    def whole(self, context: Context, example: Example, place: str) -> None:
        """Draws all of it, with a way to the original where that is something else. `place` tells where on the page:
        one example may be seen in two."""

    def beside(self, context: Context, example: Example) -> None:
        """Draws it so that what is said of it stays in sight."""

    def ask(self, context: Context, run: Run) -> Reply | None:
        """Asks for an example and draws it; what the run's model says of it, None until there is something."""

    def on_desk(self, context: Context, example: Example, grid: bool) -> JsonObject:
        """What `desk.js` draws of it, or `grid` views and cards: `text`, `image`, `thumbnail`, `sound`, `name`."""

    def near(self, context: Context, example: Example) -> JsonObject:
        """What `desk.js` draws of it beside another one: `text`, `image`, `sound`."""

    def counted(self, count: int) -> str:
        """So many files of examples, in words; only asked where examples are files."""

    def caption(self, example: Example) -> str | None:
        """What it is called beside what is drawn of it; None where that says all."""


@dataclass(frozen=True, slots=True)
class InWords:
    """What the words of an example are all of it has in common."""

    cell: str | None = None
    has_grid: bool = False
    folder_button: str = ""

    def cells(self, context: Context, examples: Sequence[Example]) -> list[Any]:
        return []

    def column(self, width: Any) -> Any:
        return None

    def counted(self, count: int) -> str:
        return str(count)
