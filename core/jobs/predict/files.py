"""Predicts the images of folders and archives, or images named one by one, where they lie."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pyarrow as pa

from core.finetune.predictor import Predictor
from core.jobs.predict.results import Results, spread
from core.jobs.predict.spec import PredictSpec
from core.modalities.image.opening import ImageFault, opened
from core.queue import JobFolder, ProgressWriter
from core.sources.images.source import Member, Opener, unlabelled

CHUNK = 256
"""Images whose pixels are in memory at a time, at the size that the model takes."""
THREADS = 4
"""Images that are decoded at a time: only these are in memory at their own size."""
KEPT = pa.schema([("file", pa.string())])


def predict_files(folder: JobFolder, spec: PredictSpec, predictor: Predictor, progress: ProgressWriter) -> Results:
    """Every file in the order listed, named by its path inside of its folder or archive."""
    members = unlabelled(spec.locations, spec.within)
    images = _Images(predictor)
    with (
        Results(folder.output / "predictions.parquet", KEPT, predictor.labels, predictor.target) as results,
        ThreadPoolExecutor(THREADS) as pool,
    ):
        for start in range(0, len(members), CHUNK):
            progress.update("Predicting", start, len(members), "images")
            chunk = members[start : start + CHUNK]
            ready = list(pool.map(images.encoded, chunk))
            reasons = [one if isinstance(one, str) else None for one in ready]
            found, _ = predictor.predict_encoded([one for one in ready if not isinstance(one, str)])
            names = pa.array([member.name for member in chunk], pa.string())
            results.write([names], spread(found, reasons, len(predictor.labels)), reasons)
    progress.update("Predicting", len(members), len(members), "images")
    return results


class _Images:
    """Reads and encodes images, for several threads."""

    def __init__(self, predictor: Predictor) -> None:
        self._encode = predictor.classifier.encode
        self._opener, self._reading = Opener(), threading.Lock()

    def encoded(self, member: Member) -> np.ndarray[Any, Any] | str:
        """Pixels as the model takes them, or the reason against the image."""
        if member.fault:
            return member.fault
        try:
            with self._reading:  # an archive is one open file
                content = self._opener.read(member)
            pixels: np.ndarray[Any, Any] = self._encode([opened(content)])[0]
            return pixels
        except ImageFault as fault:
            return str(fault)
