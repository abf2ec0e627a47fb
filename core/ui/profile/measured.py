"""The views of Profile that need every attribute, the derived ones too."""

from __future__ import annotations

from core.context import Context
from core.records import Dataset, Version
from core.services.profile.figures import associations
from core.ui.parts.pending import settled
from core.ui.profile.bias.view import bias_view
from core.ui.profile.content import content_view
from core.ui.profile.drift.view import drift_view
from core.ui.profile.parts import Opened
from core.ui.profile.words import words_view


def measured_view(context: Context, dataset: Dataset, version: Version, view: str) -> Opened | None:
    """One of them; the rows that are chosen in it."""
    if view == "content":
        return content_view(context, dataset, version)
    if view == "drift":
        return drift_view(context, dataset, version)
    if view == "words":
        return words_view(context, dataset, version)
    found = settled(lambda: associations(context, version.version_id))
    return None if found is None else bias_view(context, dataset, version, found)
