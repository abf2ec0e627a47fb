"""Winnow in Python, for notebooks and scripts: the command line's functions, with their answers as values.

    import winnow

    w = winnow.open("workspace")
    w.load("tickets.csv", name="tickets")
    w.scan("tickets")
    worst = w.issues("tickets", top=50)

Each call opens the workspace and closes it again, or has the app do it where the app has it open: both go on side by
side. What goes wrong is a `winnow.WinnowError`, which says what to do next.
"""

from core.errors import WinnowError
from winnow.workspace import Workspace, open

__all__ = ["WinnowError", "Workspace", "open"]
