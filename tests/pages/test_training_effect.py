"""The page Train, view Did cleaning help?: what is missing, asking, the answer and earlier ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.context import Context
from core.jobs import submit
from core.queue import ProgressWriter
from core.records import Dataset
from core.store.times import now
from tests.pages import issues_data
from tests.unit.services.test_cleaning import review

Open = Callable[..., AppTest]
PAIRS = (("given", "reviewed"), ("random", "reviewed"), ("given", "random"))


@pytest.fixture
def news(app: Context, tmp_path: Path) -> Dataset:
    """90 stories in splits train and test."""
    return issues_data.load(app, tmp_path)


@pytest.fixture
def reviewed(app: Context, news: Dataset) -> str:
    """Version 2: rows 0 to 9 relabelled (0 and 5 are test rows), row 11 excluded."""
    labels = news.labels
    acts = [(row, "relabel", labels[(row + 1) % 3]) for row in range(10)]
    return review(app, news, *acts, (11, "exclude", None))  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs stay as they are once they are made: their process is not what is tested here."""
    monkeypatch.setattr(submit, "prepare_and_enqueue", lambda context, job, prepare, foresee=None: None)


def words(shown: AppTest) -> str:
    assert not shown.exception, shown.exception
    found = [*shown.markdown, *shown.caption, *shown.error, *shown.success, *shown.info, *shown.warning]
    return "\n".join(str(element.value) for element in found).replace("\\", "").replace("\u00a0", " ")


def effect_page(open_at: Open, version: int = 2, dataset: str = "news") -> AppTest:
    """The page once it has counted what review changed."""
    shown = open_at("training", view="effect", dataset=dataset, version=version)
    for _ in range(50):
        if "Counting" not in words(shown):
            return shown
        shown.run()
    raise AssertionError("the rows were never counted")


def _timed(shown: AppTest) -> AppTest:
    """The page once it says how long the comparison will take."""
    for _ in range(50):
        if "Estimating the time" not in words(shown):
            return shown
        shown.run()
    raise AssertionError("the time was never told")


def answer(
    app: Context,
    news: Dataset,
    version_id: str,
    name: str,
    gain: float,
    figures: Sequence[str] = ("accuracy", "macro_f1"),
    **settings: Any,
) -> None:
    """Keeps an answer with that gain in accuracy on reviewed test labels."""

    def differences(value: float) -> list[dict[str, Any]]:
        names = (*figures, *news.labels)
        row = {"first": 0.8, "second": 0.8 + value, "difference": value, "interval": [value - 0.01, value + 0.01]}
        return [{"name": name, "support": 18, **row} for name in names]

    scorings = [
        {
            "labels_from": labels_from,
            "rows": 18,
            "comparisons": [
                {"first": first, "second": second, "differences": differences(gain)} for first, second in PAIRS
            ],
        }
        for labels_from in ("given", "reviewed")
    ]
    summary = {
        "train": {"rows": 72, "relabelled": 8, "excluded": 1},
        "test": {"rows": 18, "relabelled": 2, "excluded": 1},
        "scorings": scorings,
        "notes": ["The heads learnt from a sample."],
        "seconds": 12.0,
        "device": "cpu",
    }
    app.ledger.effects.add(
        effect_id=name,
        dataset_id=news.dataset_id,
        version_id=version_id,
        settings={"seeds": 5, "strategy": "head", "model": "minilm"} | settings,
        summary=summary,
        by="ada",
        at=now(),
    )


def test_a_version_as_loaded_says_what_to_do_first(news: Dataset, open_at: Open) -> None:
    shown = effect_page(open_at, version=1)
    assert "Version 1 has the labels of the load: nothing was cleaned." in words(shown)
    assert [link.proto.label for link in shown.get("page_link") if link.proto.page == "review"] == ["Review"]
    assert "effect-start" not in {button.key for button in shown.button}


def test_the_form_says_what_review_changed_and_one_button_asks(app: Context, reviewed: str, open_at: Open) -> None:
    shown = effect_page(open_at)
    assert "9 of 72 rows to learn from changed in review: 8 relabelled, 1 excluded" in words(shown)
    assert "2 of 18 test rows changed in review: 2 relabelled, 0 excluded" in words(shown)
    shown.number_input(key="effect-seeds").set_value(3).run()
    assert "Trains 9 models" in words(shown)
    shown = _timed(shown)
    assert "Takes about " in words(shown) and "on this machine, by what is usual" in words(shown)
    shown = shown.button(key="effect-start").click().run()
    (job,) = app.queue.active()
    spec = app.queue.folder(job.job_id).spec()
    assert (job.kind, spec["seeds"], spec["strategy"]) == ("cleaning_effect", 3, "head")
    assert "Measuring whether cleaning helped" in words(shown)


def test_a_comparison_under_way_shows_how_far_it_is_and_can_be_stopped(
    app: Context, news: Dataset, reviewed: str, open_at: Open
) -> None:
    job = app.queue.start_local("cleaning_effect", "asked", {"version_id": reviewed}, news.dataset_id, "ada")
    ProgressWriter(app.queue.folder(job.job_id)).update("fine-tuning", 3, 15, "labels given, seed 1: epoch 1 of 3")
    shown = effect_page(open_at)
    assert "fine-tuning · 20%" in words(shown) and "labels given, seed 1: epoch 1 of 3" in words(shown)
    shown.button(key="effect-stop").click().run()
    assert app.queue.folder(job.job_id).stop_requested()


def test_a_failed_comparison_says_why_and_the_form_stands_beneath(
    app: Context, news: Dataset, reviewed: str, open_at: Open
) -> None:
    job = app.queue.start_local("cleaning_effect", "asked", {"version_id": reviewed}, news.dataset_id, "ada")
    app.queue.finish_local(job.job_id, "failed", "No model folder at mine.")
    shown = effect_page(open_at)
    assert "No model folder at mine." in words(shown)
    assert "effect-start" in {button.key for button in shown.button}


@pytest.mark.parametrize(
    ("gain", "kind", "sentence"),
    [
        (0.03, "success", "Cleaning helped: with 9 changed training rows accuracy is +3.0 points"),
        (0.001, "info", "We cannot tell whether cleaning helped"),
        (-0.03, "error", "Cleaning did harm"),
    ],
)
def test_the_answer_begins_with_the_sentence_then_come_charts_and_numbers(
    app: Context, news: Dataset, reviewed: str, open_at: Open, gain: float, kind: str, sentence: str
) -> None:
    answer(app, news, reviewed, "one", gain)
    shown = effect_page(open_at)
    (box,) = getattr(shown, kind)
    assert box.value.replace("\\", "").startswith(sentence)
    assert "quick retrain of minilm, 5 seeds, 9 of 72 training rows changed, 12 s on cpu" in words(shown)
    assert "The heads learnt from a sample." in words(shown)
    assert "1 test rows that review excluded are left out" in words(shown)
    assert len(shown.get("plotly_chart")) == 3
    numbers, classes = (frame.value for frame in shown.dataframe)
    assert numbers["compared"].tolist()[:3] == ["Reviewed − given", "Reviewed − random", "Random − given"]
    assert numbers["difference"].tolist() == pytest.approx([100 * gain] * 12)
    assert sorted(set(classes["class"])) == sorted(news.labels)


def test_earlier_answers_can_be_looked_at_again(app: Context, news: Dataset, reviewed: str, open_at: Open) -> None:
    answer(app, news, reviewed, "one", 0.03)
    answer(app, news, reviewed, "two", -0.03, seeds=7)
    shown = effect_page(open_at)
    picker = shown.selectbox(key="effect-two")
    assert picker.value == "two" and "Cleaning did harm" in words(shown)
    shown = picker.set_value("one").run()
    assert "Cleaning helped" in words(shown)
