"""Personal data as an issue: which rows are listed, in which order, and what is said of them."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa

from core.issues import ISSUE_TYPES
from core.issues.contract import Seen
from core.issues.evidence import as_json
from core.issues.personal_data.find import find
from core.issues.signals import Signals
from core.personal import Personal

KIND = ISSUE_TYPES["personal_data"]
TEXTS = [
    "Nothing to see in 2019",
    "Write to jane@example.com or joe@example.org",
    "my number is +49 30 901820",
    "SSN 536-90-4399, mail me: x@y.de",
    None,
]


def _signals(
    texts: pa.ChunkedArray | None,
    named: dict[int, tuple[Personal, ...]] | None = None,
    kept: dict[str, pa.ChunkedArray] | None = None,
    rows: int = 0,
) -> Signals:
    ids = np.arange(rows if texts is None else len(texts))
    return Signals(
        {"example_ids": lambda: ids, "written": lambda: texts, "named": lambda: named, "kept": lambda: kept or {}}
    )


def test_rows_that_hold_any_are_listed_and_the_most_telling_first() -> None:
    texts = pa.chunked_array([TEXTS[:3], TEXTS[3:]], pa.string())
    found = find(_signals(texts))
    assert found.is_issue.tolist() == [False, True, True, True, False]
    assert found.about is not None and found.about.tolist() == found.is_issue.tolist()
    assert found.score[3] < found.score[1] < found.score[2] < 0.5 < found.score[0] == 1
    assert found.summary == {"kinds": {"email": 2, "phone": 1, "identity": 1}, "names": False}
    told = [json.loads(one) if one else {} for one in as_json(found.evidence).to_pylist()]
    places = {"place_kinds": ["email", "email"], "starts": [9, 29], "stops": [25, 44]}
    assert told[1] == {"kinds": ["email"], "counts": [2]} | places
    said = [KIND.say(KIND.read(one), Seen(None, None, ())) for one in told]
    assert said[1] == "It holds: e-mail address (2)."
    assert said[3] == "It holds: identity number, e-mail address."
    assert said[0] == "No pattern of personal data is in it."
    assert "jane" not in json.dumps(told), "evidence repeats nothing of it"
    assert KIND.sure(found.summary) == (
        "e-mail address 2 · phone number 1 · identity number 1; names only beside a title or a word of naming"
    )


def test_names_are_kinds_of_their_own_and_never_twice() -> None:
    texts = pa.chunked_array([["Jane wrote jane@example.com", "Mr Smith is in Rome", "nothing"]])
    named = {
        0: (Personal("name", 0, 4), Personal("name", 11, 15)),
        1: (Personal("name", 3, 8), Personal("place", 15, 19)),
    }
    found = find(_signals(texts, named))
    assert found.is_issue.tolist() == [True, True, False]
    told = [json.loads(one) if one else {} for one in as_json(found.evidence).to_pylist()]
    assert [(one["kinds"], one["counts"]) for one in told[:2]] == [
        (["email", "name"], [1, 1]),
        (["name", "place"], [1, 1]),
    ]
    assert [(one["place_kinds"], one["starts"], one["stops"]) for one in told[:2]] == [
        (["name", "email"], [0, 11], [4, 27]),
        (["name", "place"], [3, 15], [8, 19]),
    ]
    assert found.summary == {"kinds": {"name": 2, "email": 1, "place": 1}, "names": True}
    assert KIND.sure(found.summary).endswith("names and places by a small model of English, which misses some")


def test_columns_beside_the_text_are_looked_at_too_and_named() -> None:
    texts = pa.chunked_array([["Write to jane@example.com", "nothing", "nothing", "nothing"]])
    kept = {
        "contact": pa.chunked_array([["joe@example.org", "joe@example.org"], [None, "on the wall"]], pa.string()),
        "date_of_birth": pa.chunked_array([["1980-03-04", None, "1980-03-04", "1980-33-34"]]),
    }
    found = find(_signals(texts, kept=kept))
    assert found.is_issue.tolist() == [True, True, True, False]
    assert found.summary == {
        "kinds": {"birth_date": 2, "email": 2},
        "names": False,
        "columns": {"contact": 2, "date_of_birth": 2},
    }
    told = [json.loads(one) for one in as_json(found.evidence).to_pylist()]
    said = [KIND.say(KIND.read(one), Seen(None, None, ())) for one in told]
    assert told[0]["kinds"] == ["birth_date", "email"] and told[0]["counts"] == [1, 2]
    assert said[0] == (
        "It holds: e-mail address. The column contact holds: e-mail address. "
        "The column date_of_birth holds: birth date."
    )
    assert said[1] == "The column contact holds: e-mail address."
    assert said[3] == "No pattern of personal data is in it."
    assert "; of these in columns: contact 2, date_of_birth 2;" in KIND.sure(found.summary)
    assert "joe" not in json.dumps(told) and "1980" not in json.dumps(told)


def test_of_rows_without_a_text_the_columns_are_looked_at_alone() -> None:
    found = find(_signals(None, kept={"mail": pa.chunked_array([["a@b.de", "none"]])}, rows=2))
    assert found.is_issue.tolist() == [True, False] and found.summary["columns"] == {"mail": 1}
