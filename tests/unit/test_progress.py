"""How work says how far it is."""

from __future__ import annotations

from core.progress import part, unheard


def test_the_report_of_a_part_says_its_share_of_the_whole() -> None:
    said: list[tuple[float, float | None]] = []
    second = part(lambda done, total: said.append((done, total)), 0.5, 1)
    for done, total in ((0, 8), (2, 8), (8, 8), (5, None)):
        second(done, total)
    assert said == [(0.5, 1), (0.625, 1), (1, 1), (0.5, 1)]


def test_nobody_hears_what_is_not_asked_for() -> None:
    assert unheard(1, None) is None
