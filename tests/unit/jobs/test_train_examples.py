"""The words that a fine-tune keeps embeddings of."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from core.finetune.classifiers.classifier import load_classifier
from core.finetune.vocabulary import only_occurring
from core.jobs.examples import JobExamples
from core.jobs.report import JobReport
from core.jobs.rows import Rows
from core.queue import JobFolder, ProgressWriter
from tests.unit.finetune import models
from tests.unit.modalities.corpus import text_payloads


def test_a_padding_token_that_the_model_does_not_name_is_among_the_words_of_its_batches(tmp_path: Path) -> None:
    folder = models.text_model(tmp_path / "model", "gpt2", pad_token="")  # padded with [UNK], which no text has
    classifier = load_classifier(str(folder), "text", ["short", "long"])
    rows = Rows(np.arange(2), np.arange(2), text_payloads(["goal", "goal match team"]))
    folder_of_job = JobFolder(tmp_path / "run").create()
    report = JobReport(folder_of_job, ProgressWriter(folder_of_job))
    examples = JobExamples(classifier, rows, tmp_path / "arrays", report.stage, torch.device("cpu"))
    words = examples.words(np.arange(2))
    assert words is not None and classifier.preparation.tokenizer.pad_token_id in words
    batch = classifier.collate(classifier.encode(["goal", "goal match team"]))
    plain = classifier.model(**batch).logits
    with only_occurring(classifier.model, words):
        assert torch.allclose(classifier.model(**batch).logits, plain, atol=1e-6)
