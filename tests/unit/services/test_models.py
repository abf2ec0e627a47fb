"""The models that runs have left: what is said where there is none."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from core.context import Context
from core.errors import NotFoundError
from core.records import Dataset
from core.services.runs.models import output_of
from tests.runs import finished_run


def test_a_model_that_was_deleted_is_not_taken_for_a_run_that_is_not_done(context: Context, news: Dataset) -> None:
    run = finished_run(context, news, np.full((40, 2), 0.5, np.float32), ["test"] * 40)
    model = context.queue.folder(run.run_id).output / "model"
    model.mkdir(exist_ok=True)
    (model / "config.json").write_text("{}")
    assert output_of(context, run) == model.parent
    shutil.rmtree(model)
    with pytest.raises(NotFoundError, match=r"The model of run 1 is gone: .* was deleted\. Train it once more"):
        output_of(context, run)
