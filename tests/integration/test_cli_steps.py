"""`steps`: how far the first steps are, on the command line."""

from __future__ import annotations

import json

from tests.integration.cli_support import Run


def test_the_steps_of_a_dataset_and_what_comes_next(run: Run) -> None:
    run("load", "bbc-planted", "--name", "news")
    told = run("steps", "news", "--json")
    found = json.loads(told.out)
    assert [one["done"] for one in found["steps"]] == [True, False, False, False, False]
    assert found["next"] == {"page": "issues", "view": None, "label": "Find wrong labels"}
    assert found["planted"] is None and found["effect"] is None and found["hidden"] is False
    assert "Next: Find wrong labels" in run("steps", "news", "--show").out


def test_a_dataset_that_is_not_there_is_named(run: Run) -> None:
    left = run("steps", "nothing")
    assert left.code != 0 and "nothing" in left.err
