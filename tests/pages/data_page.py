"""The page Data for tests: what it says, and a load up to its preview."""

from __future__ import annotations

import time
from collections.abc import Callable

from streamlit.testing.v1 import AppTest

OpenAt = Callable[..., AppTest]
TEXTS = ("a good film", "a bad film", "another good film", "another bad film")


def words(shown: AppTest) -> str:
    return " | ".join(str(element.value) for element in [*shown.title, *shown.markdown, *shown.caption])


def problems(shown: AppTest) -> list[str]:
    return [element.value for element in [*shown.exception, *shown.error]]


def choose_place(shown: AppTest, place: str) -> None:
    shown.segmented_control(key="load-place").set_value(place).run()


def previewed(shown: AppTest) -> None:
    """Waits for the preview, which a page that is slow shows at its next run."""
    for _ in range(200):
        if shown.error or any(one.key == "load-start" for one in shown.button):
            return
        time.sleep(0.1)
        shown.run()


def looked_into(open_at: OpenAt, file: str) -> AppTest:
    """The form of a file, once its first rows are read."""
    shown = open_at("data")
    choose_place(shown, "path")
    shown.text_input(key="load-path").set_value(file).run()
    for whole in shown.toggle:  # a folder is gone through until somebody wants all of it
        whole.set_value(True).run()
    previewed(shown)
    for _ in range(50):
        if shown.button:
            break
        time.sleep(0.2)
        shown.run()
    return shown
