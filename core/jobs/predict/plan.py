"""The stages of a batch prediction, foreseen by the size of its files."""

from __future__ import annotations

from pathlib import Path

from core.jobs.foresight import Foreseen, Work, start
from core.jobs.predict.spec import PredictSpec
from core.settings import expanded

FILES = 100_000
"""Of a folder so many are looked at."""


def foresee_predict(spec: PredictSpec) -> Foreseen:
    """A megabyte is what is counted: what is in it is known once it is read."""
    size = sum(_size(expanded(location)) for location in spec.locations) / 1e6
    name = spec.modality.name
    usual = 3.0 if spec.modality.in_files else 0.5 if spec.modality.features else 50.0
    works = (
        start("predict"),
        Work("Loading the model", "loading the model", 1.0, 3.0, even=False),
        Work("Predicting", f"{name}: predicting {spec.task or spec.kind}", size, usual, heavy=True),
    )
    return Foreseen(works)


def _size(path: Path) -> int:
    if not path.is_dir():
        return path.stat().st_size if path.exists() else 0
    files = (file for file in path.rglob("*") if file.is_file())
    return sum(file.stat().st_size for _, file in zip(range(FILES), files, strict=False))
