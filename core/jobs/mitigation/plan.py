"""The stages of a question about mitigation, foreseen."""

from __future__ import annotations

from core.context import Context
from core.jobs.foresight import Amount, Foreseen, Work, encoding, near_duplicates, start
from core.jobs.mitigation.spec import ARMS

USUAL = 8e-6
"""Seconds for a unit of fitting the heads of one arm."""


def foresee_mitigation(context: Context, version_id: str, encoder: str) -> Foreseen:
    """Heads of every arm, and one more search for the penalty."""
    amount = Amount(context, version_id)
    stage = f"{encoder}: encoding"
    heads = Work("fitting heads", f"{encoder}: arms", len(ARMS) * amount.heads(), USUAL, sure=True, heavy=True)
    return Foreseen(
        (
            start("mitigation"),
            *near_duplicates(amount),
            encoding(amount, encoder, stage, amount.missing(encoder), even=False, heavy=True),
            heads,
        )
    )
