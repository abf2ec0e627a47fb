"""The regressions of all arms and seeds on one encoder's cached embeddings, where labels are numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.heads.ridge import Lines
from core.jobs.cleaning_effect.draws import draw
from core.jobs.cleaning_effect.head import embeddings_of
from core.jobs.cleaning_effect.rows import LabelledRows
from core.jobs.cleaning_effect.spec import CleaningEffectSpec
from core.queue import ProgressWriter
from core.records import ARMS, Arm
from core.targets import Labels
from core.targets.number.facts import OUTPUT
from core.tasks import task_named
from core.words import stored

MOST = 100_000
"""Rows that are learnt from; of more a sample."""


def predict_by_lines(
    progress: ProgressWriter, spec: CleaningEffectSpec, rows: LabelledRows
) -> tuple[dict[Arm, Labels], list[str]]:
    """What the regressions of each arm predict for the test rows, (seeds, test rows), and what a person should know.

    All share the penalty that suits the labels as given. As in training, labels that are probably wrong by regressions
    that have not seen them count less.
    """
    about = replace(spec.about, labels=(OUTPUT,))
    embeddings = embeddings_of(progress, replace(spec, about=about), rows).numpy()
    train, notes = rows.train, list[str]()
    if len(train) > MOST:
        train = np.sort(np.random.default_rng(0).choice(train, MOST, replace=False))
        notes.append(stored(f"The regressions learnt from a sample of {len(train):,} of {len(rows.train):,} rows."))
    if task_named(spec.about.task).modality.fine_tuning.at_once:
        notes.append(stored("Ridge regressions on the columns learnt here, not the trees that Train fits."))
    given, reviewed = rows.given[train], rows.reviewed[train]
    clusters = np.unique(rows.rows.payloads.digests[train], return_inverse=True)[1].astype(np.int64)
    progress.update("choosing the penalty", 0)
    lines = Lines.of(embeddings[train], clusters, seed=0)
    l2, models = lines.penalty(given), spec.seeds * len(ARMS)
    found: dict[Arm, list[Labels]] = {arm: [] for arm in ARMS}
    tick, test = progress.stage(f"training {models} heads"), embeddings[rows.test]
    for seed in range(spec.seeds):
        drawn = draw(given, reviewed, 0, seed)
        for place, arm in enumerate(ARMS):
            tick(seed * len(ARMS) + place, models)
            found[arm].append(lines.fit(drawn.labels[arm], drawn.times, l2).predict(test))
    return {arm: np.stack(each) for arm, each in found.items()}, notes
