"""The time of a scan that is said before it starts is that of what was asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.context import Context
from core.jobs.foresight import Work
from core.jobs.scan.plan import foresee_scan
from core.queue.plan import Stage
from core.records import Dataset, ScanSpec
from core.services.runs.forecast_time import Folds, TimeForecast, time_of_scan
from core.services.runs.time_in_words import of_scan


def _of(context: Context, dataset: Dataset, model: str, folds: int = 5) -> TimeForecast:
    return time_of_scan(context, dataset.latest_version_id, ScanSpec((), folds, fine_tune=model))


def _folder(folder: Path, width: int, layers: int) -> str:
    folder.mkdir()
    (folder / "config.json").write_text(f'{{"hidden_size": {width}, "num_hidden_layers": {layers}}}')
    return str(folder)


def test_it_is_of_as_many_fine_tunes_and_of_a_model_as_large_as_were_chosen(
    context: Context, news: Dataset, tmp_path: Path
) -> None:
    none = time_of_scan(context, news.latest_version_id, ScanSpec(()))
    few, many = _of(context, news, "minilm", 2), _of(context, news, "minilm", 10)
    assert none.folds is None and few.folds == Folds(2, 10) and many.folds == Folds(10, 10)
    # Of each fold the models learn from all others: 2 × 1/2 beside 10 × 9/10 times the rows, and each has its start.
    assert (many.seconds - none.seconds) > 5 * (few.seconds - none.seconds) > 0
    large = _of(context, news, _folder(tmp_path / "large", 1024, 24))
    assert large.seconds > 5 * _of(context, news, "minilm").seconds
    assert "for 10 fine-tunes of 10 epochs each" in of_scan(many)


def test_a_model_that_has_not_run_here_is_guessed_from_the_bundled_ones_pace_here_and_says_so(
    context: Context, news: Dataset, tmp_path: Path
) -> None:
    def learn(model: str, pace: float) -> None:
        stage = Stage("learning", 1.0, f"cpu: {model}: full", 1000.0)
        context.queue.learn_of(stage, pace * 1000)

    twice = _folder(tmp_path / "twice", 384, 12)
    usual = _of(context, news, twice)
    assert usual.guess is not None and usual.guess.times == pytest.approx(2)
    assert "twice has not done such work here yet: this is guessed from the pace of minilm" in of_scan(usual)
    hidden = _of(context, news, "someone/hidden")
    assert "How large hidden is is not known: this is guessed as if it were minilm" in of_scan(hidden)
    assert _of(context, news, "minilm").guess is None

    learn("minilm", 0.05)
    assert _of(context, news, twice).seconds > 10 * usual.seconds
    assert "guessed" in of_scan(_of(context, news, twice))
    learn(twice, 0.01)
    known = _of(context, news, twice)
    assert known.guess is None and known.learnt
    assert "guessed" not in of_scan(known) and "usual" not in of_scan(known)


def test_what_personal_data_takes_is_foreseen_by_texts_and_by_the_values_beside_them(
    context: Context, news: Dataset
) -> None:
    def works(spec: ScanSpec) -> list[Work]:
        found = foresee_scan(context, news.latest_version_id, spec).works
        return [one for one in found if one.stage in ("names", "personal_data issues")]

    (patterns,) = works(ScanSpec(()))
    texts = sum((len(f"text number {i}") for i in range(39)), len("=1+1")) / 4 + 2 * 40
    beside = 2 * (8 + 40) + (8 * len("author 1") + sum(len(f"u{i}") for i in range(40))) / 4
    assert patterns.units == pytest.approx(texts + beside, rel=0.15), "8 authors and 40 ids, each once"
    with_names = works(ScanSpec((), names=True))
    assert [one.stage for one in with_names] == ["personal_data issues", "names", "personal_data issues"]
    one, both = (time_of_scan(context, news.latest_version_id, ScanSpec((), names=names)) for names in (False, True))
    assert both.seconds - one.seconds > 0.9 * with_names[1].units * with_names[1].usual
    assert (both.first, one.first) == (pytest.approx(one.first), one.first), "names come with the last result"
