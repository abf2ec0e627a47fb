"""Profile: how balanced and how biased the labels are. Every bar opens its rows."""

from __future__ import annotations

from core.services.profile.figures import (
    class_balance,
    derived,
    label_sets,
    numbers_of_labels,
    split_balance,
)
from core.services.spans.figures import spans_figures
from core.ui.numbers.view import has_numbers, numbers_view
from core.ui.parts.choices import view_switch
from core.ui.parts.next_step import next_act
from core.ui.parts.pending import settled
from core.ui.parts.problems import shown_errors
from core.ui.profile.balance import balance_view
from core.ui.profile.checks import checks_view
from core.ui.profile.map import map_view
from core.ui.profile.measured import measured_view
from core.ui.profile.parts import Opened, choices_from_url, opened_rows
from core.ui.profile.slices import slices_view
from core.ui.profile.words import has_words
from core.ui.shell.frame import open_page
from core.ui.spans.entities import entities_view, has_entities
from core.words import later, say

SPANS = {"spans": later("Entities")}
VIEWS = {
    "balance": later("Balance"),
    "content": later("Content"),
    "checks": later("Duplicates and gaps"),
    "bias": later("Bias"),
    "drift": later("Drift"),
    "map": later("Map"),
}
WORDS = {"words": later("Words")}

frame = open_page("Profile")
context, dataset, version = frame.context, frame.dataset, frame.version
offered = {**(SPANS if has_entities(dataset) else {}), **VIEWS, **(WORDS if has_words(dataset) else {})}
view = view_switch({name: say(title) for name, title in offered.items()})
opened: Opened | None = None
choices_from_url()
with shown_errors():
    if view == "spans":
        spans = settled(lambda: spans_figures(context, version.version_id))
        if spans is not None:
            opened = entities_view(context, dataset, version, spans)
    elif view == "balance" and has_numbers(dataset):
        labels = settled(lambda: numbers_of_labels(context, version.version_id))
        if labels is not None:
            opened = numbers_view(dataset, version, labels)
    elif view == "balance":
        classes = settled(lambda: class_balance(context, version.version_id))
        splits = settled(lambda: split_balance(context, version.version_id))
        sets = settled(lambda: label_sets(context, version.version_id))
        if classes is not None and splits is not None:
            opened = balance_view(dataset, version, classes, splits, sets)
    elif view == "map":
        map_view(context, dataset, version, frame.user)
    else:
        measured = settled(lambda: derived(context, dataset.dataset_id))
        if view == "checks":
            opened = checks_view(context, dataset, version, ready=measured is not None)
        elif measured is not None:
            opened = measured_view(context, measured, version, view)
    if view == "balance":
        opened = slices_view(context, dataset, version) or opened
    if opened is not None:
        opened_rows(context, dataset, version, opened, view)
    next_act(context, dataset, "profile", version.number)
