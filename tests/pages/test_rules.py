"""Rules on pages: tried and saved in Issues, with figures that open their rows, accepted and taken back, reviewed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.context import Context
from core.errors import UsageError, WinnowError
from core.records import Dataset
from core.review.records import Act
from core.services.review.decisions import record
from core.services.rules import figures
from core.services.rules.keeping import condition_of, rule_named, save_rule
from core.services.views import save_slice
from core.store.acts import decisions
from core.store.database import Database
from core.store.ids import new_id
from core.store.rules.covered import Ready
from tests import crops
from tests.pages.waiting import said, until

Open = Callable[..., AppTest]


def made(app: Context, news: Dataset) -> None:
    save_rule(app, news, news.latest_version_id, "early", ["words < 300"], "tech", "ada")
    save_rule(app, news, news.latest_version_id, "odd", ["desk = uk", "words < 200"], "sport", "bob")


def pressed(shown: AppTest, label: str) -> AppTest:
    [button] = [one for one in shown.button if one.label == label]
    return button.click().run()


def test_an_empty_view_explains_a_rule_and_a_first_one_is_tried_before_it_is_saved(
    app: Context, news: Dataset, open_at: Open
) -> None:
    shown = open_at("issues", dataset="news", view="rules")
    shown = until(shown, lambda page: "A rule proposes a label for many rows at once" in said(page))
    [save] = [one for one in shown.button if one.label == "Save rule"]
    assert save.disabled
    shown.text_area[0].set_value("words < 300\nsplit = train").run()
    [name] = [one for one in shown.text_input if one.label == "Name"]
    name.set_value("early").run()
    [says] = [one for one in shown.selectbox if one.label == "Class that it says"]
    says.set_value("tech").run()
    shown = until(shown, lambda page: "**24 rows** covered (26.7%)" in said(page))
    assert "**16** would change" in said(shown) and "Story 1 about sport" in said(shown)
    assert app.ledger.rules.log(news.dataset_id) == []
    shown = pressed(shown, "Save rule")
    shown = until(shown, lambda page: "early → tech" in said(page))
    saved = rule_named(app, news, "early")
    assert (saved.number, saved.label) == (1, "tech")
    assert shown.query_params["rule"] in ("early", ["early"])
    name_again = next(one for one in shown.text_input if one.label == "Name")
    assert (name_again.value, shown.text_area[-1].value) == ("", "")
    assert name_again.id != name.id, "a browser keeps what stands in a field that it knows"


def test_what_is_no_condition_is_said_and_cannot_be_saved(app: Context, news: Dataset, open_at: Open) -> None:
    shown = open_at("issues", dataset="news", view="rules", condition="price > 3")
    [says] = [one for one in shown.selectbox if one.label == "Class that it says"]
    says.set_value("tech").run()
    shown = until(shown, lambda page: "no column" in said(page))
    assert shown.text_area[0].value == "price > 3"
    assert [one.disabled for one in shown.button if one.label == "Save rule"] == [True]


def test_the_table_and_the_chosen_rule_have_the_figures_and_each_opens_its_rows(
    app: Context, news: Dataset, open_at: Open
) -> None:
    made(app, news)
    shown = until(open_at("issues", dataset="news", view="rules", rule="early"), lambda page: bool(page.dataframe))
    [table] = [one.value for one in shown.dataframe if "coverage" in one.value.columns]
    assert table[["rule", "says", "rows", "change", "overlaps", "conflicts"]].values.tolist() == [
        ["early", "tech", 30, 13, 10, 10],
        ["odd", "sport", 10, 0, 10, 10],
    ]
    links = {one.proto.label: one.proto.query_string for one in shown.get("page_link")}
    assert "where=rule+%3D+early" in links[":small[30 rows covered (33.3%)]"]
    assert "rule_conflict+%3D+early" in links[":small[10 in conflict]"]
    assert "rule+%3D+odd" in links[":small[10 rows in conflict with odd]"]
    assert "decision+missing" in links[":small[13 rows would change]"]
    assert "7 more are left out" in said(shown)
    assert "nobody has judged a row of it" in said(shown)
    assert not shown.get("plotly_chart"), "there is nothing to draw of the precision yet"
    record(app, news.latest_version_id, "ada", [Act(new_id(), "keep", 2)])
    shown = until(shown.run(), lambda page: bool(page.get("plotly_chart")))


def test_why_a_rule_cannot_be_looked_up_stands_in_the_table_as_it_is(
    app: Context, news: Dataset, open_at: Open
) -> None:
    save_slice(app, news, "mine", {"where": "desk = uk"}, "ada")
    save_rule(app, news, news.latest_version_id, "by slice", ["slice = mine"], "tech", "ada")
    app.ledger.views.delete(news.dataset_id, "mine")
    shown = until(open_at("issues", dataset="news", view="rules"), lambda page: bool(page.dataframe))
    [table] = [one.value for one in shown.dataframe if "remark" in one.value.columns]
    assert table["remark"][0].startswith("Rule 'by slice' cannot be looked up: There is no slice 'mine'.")


def test_a_rule_that_fails_for_a_moment_is_said_to_be_in_no_count_and_counted_at_the_next_try(
    app: Context, news: Dataset, open_at: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(app, news)
    holds = figures.all_ready

    def busy(store: Database, version_id: str) -> tuple[list[Ready], dict[str, WinnowError]]:
        found, _ = holds(store, version_id)
        return [one for one in found if one.name != "odd"], {"odd": UsageError("Rule 'odd' cannot be looked up: busy")}

    with monkeypatch.context() as patched:
        patched.setattr(figures, "all_ready", busy)
        shown = until(open_at("issues", dataset="news", view="rules"), lambda page: bool(page.dataframe))
    assert "**2 rules**" in said(shown) and r"Not counted\: Rule 'odd' cannot be looked up\: busy" in said(shown)
    [table] = [one.value for one in shown.dataframe if "coverage" in one.value.columns]
    assert table["rows"].isna().tolist() == [False, True]
    shown = until(pressed(shown, "Count again"), lambda page: "Not counted" not in said(page))
    links = [one.proto.label for one in shown.get("page_link")]
    assert ":small[10 rows in conflict]" in links


def test_accepting_shows_what_would_change_and_is_one_act_with_one_undo(
    app: Context, news: Dataset, open_at: Open
) -> None:
    made(app, news)
    shown = until(open_at("issues", dataset="news", view="rules", rule="early"), lambda page: bool(page.dataframe))
    shown = pressed(shown, "Accept for all 13…")
    shown = until(shown, lambda page: any(one.label == "Change 13 rows" for one in page.button))
    assert decisions.in_force(app.store, news.latest_version_id) == []
    shown = pressed(shown, "Change 13 rows")
    shown = until(shown, lambda page: "13 rows changed to tech." in said(page))
    assert len(decisions.in_force(app.store, news.latest_version_id)) == 13
    [act] = app.ledger.bulk.page(news.dataset_id, limit=5)
    assert act.among == "rule early, version 1"
    shown = until(pressed(shown, "Undo"), lambda page: "taken back" in said(page))
    assert decisions.in_force(app.store, news.latest_version_id) == []


def test_a_rule_is_changed_retired_and_brought_back(app: Context, news: Dataset, open_at: Open) -> None:
    made(app, news)
    shown = until(open_at("issues", dataset="news", view="rules", rule="early"), lambda page: bool(page.dataframe))
    shown.text_area[0].set_value("words < 100").run()
    shown = until(shown, lambda page: "**10 rows** covered" in said(page))
    shown = until(pressed(shown, "Save as version 2"), lambda page: "version 2, by" in said(page))
    shown = until(pressed(shown, "Retire this rule"), lambda page: "early → tech" in said(page))
    assert rule_named(app, news, "early").retired
    shown = until(pressed(shown, "Bring back"), lambda page: "version 4, by" in said(page))
    assert not rule_named(app, news, "early").retired


def test_a_condition_that_is_changed_keeps_its_blanks_and_line_breaks(
    app: Context, news: Dataset, open_at: Open
) -> None:
    where = ["sql = text <> 'late  refund' -- two\nAND length(text) > 3", "text contains story"]
    before = save_rule(app, news, news.latest_version_id, "early", where, "tech", "ada")
    shown = until(open_at("issues", dataset="news", view="rules", rule="early"), lambda page: bool(page.dataframe))
    box = shown.text_area[0].value
    assert box == """sql = ["text <> 'late  refund' -- two\\nAND length(text) > 3"]\ntext contains story"""
    [says] = [one for one in shown.selectbox if one.label == "Class that it says" and one.value == "tech"]
    shown = until(says.set_value("sport").run(), lambda page: "would change" in said(page))
    shown = until(pressed(shown, "Save as version 2"), lambda page: "version 2, by" in said(page))
    after = rule_named(app, news, "early")
    assert condition_of(news, after.where) == condition_of(news, before.where)


def test_a_second_rule_is_tried_beside_one_that_is_being_changed(app: Context, news: Dataset, open_at: Open) -> None:
    made(app, news)
    shown = until(open_at("issues", dataset="news", view="rules", rule="early"), lambda page: bool(page.dataframe))
    [save] = [one for one in shown.button if one.label == "Save as version 2"]
    assert save.disabled, "nothing of it is changed yet"
    changed, new = shown.text_area
    changed.set_value("words < 100")
    new.set_value("words < 300")
    [says] = [one for one in shown.selectbox if one.label == "Class that it says" and one.value is None]
    shown = says.set_value("sport").run()
    shown = until(shown, lambda page: "**30 rows** covered" in said(page) and "**10 rows** covered" in said(page))
    assert "Conflicts with early (30)" in said(shown)
    [save] = [one for one in shown.button if one.label == "Save as version 2"]
    assert not save.disabled


def test_the_desk_is_given_what_a_rule_proposes(app: Context, news: Dataset, open_at: Open) -> None:
    made(app, news)
    shown = open_at("review", dataset="news", rule="early")
    shown = until(shown, lambda page: "Rows that rule **early** would change to **tech**" in said(page))
    shown = open_at("issues", dataset="news", view="rules", rule="early")
    shown = until(shown, lambda page: "nobody has judged a row of it" in said(page))
    links = {one.proto.label: one.proto.query_string for one in shown.get("page_link")}
    assert "rule=early&sample=yes" in links[":small[Judge a random sample]"]
    shown = open_at("review", dataset="news", rule="early", sample="yes")
    shown = until(shown, lambda page: "Rows that rule **early** covers, in random order" in said(page))
    shown = open_at("review", dataset="news", rule="late")
    assert "has no rule" in said(until(shown, lambda page: bool(page.error)))


def test_a_filter_of_the_list_of_rows_becomes_a_rule(app: Context, news: Dataset, open_at: Open) -> None:
    shown = open_at("data", dataset="news", view="rows", where="words < 300", split="train")
    links = {one.proto.label: one.proto.query_string for one in shown.get("page_link")}
    assert "view=rules" in links["Make a rule…"] and "words+%3C+300" in links["Make a rule…"]
    assert "split+%3D+train" in links["Make a rule…"]
    made(app, news)
    shown = open_at("data", dataset="news", view="rows", where="rule = early")
    assert "Make a rule…" not in {one.proto.label for one in shown.get("page_link")}


def test_labels_of_several_classes_are_told_why_there_are_no_rules(app: Context, tmp_path: Path, open_at: Open) -> None:
    crops.load(app, tmp_path)
    shown = until(open_at("issues", dataset="crops", view="rules"), lambda page: "labels of one class" in said(page))
    assert [one.label for one in shown.button if one.label == "Save rule"] == []
