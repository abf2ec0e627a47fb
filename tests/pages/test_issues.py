from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any, Literal
from urllib.parse import parse_qsl

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.context import Context
from core.records import Dataset, Decision
from core.review.records import Act
from core.services.review.decisions import record
from core.store.acts import decisions
from core.store.ids import new_id
from core.ui.parts.background import THREADS, answers
from tests.integration.load_support import loaded
from tests.pages import issues_data as data
from tests.runs import finished_run
from tests.used_models import write_images, write_texts

Open = Callable[..., AppTest]


@pytest.fixture
def news(app: Context, tmp_path: Path) -> Dataset:
    return data.load(app, tmp_path)


@pytest.fixture
def scanned(app: Context, tmp_path: Path, news: Dataset) -> Dataset:
    data.scan(app, tmp_path, news)
    return news


def texts(shown: AppTest) -> str:
    """Everything that the page says in words."""
    return "\n".join(element.value for kind in (shown.markdown, shown.caption, shown.text) for element in kind)


def table(shown: AppTest, column: str) -> Any:
    """The table that has this column."""
    return next(frame.value for frame in shown.dataframe if column in frame.value.columns)


def ranks(shown: AppTest) -> list[int]:
    return [int(rank) for rank in table(shown, "#")["#"]]


def list_key(shown: AppTest) -> str:
    """The key of the ranked list: of the shown page and filter."""
    return next(str(frame.key) for frame in shown.dataframe if "#" in frame.value.columns)


def with_figures(shown: AppTest) -> AppTest:
    """The page with the figures of classes, which are folded away at first, in sight."""
    shown.query_params["panel"] = "where"
    return shown.run()


def test_an_empty_workspace_says_what_to_do(open_at: Open) -> None:
    shown = open_at("issues")
    assert not shown.exception
    assert "The labels that are probably wrong will be here" in texts(shown)


def test_an_unscanned_version_shows_one_button(open_at: Open, news: Dataset) -> None:
    shown = open_at("issues", dataset="news")
    assert not shown.exception
    assert [button.label for button in shown.button if "issues" in button.label] == ["Find label issues"]
    assert "No label has been checked yet" in texts(shown)


def test_the_button_starts_a_scan_with_the_defaults(open_at: Open, news: Dataset, app: Context) -> None:
    shown = open_at("issues", dataset="news")
    next(button for button in shown.button if button.label == "Find label issues").click().run()
    (job,) = [job for job in app.queue.list() if job.kind == "scan"]
    spec = app.queue.folder(job.job_id).spec()
    app.queue.cancel(job.job_id)
    assert (spec["encoders"], spec["folds"], spec["version_id"]) == (["lexical", "minilm"], 5, news.latest_version_id)
    assert "Looking for wrong labels" in texts(shown)
    assert job.title not in texts(shown)  # the line of running jobs would say the same again
    assert "Stop" in [button.label for button in shown.button]


def test_the_figures_say_share_interval_and_tier(open_at: Open, scanned: Dataset) -> None:
    shown = open_at("issues", dataset="news")
    assert not shown.exception
    labels = [button.label for button in shown.button]
    assert "**12.3%** probably wrong" in labels
    assert "**40** flagged" in labels
    assert "10.0% – 15.0%, 95 % interval" in texts(shown)
    assert "about 20 of them wrong" in texts(shown)
    assert "lexical" in texts(shown)
    assert "the last step of the scan" in texts(shown)


def test_a_first_tier_says_that_it_is_not_the_best_one(
    open_at: Open, app: Context, tmp_path: Path, news: Dataset
) -> None:
    data.scan(app, tmp_path, news, final=False)
    assert "quick first look" in texts(open_at("issues", dataset="news"))


def test_the_better_tier_replaces_the_first(open_at: Open, app: Context, tmp_path: Path, news: Dataset) -> None:
    data.scan(app, tmp_path, news, final=False)
    data.scan(app, tmp_path, news, tier=1)
    shown = open_at("issues", dataset="news")
    assert "lexical \\+ minilm" in texts(shown)
    assert "quick first look" not in texts(shown)


def test_the_list_shows_the_worst_rows_of_the_flagged_ones_first(open_at: Open, scanned: Dataset) -> None:
    shown = open_at("issues", dataset="news")
    assert ranks(shown) == list(range(1, 26))
    assert "**40 rows**, worst first" in texts(shown)


def test_the_second_page_follows_the_first(open_at: Open, scanned: Dataset) -> None:
    shown = open_at("issues", dataset="news")
    shown.session_state[list_key(shown).split("-table")[0]] = 2
    shown.run()
    assert ranks(shown) == list(range(26, 41))


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ({"show": "All rows"}, 90),
        ({"given": "sport"}, 13),
        ({"given": "sport", "suggested": "business"}, 0),
        ({"given": "sport", "suggested": "tech"}, 13),
        ({"words": "story sport"}, 13),
        ({"words": "story 3 about"}, 13),
        ({"split": "test"}, 8),
        ({"score_below": "0.1"}, 9),
        ({"attribute": "desk", "value": "uk"}, 20),
        ({"attribute": "words", "at_least": "100", "less_than": "200"}, 10),
    ],
)
def test_a_link_narrows_the_list(open_at: Open, scanned: Dataset, query: dict[str, str], rows: int) -> None:
    shown = open_at("issues", dataset="news", **query)
    assert not shown.exception
    assert (f"**{rows} rows**, worst first") in texts(shown)


def test_a_scan_of_two_issue_types_offers_the_choice(open_at: Open, app: Context, scanned: Dataset) -> None:
    assert not [box for box in open_at("issues", dataset="news").selectbox if box.key == "type"]
    data.also_outliers(app)
    assert ranks(open_at("issues", dataset="news"))[:3] == [1, 2, 3]
    shown = open_at("issues", dataset="news", type="outlier")
    assert not shown.exception
    assert shown.selectbox(key="type").value == "outlier"
    assert "50 rows" in texts(shown)
    assert "row 89" in texts(shown)
    assert "Mean distance to the nearest examples: 0.90, 3.0 times what is usual" in texts(shown).replace("\\", "")
    assert not any("looks like" in frame.value.columns for frame in shown.dataframe)
    assert not any("probably wrong" in button.label for button in shown.button)


def test_content_is_listed_with_what_is_wrong_and_narrowed_to_one_kind_of_it(
    open_at: Open, app: Context, scanned: Dataset
) -> None:
    data.also_content(app)
    shown = open_at("issues", dataset="news", type="content")
    assert list(table(shown, "what is wrong")["what is wrong"]) == ["too short · markup left over", "markup left over"]
    said = texts(shown).replace("\\", "")
    assert "Too short: 1 word; 95 % of the texts here have 6 or more. Markup left over: 1 tag or entity" in said
    assert "markup left over 2 · too short 1; usual here, so not flagged: unreadable characters 31%" in said
    assert "suggested" not in [box.key for box in shown.selectbox]  # nothing is ever suggested
    shown.selectbox(key="kind").select("too_short").run()
    assert ranks(shown) == [1]
    assert "**too short**: It has a fourth of the usual number of words or fewer" in texts(shown)
    assert shown.query_params["kind"] == "too_short"
    by_link = open_at("issues", dataset="news", type="content", kind="markup")
    assert ranks(by_link) == [1, 2]
    labels = open_at("issues", dataset="news", kind="markup")  # of a type that has no kinds it says nothing
    assert len(ranks(labels)) == 25


def test_a_card_per_type_says_how_many_how_sure_and_opens_its_list(
    open_at: Open, app: Context, scanned: Dataset
) -> None:
    data.also_outliers(app)
    shown = open_at("issues", dataset="news", given="sport", panel="types")
    said = texts(shown).replace("\\", "")
    assert "## 40 :small[flagged]" in said and "## 50 :small[flagged]" in said
    assert "12.3% of all labels are probably wrong (10.0% – 15.0%, 95 % interval)" in said
    assert "about one in 100 may be chance" in said
    shown.button(key="issue-card-outlier-show").click().run()
    assert not shown.exception
    assert "**50 rows**, worst first" in texts(shown)
    assert shown.query_params["type"] == "outlier"


def test_a_scan_of_the_first_release_opens_and_says_what_it_did_not_look_for(open_at: Open, scanned: Dataset) -> None:
    shown = open_at("issues", dataset="news", panel="types")
    assert "did not look for near-duplicates or outliers" in texts(shown)
    assert "**40 rows**, worst first" in texts(shown)


def test_the_box_of_types_says_each_title_with_how_many_rows_it_flags(
    open_at: Open, app: Context, scanned: Dataset
) -> None:
    data.also_outliers(app)
    box = open_at("issues", dataset="news").selectbox(key="type")
    assert box.options == ["Wrong labels (40)", "Outliers (50)"]
    assert box.proto.placeholder == "Wrong labels (40)"


@pytest.mark.parametrize(("modality", "opens"), [("text", "table"), ("image", "grid")])
def test_a_list_of_images_opens_as_a_grid_and_one_of_texts_as_a_table(
    open_at: Open, app: Context, tmp_path: Path, modality: str, opens: str
) -> None:
    made = write_images(tmp_path / "pictures") if modality == "image" else write_texts(tmp_path / "texts.csv")
    dataset = loaded(app, made, name="mine")
    data.scan(app, tmp_path, dataset)
    even = np.full((dataset.row_count, len(dataset.labels)), 1 / len(dataset.labels), np.float32)
    finished_run(app, dataset, even, ["test"] * dataset.row_count)
    issues = open_at("issues", dataset="mine")
    assert not issues.exception and issues.segmented_control(key="layout").value == opens
    evaluated = open_at("evaluation", dataset="mine")
    for _ in range(100):
        if evaluated.metric:
            break
        time.sleep(0.05)
        evaluated.run()
    assert not evaluated.exception and evaluated.segmented_control(key="layout").value == opens


def test_one_of_a_group_is_kept_in_one_act_and_taken_back_in_one(open_at: Open, app: Context, scanned: Dataset) -> None:
    data.also_near_duplicates(app, {0: (0, 3, 6), 10: (10, 13), 20: (20, 21)}, conflicting=(20,))
    shown = open_at("issues", dataset="news", type="near_duplicate")
    assert not shown.exception
    assert "3 groups, 1 with conflicting labels; exact copies: 4" in texts(shown).replace("\\", "")
    assert "**4 rows**, worst first" in texts(shown)
    shown.button(key="keep-one-of-group").click().run()
    assert not shown.exception
    assert "2 copies of 1 group are excluded" in texts(shown)
    shown.button(key="keep-one-of-all").click().run()
    assert "1 copy of 1 group is excluded; 1 group with conflicting labels is left to you" in texts(shown)
    assert [one.example_id for one in decisions.in_force(app.store, scanned.latest_version_id)] == [3, 6, 13]
    shown.button(key="kept-one-undo").click().run()
    assert [one.example_id for one in decisions.in_force(app.store, scanned.latest_version_id)] == [3, 6]
    assert "1 row is back" in texts(shown)


def test_undecided_leaves_out_what_somebody_has_judged(open_at: Open, app: Context, scanned: Dataset) -> None:
    decide(app, scanned, example_id=0)
    shown = open_at("issues", dataset="news", show="Undecided")
    assert ranks(shown)[0] == 2


def test_the_decided_rows_are_one_click_from_their_number(open_at: Open, app: Context, scanned: Dataset) -> None:
    assert "0 decided" in texts(open_at("issues", dataset="news"))
    decide(app, scanned, example_id=0)
    shown = open_at("issues", dataset="news")
    (opens,) = [each.proto for each in shown.get("page_link") if "1 decided" in each.proto.label]
    assert opens.page == "review"
    decisions_of = open_at("review", **dict(parse_qsl(opens.query_string)))
    assert list(table(decisions_of, "who")["row"]) == [0]


def test_a_decided_row_says_what_was_decided(open_at: Open, app: Context, scanned: Dataset) -> None:
    decide(app, scanned, example_id=0)
    assert table(open_at("issues", dataset="news"), "#")["decided"][0] == "→ tech"


def test_the_worst_row_is_explained_until_another_is_picked(open_at: Open, scanned: Dataset) -> None:
    shown = open_at("issues", dataset="news")
    assert "Story 0 about business" in texts(shown)
    shown.session_state[list_key(shown)] = {"selection": {"rows": [], "columns": [], "cells": [(3, "given")]}}
    shown.run()
    assert not shown.exception
    assert "Story 3 about business" in texts(shown)


def test_the_explanation_gives_both_probabilities_thresholds_and_five_neighbours(
    open_at: Open, scanned: Dataset
) -> None:
    shown = open_at("issues", dataset="news")
    evidence = table(shown, "probability")
    assert list(evidence["label"]) == ["business", "sport"]
    assert list(evidence["usual"]) == [0.71, 0.82]
    neighbours = table(shown, "close")
    assert list(neighbours["label"]) == ["sport"] * 5
    assert neighbours["example"][0] == "Story 1 about sport"


def test_the_class_table_puts_the_noisiest_class_first(open_at: Open, scanned: Dataset) -> None:
    assert list(table(with_figures(open_at("issues", dataset="news")), "wrong")["given"]) == [
        "tech",
        "sport",
        "business",
    ]


def test_the_matrix_is_drawn_from_the_flagged_rows(open_at: Open, scanned: Dataset) -> None:
    (chart,) = with_figures(open_at("issues", dataset="news")).get("plotly_chart")
    assert '"business","sport",14' in chart.spec.replace(" ", "")


def test_more_classes_than_a_matrix_holds_show_as_a_list_of_pairs(open_at: Open, app: Context, tmp_path: Path) -> None:
    many = data.load(app, tmp_path, "many", classes=120)
    data.scan(app, tmp_path, many)
    shown = with_figures(open_at("issues", dataset="many"))
    assert not shown.exception
    assert not shown.get("plotly_chart")
    pairs = next(
        frame.value for frame in shown.dataframe if list(frame.value.columns) == ["rows", "given", "looks like"]
    )
    assert (len(pairs), pairs["given"][0], pairs["looks like"][0], pairs["rows"][0]) == (40, "c000", "c001", 1)


def test_a_figure_opens_its_rows(open_at: Open, scanned: Dataset) -> None:
    shown = open_at("issues", dataset="news", given="sport")
    next(button for button in shown.button if "rows scanned" in button.label).click().run()
    assert "**90 rows**, worst first" in texts(shown)


def test_clear_lifts_every_filter(open_at: Open, scanned: Dataset) -> None:
    shown = open_at("issues", dataset="news", given="sport", words="story")
    next(button for button in shown.button if button.label == "Clear").click().run()
    assert "**40 rows**, worst first" in texts(shown)


@pytest.mark.parametrize(
    ("status", "said"),
    [("failed", "No model folder at mine."), ("stopped", "The last one was stopped before its end.")],
)
def test_a_scan_without_a_result_says_why(
    app: Context, open_at: Open, news: Dataset, status: Literal["failed", "stopped"], said: str
) -> None:
    job = app.queue.start_local("scan", "Scan", {"version_id": news.latest_version_id}, news.dataset_id, "ada")
    app.queue.finish_local(job.job_id, status, "No model folder at mine." if status == "failed" else "")
    shown = open_at("issues", dataset="news")
    assert not shown.exception
    assert said in "".join(one.value for one in (*shown.error, *shown.caption)).replace("\\", "")


def test_labels_that_look_like_markup_are_shown_as_text(open_at: Open, app: Context, tmp_path: Path) -> None:
    odd = data.load(app, tmp_path, "odd", names=("*bold*", "[link](http://x)", "$x$"))
    data.scan(app, tmp_path, odd)
    shown = open_at("issues", dataset="odd")
    assert not shown.exception
    assert ":blue-badge[\\*bold\\*]" in texts(shown)
    assert "[link](http" not in texts(shown)


def decide(app: Context, dataset: Dataset, example_id: int) -> None:
    app.ledger.decisions.append(
        [
            Decision(
                decision_id=new_id(),
                client_key=new_id(),
                dataset_id=dataset.dataset_id,
                version_id=dataset.latest_version_id,
                example_id=example_id,
                action="relabel",
                new_label="tech",
                reviewer="ada",
                decided_at=datetime.now(UTC),
                scan_id=None,
                shown={},
            )
        ],
    )


def test_uploaded_probabilities_are_stored_beside_the_page_and_scanned_with(
    app: Context, open_at: Open, news: Dataset
) -> None:
    shown = open_at("issues", dataset="news")
    let_go = Event()
    for number in range(THREADS):
        answers(app).ask(("busy", number), "", lambda report: let_go.wait(20), 0)
    shown.get("file_uploader")[0].upload(
        "mine.csv", b"business,sport,tech\n" + b"0.2,0.3,0.5\n" * data.ROWS, "text/csv"
    )
    next(button for button in shown.button if button.label == "Start scan").click().run()
    assert "storing the probabilities" in texts(shown)
    assert not app.queue.list() and not [path for path in app.workspace.uploads.rglob("*") if path.is_file()]
    let_go.set()
    for _ in range(100):
        if app.queue.list():
            break
        time.sleep(0.05)
        shown.run()
    (job,) = app.queue.list()
    kept = Path(app.queue.folder(job.job_id).spec()["probabilities_from"])
    assert kept.read_bytes().startswith(b"business,sport,tech")
    app.queue.cancel(job.job_id)


def until(shown: AppTest, words: str, typed: str = "minilm") -> str:
    """What the page says once it says these words, with the model to fine-tune that somebody typed."""
    for _ in range(100):
        if words in texts(shown):
            break
        time.sleep(0.05)
        to_fine_tune(shown, typed)
        shown.run()
    assert words in texts(shown)
    return texts(shown)


def to_fine_tune(shown: AppTest, typed: str = "minilm") -> Any:
    """The choice of a model. An AppTest does not know that one can be typed that is not among its options."""
    box = next(box for box in shown.selectbox if box.label == "Fine-tune a model too (optional)")
    box.options.extend({typed} - {*box.options})
    return box


def test_the_time_of_a_scan_is_said_before_its_start_for_the_model_and_the_folds_that_are_chosen(
    app: Context, open_at: Open, news: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WINNOW_DATA_FOLDERS", str(tmp_path))
    shown = open_at("issues", dataset="news")
    until(shown, "With minilm fine\\-tuned all of it takes about")
    choice = to_fine_tune(shown)
    assert (choice.value, choice.options) == (None, ["minilm"])
    choice.select("minilm").run()
    assert "by what is usual" in until(shown, "for 5 fine\\-tunes of 10 epochs each")
    next(box for box in shown.number_input if box.label == "Folds").set_value(3).run()
    assert "for 5" not in until(shown, "for 3 fine\\-tunes of 10 epochs each")

    large = tmp_path / "large"
    large.mkdir()
    (large / "config.json").write_text('{"hidden_size": 1024, "num_hidden_layers": 24}')
    for typed, told in (
        ("someone/hidden", "How large hidden is is not known: this is guessed as if it were minilm"),
        (str(large), "guessed from the pace of minilm and the size of its layers"),
    ):
        to_fine_tune(shown, typed).set_value(typed).run()
        until(shown, "".join(f"\\{one}" if one in "()-.:" else one for one in told), typed)
    none = str(tmp_path / "none")
    to_fine_tune(shown, none).set_value(none).run()
    (start,) = [button for button in shown.button if button.label == "Start scan"]
    assert not start.proto.is_form_submitter  # what is in a form is not told before it is sent
    assert start.disabled and "does not exist" in shown.error[0].value.replace("\\", "")
    assert not app.queue.list()

    to_fine_tune(shown).set_value("minilm").run()
    next(button for button in shown.button if button.label == "Start scan").click().run()
    assert not shown.exception and not shown.error
    (job,) = app.queue.list()
    spec = app.queue.folder(job.job_id).spec()
    assert (spec["fine_tune"], spec["folds"]) == ("minilm", 3)
    app.queue.cancel(job.job_id)


def test_how_many_are_flagged_can_be_chosen_and_the_page_follows(open_at: Open, scanned: Dataset) -> None:
    shown = open_at("issues", dataset="news", worst="20")
    assert not shown.exception
    labels = [button.label for button in shown.button]
    assert "**20** flagged" in labels
    assert "**20** left to judge" in labels
    assert "about 13 of them wrong" in texts(shown)
    assert "**20 rows**, worst first" in texts(shown)
    assert sum(table(with_figures(shown), "wrong")["flagged"]) == 20


def test_a_click_on_the_matrix_keeps_how_many_are_flagged(open_at: Open, scanned: Dataset) -> None:
    shown = open_at("issues", dataset="news", worst="20")
    next(button for button in shown.button if button.label == "**20** flagged").click().run()
    assert "**20 rows**, worst first" in texts(shown)


def test_noise_per_class_has_its_interval(open_at: Open, scanned: Dataset) -> None:
    shown = with_figures(open_at("issues", dataset="news"))
    assert table(shown, "95 % interval")["95 % interval"].tolist()[-1] == "5% – 20%"


def test_a_share_that_cannot_be_told_says_why(open_at: Open, app: Context, scanned: Dataset) -> None:
    with app.store.write() as cursor:
        cursor.execute('UPDATE scans SET summary = json_merge_patch(summary, \'{"untold": "Too few rows."}\')')
    shown = open_at("issues", dataset="news")
    assert "**Cannot be told:** how many are wrong" in [button.label for button in shown.button]
    assert "10.0% – 15.0% is possible" in texts(shown)
    assert "Too few rows" in texts(shown)


def test_the_next_reviews_say_what_they_find_and_when_to_stop(open_at: Open, app: Context, scanned: Dataset) -> None:
    shown = open_at("issues", dataset="news")
    assert "The next 90 reviews find about **2" in texts(shown)
    shown.query_params["panel"] = "reviews"
    shown.run()
    shown.button(key="review-budget-list").click().run()
    assert not shown.exception
    assert "**90 rows**, worst first" in texts(shown)  # every one is worth it by the scan
    acts = [Act(f"k{row}", "keep", row) for row in range(30)]
    record(app, scanned.latest_version_id, "ada", acts)
    shown.query_params["panel"] = "reviews"
    shown.run()
    assert not shown.exception
    assert "The next 60 reviews find about **" in texts(shown)
    assert "30 rows of the list are judged, and 0 of their labels were wrong" in texts(shown)
    assert "you can stop" in texts(shown)
    shown.toggle(key="review-budget-numbers").set_value(True).run()
    assert table(shown, "more reviews")["more reviews"].max() == 60
