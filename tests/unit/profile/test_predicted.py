"""How predictions fare in groups: every rate against scikit-learn's on the rows of the group."""

from __future__ import annotations

import json
from itertools import product

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from core.profile.by_group.predicted import Predicted, class_outcomes, outcomes
from core.profile.by_group.rates import holm
from core.records import Attribute
from core.targets.multi_label.facts import MULTI_LABEL
from tests.unit.profile.conftest import MakeRows, TableRows

N = 900
CLASSES = ("news", "spam", "mail")


def predicted(rows: TableRows, answers: list[str], split: list[str] | None = None) -> Predicted:
    values = ", ".join(
        f"({row}, '{answer}', '{split[row] if split else 'test'}')" for row, answer in enumerate(answers)
    )
    rows.fetch(
        f"CREATE OR REPLACE TABLE predictions AS SELECT 'run' AS run_id, * FROM (VALUES {values}) v(example_id,"
        " predicted, split)"
    )
    return Predicted(rows, "run", "test")


def fast_predicted(rows: TableRows, answers: list[str]) -> Predicted:
    """Of many rows."""
    rows.fetch(
        "CREATE OR REPLACE TABLE predictions AS SELECT 'run' AS run_id, 'test' AS split,"
        " unnest(range(len($1))) AS example_id, unnest($1) AS predicted",
        [answers],
    )
    return Predicted(rows, "run", "test")


def drawn(make_rows: MakeRows) -> tuple[Predicted, dict[str, np.ndarray]]:
    """Rows of two countries and a handful of a third; spam of `fr` is found less often."""
    rng = np.random.default_rng(0)
    country = np.where(np.arange(N) < 12, "ch", rng.choice(["de", "fr"], N))
    true = rng.choice(CLASSES, N)
    answer = np.where((true == "spam") & (country == "fr") & (rng.random(N) < 0.5), "mail", true)
    answer = np.where(rng.random(N) < 0.05, "news", answer)
    rows = make_rows({"example_id": list(range(N)), "label": true.tolist(), "country": country.tolist()})
    return predicted(rows, answer.tolist()), {"country": country, "true": true, "answer": answer}


COUNTRY = Attribute("country", "country", "category")


def test_each_rate_is_that_of_the_groups_own_rows(make_rows: MakeRows) -> None:
    rows, data = drawn(make_rows)
    found = class_outcomes(rows, [COUNTRY])
    assert sorted(found.labels) == sorted(CLASSES)
    for (place, group), (column, label) in product(enumerate(found.outcomes.groups), enumerate(found.labels)):
        own = data["country"] == group.name
        true, answer = data["true"][own] == label, data["answer"][own] == label
        (tn, fp), (fn, tp) = confusion_matrix(true, answer, labels=[False, True])
        rates = (found.found(column), found.wrongly_given(column), found.given(column))
        assert [int(one.hits[place]) for one in rates] == [tp, fp, tp + fp]
        assert [int(one.trials[place]) for one in rates] == [tp + fn, fp + tn, own.sum()]
    right = [int((data["true"] == data["answer"])[data["country"] == one.name].sum()) for one in found.outcomes.groups]
    assert found.outcomes.accuracy.hits.tolist() == right == outcomes(rows, [COUNTRY]).accuracy.hits.tolist()


def test_differences_are_fairlearns_over_the_groups_that_are_large_enough(make_rows: MakeRows) -> None:
    rows, data = drawn(make_rows)
    found = class_outcomes(rows, [COUNTRY])
    spam = found.labels.index("spam")

    def rate(country: str, of: np.ndarray) -> float:
        own = (data["country"] == country) & of
        return float((data["answer"][own] == "spam").mean())

    true = data["true"] == "spam"
    odds = [abs(rate("de", of) - rate("fr", of)) for of in (true, ~true)]
    assert found.equalised_odds(spam) == pytest.approx(max(odds)) and max(odds) > 0.3
    every = np.ones(N, dtype=bool)
    shares = sorted((rate("de", every), rate("fr", every)))
    assert found.given(spam).difference == pytest.approx(shares[1] - shares[0])
    assert found.given(spam).ratio == pytest.approx(shares[0] / shares[1])
    names = [group.name for group in found.outcomes.groups]
    assert names[2] == "ch" and not found.found(spam).judged[2], "12 rows are shown and not compared"
    assert found.found(spam).p_value < 1e-6 and found.wrongly_given(spam).p_value > 0.01


def test_of_several_classes_each_is_there_or_not(make_rows: MakeRows) -> None:
    labels = [json.dumps(one, separators=(",", ":")) for one in (["a", "b"], ["a"], [], ["b"]) * 10]
    answers = [json.dumps(one, separators=(",", ":")) for one in (["a"], ["a"], ["b"], ["b"]) * 10]
    rows = make_rows({"example_id": list(range(40)), "label": labels, "group": ["x", "x", "y", "y"] * 10}, MULTI_LABEL)
    found = class_outcomes(predicted(rows, answers), [Attribute("group", "group", "category")])
    a, b = found.labels.index("a"), found.labels.index("b")
    assert [group.name for group in found.outcomes.groups] == ["x", "y"] and found.sizes.tolist() == [20, 20]
    assert found.outcomes.accuracy.hits.tolist() == [10, 10], "sets that are equal as a whole"
    assert found.true[:, a].tolist() == [20, 0] and found.both[:, a].tolist() == [20, 0]
    assert found.true[:, b].tolist() == [10, 10]
    assert found.predicted[:, b].tolist() == [0, 20] and found.both[:, b].tolist() == [0, 10]


def test_only_rows_of_the_split_with_a_label_count(make_rows: MakeRows) -> None:
    rows = make_rows({"example_id": list(range(4)), "label": ["a", None, "a", "b"], "group": ["x"] * 4})
    split = ["test", "test", "train", "test"]
    found = outcomes(predicted(rows, ["a"] * 4, split), [Attribute("group", "group", "category")])
    assert found.accuracy.trials.tolist() == [2] and found.accuracy.hits.tolist() == [1]
    assert found.accuracy.ends is None and found.accuracy.difference is None and found.accuracy.p_value == 1


def test_numbers_are_compared_in_bands(make_rows: MakeRows) -> None:
    rows = make_rows(
        {"example_id": list(range(500)), "label": ["a"] * 500, "length": [float(one) for one in range(500)]}
    )
    found = outcomes(
        predicted(rows, ["a" if row < 400 else "b" for row in range(500)]), [Attribute("length", "length", "number")]
    )
    assert [round(hit / trial, 2) for hit, trial in zip(found.accuracy.hits, found.accuracy.trials, strict=True)] == [
        1.0, 1.0, 1.0, 1.0, 0.0,
    ]  # fmt: skip
    assert found.accuracy.ends == (4, 0) and found.accuracy.difference == 1


def test_rare_errors_in_a_small_group_are_no_news(make_rows: MakeRows) -> None:
    """Predictions that have nothing to do with the group: of 5,000 rows and 40, with 20 classes, by 40 draws."""
    told = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        true = np.array([f"c{one:02}" for one in rng.integers(0, 20, 5_040)])
        answer = np.where(rng.random(5_040) < 0.9, true, rng.permutation(true))
        group = np.where(np.arange(5_040) < 5_000, "large", "small")
        rows = make_rows({"example_id": list(range(5_040)), "label": true.tolist(), "group": group.tolist()})
        found = class_outcomes(fast_predicted(rows, answer.tolist()), [Attribute("group", "group", "category")])
        p_values = [
            min(1.0, 2 * min(found.found(at).p_value, found.wrongly_given(at).p_value))
            for at in range(len(found.labels))
        ]
        told += min(holm(p_values)) < 0.05
    assert told <= 6, "by chance two of 40, and hardly ever more than six"


def test_where_nothing_is_predicted_there_are_no_classes(make_rows: MakeRows) -> None:
    rows = make_rows({"example_id": [0, 1], "label": ["[]", "[]"], "group": ["x", "x"]}, MULTI_LABEL)
    found = class_outcomes(predicted(rows, ["[]", "[]"]), [Attribute("group", "group", "category")])
    assert found.labels == () and found.true.shape == (1, 0) and found.outcomes.accuracy.hits.tolist() == [2]


def test_groups_of_one_name_are_told_apart(make_rows: MakeRows) -> None:
    values = [1234.1, 1234.2, 1234.3] * 40
    rows = make_rows({"example_id": list(range(120)), "label": ["a"] * 120, "price": values})
    found = outcomes(predicted(rows, ["a"] * 120), [Attribute("price", "price", "number")])
    names = [group.name for group in found.groups]
    assert len(set(names)) == len(names) == 3


def test_corrected_p_values_are_holms() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.9, 0.8]) == [1.0, 1.0] and holm([]) == []
