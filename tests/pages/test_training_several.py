"""The page Train of a dataset whose examples have several classes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.context import Context
from core.jobs import submit
from core.records import Dataset
from core.services.prediction.predict import look, run_predict
from tests.integration.load_support import loaded
from tests.pages.test_training import labels, settled, words
from tests.pages.test_training_effect import answer, effect_page
from tests.pages.test_training_use import settled as answered
from tests.unit.services.test_cleaning import review
from tests.used_models import used_run

Open = Callable[..., AppTest]
ROWS = (
    ("goal match team", '["sport"]'),
    ("bank market shares", '["money"]'),
    ("goal bank", '["money","sport"]'),
    ("actor scene", "[]"),
)


MANY = [(f"{text} {number}", label) for number in range(20) for text, label in ROWS]
"""So many that both splits have some."""


@pytest.fixture
def tagged(app: Context, tmp_path: Path) -> Dataset:
    return load_tagged(app, tmp_path, ROWS)


def load_tagged(app: Context, tmp_path: Path, rows: Sequence[tuple[str, str]]) -> Dataset:
    path = tmp_path / "tagged.csv"
    cells = (label.replace('"', '""') for _, label in rows)
    path.write_text("text,label\n" + "".join(f'{row[0]},"{cell}"\n' for row, cell in zip(rows, cells, strict=True)))
    return loaded(app, path, name="tagged", task="multi-label-text", payload="text", label="label")


def test_the_form_has_class_weights_too(tagged: Dataset, open_at: Open) -> None:
    shown = settled(open_at("training", view="new"))
    assert not shown.exception
    assert "Seed" in labels(shown)
    assert "Class weights" in labels(shown)
    offered = [option for switch in shown.get("button_group") for option in switch.options]
    assert "New run" in str(offered)
    assert "Did cleaning help?" in str(offered)


def test_whether_cleaning_helped_is_asked_and_answered_by_the_figures_of_sets(
    app: Context, open_at: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tagged = load_tagged(app, tmp_path, MANY)
    monkeypatch.setattr(submit, "prepare_and_enqueue", lambda context, job, prepare, foresee=None: None)
    acts = [(row, "relabel", '["money"]') for row in range(0, len(MANY), 4)]
    version_id = review(app, tagged, *acts, (1, "exclude", None))  # type: ignore[arg-type]
    shown = effect_page(open_at, dataset="tagged")
    relabelled = [int(found) for found in re.findall(r"(\d+) relabelled", words(shown))]
    assert len(relabelled) == 2 and sum(relabelled) == len(acts)
    shown.button(key="effect-start").click().run()
    (job,) = app.queue.active()
    assert (job.kind, app.queue.folder(job.job_id).spec()["task"]) == ("cleaning_effect", "multi-label-text")
    figures = ("micro_f1", "macro_f1", "samples_f1", "accuracy")
    answer(app, tagged, version_id, "one", 0.03, figures=figures)
    shown = effect_page(open_at, dataset="tagged")
    (box,) = shown.success
    assert "micro F1 is +3.0 points" in box.value.replace("\\", "")
    assert len(shown.get("plotly_chart")) == len(figures) + 1
    numbers, classes = (frame.value for frame in shown.dataframe)
    assert set(numbers["figure"]) == {"Micro F1", "Macro F1", "Sample-averaged F1", "Subset accuracy"}
    assert set(classes["class"]) == {"money", "sport"}
    assert "as many classes given to a row or taken from it" in words(shown)


def test_a_text_gets_a_set_and_each_class_its_own_probability(
    app: Context, tagged: Dataset, open_at: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed: list[dict[str, Any]] = []
    monkeypatch.setattr("core.ui.verdict_bar.mount", lambda key, data: listed.append(dict(data)))
    used_run(app, tagged, tmp_path)
    shown = open_at("training", view="use")
    shown.text_area(key="use-text").set_value("goal bank").run()
    shown = answered(shown, "of the least sure one it is")
    [table] = shown.dataframe
    assert set(table.value["class"]) == {"money", "sport"}
    said = {name for name, share in zip(table.value["class"], table.value["probability"], strict=True) if share >= 50}
    assert f"### {', '.join(sorted(said)) or 'none'}" in words(shown)
    assert '["money","sport"]' in [item["label"] for item in listed[-1]["items"]], "rows like it, to be judged"
    assert '["' not in words(shown)


def test_the_first_rows_of_a_file_are_shown_in_words(
    app: Context, tagged: Dataset, open_at: Open, tmp_path: Path
) -> None:
    run = used_run(app, tagged, tmp_path)
    new = tmp_path / "new.csv"
    new.write_text("text\ngoal bank\nactor scene\n")
    run_predict(app, run, look(app, run, [str(new)]), "ann")
    shown = open_at("training", view="use", use="file")
    assert not shown.exception
    predicted = [value for frame in shown.dataframe if "predicted" in frame.value for value in frame.value["predicted"]]
    assert len(predicted) == 2
    assert set(predicted) <= {"money", "sport", "money, sport", "none"}
