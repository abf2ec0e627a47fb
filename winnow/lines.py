"""Progress as a callback gets it: line by line."""

from __future__ import annotations

from collections.abc import Callable


class Lines:
    """A stream that hands on each line that is whole."""

    def __init__(self, tell: Callable[[str], object]) -> None:
        self._tell = tell
        self._begun = ""

    def write(self, text: str) -> None:
        *lines, self._begun = (self._begun + text).split("\n")
        for line in lines:
            self._tell(line)

    def flush(self) -> None:
        """A line that has only begun waits for its end."""

    def isatty(self) -> bool:
        return False
