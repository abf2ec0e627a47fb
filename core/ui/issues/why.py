"""One row of the ranked list, whole, and why it stands there: both labels' probabilities and the nearest rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from core.context import Context
from core.issues.contract import IssueType
from core.personal import BY_NAME
from core.records import Dataset, Issue, Scan
from core.review.records import ReviewItem
from core.review.words import Change, change, class_words, label_words, parts_of
from core.services.issues.listing import explain
from core.services.privacy.always import always_masked
from core.store.versions import get_version
from core.targets import Target
from core.tasks import task_named
from core.ui.issues.groups import keep_one_of_group
from core.ui.lists.rows import more_like
from core.ui.modalities import drawing_of, line_of
from core.ui.parts.labels import label_said, target_of
from core.ui.parts.problems import plain
from core.words import say

CELL_CHARACTERS = 160


def explanation(
    context: Context,
    dataset: Dataset,
    user: str,
    scan: Scan,
    kind: IssueType[Any],
    example_id: int,
    judge: Callable[[ReviewItem], None],
) -> None:
    """Draws the row, what `judge` draws to decide it, the reason for its score, what speaks for and against its label,
    and the rows beside it."""
    item, target = explain(context, scan, example_id, kind.name), target_of(dataset)
    with st.container(border=True, key="issue-why"):
        _heading(item, target)
        drawing_of(dataset).beside(context, item.example)
        judge(item)
        st.caption(plain(item.why))
        _places(context, dataset, item)
        keep_one_of_group(context, user, scan, kind.name, item)
        if target.located:
            _span_evidence(item)
        elif target.several:
            _class_evidence(item, target)
        elif item.issue.suggested_label is not None and not target.numeric:
            _evidence(item, item.issue.suggested_label, target)
        _neighbours(context, dataset, item)
        more_like(dataset, item.example, "why", get_version(context.store, scan.version_id))


def _places(context: Context, dataset: Dataset, item: ReviewItem) -> None:
    """What is personal in the text, in its words; nothing of a dataset whose personal data is never shown."""
    why, text = item.issue.why, item.example.text
    if not why.get("starts") or not text or always_masked(context, dataset.dataset_id):
        return
    places = zip(why["place_kinds"], why["starts"], why["stops"], strict=True)
    said = [
        say("{kind}: “{text}”", kind=say(BY_NAME[kind].title), text=text[start:stop])
        for kind, start, stop in places
        if kind in BY_NAME
    ]
    st.markdown(f":small[{plain(' · '.join(said))}]")


def _heading(item: ReviewItem, target: Target) -> None:
    issue, example = item.issue, item.example
    place = [
        say("row {number}", number=example.example_id),
        example.source_id,
        example.split,
        say("score {score:.3f}", score=issue.score),
    ]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(_badges(issue, target, example.text), width="content")
        st.space("stretch")
        st.caption(" · ".join(plain(str(part)) for part in place if part), width="content")


def _badges(issue: Issue, target: Target, text: str | None) -> str:
    """The given label and what it looks like; of several classes a badge each, and what to add or to remove."""
    suggested = issue.suggested_label
    if not target.several:
        words = target.words
        looks_like = "" if suggested is None else f" :material/arrow_forward: :blue-badge[{plain(words(suggested))}]"
        return f":gray-badge[{plain(label_words(issue.given_label, target))}]{looks_like}"
    given, made = _change(issue, target)
    stay = [name for name in given if name not in made.removed]
    none = [] if given else [f":gray-badge[{plain(label_words(issue.given_label, target))}]"]
    badges = [
        *none,
        *(f":gray-badge[{plain(class_words(name, target, text))}]" for name in stay),
        *(f":orange-badge[− {plain(class_words(name, target, text))}]" for name in made.removed),
        *(f":blue-badge[+ {plain(class_words(name, target, text))}]" for name in made.added),
    ]
    return " ".join(badges)


def _span_evidence(item: ReviewItem) -> None:
    """Each span, given or missing, what it looks like, and how good its worst word is."""
    why = item.issue.why
    if not why.get("span_text"):
        return
    st.dataframe(
        {
            "span": why["span_text"],
            "given": why["span_given"],
            "looks": why["span_suggested"],
            "quality": why["span_score"],
        },
        hide_index=True,
        column_config={
            "span": say("span"),
            "given": say("marked as"),
            "looks": say("looks like"),
            "quality": st.column_config.ProgressColumn(
                say("quality"),
                format="%.2f",
                min_value=0.0,
                max_value=1.0,
                help=say(
                    "Of the span's worst word: how probable its type is by a model that has not seen the text, beside "
                    "what is usual for the type. O is no span."
                ),
            ),
        },
        alt=say("Each span of the text: what it is marked as, what it looks like, and how good that is"),
    )


def _change(issue: Issue, target: Target) -> tuple[tuple[str, ...], Change]:
    """The classes that are given, and what becomes of them by the suggestion, if there is one."""
    given, suggested = issue.given_label, issue.suggested_label
    after = given if suggested is None else suggested
    made = Change((), ()) if after is None else change(given, after, target)
    return () if given is None else parts_of(given, target), made


def _class_evidence(item: ReviewItem, target: Target) -> None:
    """Of several classes: each one in play, what is to be done with it, and its probability."""
    if not item.probabilities:
        return
    issue = item.issue
    given, made = _change(issue, target)
    roles = dict.fromkeys(given, say("given")) | dict.fromkeys(made.removed, say("− extra"))
    roles |= dict.fromkeys(made.added, say("+ missing"))
    usual = {
        name: found
        for kind in ("extra", "missing")
        for name, found in zip(issue.why.get(kind, ()), issue.why.get(f"{kind}_usual", ()), strict=False)
    }
    names = [name for name, _ in item.probabilities]
    columns: dict[str, list[Any]] = {
        "class": [class_words(name, target) for name in names],
        "label": [roles.get(name, "") for name in names],
        "probability": [share for _, share in item.probabilities],
    }
    if any(value is not None for value in usual.values()):
        columns["usual"] = [usual.get(name) for name in names]
    _share_table(columns, say("Probability of each class in play, and whether the label has it"))


def _evidence(item: ReviewItem, suggested: str, target: Target) -> None:
    """The given label, the suggested one and whatever else is likely, against the thresholds that are known."""
    issue = item.issue
    known = {issue.given_label: "given_threshold", suggested: "suggested_threshold"}
    thresholds = {label: issue.why.get(name) for label, name in known.items() if label is not None}
    first = list(thresholds)
    shares = dict(item.probabilities)
    columns: dict[str, list[Any]] = {
        "label": [target.words(label) for label in first],
        "probability": [shares.get(label) for label in first],
    }
    if any(thresholds.values()):
        columns["usual"] = [thresholds[label] for label in first]
    _share_table(columns, say("Probability of both labels and the thresholds of their classes"))


def _share_table(columns: Mapping[str, Sequence[Any]], alt: str) -> None:
    st.dataframe(
        columns,
        hide_index=True,
        column_config={
            "class": say("class"),
            "label": say("label"),
            "probability": st.column_config.ProgressColumn(
                say("probability here"),
                format="%.2f",
                min_value=0.0,
                max_value=1.0,
                help=say("How probable a model that has not seen this row finds the label (out of sample): 1 is sure."),
            ),
            "usual": st.column_config.ProgressColumn(
                say("typical of the class"),
                format="%.2f",
                min_value=0.0,
                max_value=1.0,
                help=say(
                    "What rows of this class get on average: its threshold in confident learning. A given label far "
                    "below it is suspect, another one above it is what the row looks like."
                ),
            ),
        },
        alt=alt,
    )


def _neighbours(context: Context, dataset: Dataset, item: ReviewItem) -> None:
    if not item.neighbours:
        return
    near = [neighbour.example for neighbour in item.neighbours]
    columns: dict[str, list[object]] = {"close": [neighbour.similarity for neighbour in item.neighbours]}
    drawing, target = drawing_of(dataset), target_of(dataset)
    if drawing.cell:
        columns[drawing.cell] = drawing.cells(context, near)
    columns["label"] = [None if one.label is None else label_said(target, one.label, one.text) for one in near]
    columns["example"] = [line_of(dataset, one, CELL_CHARACTERS) for one in near]
    st.dataframe(
        columns,
        hide_index=True,
        row_height=task_named(dataset.task).modality.row_height,
        column_config={
            "close": st.column_config.NumberColumn(
                say("similarity"),
                format="%.2f",
                width=72,
                help=say("How alike the rows are: 1 is identical, 0 nothing in common (cosine of the embeddings)."),
            ),
            "label": say("label"),
            **({drawing.cell: drawing.column(64)} if drawing.cell else {}),
            "example": st.column_config.TextColumn(say("nearest rows"), width="large"),
        },
        alt=say("The nearest rows and their labels"),
    )
