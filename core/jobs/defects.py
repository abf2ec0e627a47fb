"""What a job says when something breaks beside the pages, where nobody would see an exception."""

from __future__ import annotations

import logging
from pathlib import Path
from uuid import uuid4

from core.errors import WinnowError
from core.room import met

logger = logging.getLogger("winnow")


def in_words(error: Exception, folder: Path) -> str:
    """The error's own words where they help a person: Winnow's errors, and those of the system; a full disk as
    `core.room` tells it, of `folder` where no other is named. Anything else is logged under a new id and told as that
    id."""
    if told := met(error, folder):
        return str(told)
    if isinstance(error, WinnowError | OSError):
        return str(error)
    incident = uuid4().hex[:8]
    logger.error("defect %s", incident, exc_info=error)
    return f"Something went wrong inside Winnow. It is logged as {incident}."
