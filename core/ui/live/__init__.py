"""Parts of a page that change by themselves: redrawn when there is something new to draw, and then only.

A timer that redraws costs a tenth of a core and more for each open page, on the cores that the jobs are on. Here the
browser asks the server for a few bytes that tell whether anything has changed: seldom where nothing does, never for a
part in a tab that nobody sees.
"""

from core.ui.live.live import Look, drawn_anew_after_a_restart, live

__all__ = ["Look", "drawn_anew_after_a_restart", "live"]
