"""Train, view New run: what to train with, what it will learn from, where it will run; one button that starts it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

import streamlit as st

from core.context import Context
from core.errors import UsageError, WinnowError
from core.finetune.settings import STRATEGIES, applying, reason_for_batch, resolve
from core.queue.accelerate_config import AccelerateConfig
from core.records import Dataset, Strategy, TrainSpec, Version
from core.services.room import room_for_run
from core.services.runs.devices import Device, are_cpu, find_devices, used_devices, used_precision
from core.services.runs.forecast import Forecast, forecast
from core.services.runs.forecast_time import time_of_train, times_of_strategies
from core.services.runs.offered import check_model, offered_models
from core.services.runs.time_in_words import in_words
from core.services.train import TrainRows, own_config, preview_split, start_train
from core.tasks import Task, task_named
from core.ui import keys
from core.ui.parts.background import result_of, this_minute
from core.ui.parts.labels import split_said
from core.ui.parts.paths import checked
from core.ui.parts.problems import plain, room_line, shown_errors
from core.ui.training.fields import field
from core.ui.url import put
from core.words import later, say, say_stored

NOTHING = "nothing"
"""What stands for a forecast that cannot be made: None is that it is not there yet."""


def new_run(context: Context, dataset: Dataset, version: Version, user: str) -> None:
    """The form on the left, what will happen on the right."""
    form, facts = st.columns([3, 2], gap="medium")
    with form:
        model = _model(context, dataset)
        strategy = _strategy(context, dataset, version, model)
    with facts, st.container(border=True, key="train-facts"):
        learns_from, runs_on = st.container(gap="xsmall"), st.container(gap="xsmall")
    with learns_from:
        rows = _rows(context, version, strategy)
    with runs_on:
        devices = _devices(context)
    with form:
        asked = TrainSpec(model=model, strategy=strategy)
        spec = _settings(task_named(dataset.task), asked, _filled(dataset, asked, rows, devices))
    if devices is not None:
        with runs_on:
            _where(context, dataset, version, spec, rows)
    with form:
        pressed = st.button(
            say("Start"), type="primary", icon=":material/play_arrow:", disabled=rows is None, key="train-start"
        )
    if pressed and rows is not None:
        with form, shown_errors():
            _start(context, version, user, spec, rows)


def _model(context: Context, dataset: Dataset) -> str:
    modality = task_named(dataset.task).modality
    offered = offered_models(modality)
    typed = st.selectbox(
        say("Model"),
        [model.name for model in offered],
        accept_new_options=not modality.fine_tuning.at_once,
        format_func=lambda name: next((model.words for model in offered if model.name == name), name),
        help=say("Pick one, or type the path of a model folder or a hub id."),
        key=f"train-model-{modality.name}",
        placeholder=say("Choose or add an option"),
    )
    name = checked(str(typed))
    _check_model(context, dataset, name)
    return name


def _check_model(context: Context, dataset: Dataset, name: str) -> None:
    """What is wrong with a model is said when it is typed, not after it has waited for its turn."""
    found = result_of(
        context,
        ("model", dataset.task, name),
        lambda: check_model(name, task_named(dataset.task).modality),
        waiting=later("Looking at the model"),
    )
    if found is None:
        return
    if found.problem:
        st.error(plain(say_stored(found.problem)), icon=":material/error:")
    elif found.said:
        st.caption(plain(say_stored(found.said)))


def _strategy(context: Context, dataset: Dataset, version: Version, model: str) -> Strategy:
    """With the time that each takes; nothing is asked where the models can be trained in one way only."""
    names = task_named(dataset.task).modality.fine_tuning.strategies
    if len(names) == 1:
        return names[0]
    chosen: Strategy = st.radio(
        say("Strategy"),
        names,
        format_func=lambda name: say(STRATEGIES[name][0]),
        captions=[say(STRATEGIES[name][1]) for name in names],
        key="train-strategy",
    )
    times = result_of(
        context,
        ("times", version.version_id, model, this_minute()),
        lambda: times_of_strategies(context, version.version_id, model),
        waiting=later("Estimating how long each takes here"),
    )
    if times:
        said = [f"{say(STRATEGIES[name][0])} {in_words(found)}" for name, found in times.items()]
        unsure = (
            ""
            if all(found.learnt for found in times.values())
            else say("By what is usual: it is known better after the first time.")
        )
        st.caption(plain(say("On this machine: {said}. {unsure}", said=say("; ").join(said), unsure=unsure)))
    return chosen


def _settings(task: Task, spec: TrainSpec, defaults: TrainSpec) -> TrainSpec:
    """The settings that apply, the rarer ones folded away; an empty field stands for its default."""
    applies = applying(spec.strategy, task.modality)
    shown = [setting for setting in applies if setting.name not in ("model", "strategy")]
    said = {}
    with st.container(horizontal=True, gap="small", key="train-settings"):
        for setting in shown:
            if not setting.advanced:
                said[setting.name] = field(setting, getattr(defaults, setting.name))
    folded = [setting for setting in shown if setting.advanced]
    if folded:
        with st.expander(say("More settings"), icon=":material/tune:"), st.container(horizontal=True, gap="small"):
            for setting in folded:
                said[setting.name] = field(setting, getattr(defaults, setting.name))
    return replace(spec, **said)


def _filled(dataset: Dataset, spec: TrainSpec, rows: TrainRows | None, devices: Sequence[Device] | None) -> TrainSpec:
    """With what its empty fields will become; a model that cannot be is said once, when it is to be started."""
    learnt = rows.splits.get("train", 0) if rows else 0
    try:
        return resolve(replace(spec, model=""), dataset.task, learnt, not are_cpu(devices or ()))
    except UsageError:
        return spec


def _rows(context: Context, version: Version, strategy: Strategy) -> TrainRows | None:
    """What it learns from, is chosen on and is tested on."""
    st.markdown(say("**What version {number} gives it**", number=version.number))
    rows = result_of(
        context,
        ("train rows", version.version_id, strategy == "head"),
        lambda: preview_split(context, version.version_id, strategy),
        waiting=later("Counting its rows"),
    )
    if rows is None:
        return None
    words = {"train": say("to learn from"), "validation": say("to choose the best epoch"), "test": say("to test on")}
    only = say("predicted only")
    for split, count in rows.splits.items():
        st.markdown(f"**{count:,}** {plain(split_said(split))} :small[:gray[{words.get(split, only)}]]")
    if rows.made:
        st.caption(
            say(
                "The version has no splits, so the rows of each class are assigned to parts: {rows}. Equal "
                "examples stay together, and the same rows are test rows in every version.",
                rows=_shares(rows),
            )
        )
    elif rows.shares:
        st.caption(say("Validation is a tenth of the rows to learn from, the same ones in every version."))
    return rows


def _shares(rows: TrainRows) -> str:
    return ", ".join(f"{share:.0%} {split_said(split)}" for split, share in reversed([*rows.shares.items()]))


def _where(context: Context, dataset: Dataset, version: Version, spec: TrainSpec, rows: TrainRows | None) -> None:
    """Which device it will use and how, and whether its embeddings are there already."""
    if task_named(dataset.task).modality.fine_tuning.at_once:
        st.markdown(say("Runs on **the CPU**"))
        return
    with shown_errors():
        _device(context, dataset, version, spec, rows)
    with suppress(WinnowError):
        found = result_of(
            context,
            ("time", version.version_id, spec, this_minute()),
            lambda: time_of_train(context, version.version_id, spec),
            waiting=later("Estimating the time"),
        )
        if found is not None:
            st.markdown(plain(say("Takes {time}.", time=in_words(found))))


def _devices(context: Context, config: AccelerateConfig | None = None) -> list[Device] | None:
    launcher = context.queue.launcher
    return result_of(
        context, ("devices", config), lambda: find_devices(launcher, config), waiting=later("Looking for GPUs")
    )


def _device(context: Context, dataset: Dataset, version: Version, spec: TrainSpec, rows: TrainRows | None) -> None:
    """By the person's own accelerate config where one is named; what is wrong with that is said at once."""
    own = own_config(spec)
    config = own.config if own else None
    devices = _devices(context, config)
    if own:
        st.caption(plain(own.in_words(spec)))
        spec = own.over(spec)
    if devices is None:
        return
    st.markdown(say("Runs on **{devices}**", devices=plain(used_devices(devices, spec))))
    if spec.strategy != "head":
        st.caption(plain(say("Computes in {precision}.", precision=used_precision(devices, spec))))
        filled = _filled(dataset, spec, rows, devices)
        if reason := reason_for_batch(spec, filled.batch, filled.learning_rate):
            st.caption(plain(say("Takes {batch}.", batch=reason)))
        _memory(context, version, spec, devices)
    with suppress(UsageError):  # settings that cannot be are named when it is to be started
        room_line(room_for_run(context, version.version_id, spec, devices))


def _memory(context: Context, version: Version, spec: TrainSpec, devices: Sequence[Device]) -> None:
    """How much memory it needs, and what to change where that is more than there is; nothing for settings that cannot
    be, which are named when it is to be started."""
    try:
        found = result_of(
            context,
            ("memory", version.version_id, spec),
            lambda: forecast(context, version.version_id, spec, devices) or NOTHING,
            waiting=later("Estimating the memory"),
        )
    except WinnowError:
        return
    if not isinstance(found, Forecast):
        return
    if found.fits:
        st.caption(plain(say("It {needs} of memory.", needs=found.sentence)))
    else:
        st.warning(
            plain(f"{say('It {needs} of memory.', needs=found.sentence)} {found.warning}"),
            icon=":material/memory:",
        )


def _start(context: Context, version: Version, user: str, spec: TrainSpec, rows: TrainRows) -> None:
    run = start_train(context, version.version_id, spec, user, rows)
    put({keys.VIEW: "runs", keys.RUN: str(run.number)})
    st.rerun()
