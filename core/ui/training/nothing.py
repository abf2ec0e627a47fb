"""What the views of the Train page say where no run is there yet."""

from __future__ import annotations

from core.records import Dataset, Version
from core.ui.parts.empty import empty_state
from core.ui.shell.pages import link


def nothing_trained(dataset: Dataset, version: Version) -> None:
    """There is no run to look at."""
    _train_one(
        "No model has been trained on this dataset yet",
        "A quick retrain takes seconds: the last layer of a bundled model, on embeddings that a scan has cached.",
        dataset,
        version,
    )


def no_model_yet(dataset: Dataset, version: Version) -> None:
    """There is no run that is done."""
    _train_one(
        "There is no model to use yet",
        "A quick retrain takes seconds; what it leaves can be asked here.",
        dataset,
        version,
    )


def _train_one(title: str, text: str, dataset: Dataset, version: Version) -> None:
    empty_state(
        title,
        text,
        icon="model_training",
        action=lambda: link(
            "training",
            "Train one",
            icon=":material/play_arrow:",
            view="new",
            dataset=dataset.name,
            version=version.number,
        ),
    )
