"""The stages of a scan, foreseen."""

from __future__ import annotations

from collections.abc import Sequence

from core.context import Context
from core.jobs.foresight import (
    SHORT_SECONDS,
    Amount,
    Foreseen,
    Work,
    Works,
    near_duplicates,
    seconds_of,
    staged,
    start,
    usual_of,
)


def foresee_scan(context: Context, version_id: str, encoders: Sequence[str], *, own: bool = False) -> Foreseen:
    """`own`: of a person's own probabilities, for which nothing is learnt."""
    amount = Amount(context, version_id)
    names = encoders or amount.modality.encoders
    before = (start("scan"), *near_duplicates(amount))
    tiers = [_tier(amount, name, own) for name in (names[:1] if own else names)]
    if amount.modality.fine_tuning.at_once and not own:
        tiers.append(_learner(amount))
    works = (*before, *(work for tier in tiers for work in tier))
    first = seconds_of(staged(context, (*before, *tiers[0]), beside=True))
    whole = seconds_of(staged(context, works, beside=True))
    begins_short = len(tiers) > 1 and first <= SHORT_SECONDS < whole
    return Foreseen(works, "first" if begins_short else None)


def _tier(amount: Amount, encoder: str, own: bool) -> Works:
    kind, rows = amount.modality.name, float(amount.rows)
    usual = usual_of(encoder, amount.modality)
    first = encoder == amount.modality.encoders[0]
    cost = amount.cost() if first else amount.missing(encoder)
    heads = Work(
        f"{encoder}: probabilities", f"{kind}: heads", amount.heads(), 1.2e-5, even=False, sure=True, heavy=True
    )
    return (
        Work(f"{encoder}: encoding", f"{encoder}: encoding", cost, usual, even=not first, heavy=not first),
        *(() if own else (heads,)),
        Work("neighbours", f"{kind}: neighbours", rows * min(rows, 16_000.0), 4e-8, even=False),
    )


def _learner(amount: Amount) -> Works:
    name, units = amount.modality.fine_tuning.models[0], float(amount.rows) * amount.classes
    return (Work(f"{name}: probabilities", f"{name}: probabilities", units, 3e-4, even=False, sure=True),)
