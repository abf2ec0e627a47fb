"""What a job says when something breaks beside the pages, where nobody would see an exception."""

from __future__ import annotations

import logging
from uuid import uuid4

from core.errors import WinnowError

logger = logging.getLogger("winnow")


def in_words(error: Exception) -> str:
    """The error's own words where they help a person: Winnow's errors, and those of the system such as a full disk.
    Anything else is logged under a new id and told as that id."""
    if isinstance(error, WinnowError | OSError):
        return str(error)
    incident = uuid4().hex[:8]
    logger.error("defect %s", incident, exc_info=error)
    return f"Something went wrong inside Winnow. It is logged as {incident}."
