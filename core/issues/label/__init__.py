"""Wrong labels: given labels that a model of the other rows takes to be wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.issues.contract import Evidence, IssueType, Seen, rounded
from core.words import later, say, say_n

CLEANLAB_FILTERS = (
    "prune_by_noise_rate",
    "prune_by_class",
    "both",
    "confident_learning",
    "predicted_neq_given",
    "low_normalized_margin",
    "low_self_confidence",
)
"""cleanlab's `filter_by` names."""
OUTSIDE = "O"
"""What stands for no span where a type is asked for."""
NAMED = 3
"""Spans of a row that its reason names."""
FLAG_BY = ("winnow", *CLEANLAB_FILTERS)
"""Ways to flag. `winnow`: the rows of lowest quality, as many as `count_to_flag` says; the others are cleanlab's."""
CLEANLAB_NUMBERS = ("outre", "residual")
"""cleanlab's scores of labels that are numbers, by their `method` names."""
NUMBERS_BY = ("winnow", *CLEANLAB_NUMBERS)
"""Ways to rank labels that are numbers. cleanlab has no rule that flags: as many are flagged as by `winnow`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelEvidence(Evidence):
    """Out-of-sample probabilities of both labels, against what rows of their class usually get."""

    given_probability: float | None = None
    suggested_probability: float | None = None
    given_threshold: float | None = None
    suggested_threshold: float | None = None
    """Mean probability of the class over the rows that carry it."""
    whole_probability: float | None = None
    """Where a label may be several classes: that each given one is right and none is missing."""
    extra: tuple[str, ...] = ()
    """Classes that are given and probably too much."""
    extra_probabilities: tuple[float, ...] = ()
    extra_usual: tuple[float | None, ...] = ()
    """What rows that carry the class usually get."""
    missing: tuple[str, ...] = ()
    """Classes that are not given and probably missing."""
    missing_probabilities: tuple[float, ...] = ()
    missing_usual: tuple[float | None, ...] = ()
    span_start: tuple[int, ...] = ()
    """Where labels are spans, each given one and each that is probably missing, in characters of the text: there its
    start, where a missing one should begin."""
    span_stop: tuple[int, ...] = ()
    span_text: tuple[str, ...] = ()
    """What it covers."""
    span_given: tuple[str, ...] = ()
    """Its type, `O` where it is missing."""
    span_suggested: tuple[str, ...] = ()
    """What it looks like, `O` for nothing."""
    span_suggested_start: tuple[int, ...] = ()
    span_suggested_stop: tuple[int, ...] = ()
    span_score: tuple[float, ...] = ()
    """Quality of its worst word, 0–1."""
    predicted: float | None = None
    """Where labels are numbers, what a model that has not seen the row predicts."""
    half: float | None = None
    """Half of the interval around it that holds nine labels of ten."""
    right: float | None = None
    """How probably the label is right."""


def why(evidence: LabelEvidence, row: Seen) -> str:
    """Both labels' probabilities against what rows of their class usually get, and what the neighbours say; of several
    classes those in doubt."""
    if evidence.whole_probability is not None:
        return _doubts(evidence)
    if evidence.predicted is not None:
        return _number(evidence, row.given or "")
    if evidence.span_text:
        return _spans(evidence)
    sentences = [_probable(row.given or "", evidence.given_probability, evidence.given_threshold)]
    if row.suggested is not None and row.suggested != row.given:
        sentences.append(_probable(row.suggested, evidence.suggested_probability, evidence.suggested_threshold))
    if row.neighbours:
        agreeing = sum(label == row.suggested for label in row.neighbours)
        beside = say_n(
            "{n} of the {all} nearest examples is {label}.",
            "{n} of the {all} nearest examples are {label}.",
            agreeing,
            all=len(row.neighbours),
            label=row.suggested,
        )
        sentences.append(beside)
    return " ".join(sentence for sentence in sentences if sentence)


def sure(summary: Mapping[str, Any]) -> str:
    """The interval of the share of wrong labels, or that it cannot be told."""
    if "numbers" in summary:
        return say("Nine labels of ten lie within {half:.3g} of what is predicted", half=summary["numbers"]["half"])
    share = summary["share_wrong"]
    between = f"{share['low']:.1%} – {share['high']:.1%}"
    if summary.get("untold"):
        return say("How many labels are wrong cannot be told: {between} is possible", between=between)
    if "spans" in summary:
        return say(
            "{share:.1%} of all rows probably have a wrong span ({between}, 95 % interval)",
            share=share["estimate"],
            between=between,
        )
    return say(
        "{share:.1%} of all labels are probably wrong ({between}, 95 % interval)",
        share=share["estimate"],
        between=between,
    )


def _doubts(evidence: LabelEvidence) -> str:
    extra = zip(evidence.extra, evidence.extra_probabilities, evidence.extra_usual, strict=True)
    missing = zip(evidence.missing, evidence.missing_probabilities, evidence.missing_usual, strict=True)
    parts = [
        *(
            say("{name} is given but has probability {share}", name=name, share=_against(found, usual))
            for name, found, usual in extra
        ),
        *(
            say("{name} is missing but has probability {share}", name=name, share=_against(found, usual))
            for name, found, usual in missing
        ),
    ]
    whole = _percent(evidence.whole_probability or 0.0)
    if parts:
        return say("{sentence}.", sentence=say("; ").join(parts))
    return say("No class is in doubt: the whole label has probability {share}.", share=whole)


def _spans(evidence: LabelEvidence) -> str:
    """Of the spans of which something else is suggested, the worst first."""
    columns = (
        evidence.span_score,
        evidence.span_text,
        evidence.span_given,
        evidence.span_suggested,
        zip(evidence.span_start, evidence.span_stop, strict=True),
        zip(evidence.span_suggested_start, evidence.span_suggested_stop, strict=True),
    )
    parts = [
        _span(text, given, looks)
        for _, text, given, looks, at, to in sorted(zip(*columns, strict=True))
        if given != looks or at != to
    ]
    if not parts:
        return say("No span is in doubt.")
    more = len(parts) - NAMED
    found = [*parts[:NAMED], *([say_n("{n} more", "{n} more", more)] if more > 0 else [])]
    return say("{sentence}.", sentence=say("; ").join(found))


def _span(text: str, given: str, looks: str) -> str:
    if given == OUTSIDE:
        return say("“{text}” is not marked but looks like {name}", text=text, name=looks)
    if looks == OUTSIDE:
        return say("“{text}” is marked as {name} but looks like no span", text=text, name=given)
    if given == looks:
        return say("“{text}” is {name} but seems to begin or end elsewhere", text=text, name=given)
    return say("“{text}” is marked as {given} but looks like {name}", text=text, given=given, name=looks)


def _number(evidence: LabelEvidence, given: str) -> str:
    predicted, half = evidence.predicted or 0.0, evidence.half or 0.0
    shown, around = rounded(predicted, half)
    sentence = say("Labelled {given}, predicted {predicted} ± {half}.", given=given, predicted=shown, half=around)
    if evidence.right is None:
        return sentence
    return say(
        "{sentence} Nine labels of ten lie within; probability that it is right: {share}.",
        sentence=sentence,
        share=_percent(evidence.right),
    )


def _against(probability: float, usual: float | None) -> str:
    if usual is None:
        return _percent(probability)
    return say("{share} (usual {usual})", share=_percent(probability), usual=_percent(usual))


def _probable(label: str, probability: float | None, threshold: float | None) -> str:
    if probability is None:
        return ""
    share = _percent(probability)
    if threshold is None:
        return say("Probability of {label}: {share}.", label=label, share=share)
    return say(
        "Probability of {label}: {share}, usual for that class {usual}.",
        label=label,
        share=share,
        usual=_percent(threshold),
    )


def _percent(share: float) -> str:
    return "<1\u00a0%" if 0 < share < 0.01 else f"{share:.0%}".replace("%", "\u00a0%")


TYPE = IssueType(
    name="label",
    order=1,
    title=later("Wrong labels"),
    help=later(
        "Label quality: how probable it is that the given label is right, by a model that has not seen the row. As "
        "many rows are flagged as give the best balance of hits and misses to be expected."
    ),
    needs=frozenset(("classes", "example_ids", "labels", "probabilities", "judged", "known", "before", "neighbours")),
    module="core.issues.label.find",
    evidence=LabelEvidence,
    say=why,
    sure=sure,
    to_do=later("Check the labels"),
    of_labels=True,
    actions=("keep", "suggestion", "choose", "exclude", "unsure"),
)
