"""The stages that jobs report, as they are written down: marked here for the catalogues, since their names are made in
many places. A page shows a stage by `say_stored`."""

from __future__ import annotations

from core.words import stored

STAGES = (
    stored("rows"),
    stored("images"),
    stored("sounds"),
    stored("bytes"),
    stored("start"),
    stored("Starting again"),
    stored("Loading"),
    stored("Reading images"),
    stored("Reading sounds"),
    stored("spectrograms"),
    stored("Reading the table"),
    stored("Rewriting the file as clean UTF-8"),
    stored("Asking the hub"),
    stored("Fetching {name}"),
    stored("reading"),
    stored("near-duplicates"),
    stored("neighbours"),
    stored("encoding"),
    stored("embedding"),
    stored("{encoder}: encoding"),
    stored("{encoder}: probabilities"),
    stored("{model} fine-tuned: fold {fold} of {folds}"),
    stored("label issues"),
    stored("near_duplicate issues"),
    stored("outlier issues"),
    stored("content issues"),
    stored("loading the model"),
    stored("Loading the model"),
    stored("tokens"),
    stored("pixels"),
    stored("training"),
    stored("fine-tuning"),
    stored("solving"),
    stored("choosing the penalty"),
    stored("training {models} heads"),
    stored("predicting"),
    stored("Predicting"),
    stored("saving"),
    stored("intervals on the test labels as {labels}"),
)
