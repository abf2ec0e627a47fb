"""The first steps with a dataset as a slim line on its pages, and what they came to. It follows at the desk, where
verdicts are taken without the page being drawn again."""

from __future__ import annotations

import streamlit as st

from core.context import Context
from core.evaluation.effect_words import conclude, figures_of, of_numbers
from core.records import Arm, CleaningEffect, Dataset, Estimate
from core.services.steps.first_steps import FirstStep, FirstSteps, StepName, put_away, shown_first_steps
from core.services.steps.planted import PlantedErrors
from core.ui import keys
from core.ui.live import live
from core.ui.parts.problems import plain
from core.ui.shell.pages import page
from core.words import later, say, say_stored

SHORT: dict[StepName, str] = {
    "load": later("Load"),
    "scan": later("Scan"),
    "review": later("Review"),
    "version": later("Version"),
    "compare": later("Before and after"),
}


def first_steps_line(context: Context, dataset: Dataset, user: str) -> None:
    """The line, or nothing once it was put away."""
    if st.session_state.get(keys.PAGE) == "review":
        live(
            context,
            lambda: _line(context, dataset, user),
            lambda: _looked_at(shown_first_steps(context, dataset)),
            key="first-steps",
        )
    else:
        st.fragment(_line)(context, dataset, user)


def _looked_at(found: FirstSteps | None) -> tuple[object, object]:
    step = found.next if found else None
    return (found is None, step and step.name), step and step.progress


def _line(context: Context, dataset: Dataset, user: str) -> None:
    found = shown_first_steps(context, dataset)
    if found is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="first-steps"):
        if found.next is None:
            st.markdown(f":material/flag: {plain(in_short(found))}", width="content")
        else:
            ticks(found)
        st.space("stretch")
        if found.next is not None and not _is_here(found.next):
            open_step(dataset, found.next)
        put_away_button(context, dataset, user)


def ticks(found: FirstSteps) -> None:
    """`1 Load done, 2 Scan done, 3 Review 12 of 20 …` in one line; on a narrow screen the one that is next alone."""
    for number, step in enumerate(found.steps, 1):
        is_next = step is found.next
        mark = ":material/check_circle:" if step.done else f":material/counter_{number}:"
        words = f"**{say(SHORT[step.name])}**" if is_next else say(SHORT[step.name])
        counted = f" {step.progress}" if step.progress and is_next else ""
        done = "done" if step.done else "next" if is_next else "later"
        with st.container(key=f"first-step-{step.name}-{done}", width="content"):
            st.markdown(f"{mark} {words}{counted}" if is_next else f":gray[{mark} {words}]", width="content")


def open_step(dataset: Dataset, step: FirstStep) -> None:
    """The way to where the step is taken. On the page that one is on, it is a button, which has the whole page drawn:
    the line is a part that is drawn by itself."""
    shown = {keys.DATASET: dataset.name, keys.VERSION: str(step.version)}
    if step.view is not None:
        shown[keys.VIEW] = step.view
    icon = ":material/arrow_forward:"
    if st.session_state.get(keys.PAGE) != step.page:
        st.page_link(page(step.page), label=step.title, icon=icon, icon_position="right", query_params=shown)
    elif st.button(step.title, key="first-steps-go", type="tertiary", icon=icon, icon_position="right"):
        st.query_params.from_dict(shown)
        st.rerun()


def put_away_button(context: Context, dataset: Dataset, user: str) -> None:
    """For those who know the way."""
    st.button(
        say("Hide the first steps"),
        icon=":material/close:",
        type="tertiary",
        key=f"put-away-{dataset.dataset_id}",
        help=say("Hides the five steps on every page of this dataset."),
        on_click=put_away,
        args=(context, dataset, user),
    )


def _is_here(step: FirstStep) -> bool:
    said = st.query_params
    return (
        st.session_state.get(keys.PAGE) == step.page
        and said.get(keys.VIEW, "desk" if step.page == "review" else None) == step.view
        and said.get(keys.VERSION) == str(step.version)
    )


def in_short(found: FirstSteps) -> str:
    """What the steps came to, in two sentences."""
    parts = []
    if found.planted is not None:
        parts.append(_detection(found.planted))
    if found.effect is not None:
        parts.append(_before_and_after(found.effect))
    return " ".join(parts)


def _detection(planted: PlantedErrors) -> str:
    return say(
        "Of {planted} labels changed on purpose, {found} are among the {flagged} flagged rows: precision {precision}, "
        "recall {recall}.",
        planted=planted.planted,
        found=planted.found,
        flagged=planted.flagged,
        precision=_share(planted.precision),
        recall=_share(planted.recall),
    )


def _share(one: Estimate) -> str:
    return f"{one.estimate:.0%} ({one.low:.0%} – {one.high:.0%})"


def _before_and_after(effect: CleaningEffect) -> str:
    before, after, random = arms(effect)
    if of_numbers(effect):
        return say(
            "{figure} {before:.4g} before and {after:.4g} after review; after as many random changes {random:.4g}.",
            figure=figure_of(effect),
            before=before,
            after=after,
            random=random,
        )
    return say(
        "{figure} {before:.1%} before and {after:.1%} after review; after as many random changes {random:.1%}.",
        figure=figure_of(effect),
        before=before,
        after=after,
        random=random,
    )


def figure_of(effect: CleaningEffect) -> str:
    """What is judged by, to begin a sentence with."""
    words = say(next(iter(figures_of(effect).values())))
    return words[0].upper() + words[1:]


def arms(effect: CleaningEffect) -> tuple[float, float, float]:
    """The figure that is judged by, in 0–1 or of numbers in their units, of models that learnt from labels as given, as
    reviewed, and as given with as many random changes, on the test labels that the conclusion rests on."""
    scoring = effect.on(conclude(effect).labels_from)
    pairs: tuple[tuple[Arm, Arm], ...] = (("given", "reviewed"), ("given", "random"))
    reviewed, random = (scoring.of(*pair).differences[0] for pair in pairs)
    return reviewed.first, reviewed.second, random.second


def outcome(found: FirstSteps) -> None:
    """What the steps came to, in figures: before and after, and how well the scan did where the truth is known."""
    figures: list[tuple[str, str, str | None, str]] = []
    if found.effect is not None:
        before, after, random = arms(found.effect)
        figure, numbers = figure_of(found.effect), of_numbers(found.effect)

        def told(value: float) -> str:
            return f"{value:,.4g}" if numbers else f"{value:.1%}"

        def apart(by: float) -> str:
            return f"{by:+,.3g}".replace("-", "−") if numbers else _points(by)

        figures += [
            (
                *(say("{figure} before", figure=figure), told(before), None),
                say("Of models that learnt from the labels as loaded."),
            ),
            (
                *(say("{figure} after", figure=figure), told(after), apart(after - before)),
                say("Of models that learnt from reviewed labels."),
            ),
            (
                *(say("After random changes"), told(random), apart(random - before)),
                say("The control: as many changes, made at random. Cleaning helps by what it is better than this."),
            ),
        ]
    if found.planted is not None:
        planted = found.planted
        figures += [
            (
                *(
                    say("Precision ({interval})", interval=_ends(planted.precision)),
                    f"{planted.precision.estimate:.0%}",
                    None,
                ),
                say(
                    "Of {flagged} flagged rows, {found} are labels that were changed on purpose. In brackets the 95 % "
                    "interval.",
                    flagged=planted.flagged,
                    found=planted.found,
                ),
            ),
            (
                *(say("Recall ({interval})", interval=_ends(planted.recall)), f"{planted.recall.estimate:.0%}", None),
                say(
                    "Of {planted} labels that were changed on purpose, {found} are flagged. In brackets the 95 % "
                    "interval.",
                    planted=planted.planted,
                    found=planted.found,
                ),
            ),
        ]
    lower_is_better = found.effect is not None and of_numbers(found.effect)
    with st.grid(max(1, len(figures)), min_column_width=150, gap="small"):
        for title, value, delta, explained in figures:
            st.metric(title, value, delta, delta_color="inverse" if lower_is_better else "normal", help=explained)
    if found.effect is not None:
        st.caption(plain(say_stored(conclude(found.effect).sentence)))
    if found.planted is not None:
        figures_said = {"n": found.planted.restored, "all": found.planted.planted, "broken": found.planted.broken}
        st.caption(
            say(
                "{n} of the {all} labels that were changed on purpose are right again in the newest version; {broken} "
                "that were right are not.",
                **figures_said,
            )
            if found.planted.broken
            else say(
                "{n} of the {all} labels that were changed on purpose are right again in the newest version.",
                **figures_said,
            )
        )


def _points(difference: float) -> str:
    return say("{n:+.1f} points", n=100 * difference)


def _ends(one: Estimate) -> str:
    return f"{one.low:.0%} – {one.high:.0%}"
