"""A run's model put to use, whatever it is made of."""

from __future__ import annotations

from pathlib import Path

from core.arrays.checksum import changed
from core.errors import ModelError
from core.finetune.predictor import Predictor
from core.finetune.tokens.predictor import TagPredictor
from core.modalities import MODALITIES, Modality
from core.modalities.fitted import Opened
from core.modalities.heavy import heavy_modality


def open_model(folder: Path) -> tuple[Opened, Modality]:
    """The model in a folder, and what its examples are. Raises ModelError where it cannot be loaded, or is not as the
    run wrote it."""
    for file in sorted(folder.rglob("*")):
        if problem := changed(file, folder.parent):
            raise ModelError(f"The model in {folder} is damaged: {file.name}: {problem}.", "Train it again.")
    for modality in MODALITIES.values():
        tuning = modality.fine_tuning
        if tuning.at_once and any((folder / mark).is_file() for mark in tuning.marks):
            return heavy_modality(modality).opened(folder), modality
    if TagPredictor.claims(folder):
        tagger = TagPredictor.open(folder)
        return tagger, tagger.classifier.task.modality
    predictor = Predictor.open(folder)
    return predictor, predictor.classifier.task.modality
