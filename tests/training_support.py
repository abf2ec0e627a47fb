"""What tests of fine-tuning share: a tiny BERT on disk, a job folder with texts of three classes, final weights."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from core.queue import JobFolder
from core.records import TrainSpec

if TYPE_CHECKING:
    from collections.abc import Sequence

    import torch

    from core.finetune.classifiers.classifier import Classifier
    from core.modalities.text.inputs import TokenInputs

LABELS = ("sport", "business", "weather")
WORDS = ("goal", "share", "rain", "match", "price", "wind", "team", "bank", "cloud", "the", "of", "and", "a", "is")
SPEC = TrainSpec(strategy="full", epochs=3, batch=8, learning_rate=1e-3, max_tokens=32)


def tiny_bert(folder: Path, *, dropout: float = 0.1) -> Path:
    """Saves a BERT of two layers with random weights and a tokenizer of a few words."""
    import torch
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder.mkdir(parents=True)
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS, *(f"unused{index}" for index in range(100))]
    (folder / "vocab.txt").write_text("\n".join(vocabulary))
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=40,
        hidden_dropout_prob=dropout,
        attention_probs_dropout_prob=dropout,
    )
    BertModel(config).save_pretrained(folder)
    BertTokenizerFast(vocab=str(folder / "vocab.txt")).save_pretrained(folder)
    return folder


def texts(rows: int) -> tuple[list[str], list[int]]:
    """Texts of 6 to 23 words, the first four of which tell the class, and the classes."""
    random = np.random.default_rng(0)
    labels = [row % len(LABELS) for row in range(rows)]
    fillers = [random.choice(WORDS[9:], random.integers(2, 20)) for _ in labels]
    return [" ".join([*[WORDS[label]] * 4, *fillers[row]]) for row, label in enumerate(labels)], labels


def train_folder(root: Path, model: Path, spec: TrainSpec = SPEC, rows: int = 120) -> JobFolder:
    """A job folder as the app makes it: two thirds to learn from, the rest half validation, half test."""
    return fill(JobFolder(root).create(), model, spec, rows)


def fill(folder: JobFolder, model: Path, spec: TrainSpec = SPEC, rows: int = 120) -> JobFolder:
    """Writes the input and the spec of a fine-tune on `texts` into a job folder."""
    contents, labels = texts(rows)
    splits = ["train" if row < rows * 2 // 3 else ("validation", "test")[row % 2] for row in range(rows)]
    table = {
        "example_id": pa.array(range(1000, 1000 + rows), pa.int64()),
        "content_hash": [hashlib.sha256(text.encode()).hexdigest() for text in contents],
        "label": pa.array(labels, pa.int32()),
        "split": splits,
        "text": contents,
        "media_id": pa.array([None] * rows, pa.string()),
    }
    pq.write_table(pa.table(table), folder.input / "rows.parquet")
    about = {"dataset_id": "d", "version_id": "v", "task": "text", "labels": list(LABELS), "title": "A test"}
    folder.write_spec(
        asdict(replace(spec, model=str(model))) | about | {"arrays": str(folder.path / "arrays"), "media": ""}
    )
    return folder


def token_inputs(classifier: Classifier, contents: Sequence[str], where: torch.device) -> TokenInputs:
    """The texts as the loop takes them, for a model on the device `where`."""
    from core.modalities.text.inputs import TokenInputs
    from core.modalities.text.token_store import Tokens

    encoded = classifier.encode(contents)
    offsets = np.cumsum([0, *(len(one) for one in encoded)])
    tokens = Tokens(np.array([token for one in encoded for token in one], np.int32), offsets)
    return TokenInputs.of(tokens, int(classifier.preparation.tokenizer.pad_token_id), where)


def weights(folder: JobFolder) -> dict[str, np.ndarray]:
    """The weights of the model that a run saved."""
    from safetensors.numpy import load_file

    return load_file(folder.output / "model" / "model.safetensors")
