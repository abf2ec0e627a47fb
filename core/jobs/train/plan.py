"""The stages of a fine-tune, foreseen."""

from __future__ import annotations

from core.context import Context
from core.finetune.settings import BUNDLED
from core.jobs.foresight import LEARNS, Amount, Foreseen, Work, Works, encoding, like, loading, start, usual_of
from core.records import TrainSpec


def foresee_train(
    context: Context, version_id: str, spec: TrainSpec, *, train: int, validation: int, predicted: int
) -> Foreseen:
    """Of a spec with every default filled in; so many rows are learnt from, validated on after each epoch, and
    predicted at the end."""
    amount = Amount(context, version_id)
    if amount.modality.fine_tuning.at_once:
        return Foreseen(_fitted(amount, spec, train, predicted))
    if spec.strategy == "head":
        return Foreseen(_head(amount, spec, train, predicted))
    each = amount.cost(spec.max_tokens) / max(1, amount.rows)
    usual = usual_of(spec.model, amount.modality)
    learns = LEARNS[spec.strategy]
    course = amount.modality.fine_tuning.courses.get(spec.model)
    before = train / learns if course is not None and course.solved else 0.0
    seen = each * ((spec.epochs or 1) * (train + validation / learns) + before)
    work = f"{spec.strategy}, {spec.last_layers}" if spec.strategy == "last" else spec.strategy
    kept = "pixels" if amount.modality.in_files else "tokens"
    works = (
        start("train"),
        loading(spec.model),
        Work(kept, f"{kept} of rows", float(amount.rows), 4e-4),
        Work(
            "training",
            f"{spec.model}: {work}",
            seen,
            learns * usual,
            sure=True,
            heavy=True,
            warm=0.5,
            like=like(spec.model, amount.modality, work),
        ),
        Work("predicting", f"{spec.model}: predicting", each * predicted, usual, heavy=True),
        Work("saving", f"saving {spec.model}", 1.0, 1.0, even=False),
    )
    return Foreseen(works)


def _head(amount: Amount, spec: TrainSpec, train: int, predicted: int) -> Works:
    missing = amount.missing(spec.model, spec.max_tokens)
    return (
        start("train"),
        loading(f"{spec.model} for a head", usual=0.1 if spec.model in BUNDLED else 3.0),
        encoding(amount, spec.model, "encoding", missing, loads=False),
        Work("solving", f"{spec.model}: solving", amount.heads(train), 7e-6, even=False, sure=True, heavy=True),
        Work("predicting", "predicting by a head", float(predicted), 2e-5),
        Work("saving", "saving a model", 1.0, 0.3, even=False),
    )


def _fitted(amount: Amount, spec: TrainSpec, train: int, predicted: int) -> Works:
    return (
        start("train"),
        Work("reading", f"{amount.modality.name}: reading", float(amount.rows), 4e-4),
        Work("training", f"{spec.model}: training", float(train) * amount.classes, 3e-4, even=False, sure=True),
        Work("predicting", f"{spec.model}: predicting", float(predicted), 2e-5),
    )
