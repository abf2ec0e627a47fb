"""What one fine-tune of several says while it runs: how far all of them are."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.progress import Report
from core.queue import ProgressWriter, Stopped
from core.words import later

TITLED = (
    later("fold {fold:,}: {reason}"),
    later("labels given, seed {seed:,}: {reason}"),
    later("labels reviewed, seed {seed:,}: {reason}"),
    later("labels random, seed {seed:,}: {reason}"),
)
"""How what is said of one of them reads, whichever it is."""


@dataclass(slots=True)
class FitReport:
    """Says how far all fine-tunes are, out of what one of them says of itself."""

    progress_of_job: ProgressWriter
    of_job: str
    """The job's stage in which all of them are done."""
    title: str
    """Which of them it is, with a colon: what it says of itself follows."""
    done: int
    """Fine-tunes before this one."""
    total: int
    notes: list[str]
    share: float = field(default=0.0)
    """Of this one."""

    def tell(self, message: str) -> None:
        """Raises Stopped once the run was asked to end."""
        self.progress_of_job.update(self.of_job, self.done + self.share, self.total, f"{self.title} {message}")

    def stage(self, name: str) -> Report:
        """The report of work before or after its steps."""
        return lambda done, total: self.tell(name)

    def progress(self, stage: str, done: float, total: float, message: str = "") -> bool:
        """Returns whether the run was asked to stop."""
        self.share = done / max(1.0, total)
        try:
            self.tell(message)
        except Stopped:
            return True
        return False

    def metrics(self, step: int, epoch: float, split: str, values: dict[str, float]) -> None:
        """The curves of one fine-tune of many are not kept."""

    def note(self, text: str) -> None:
        self.notes.append(f"{self.title} {text}")
