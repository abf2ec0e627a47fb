"""The test of the detectors on the Issues page: started, and its answer drawn."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from core.context import Context
from core.jobs.about import About
from core.jobs.proof.spec import MANNERS, OF_SETS, Found, ProofResult, ProofSpec
from core.jobs.proof.web import PROOF
from core.records import Dataset
from core.typed import to_json
from tests import crops
from tests.pages.issues_page import Open, table, texts


def test_the_detectors_can_be_tested_and_the_answer_is_drawn(open_at: Open, app: Context, scanned: Dataset) -> None:
    shown = open_at("issues", dataset="news")
    shown.query_params["panel"] = "proof"
    shown.run()
    assert not shown.exception
    assert "Nothing of your data changes" in texts(shown)
    shown.button(key="proof-start").click().run()
    (job,) = app.queue.of("proof", scanned.dataset_id)
    folder = app.queue.folder(job.job_id)
    spec = PROOF.spec_of(folder)
    assert (spec.repeats, spec.encoders, spec.about.labels) == (3, ("lexical", "minilm"), scanned.labels)
    app.queue.cancel(job.job_id)


def test_the_answer_of_a_proof_says_who_needs_the_fewest_reviews(
    open_at: Open, app: Context, scanned: Dataset, tmp_path: Path
) -> None:
    _proved(app, scanned, MANNERS, "margin", tmp_path)
    shown = open_at("issues", dataset="news")
    shown.query_params["panel"] = "proof"
    shown.run()
    assert not shown.exception
    assert "reviews by margin find four of five" in texts(shown)
    assert table(shown, "reviews to half")["detector"].tolist() == ["margin", "the scan's ranking"]
    assert "A newer scan has been made since" in texts(shown)


def test_the_detectors_can_be_tested_where_a_row_has_several_classes(
    open_at: Open, app: Context, tmp_path: Path
) -> None:
    reports = crops.load(app, tmp_path)
    crops.scan(app, tmp_path, reports)
    _proved(app, reports, OF_SETS, "doubtful", tmp_path)
    shown = open_at("issues", dataset="crops")
    shown.query_params["panel"] = "proof"
    shown.run()
    assert not shown.exception
    assert "A class that a row hardly has is left out" in texts(shown)
    assert table(shown, "reviews to half")["detector"].tolist() == ["the most doubtful class", "the scan's ranking"]
    assert shown.button(key="proof-start").label == "Test again"


def _proved(app: Context, dataset: Dataset, manners: Iterable[str], best: str, tmp_path: Path) -> None:
    """A proof in which the detector `best` needs fewer reviews than the scan's ranking."""

    def found(manner: str, detector: str, most: float) -> Found:
        share = (0.9, 0.6, 0.3)
        low, high = (0.8, 0.5, 0.2), (1.0, 0.7, 0.4)
        numbers = (share, low, high, share, low, high, share)
        return Found(manner, detector, *numbers, (most / 2,) * 3, (most, most + 1, most + 2), 0.7, 0.6)

    each = [found(manner, name, most) for manner in manners for name, most in (("scan", 50.0), (best, 30.0))]
    result = ProofResult(90, 10, 5, 3.0, (10, 20, 40), tuple(each), 0, 0, (), (), 1.0, "cpu")
    about = About(dataset.dataset_id, dataset.latest_version_id, dataset.task, dataset.labels, tmp_path, tmp_path)
    spec = ProofSpec("another scan", ("lexical",), 5, 0, 3, about=about)
    job = app.queue.start_local("proof", "proof", to_json(spec), dataset.dataset_id, "ada")
    app.queue.folder(job.job_id).write_result(to_json(result))
    app.queue.finish_local(job.job_id, "done")
