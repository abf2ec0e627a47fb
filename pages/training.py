"""Train: fine-tune a model on a version, watch it, measure whether cleaning helped, and use what came of it."""

from __future__ import annotations

import streamlit as st

from core.services.cleaning_effect import effects
from core.services.runs.listing import done_runs, list_runs
from core.ui.parts.choices import view_switch
from core.ui.parts.next_step import next_act
from core.ui.parts.problems import shown_errors
from core.ui.shell.frame import open_page
from core.ui.shell.strip import job_strip
from core.ui.training.ask import ask
from core.ui.training.batch import predict_file
from core.ui.training.effect import answers, compare_labels, comparison_under_way
from core.ui.training.new import new_run
from core.ui.training.nothing import no_model_yet, nothing_trained
from core.ui.training.run import chosen_run
from core.ui.training.runs import chosen_of, run_list
from core.ui.training.several import several
from core.ui.training.use import choose_model, take_along, what_to_predict
from core.words import later, say

VIEWS = {
    "runs": later("Runs"),
    "new": later("New run"),
    "effect": later("Did cleaning help?"),
    "use": later("Use the model"),
}

frame = open_page("Train", strip=False)
context, dataset, version, user = frame.context, frame.dataset, frame.version, frame.user
line = st.container()
view = view_switch({name: say(title) for name, title in VIEWS.items()})
followed = None
with shown_errors():
    if view == "runs":
        runs = list_runs(context, dataset.dataset_id)
        if runs:
            run, job = chosen_of(context, dataset, runs)
            followed = job
            chosen_run(context, dataset, run, job, [other for other, _ in runs], user)
            several(context, dataset, [other for other, _ in runs])
            run_list(dataset, runs, run)
        else:
            nothing_trained(dataset, version)
    elif view == "new":
        new_run(context, dataset, version, user)
    elif view == "effect":
        under_way = comparison_under_way(context, version)
        found = effects(context, version.version_id)
        if found:
            answers(found, dataset)
        if not under_way:
            compare_labels(context, dataset, version, user, again=bool(found))
    else:
        done = done_runs(context, dataset.dataset_id)
        if done:
            run = choose_model(dataset, done)
            with shown_errors():
                if what_to_predict() == "one":
                    ask(context, dataset, run)
                else:
                    predict_file(context, dataset, run, user)
            with shown_errors():
                take_along(context, run)
        else:
            no_model_yet(dataset, version)
    next_act(context, dataset, "training")
with line, shown_errors():
    job_strip(context, without=followed)
