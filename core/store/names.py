"""Names inside SQL: quoting, and which table holds a dataset's examples."""

from __future__ import annotations

from core.store.ids import checked_id


def examples_table(dataset_id: str) -> str:
    """The table of a dataset's examples, safe inside SQL."""
    return f"examples_{checked_id(dataset_id, 'dataset')}"
