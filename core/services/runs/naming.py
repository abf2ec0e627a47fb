"""What people call a run and note of it: in the ledger, beside what it was asked to do."""

from __future__ import annotations

from core.context import Context
from core.errors import UsageError
from core.records import Run
from core.store.masked import said_shown

MOST_NAME, MOST_NOTE = 80, 2_000
"""Characters."""


def note_shown(context: Context, run: Run) -> str:
    """What was noted of it, as it is shown."""
    return said_shown(context.store, run.dataset_id, run.note)


def describe_run(context: Context, run: Run, *, name: str | None = None, note: str | None = None) -> Run:
    """Gives the run another name or note; None leaves it, an empty one takes it away, and a note that is as it is shown
    stays. Raises UsageError for one that is too long, NotFoundError for a run that was deleted."""
    for what, text, most in (("name", name, MOST_NAME), ("note", note, MOST_NOTE)):
        if text is not None and len(text.strip()) > most:
            raise UsageError(f"A {what} of {len(text.strip()):,} characters is too long.", f"Use at most {most:,}.")
    kept_name = run.name if name is None else " ".join(name.split())
    kept_note = run.note if note is None or note == note_shown(context, run) else note.strip()
    return context.ledger.runs.describe(run.run_id, kept_name, kept_note)
