"""Runs work in processes of its own that outlive the app: job folders, a queue over device slots, progress, ends.

Knows no stage: a job is the name of a module that reads a job folder and writes it. Imports the standard library only,
since a wrapper process imports it for every job.
"""

from core.queue.folder import JobFolder, Stopped
from core.queue.launcher import Resources
from core.queue.progress import ProgressWriter, events_after, read_events, read_progress
from core.queue.queue import Queue

__all__ = [
    "JobFolder",
    "ProgressWriter",
    "Queue",
    "Resources",
    "Stopped",
    "events_after",
    "read_events",
    "read_progress",
]
