"""The stages of a scan, foreseen."""

from __future__ import annotations

from collections.abc import Sequence

from core.context import Context
from core.finetune.settings import BUNDLED
from core.issues import types_asked
from core.jobs.foresight import (
    FITTED_ROWS,
    FITTING,
    LEARNS,
    SHORT_SECONDS,
    Amount,
    Foreseen,
    Work,
    Works,
    encoding,
    like,
    near_duplicates,
    seconds_of,
    staged,
    start,
    usual_of,
)
from core.jobs.scan.fold_settings import fold_settings, stage_of
from core.modalities.kept import BYTES_PER_TOKEN
from core.records import ScanSpec, TrainSpec
from core.store.export import KEPT, kept_texts
from core.store.samples import different_values
from core.tasks import task_named

HEADS_USUAL = {"lexical": 3e-6, "minilm": 7e-6, "pixels": 1e-5, "efficientnet": 6e-5}
"""Seconds for a unit of fitting heads: the wider the embeddings, the more."""
NAMES_USUAL = 1e-4
"""Seconds in which one core looks for names in what a token of a short text is."""
NAMES_WARM = 2.0
"""In which the model for them is loaded."""
PATTERNS_USUAL = 2e-6
"""And for the patterns of personal data."""
LOOKS = {False: 3e-5, True: 5e-4}
"""Seconds in which two cores look whether something is wrong with an example: with a cell, and with a file."""


def foresee_scan(context: Context, version_id: str, spec: ScanSpec) -> Foreseen:
    """Of a person's own probabilities nothing is learnt. Raises UsageError for a model that cannot be fine-tuned."""
    amount, own = Amount(context, version_id), spec.probabilities is not None
    names = spec.encoders or amount.modality.encoders
    before = (start("scan"), *near_duplicates(amount))
    types = types_asked(task_named(amount.dataset.task), spec.types)
    tiers = [_tier(amount, name, place, own, types) for place, name in enumerate(names[:1] if own else names)]
    if amount.modality.fine_tuning.at_once and not own:
        tiers.append(_learner(amount, len(tiers), types))
    if spec.fine_tune:
        tiers.append(_fine_tuned(amount, spec, len(tiers), types))
    if "personal_data" in types:
        tiers = _with_personal(amount, spec, tiers)
    works = (*before, *(work for tier in tiers for work in tier))
    first = seconds_of(staged(context, (*before, *tiers[0]), beside=True))
    whole = seconds_of(staged(context, works, beside=True))
    begins_short = len(tiers) > 1 and first <= SHORT_SECONDS < whole
    return Foreseen(works, "first" if begins_short else None, (*before, *tiers[0]) if len(tiers) > 1 else ())


def settings_of_folds(context: Context, task: str, rows: int, spec: ScanSpec) -> TrainSpec:
    """`fold_settings` where the workspace's jobs run."""
    return fold_settings(spec, task, rows, on_gpu=context.queue.launcher.slots()[0].name != "cpu")


def _tier(amount: Amount, encoder: str, place: int, own: bool, types: Sequence[str]) -> Works:
    first = encoder == amount.modality.encoders[0]
    cost = _fitted(amount) if first else amount.missing(encoder)
    made = encoding(amount, encoder, f"{encoder}: encoding", cost, even=not first, heavy=not first)
    usual = HEADS_USUAL.get(encoder, HEADS_USUAL["minilm"])
    heads = Work(
        f"{encoder}: probabilities", f"{encoder}: heads", amount.heads(), usual, even=False, sure=True, heavy=True
    )
    return (made, *(() if own else (heads,)), *_issues(amount, place, types))


def _fitted(amount: Amount) -> float:
    """What the first encoder costs: of texts each time, of all else nothing more once near-duplicates are found."""
    if amount.modality.in_files or amount.modality.features:
        return 0.0
    return amount.cost() * (1 + FITTING * min(1.0, FITTED_ROWS / max(1, amount.rows)))


def _learner(amount: Amount, place: int, types: Sequence[str]) -> Works:
    name, units = amount.modality.fine_tuning.models[0], float(amount.rows) * amount.classes
    fits = Work(f"{name}: probabilities", f"{name}: probabilities", units, 3e-4, even=False, sure=True)
    return (fits, *_issues(amount, place, types))


def _fine_tuned(amount: Amount, spec: ScanSpec, place: int, types: Sequence[str]) -> Works:
    """A fine-tune for each fold, of which the fold is then asked about."""
    settings = settings_of_folds(amount.context, amount.dataset.task, amount.rows, spec)
    learns, once = LEARNS["full"], amount.cost(settings.max_tokens)
    course, learnt = amount.modality.fine_tuning.courses.get(settings.model), 1 - 1 / spec.folds
    before = learnt / learns if course is not None and course.solved else 0.0
    seen = ((settings.epochs or 1) * learnt + 1 / spec.folds / learns + before) * once
    usual, guessed = learns * usual_of(settings.model, amount.modality), like(settings.model, amount.modality, "full")
    warm = 0.5 if settings.model in BUNDLED else 3.0
    stages = [stage_of(settings.model, fold, spec.folds) for fold in range(spec.folds)]
    key = f"{settings.model}: full"
    fits = (Work(stage, key, seen, usual, sure=True, heavy=True, warm=warm, like=guessed) for stage in stages)
    return (*fits, *_issues(amount, place, types))


def _with_personal(amount: Amount, spec: ScanSpec, tiers: list[Works]) -> list[Works]:
    """Patterns of personal data are looked for in texts and in each different value of the columns beside them, with
    the first tier; where names are too, with each, and names with the last."""
    kind, written = amount.modality.name, amount.modality.written
    columns = [one.removeprefix(KEPT) for one in kept_texts(amount.dataset)]
    values, size = different_values(amount.context.store, amount.version_id, columns)
    units = (amount.cost() if written else 0.0) + 2 * values + size / BYTES_PER_TOKEN
    patterns = Work("personal_data issues", f"{kind}: personal data", units, PATTERNS_USUAL, even=False)
    names = Work("names", f"{kind}: names", amount.cost(), NAMES_USUAL, warm=NAMES_WARM)
    last = len(tiers) - 1
    return [
        (
            *tier,
            *((names,) if spec.names and place == last else ()),
            *((patterns,) if spec.names or not place else ()),
        )
        for place, tier in enumerate(tiers)
    ]


def _issues(amount: Amount, place: int, types: Sequence[str]) -> Works:
    """What is done with the probabilities of a tier; the first one loads what that takes."""
    kind, rows = amount.modality.name, float(amount.rows)
    again, warm = (" again", 0.0) if place else ("", 0.7)
    works = [
        Work("label issues", f"{kind}: label issues{again}", rows * amount.classes, 4e-7, even=False, warm=warm),
        Work("neighbours", f"{kind}: neighbours", rows * min(rows, 16_000.0), 1.5e-8, even=False),
    ]
    if "outlier" in types:
        works.append(Work("outlier issues", f"{kind}: outliers", rows, 2e-5, even=False))
    if "content" in types and not place:
        works.append(Work("content issues", f"{kind}: content", rows, LOOKS[amount.modality.in_files]))
    return tuple(works)
