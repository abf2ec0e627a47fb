"""The stages of a comparison, foreseen."""

from __future__ import annotations

from core.context import Context
from core.jobs.foresight import Amount, Foreseen, Work, encoding, loading, start, usual_of
from core.records import ARMS, TrainSpec

LEARNS = 3.2
"""What a step of a full fine-tune costs in times of a look at the same examples."""


def foresee_effect(
    context: Context, version_id: str, settings: TrainSpec, seeds: int, *, train: int, test: int
) -> Foreseen:
    """Of settings with every default filled in; so many rows are learnt from and tested on."""
    amount, models = Amount(context, version_id), len(ARMS) * seeds
    intervals = tuple(
        Work(f"intervals on the test labels as {labels}", "intervals", float(test) * models, 1e-4)
        for labels in ("given", "reviewed")
    )
    if settings.strategy != "head":
        usual, each = usual_of(settings.model, amount.modality), amount.cost(settings.max_tokens) / max(1, amount.rows)
        seen = models * each * ((settings.epochs or 1) * train + test / LEARNS)
        key = f"{settings.model}: {settings.strategy}, arms"
        fine_tunes = Work("fine-tuning", key, seen, LEARNS * usual, heavy=True)
        return Foreseen((start("cleaning_effect"), fine_tunes, *intervals))
    units = amount.heads(train)
    at_once = amount.modality.fine_tuning.at_once
    encoder = amount.modality.encoders[-1] if at_once else settings.model
    missing = amount.missing(encoder, settings.max_tokens)
    works = (
        start("cleaning_effect"),
        loading(encoder),
        encoding(amount, encoder, "encoding", missing, loads=False),
        Work("choosing the penalty", f"{encoder}: penalty", units, 3e-5, even=False, sure=True, heavy=True),
        Work(f"training {models} heads", f"{encoder}: heads of arms", units * models, 5e-6, even=False, heavy=True),
    )
    return Foreseen((*works, *intervals))
