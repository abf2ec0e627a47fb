"""Predicts the files of folders and archives, or files named one by one, where they lie."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pyarrow as pa

from core.finetune.predictor import Predictor
from core.jobs.predict.results import ResultFile, results_of, spread
from core.jobs.predict.spec import PredictSpec
from core.modalities.file_fault import FileFault
from core.modalities.heavy import heavy_modality
from core.queue import JobFolder, ProgressWriter
from core.sources.images.kinds import kind_of
from core.sources.images.source import Member, Opener, unlabelled

CHUNK = 256
"""Files that are in memory at a time, as the model takes them."""
THREADS = 4
"""Files that are decoded at a time: only these are in memory at their own size."""
KEPT = pa.schema([("file", pa.string())])


def predict_files(folder: JobFolder, spec: PredictSpec, predictor: Predictor, progress: ProgressWriter) -> ResultFile:
    """Every file in the order listed, named by its path inside of its folder or archive."""
    members = unlabelled(spec.locations, spec.within, kind_of(spec.modality))
    files = _Files(predictor)
    with (
        results_of(folder.output / "predictions.parquet", KEPT, predictor.labels, predictor.target) as results,
        ThreadPoolExecutor(THREADS) as pool,
    ):
        for start in range(0, len(members), CHUNK):
            progress.update("Predicting", start, len(members), spec.modality.many)
            chunk = members[start : start + CHUNK]
            ready = list(pool.map(files.encoded, chunk))
            reasons = [one if isinstance(one, str) else None for one in ready]
            found, _ = predictor.predict_encoded([one for one in ready if not isinstance(one, str)])
            names = pa.array([member.name for member in chunk], pa.string())
            results.write([names], spread(found, reasons, len(predictor.labels)), reasons)
    progress.update("Predicting", len(members), len(members), spec.modality.many)
    return results


class _Files:
    """Reads and encodes images, for several threads."""

    def __init__(self, predictor: Predictor) -> None:
        self._classifier = predictor.classifier
        self._half = heavy_modality(predictor.classifier.task.modality)
        self._opener, self._reading = Opener(), threading.Lock()

    def encoded(self, member: Member) -> np.ndarray[Any, Any] | str:
        """The file as the model takes it, or the reason against it."""
        if member.fault:
            return member.fault
        try:
            with self._reading:  # an archive is one open file
                content = self._opener.read(member)
            found: np.ndarray[Any, Any] = self._classifier.encode(
                [self._half.opened_file(content, self._classifier.preparation)]
            )[0]
            return found
        except FileFault as fault:
            return str(fault)
