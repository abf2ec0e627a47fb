"""Names and places by the model of English: where they are in the text as it stands, and what is not looked at."""

from __future__ import annotations

import subprocess
import sys

import pytest

from core.errors import UsageError
from core.personal import model, names
from core.personal.names import names_in


def test_names_and_places_are_told_where_they_stand_in_the_text() -> None:
    texts = [
        "Yesterday Angela Merkel met Barack Obama in Berlin.",
        "how do i top up my card",
        None,
        "see https://example.com/Jane and @JoeSmith 😀 — Maria Gonzalez moved to Paris last year",
        "",
    ]
    found = names_in(texts)
    told = {row: [(one.kind, str(texts[row])[one.start : one.stop]) for one in places] for row, places in found.items()}
    assert told == {
        0: [("name", "Angela Merkel"), ("name", "Barack Obama"), ("place", "Berlin")],
        3: [("name", "Maria Gonzalez"), ("place", "Paris")],
    }


def test_names_deep_in_a_long_text_are_where_they_are_said_to_be() -> None:
    text = "we waited for a long while and nothing came of it. " * 400 + "Then Angela Merkel called."
    [one] = [one for one in names_in([text])[0] if one.kind == "name"]
    assert text[one.start : one.stop] == "Angela Merkel"


def test_progress_is_heard_and_stops_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    class StoppedError(Exception):
        pass

    def report(done: float, total: float | None) -> None:
        heard.append((done, total))
        if done:
            raise StoppedError

    heard: list[tuple[float, float | None]] = []
    monkeypatch.setattr(names, "AT_ONCE", 2)
    with pytest.raises(StoppedError):
        names_in(["nothing"] * 5, report)
    assert heard == [(0, 5), (2, 5)]


def test_progress_begins_before_the_model_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[tuple[float, float | None]] = []

    def loaded() -> None:
        assert heard == [(0, 1)], "loading counts as this work, not as what came before"
        raise UsageError("Enough.", "")

    monkeypatch.setattr(names, "_loaded", loaded)
    with pytest.raises(UsageError, match="Enough"):
        names_in(["I met Jane Miller"], lambda done, total: heard.append((done, total)))


def test_without_the_model_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "MODEL", "en_core_web_absent")
    assert not model.installed()
    with pytest.raises(UsageError, match="not installed") as said:
        names_in(["Jane"])
    assert "pip install" in str(said.value.hint)


def test_what_pages_read_of_it_loads_no_model() -> None:
    code = "import sys, core.personal.model as m; m.installed(); print('spacy' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False"
