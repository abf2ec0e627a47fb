"""A page of a list of rows as a table: the same for a version's rows, a scan's list and what a run predicts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from core.charts.style import columns_of
from core.modalities import WORDS
from core.records import EXAMPLE_ID, Example, ListColumn, RowOrder
from core.services.lists.asked import Listed
from core.services.lists.columns import LABEL_COLUMNS, TAGS, VERDICT
from core.services.lists.written import Width
from core.store.acts.tags import tags_of
from core.tasks import task_named
from core.ui.lists.paging import WHOLE_HEADER, one_page
from core.ui.lists.tools import Tools, head, sort_by_header
from core.ui.modalities import drawing_of, line_of
from core.ui.parts.labels import label_said, split_said, target_of, value_said
from core.words import later, say

LIST_PIXELS = 600
"""A longer page scrolls."""
CELL_CHARACTERS = 400
"""A longer text is cut in the table and shown whole beside it when its row is picked."""
DECIDED = ListColumn(VERDICT.name, later("verdict"), VERDICT.column, VERDICT.kind, added=True)
"""What holds of a row, in a list that does not have it as a column of its own."""
LABEL_COLUMNS_WIDE, LABEL_PIXELS, LINES_PIXELS = 20, 170, 72
"""A label that is wider than so many characters gets a column of this width and a row of several lines, so that all of
it and the example are in sight."""
PIXELS: Mapping[Width, int] = {"narrow": 90, "wide": 560}
"""Of columns that somebody wants so."""
_MAY_SAY_NOTHING = ("suggested_label", "kinds", VERDICT.column, "split", "source_id")

Added = Mapping[str, Sequence[object]]
"""What a list adds to its rows or shows behind its columns, as people read it: values by the column that the store has
them in, one per row."""


@dataclass(frozen=True, slots=True)
class Table:
    """How a list is drawn."""

    tools: Tools
    listed: Listed
    usual: RowOrder
    """Its order where none is chosen."""
    usual_columns: Sequence[ListColumn]
    """Those that it shows where none are chosen. Of these, some that say nothing on a page are left out of it."""
    key: str
    alt: str
    titles: Mapping[str, str] = field(default_factory=dict)
    """What stands in the place of a column's title, by that."""
    formats: Mapping[str, Callable[[str], Any]] = field(default_factory=dict)
    """How a column that the list adds is drawn, under what stands above it."""

    @property
    def as_usual(self) -> bool:
        """Whether nobody has chosen the columns."""
        return tuple(self.listed.columns) == tuple(self.usual_columns)

    def draw(self, rows: Sequence[Example], added: Added, also: Sequence[ListColumn] = ()) -> Any:
        """A page of rows, of which there is at least one; `also`: columns behind those of the list. What was chosen in
        it. Tags stand last, where a row has any."""
        tags = tags_of(self.tools.context.store, self.tools.dataset.dataset_id, [row.example_id for row in rows])
        if tags:
            also = (*also, TAGS)
            added = {**added, TAGS.column: [", ".join(tags.get(row.example_id, ())) or None for row in rows]}
        columns = (*self.listed.columns, *(one for one in also if one not in self.listed.columns))
        values = self._values(columns, rows, added)
        row_height = task_named(self.tools.dataset.task).modality.row_height
        long = self._has_long_labels(columns, values)
        row_height = max(row_height, LINES_PIXELS) if long else row_height
        with one_page(self.key):
            return st.dataframe(
                values,
                hide_index=True,
                row_height=row_height,
                height=min(LIST_PIXELS, 38 + row_height * len(rows)),
                column_config=self._configured(columns, LABEL_PIXELS if long else None),
                key=self.key,
                on_select=lambda: sort_by_header(self.tools, self.listed.order, self.usual, self.key, self.titles),
                selection_mode=["multi-row", "single-cell", WHOLE_HEADER],
                placeholder="",
                alt=self.alt,
            )

    def _values(
        self, columns: Sequence[ListColumn], rows: Sequence[Example], added: Added
    ) -> dict[str, Sequence[object]]:
        drawing = drawing_of(self.tools.dataset)
        shown: dict[str, Sequence[object]] = {}
        for one in columns:
            given = one.added or one not in self.listed.columns
            found = added[one.column] if given else self._own(one.column, rows)
            optional = one is DECIDED or (self.as_usual and one.column in _MAY_SAY_NOTHING)
            if optional and all(value in (None, "") for value in found):
                continue
            if one.column == WORDS and drawing.cell:
                shown[drawing.cell] = drawing.cells(self.tools.context, rows)
            shown[self._named(one)] = found
        return shown

    def _has_long_labels(self, columns: Sequence[ListColumn], values: Mapping[str, Sequence[object]]) -> bool:
        """Whether a class of the dataset, or a label of the page, is too long for a line of its column."""
        shown = [self._named(one) for one in columns if one.column in LABEL_COLUMNS]
        labels = [str(value) for name in shown for value in values.get(name, ()) if value]
        names = map(self.tools.dataset.called, self.tools.dataset.labels) if shown else ()
        return any(columns_of(name) > LABEL_COLUMNS_WIDE for name in (*labels, *names))

    def _own(self, column: str, rows: Sequence[Example]) -> Sequence[object]:
        """A column of the rows themselves, as people read it."""
        dataset = self.tools.dataset
        if column == WORDS:
            return [line_of(dataset, row, CELL_CHARACTERS) for row in rows]
        if column in ("label", "given_label"):
            labels = [getattr(row, column) for row in rows]
            target = target_of(dataset)
            return [
                None if label is None else label_said(target, label, row.text)
                for row, label in zip(rows, labels, strict=True)
            ]
        if column == "split":
            return [None if row.split is None else split_said(row.split) for row in rows]
        name = next((one.name for one in dataset.attributes if one.column == column), None)
        if name is not None:
            return [value_said(dataset, name, row.attributes[name]) for row in rows]
        return [getattr(row, column) for row in rows]

    def _configured(self, columns: Sequence[ListColumn], label_pixels: int | None) -> dict[str, Any]:
        drawing = drawing_of(self.tools.dataset)
        configured = {self._named(one): self._column(one, label_pixels) for one in columns}
        return configured | ({drawing.cell: drawing.column(64)} if drawing.cell else {})

    def _column(self, one: ListColumn, label_pixels: int | None) -> Any:
        title = self.titles.get(one.title, self.tools.title(one))
        arrow = head(self.tools, one, self.listed.order).removeprefix(self.tools.title(one))
        if one.added and one.column in self.formats:
            return self.formats[one.column](f"{title}{arrow}")
        helped = None if one.name == self.tools.title(one) else say("“{name}” in files", name=one.name)
        if one.column == EXAMPLE_ID:
            return st.column_config.NumberColumn(f"{title}{arrow}", format="%d", width=64, help=helped)
        width: Any = "large" if one.column == WORDS else label_pixels if one.column in LABEL_COLUMNS else None
        if chosen := self.listed.widths.get(one.name):
            width = PIXELS[chosen]
        return st.column_config.Column(f"{title}{arrow}", width=width, help=helped)

    def _named(self, one: ListColumn) -> str:
        """The name that the table itself has for a column: its title, which no other column has."""
        if one in (DECIDED, TAGS) and one.title in {each.title for each in self.tools.columns}:
            return f"{one.title} (decided)" if one is DECIDED else f"{one.title} (put on)"
        return self.titles.get(one.title, one.title)
