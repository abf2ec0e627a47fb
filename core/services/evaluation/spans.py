"""How good a run is where labels are spans: whole entities, how far the others are wrong, which types are confused."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.beside.answers import TIMEOUT, Pending
from core.context import Context
from core.errors import NotFoundError
from core.evaluation.spans.confusion import type_confusion
from core.evaluation.spans.entities import types_in
from core.evaluation.spans.matching import Matched, matchings
from core.evaluation.spans.report import EntityReport, entity_report
from core.evaluation.spans.tokens import TokenReport, token_report, token_types
from core.progress import Report
from core.records import LabelsFrom, Run
from core.services.evaluation.measures import truth_version
from core.store import predictions
from core.store.relations import relation
from core.targets.spans.form import spans_of
from core.targets.spans.tokens import bounds_of
from core.typed import JsonObject, to_json
from core.words import stored


@dataclass(frozen=True, slots=True)
class SpanEvaluation:
    """One run's spans on one split, held against one set of labels."""

    split: str
    rows: int
    types: tuple[str, ...]
    """k: those that the run knows, then any others that occur."""
    report: EntityReport
    matched: dict[str, Matched]
    """By `core.evaluation.spans.matching.WAYS`."""
    confusion: NDArray[np.int64]
    """(k + 1, k + 1), see `TypeConfusion.matrix`."""
    boundaries: tuple[int, ...]
    """(k,) entities of the right type whose start or stop is another one."""
    tokens: TokenReport


def evaluate_spans(
    context: Context, run: Run, split: str, labels_from: LabelsFrom = "version", timeout: float | None = TIMEOUT
) -> SpanEvaluation | Pending:
    """A run's spans on a split. Raises `NotFoundError` for a split that it has not predicted."""
    truth_id = truth_version(context, (run,), labels_from)

    def work(report: Report) -> SpanEvaluation:
        found = predictions.labelled_texts(context.store, run.run_id, split, relation(context.store, truth_id))
        if not found:
            raise NotFoundError(f"Run {run.number} has predicted no row of {split!r}.", "Choose another split.")
        texts, true, guessed = zip(*found, strict=True)
        truth, predicted = [spans_of(one) for one in true], [spans_of(one) for one in guessed]
        types = tuple(dict.fromkeys([*run.labels, *types_in(truth, predicted)]))
        report(1, 4)
        entities = entity_report(truth, predicted, types)
        report(2, 4)
        confusion = type_confusion(truth, predicted, types)
        tokens = [
            bounds_of(None, text, (*one, *other)) for text, one, other in zip(texts, truth, predicted, strict=True)
        ]
        report(3, 4)
        by_token = token_report(token_types(truth, tokens, types), token_types(predicted, tokens, types), types)
        return SpanEvaluation(
            split,
            len(texts),
            types,
            entities,
            matchings(truth, predicted),
            confusion.matrix,
            tuple(confusion.boundaries.tolist()),
            by_token,
        )

    what, key = stored(f"Evaluating run {run.number} on {split}"), (run.run_id, split, truth_id, "spans")
    answers = context.beside.answers("evaluations of spans")
    return answers.ask(key, what, work, timeout)


def entities_data(found: SpanEvaluation) -> JsonObject:
    """As JSON values: `micro`, `macro`, `weighted` and `per_type` of whole entities, `intervals` of each figure,
    `matching` as nervaluate counts, `confusion` of types with what is missed and invented, and `tokens`."""
    averages = {name.removesuffix(" avg"): to_json(one) for name, one in found.report.averages.items()}
    intervals = {name.removesuffix(" avg"): to_json(one) for name, one in found.report.intervals.items()}
    return {
        **averages,
        "per_type": {name: to_json(one) for name, one in found.report.types.items()},
        "intervals": {
            **{name: intervals[name] for name in averages},
            "per_type": {name: intervals[name] for name in found.report.types},
        },
        "matching": {way: to_json(one) for way, one in found.matched.items()},
        "confusion": {
            "true": [*found.types, "invented"],
            "predicted": [*found.types, "missed"],
            "counts": found.confusion.tolist(),
            "other_boundaries": dict(zip(found.types, found.boundaries, strict=True)),
        },
        "tokens": {
            "accuracy": found.tokens.accuracy,
            **{name: to_json(one) for name, one in {**found.tokens.classes, **found.tokens.averages}.items()},
        },
    }
