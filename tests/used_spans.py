"""A finished run that finds entities: a small model that has learnt `bank` and `market` as places, `actor scene` as a
person."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from core.context import Context
from core.records import Dataset, Run, TrainSpec
from tests.integration.load_support import loaded
from tests.runs import finished_run
from tests.unit.finetune.models import text_model
from tests.unit.finetune.test_loop import Record
from tests.unit.finetune.test_tokens import PLACE, TYPES, sentences


def loaded_spans(context: Context, folder: Path, count: int = 60, name: str = "spans") -> Dataset:
    """So many sentences of five words or a few more, with their spans."""
    texts, _, spans = sentences(count)
    file = folder / "spans.jsonl"
    rows = [{"text": text, "label": own} for text, own in zip(texts, spans, strict=True)]
    file.write_text("\n".join(map(json.dumps, rows)))
    return loaded(context, file, name=name)


def used_tagger(context: Context, folder: Path) -> Run:
    """The run of a dataset `spans`, with its model and the features of its rows."""
    from core.finetune.checkpoint import Checkpoints
    from core.finetune.tokens.loop import TaggedTexts, TagLoop
    from core.finetune.tokens.predictor import TagPredictor
    from core.finetune.tokens.tagger import load_tagger
    from core.finetune.tokens.windows import Windows

    texts, bounds, spans = sentences(60)
    dataset = loaded_spans(context, folder)
    run = finished_run(context, dataset, np.zeros((60, len(TYPES)), np.float32), ["train"] * 60)
    tagger = load_tagger(str(text_model(folder / "base")), dataset.task, TYPES, max_tokens=32, seed=0)
    windows = Windows.of(tagger.preparation.tokenizer, 32, texts, bounds)  # type: ignore[attr-defined]
    spec = TrainSpec(strategy="full", epochs=25, batch=8, learning_rate=2e-2)
    told, nothing = (TaggedTexts(windows, spans, bounds), TaggedTexts(Windows([], 0), [], []))
    TagLoop(tagger, told, nothing, TYPES, spec, PLACE, Checkpoints(folder / "kept"), Record()).run()
    output = context.queue.folder(run.run_id).output
    tagger.save(output / "model", {"spec": {}})
    np.save(output / "features.npy", TagPredictor.open(output / "model").read(texts).features)
    np.save(output / "feature_rows.npy", np.arange(60))
    return run
