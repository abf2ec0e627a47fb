"""The parts of open pages that are asked about stay known; those of tabs that are gone make room."""

from __future__ import annotations

from core.ui.live.live import KEPT, _Looks


def test_a_part_that_is_asked_about_outlives_any_number_of_others() -> None:
    looks = _Looks()
    asked, gone = looks.add("asked", lambda: (1, 2)), looks.add("gone", lambda: (1, 2))
    first = looks.seen(asked)
    for number in range(2 * KEPT):
        looks.add(f"part {number}", lambda: (1, 2))
        if number % (KEPT // 2) == 0:
            assert looks.seen(asked) == first
    assert first and looks.seen(gone) is None
