"""The stages of a proof, foreseen."""

from __future__ import annotations

from core.context import Context
from core.jobs.foresight import Amount, Foreseen, Work, encoding, near_duplicates, start
from core.jobs.proof.spec import manners_of
from core.tasks import task_named

HEADS = {"lexical": 3e-6, "minilm": 7e-6, "pixels": 1e-5, "efficientnet": 6e-5}
"""Seconds for a unit of fitting heads; of any other encoder as of `minilm`."""
TREES = 3e-4
"""The same of trees that are fitted beside them."""


def foresee_proof(context: Context, version_id: str, encoders: tuple[str, ...], repeats: int) -> Foreseen:
    """Heads are fitted once for the labels as they are and once for each copy."""
    amount = Amount(context, version_id)
    fits = 1 + len(manners_of(task_named(amount.dataset.task))) * repeats
    encoded = [
        encoding(amount, name, f"{name}: encoding", amount.missing(name), even=bool(place), heavy=bool(place))
        for place, name in enumerate(encoders)
    ]
    usual = sum(HEADS.get(name, HEADS["minilm"]) for name in encoders)
    if amount.modality.fine_tuning.at_once:
        usual += TREES
    key = f"{amount.dataset.task}: planted copies"
    copies = Work("planted copies", key, fits * amount.heads(), usual, sure=True, heavy=True)
    return Foreseen((start("proof"), *near_duplicates(amount), *encoded, copies))
