"""Turns a BERT sentence encoder, read as the mean over its tokens, into a plain `BertForSequenceClassification`.

That class classifies by the first token. One more layer, made here and not learnt, lets every token see the mean:

    query, key = 0             attention is uniform over the tokens that are not padding
    value = 1, output = GAIN   so the first token becomes GAIN · mean + itself, and its own share is negligible
    layer norm                 (mean − its average) / its standard deviation: the same for the mean at any length
    feed-forward = 0           then the second norm changes nothing
    pooler = SQUASH            tanh(SQUASH · x) is what the classifier is given

So the classifier's inputs follow exactly from embeddings of length 1, and a head that was solved on cached embeddings
(`inputs`) says the same in the saved model as it does there.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor

from core.finetune.classifiers.classifier import label_names
from core.modalities.model_files import config
from core.targets import Target
from core.targets.one_class.facts import ONE_CLASS

GAIN = 8192.0
"""A power of two, and small enough that GAIN times a mean below 8 stays in the range of float16."""
SQUASH = 0.5
"""Small enough that tanh bends little, large enough that half precision loses nothing."""
TOKENIZER_FILES = ("special_tokens_map.json", "added_tokens.json", "vocab.txt")
PREFIX = "bert."


def inputs(embeddings: NDArray[np.float32]) -> NDArray[np.float32]:
    """What the classifier is given, (n, d) float32, for sentence embeddings (n, d) of any length."""
    centred = embeddings - embeddings.mean(1, keepdims=True)
    centred /= np.maximum(centred.std(1, keepdims=True), 1e-12)
    centred *= np.float32(SQUASH)
    return np.asarray(np.tanh(centred, out=centred), np.float32)


def write(
    folder: Path,
    encoder: Path,
    labels: Sequence[str],
    weight: Tensor,
    bias: Tensor,
    max_tokens: int,
    target: Target = ONE_CLASS,
) -> None:
    """Writes the encoder with the layer and a head (weight (k, d), bias (k,)) as a model folder, tokenizer included.

    Without transformers: importing it takes longer than all of the quick retrain.
    """
    folder.mkdir(parents=True, exist_ok=True)
    about = config(encoder)
    layers, width = int(about["num_hidden_layers"]), int(about["hidden_size"])
    state = _encoder_state(encoder)
    place = f"{PREFIX}encoder.layer.{layers}."
    state |= {place + name: value for name, value in layer(width, int(about["intermediate_size"])).items()}
    state |= {PREFIX + name: value for name, value in _pooler(width).items()}
    state |= {"classifier.weight": weight.float().contiguous().cpu(), "classifier.bias": bias.float().cpu()}
    save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
    for name in ("_name_or_path", "torch_dtype", "transformers_version"):
        about.pop(name, None)
    about |= {"architectures": ["BertForSequenceClassification"], "dtype": "float32", "num_hidden_layers": layers + 1}
    _write_json(folder / "config.json", about | label_names(labels, target))
    _write_tokenizer(folder, encoder, min(max_tokens, int(about["max_position_embeddings"])))


def layer(width: int, inner: int) -> dict[str, Tensor]:
    """The parameters of the mean pooling layer by their names within a layer of BERT."""
    flat, one, nothing = torch.zeros(width, width), torch.eye(width), torch.zeros(width)
    linear = {
        "attention.self.query": (flat, nothing),
        "attention.self.key": (flat, nothing),
        "attention.self.value": (one, nothing),
        "attention.output.dense": (GAIN * one, nothing),
        "attention.output.LayerNorm": (torch.ones(width), nothing),
        "intermediate.dense": (torch.zeros(inner, width), torch.zeros(inner)),
        "output.dense": (torch.zeros(width, inner), nothing),
        "output.LayerNorm": (torch.ones(width), nothing),
    }
    return {
        f"{name}.{kind}": value.clone()
        for name, pair in linear.items()
        for kind, value in zip(("weight", "bias"), pair, strict=True)
    }


def _pooler(width: int) -> dict[str, Tensor]:
    return {"pooler.dense.weight": SQUASH * torch.eye(width), "pooler.dense.bias": torch.zeros(width)}


def _encoder_state(encoder: Path) -> dict[str, Tensor]:
    """The encoder's weights in float32, under the names that they have in the classifier."""
    state: dict[str, Tensor] = {}
    for file in sorted(encoder.glob("*.safetensors")):
        state |= load_file(file)
    prefixed = any(name.startswith(PREFIX) for name in state)
    found = {}
    for name, value in state.items():
        bare = name.removeprefix(PREFIX) if prefixed else name
        if (name.startswith(PREFIX) or not prefixed) and bare.startswith(("embeddings.", "encoder.")):
            renamed = bare.replace("LayerNorm.gamma", "LayerNorm.weight").replace("LayerNorm.beta", "LayerNorm.bias")
            if value.is_floating_point():
                found[PREFIX + renamed] = value.float().contiguous()
    return found


def _write_tokenizer(folder: Path, encoder: Path, max_tokens: int) -> None:
    """Copies the tokenizer, which from then on cuts at `max_tokens` where asked to and pads nothing by itself."""
    for name in TOKENIZER_FILES:
        if (encoder / name).is_file():
            shutil.copyfile(encoder / name, folder / name)
    path = encoder / "tokenizer_config.json"
    settings = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {"tokenizer_class": "BertTokenizer"}
    limit = min(max_tokens, int(settings.get("model_max_length", max_tokens)))
    _write_json(folder / "tokenizer_config.json", settings | {"model_max_length": limit})
    if (encoder / "tokenizer.json").is_file():
        rules = json.loads((encoder / "tokenizer.json").read_text(encoding="utf-8"))
        _write_json(folder / "tokenizer.json", rules | {"truncation": None, "padding": None})


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False), encoding="utf-8")
