"""Text of the theme can be read on the grounds that it stands on, in light and in dark: WCAG 2.2 AA."""

from __future__ import annotations

import re
import tomllib

import pytest

from core.settings import PROJECT

THEME = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text())["theme"]
CSS = (PROJECT / "core" / "ui" / "shell" / "shell.css").read_text()
TEXT, SEEN = 4.5, 3.0
GROUNDS = ("backgroundColor", "secondaryBackgroundColor")
INKS = (
    *("textColor", "linkColor", "codeTextColor", "dataframeHeaderTextColor", "grayColor"),
    *("redColor", "orangeColor", "yellowColor", "greenColor", "blueColor", "violetColor"),
)


def channels(colour: str) -> list[float]:
    return [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]


def contrast(one: list[float], other: list[float]) -> float:
    def luminance(colour: list[float]) -> float:
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("ink", INKS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_ink_is_read_on_every_ground(theme: str, ink: str, ground: str) -> None:
    assert contrast(channels(THEME[theme][ink]), channels(THEME[theme][ground])) >= TEXT


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_captions_are_read_though_they_are_quieter(theme: str, ground: str) -> None:
    found = re.search(r'\[data-testid="stCaptionContainer"\] \{ opacity: ([\d.]+); \}', CSS)
    assert found, "how quiet a caption is"
    share, page = float(found[1]), channels(THEME[theme][ground])
    ink = [
        share * text + (1 - share) * behind
        for text, behind in zip(channels(THEME[theme]["textColor"]), page, strict=True)
    ]
    assert contrast(ink, page) >= TEXT


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_ring_of_the_focus_is_seen(theme: str, ground: str) -> None:
    found = re.search(r"--focus: light-dark\((#\w{6}), (#\w{6})\)", CSS)
    assert found, "the ring's two colours"
    ring = found[1 if theme == "light" else 2]
    assert contrast(channels(ring), channels(THEME[theme][ground])) >= SEEN


def test_words_in_charts_have_the_page_s_ink_and_not_the_grey_of_plotly() -> None:
    rule = next(line for line in CSS.splitlines() if ".xtick text" in line)
    assert all(part in rule for part in (".ytick text", ".legendtext", ".bartext", "fill: currentColor !important"))
