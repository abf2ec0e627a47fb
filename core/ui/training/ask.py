"""One text or image, what the model says of it, and the training examples that are like it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import streamlit as st

from core.records import Dataset, Run
from core.services.context import Context
from core.services.media import thumbnail, thumbnail_of
from core.services.prediction.playground import Near, Reply, ask_image, ask_text, is_ready
from core.services.runs.models import payload_kind
from core.sources.paths import IMAGE_SUFFIXES
from core.store.versions import get_version
from core.ui.parts.background import result_of
from core.ui.parts.problems import plain
from core.ui.parts.upload import arrived
from core.ui.shell.pages import link

TOP = 10
TEXT_CHARACTERS = 160
CARDS_IN_A_ROW = 3


def ask(context: Context, dataset: Dataset, run: Run) -> None:
    """The question on the left, the examples that are like it on the right."""
    left, right = st.columns([2, 3], gap="medium")
    with left:
        reply = _asked_image(context, run) if payload_kind(context, run) == "image" else _asked_text(context, run)
        if reply is not None:
            _says(run, reply)
    if reply is not None:
        with right:
            _nearest(context, dataset, run, reply)


def _asked_text(context: Context, run: Run) -> Reply | None:
    text = st.text_area("Text", key="use-text", height=140, placeholder="Type or paste a text", max_chars=200_000)
    st.button("Predict", type="primary", icon=":material/bolt:", key="use-ask")
    if not text or not text.strip():
        return None
    key = ("ask", run.run_id, hashlib.sha256(text.encode("utf-8", "replace")).hexdigest())
    return result_of(key, lambda: ask_text(context, run, text), waiting=_waiting(context, run))


def _asked_image(context: Context, run: Run) -> Reply | None:
    dropped = st.file_uploader("Image", type=[suffix[1:] for suffix in sorted(IMAGE_SUFFIXES)], key="use-image")
    paths = arrived(context.workspace, [dropped], waiting="storing the image") if dropped else ()
    if not paths:
        return None
    path = Path(paths[0])
    key = ("ask", run.run_id, str(path))
    found = result_of(key, lambda: (thumbnail_of(path), ask_image(context, run, path)), waiting=_waiting(context, run))
    if found is None:
        return None
    if found[0] is not None:
        st.image(found[0], caption=plain(path.name), width=160)
    return found[1]


def _waiting(context: Context, run: Run) -> str:
    return "asking the model" if is_ready(context, run) else "starting the model, which takes about 3 s"


def _says(run: Run, reply: Reply) -> None:
    """The likeliest class, then the probabilities: the highest, all of them by one click."""
    label, probability = reply.probabilities[0]
    st.markdown(f"### {plain(label)}")
    st.caption(f"predicted with a probability of {probability:.1%}")
    classes = len(reply.probabilities)
    whole = classes > TOP and st.toggle(f"All {classes:,} classes", key="use-all")
    shown = reply.probabilities if whole else reply.probabilities[:TOP]
    st.dataframe(
        {"class": [name for name, _ in shown], "probability": [100 * share for _, share in shown]},
        hide_index=True,
        height="content" if len(shown) <= TOP else 420,
        column_config={
            "probability": st.column_config.ProgressColumn(
                "probability", format="%.1f %%", min_value=0.0, max_value=100.0
            )
        },
        key=f"use-probabilities-{run.run_id}",
        alt="Probability of each class, highest first",
    )


def _nearest(context: Context, dataset: Dataset, run: Run, reply: Reply) -> None:
    st.markdown("**Training examples like it**")
    if not reply.nearest:
        st.caption("This run kept no features of its training rows, so none can be compared.")
        return
    st.caption("By what the model's last layer is given, with the labels that it learnt; 1 is identical.")
    version = get_version(context.store, run.version_id).number
    for start in range(0, len(reply.nearest), CARDS_IN_A_ROW):
        cards = st.columns(CARDS_IN_A_ROW)
        for card, near in zip(cards, reply.nearest[start : start + CARDS_IN_A_ROW], strict=False):
            with card:
                _card(context, dataset, version, near)


def _card(context: Context, dataset: Dataset, version: int, near: Near) -> None:
    example = near.example
    with st.container(border=True, gap="xsmall", key=f"use-near-{example.row_id}"):
        st.markdown(f":blue-badge[{plain(example.label or 'no label')}] :small[:gray[{near.similarity:.2f}]]")
        if example.media_id is not None:
            st.image(thumbnail(context, example.media_id), width=96, alt=example.text or "training image")
        else:
            text = " ".join((example.text or "").split())
            st.text(text if len(text) <= TEXT_CHARACTERS else f"{text[:TEXT_CHARACTERS]}…")
        label, name = f"Row {example.row_id}", dataset.name
        icon = ":material/open_in_new:"
        link("data", label, icon=icon, view="rows", dataset=name, version=version, row=example.row_id)
