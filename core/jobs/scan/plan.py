"""The stages of a scan, foreseen."""

from __future__ import annotations

from collections.abc import Sequence

from core.context import Context
from core.jobs.foresight import (
    FITTED_ROWS,
    FITTING,
    SHORT_SECONDS,
    Amount,
    Foreseen,
    Work,
    Works,
    encoding,
    near_duplicates,
    seconds_of,
    staged,
    start,
)


def foresee_scan(context: Context, version_id: str, encoders: Sequence[str], *, own: bool = False) -> Foreseen:
    """`own`: of a person's own probabilities, for which nothing is learnt."""
    amount = Amount(context, version_id)
    names = encoders or amount.modality.encoders
    before = (start("scan"), *near_duplicates(amount))
    tiers = [_tier(amount, name, place, own) for place, name in enumerate(names[:1] if own else names)]
    if amount.modality.fine_tuning.at_once and not own:
        tiers.append(_learner(amount, len(tiers)))
    works = (*before, *(work for tier in tiers for work in tier))
    first = seconds_of(staged(context, (*before, *tiers[0]), beside=True))
    whole = seconds_of(staged(context, works, beside=True))
    begins_short = len(tiers) > 1 and first <= SHORT_SECONDS < whole
    return Foreseen(works, "first" if begins_short else None, (*before, *tiers[0]) if len(tiers) > 1 else ())


def _tier(amount: Amount, encoder: str, place: int, own: bool) -> Works:
    first = encoder == amount.modality.encoders[0]
    cost = _fitted(amount) if first else amount.missing(encoder)
    made = encoding(amount, encoder, f"{encoder}: encoding", cost, even=not first, heavy=not first)
    usual = 3e-6 if first else 7e-6
    heads = Work(
        f"{encoder}: probabilities", f"{encoder}: heads", amount.heads(), usual, even=False, sure=True, heavy=True
    )
    return (made, *(() if own else (heads,)), *_issues(amount, place))


def _fitted(amount: Amount) -> float:
    """What the first encoder costs: of texts each time, of all else nothing more once near-duplicates are found."""
    if amount.modality.in_files or amount.modality.features:
        return 0.0
    return amount.cost() * (1 + FITTING * min(1.0, FITTED_ROWS / max(1, amount.rows)))


def _learner(amount: Amount, place: int) -> Works:
    name, units = amount.modality.fine_tuning.models[0], float(amount.rows) * amount.classes
    fits = Work(f"{name}: probabilities", f"{name}: probabilities", units, 3e-4, even=False, sure=True)
    return (fits, *_issues(amount, place))


def _issues(amount: Amount, place: int) -> Works:
    """What is done with the probabilities of a tier; the first one loads what that takes."""
    kind, rows = amount.modality.name, float(amount.rows)
    again, warm = (" again", 0.0) if place else ("", 0.7)
    return (
        Work("label issues", f"{kind}: label issues{again}", rows * amount.classes, 4e-7, even=False, warm=warm),
        Work("neighbours", f"{kind}: neighbours", rows * min(rows, 16_000.0), 1.5e-8, even=False),
        Work("outlier issues", f"{kind}: outliers", rows, 2e-5, even=False),
    )
