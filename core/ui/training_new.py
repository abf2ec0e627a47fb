"""Train, view New run: what to train with, what it will learn from, where it will run; one button that starts it."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from core.errors import UsageError
from core.records import Strategy, TrainSpec
from core.tasks import TASKS
from core.training.settings import BUNDLED, STRATEGIES, applying, resolve
from core.ui import keys
from core.ui.background import result_of
from core.ui.frame import Frame
from core.ui.problems import plain, shown_errors
from core.ui.training_fields import field
from core.workflow.devices import find_devices, used_devices
from core.workflow.issues import latest_scan
from core.workflow.train import TrainRows, preview_split, start_train


def new_view(frame: Frame) -> None:
    """The form on the left, what will happen on the right."""
    form, facts = st.columns([3, 2], gap="medium")
    with form:
        model = _model(frame)
        strategy = _strategy()
    with facts, st.container(border=True, key="train-facts"):
        learns_from, runs_on = st.container(gap="xsmall"), st.container(gap="xsmall")
    with learns_from:
        rows = _rows(frame, strategy)
    with form:
        spec = _settings(frame, TrainSpec(model=model, strategy=strategy), rows)
    with runs_on:
        _where(frame, spec)
    with form:
        pressed = st.button(
            "Start", type="primary", icon=":material/play_arrow:", disabled=rows is None, key="train-start"
        )
    if pressed and rows is not None:
        with form, shown_errors():
            _start(frame, spec, rows)


def _model(frame: Frame) -> str:
    kind = TASKS[frame.dataset.task].payload_kind
    bundled = [name for name, its_kind in BUNDLED.items() if its_kind == kind]
    return str(
        st.selectbox(
            "Model",
            bundled,
            accept_new_options=True,
            help="One that comes with Winnow, or type a model folder or a hub id.",
            key=f"train-model-{kind}",
        )
    )


def _strategy() -> Strategy:
    names = list(STRATEGIES)
    chosen: Strategy = st.radio(
        "Strategy",
        names,
        format_func=lambda name: STRATEGIES[name][0],
        captions=[explanation for _, explanation in STRATEGIES.values()],
        key="train-strategy",
    )
    return chosen


def _settings(frame: Frame, spec: TrainSpec, rows: TrainRows | None) -> TrainSpec:
    """The settings that apply, the rarer ones folded away; an empty field stands for its default."""
    defaults = _defaults(frame, spec, rows)
    shown = [setting for setting in applying(spec.strategy) if setting.name not in ("model", "strategy")]
    said = {}
    with st.container(horizontal=True, gap="small", key="train-settings"):
        for setting in shown:
            if not setting.advanced:
                said[setting.name] = field(setting, getattr(defaults, setting.name))
    folded = [setting for setting in shown if setting.advanced]
    if folded:
        with st.expander("More settings", icon=":material/tune:"), st.container(horizontal=True, gap="small"):
            for setting in folded:
                said[setting.name] = field(setting, getattr(defaults, setting.name))
    return replace(spec, **said)


def _defaults(frame: Frame, spec: TrainSpec, rows: TrainRows | None) -> TrainSpec:
    """What empty fields will become; a model that cannot be is said once, when it is to be started."""
    try:
        return resolve(replace(spec, model=""), frame.dataset.task, rows.splits.get("train", 0) if rows else 0)
    except UsageError:
        return spec


def _rows(frame: Frame, strategy: Strategy) -> TrainRows | None:
    """What it learns from, is chosen on and is tested on."""
    version, context = frame.version, frame.context
    st.markdown(f"**What version {version.number} gives it**")
    rows = result_of(
        ("train rows", version.version_id, strategy == "head"),
        lambda: preview_split(context, version.version_id, strategy),
        waiting="Counting its rows",
    )
    if rows is None:
        return None
    words = {"train": "to learn from", "validation": "to choose the best epoch", "test": "to test on"}
    for split, count in rows.splits.items():
        st.markdown(f"**{count:,}** {plain(split)} :small[:gray[{words.get(split, 'predicted only')}]]")
    if rows.made:
        st.caption(
            f"The version has no splits, so each class is dealt out: {_shares(rows)}. Equal examples stay together, "
            "and the same rows are test rows in every version."
        )
    elif rows.shares:
        st.caption("Validation is a tenth of the rows to learn from, the same ones in every version.")
    return rows


def _shares(rows: TrainRows) -> str:
    return ", ".join(f"{share:.0%} {split}" for split, share in reversed([*rows.shares.items()]))


def _where(frame: Frame, spec: TrainSpec) -> None:
    """Which device it will use, and whether its embeddings are there already."""
    devices = result_of(("devices",), find_devices, waiting="Looking for GPUs")
    if devices is not None:
        st.markdown(f"Runs on **{used_devices(devices, spec)}**")
    if spec.strategy == "head":
        scan = latest_scan(frame.context, frame.version.version_id)
        cached = scan is not None and spec.model in scan.settings.get("encoders", ())
        st.caption("A scan has cached the embeddings." if cached else "What no scan has embedded is embedded first.")
    else:
        st.caption("How long it takes is said after its first steps.")


def _start(frame: Frame, spec: TrainSpec, rows: TrainRows) -> None:
    run = start_train(frame.context, frame.version.version_id, spec, frame.user, rows)
    st.query_params["view"] = "runs"
    st.query_params[keys.RUN] = str(run.number)
    st.rerun()
