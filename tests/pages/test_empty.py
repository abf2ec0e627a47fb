"""An empty page says what it will show, each in words of its own, with an example marked as one, and leads on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from core.context import Context
from core.services.load import wait
from core.store.datasets import list_datasets
from core.ui.parts.empty import WITHOUT_DATASET
from core.ui.parts.examples import EXAMPLES

OpenAt = Callable[..., AppTest]
PAGES = ("profile", "issues", "review", "training", "evaluation", "story")


def words(shown: AppTest) -> str:
    return " | ".join(str(element.value) for element in [*shown.markdown, *shown.caption])


@pytest.mark.parametrize("page", PAGES)
def test_an_empty_page_says_what_will_be_there_and_a_click_loads_something_to_look_at(
    app: Context, open_at: OpenAt, page: str
) -> None:
    shown = open_at(page)
    assert not shown.exception and not shown.error
    title = shown.title[0].value
    assert WITHOUT_DATASET[title][0] in words(shown) and ":gray-badge[Example]" in words(shown)
    [link] = shown.get("page_link")
    assert (link.proto.page, link.proto.query_string) == ("data", "view=load")
    shown.button(key="sample-bbc-planted").click().run()
    assert not shown.exception and not shown.error
    [job] = app.queue.list()
    wait(app, job.job_id)
    assert [dataset.name for dataset in list_datasets(app.store)] == ["bbc-planted"]


def test_no_two_pages_say_the_same_or_show_the_same() -> None:
    said = [said for words in WITHOUT_DATASET.values() for said in words[:2]]
    assert len(set(said)) == len(said)
    shows = [shows for *_, shows in WITHOUT_DATASET.values()]
    assert len(set(shows)) == len(shows)


@pytest.mark.parametrize("name", [name for name, (_, drawn) in EXAMPLES.items() if callable(drawn)])
def test_an_example_is_drawn_by_the_pages_own_chart(name: str) -> None:
    _, drawn = EXAMPLES[name]  # type: ignore[index]
    assert callable(drawn)
    figure = drawn()
    assert figure.data and all(trace.type in ("bar", "scatter") for trace in figure.data)


def test_with_no_job_the_page_of_jobs_leads_to_the_first_one(open_at: OpenAt) -> None:
    shown = open_at("jobs")
    assert not shown.exception and "Scan of news" in words(shown)
    [link] = shown.get("page_link")
    assert (link.proto.page, link.proto.query_string) == ("data", "view=load")
