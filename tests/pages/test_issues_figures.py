"""Issues above its list: how many labels are wrong, classes, the matrix, and what further reviews find."""

from __future__ import annotations

from pathlib import Path

from core.commands import answer
from core.context import Context
from core.records import Dataset
from core.review.records import Act
from core.services.review.decisions import record
from tests.pages import issues_data as data
from tests.pages.issues_page import Open, table, texts, with_figures


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


def test_what_is_expected_of_flagged_rows_is_of_those_that_nobody_had_decided_before(
    open_at: Open, app: Context, scanned: Dataset
) -> None:
    with app.store.write() as cursor:
        cursor.execute("UPDATE scans SET summary = json_merge_patch(summary, '{\"flagged\": 30}')")
    shown = texts(open_at("issues", dataset="news"))
    assert "of 30 wrong, 10 decided before the scan" in shown and "of them wrong" not in shown


def test_a_row_kept_before_the_scan_counts_alike_on_the_page_on_the_command_line_and_in_the_health(
    open_at: Open, app: Context, tmp_path: Path, news: Dataset
) -> None:
    record(app, news.latest_version_id, "ada", [Act("before", "keep", 3)])
    data.scan(app, tmp_path, news)
    with app.store.write() as cursor:  # as the scan says it of rows that nobody had confirmed
        cursor.execute("UPDATE scans SET summary = json_merge_patch(summary, '{\"flagged\": 39}')")
    shown = open_at("issues", dataset="news", panel="types")
    labels = [button.label for button in shown.button]
    assert "**40** flagged" in labels and "**39** left to judge" in labels
    assert "## 40 :small[flagged]" in texts(shown) and "1 of them decided" in texts(shown)
    unasked = dict.fromkeys(("issue_type", "kind", "top", "view", "order", "columns", "format_", "out"))
    summary = answer(app, "issues", {"name": "news", "summary": True, "where": (), **unasked})
    assert summary is not None and "Wrong labels: 40 flagged, 1 of them decided." in summary.text
    assert [summary.data[key] for key in ("flagged", "decided", "left", "settled_before")] == [40, 1, 39, 0]
    told = answer(app, "health", {"name": "news", "out": None})
    [line] = [one for one in told.data["fix_first"] if one["name"] == "label"] if told else []
    assert (line["rows"], line["decided"]) == (40, 1)


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
    assert "30 rows of the list are judged one by one since the scan, and 0 of their labels were wrong" in texts(shown)
    assert "you can stop" in texts(shown)
    shown.toggle(key="review-budget-numbers").set_value(True).run()
    assert table(shown, "more reviews")["more reviews"].max() == 60
