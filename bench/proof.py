"""Whether planted errors tell which detector finds people's errors best: `python -m bench.proof`.

On sets whose wrong labels people made (`bench.known_sets`), each detector's average precision on planted copies is held
against that on the real errors, and the detector that planted errors choose against the one that is best on real ones.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bench.known_sets import KnownSet, amazon_isbook, cifar10n_aggre_5k, disaster_tweets, whole_sets
from bench.row import Row
from core.duplicates.neighbourhood import Neighbourhood
from core.heads.out_of_sample import out_of_sample_probabilities
from core.jobs.proof.bed import Bed
from core.jobs.proof.detectors import rankings
from core.jobs.proof.prove import prove
from core.jobs.proof.score import Course
from core.jobs.proof.spec import MANNERS, NEAR, SCAN

SOURCES = (disaster_tweets, amazon_isbook, cifar10n_aggre_5k)
COPIES = 2
ARRAYS = os.environ.get("WINNOW_BENCH_ARRAYS")
"""A folder that keeps embeddings between runs."""


def run() -> list[Row]:
    """Per set the scan's ranking on planted and on real errors, and for each manner how good its choice is."""
    with tempfile.TemporaryDirectory() as folder:
        arrays = Path(ARRAYS or folder)
        rows: list[Row] = []
        for make in SOURCES:
            rows += _rows(next(iter(whole_sets(make(arrays)))))
            print(rows[-len(MANNERS) - 1 :], flush=True)
        return rows


def _rows(one: KnownSet) -> Iterator[Row]:
    bed, begun = _bed(one), time.monotonic()
    found = prove(bed, COPIES)
    seconds = time.monotonic() - begun
    real = _real(bed, one)
    for manner in MANNERS:
        planted = {each.detector: each for each in found.found if each.manner == manner}
        chosen = min(planted.values(), key=lambda each: float(np.mean(each.most))).detector
        best = max(real, key=lambda name: real[name])
        said = ", ".join(f"{name} {planted[name].average_precision:.2f}/{real[name]:.2f}" for name in real)
        note = f"chosen: {chosen}, best: {best}; planted/real {said}; {seconds:.0f} s in all"
        name = f"real errors by the detector that planted ones choose, {manner}: {one.name}"
        yield Row(name, real[chosen], "AP", real[best], "best detector", True, note=note)
        if manner == NEAR:
            least = f"at least {planted[SCAN].average_least:.2f}"
            name = f"the scan's ranking on planted errors: {one.name}"
            yield Row(name, planted[SCAN].average_precision, "AP", real[SCAN], "real errors", note=least)


def _bed(one: KnownSet) -> Bed:
    parts = {f"encoder {place}": part[one.rows] for place, part in enumerate(one.source.embeddings)}
    nobody = np.zeros(len(one.rows), bool)
    nearest = Neighbourhood(list(parts.values())[-1]).everyone
    return Bed(one.given, int(one.given.max()) + 1, np.arange(len(one.rows)), parts, nearest, nobody, nobody)


def _real(bed: Bed, one: KnownSet) -> dict[str, float]:
    judged = {
        name: out_of_sample_probabilities(part, bed.labels, bed.clusters, bed.classes, folds=bed.folds, seed=bed.seed)
        for name, part in bed.embeddings.items()
    }
    scores = rankings(bed.labels, judged, bed.nearest.rows, None)
    nothing = np.zeros(len(bed.labels))
    return {name: Course.of(score, one.wrong, nothing).average_precision() for name, score in scores.items()}


if __name__ == "__main__":
    from bench.__main__ import table

    print(table(run()))
