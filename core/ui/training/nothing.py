"""What the views of the Train page say where no run is there yet."""

from __future__ import annotations

from core.records import Dataset, Version
from core.ui.parts.empty import empty_state
from core.ui.parts.examples import ExampleName
from core.ui.shell.pages import link
from core.words import say


def nothing_trained(dataset: Dataset, version: Version) -> None:
    """There is no run to look at."""
    _train_one(
        say("No model has been trained on this dataset yet"),
        say(
            "How it learns will be here, step by step. A quick retrain trains the last layer of a model "
            "that comes with Winnow; how long it takes here is said before it starts."
        ),
        dataset,
        version,
        "learning",
    )


def no_model_yet(dataset: Dataset, version: Version) -> None:
    """There is no run that is done."""
    _train_one(
        say("There is no model to use yet"),
        say("Ask a model about one example, or a whole file: what it says, and how sure it is, will be here."),
        dataset,
        version,
        "answer",
    )


def _train_one(title: str, text: str, dataset: Dataset, version: Version, shows: ExampleName) -> None:
    empty_state(
        title,
        text,
        icon="model_training",
        shows=shows,
        action=lambda: link(
            "training",
            say("Train one"),
            icon=":material/play_arrow:",
            view="new",
            dataset=dataset.name,
            version=version.number,
        ),
    )
