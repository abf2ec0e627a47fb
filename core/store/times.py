"""Moments as the store keeps them: UTC without a zone, because DuckDB needs an extra package to return zones."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """This moment, with its zone."""
    return datetime.now(UTC)


def stored(moment: datetime) -> datetime:
    """For writing: UTC, zone dropped. A moment without a zone is taken as UTC already."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def loaded(moment: datetime) -> datetime:
    """From reading: the zone put back."""
    return moment.replace(tzinfo=UTC)
