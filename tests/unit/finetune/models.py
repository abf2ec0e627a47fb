"""Small random models, made from their configs and saved on the spot, with a tokenizer of a few words."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import torch

WORDS = ["goal", "match", "team", "bank", "market", "shares", "actor", "scene", "film", "the", "a", "of"]
SIZES: dict[str, Any] = {
    "vocab_size": 5 + len(WORDS),
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "max_position_embeddings": 40,
}


def tokenizer(**special: str) -> Any:
    """Splits at spaces; `special` overrides the special tokens, an empty name leaves one out."""
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace
    from tokenizers.processors import TemplateProcessing

    hub: Any = import_module("transformers")

    names = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    backend = Tokenizer(WordLevel({word: place for place, word in enumerate([*names, *WORDS])}, unk_token="[UNK]"))
    backend.pre_tokenizer = Whitespace()
    backend.post_processor = TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    tokens = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"} | special
    return hub.PreTrainedTokenizerFast(
        tokenizer_object=backend, **{key: value for key, value in tokens.items() if value}
    )


def text_model(folder: Path, kind: str = "bert", **special: str) -> Path:
    """`bert` (an encoder alone), `roberta`, `distilbert` or `gpt2`."""
    hub: Any = import_module("transformers")

    torch.manual_seed(0)
    sizes = SIZES | {"pad_token_id": 0}
    if kind == "bert":
        model = hub.BertModel(hub.BertConfig(**sizes))
        # Wider than freshly drawn, so that texts differ as in a trained model.
        with torch.no_grad():
            model.embeddings.word_embeddings.weight.mul_(50)
    elif kind == "roberta":
        model = hub.RobertaModel(hub.RobertaConfig(**sizes))
    elif kind == "distilbert":
        config = {"vocab_size": sizes["vocab_size"], "dim": 16, "n_layers": 2, "n_heads": 2, "hidden_dim": 32}
        model = hub.DistilBertModel(hub.DistilBertConfig(**config, max_position_embeddings=40))
    else:
        model = hub.GPT2Model(
            hub.GPT2Config(vocab_size=sizes["vocab_size"], n_embd=16, n_layer=2, n_head=2, n_positions=40)
        )
    model.save_pretrained(folder)
    tokenizer(**special).save_pretrained(folder)
    return folder


def image_model(folder: Path, kind: str) -> Path:
    """`resnet`, `vit` or `convnext`, for pictures of 32 × 32."""
    hub: Any = import_module("transformers")

    torch.manual_seed(0)
    model: Any
    if kind == "resnet":
        config = hub.ResNetConfig(embedding_size=8, hidden_sizes=[8, 16], depths=[1, 1], layer_type="basic")
        model = hub.ResNetForImageClassification(config)
    elif kind == "convnext":
        model = hub.ConvNextForImageClassification(
            hub.ConvNextConfig(hidden_sizes=[8, 16], depths=[1, 1], num_stages=2)
        )
    else:
        sizes = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 16}
        model = hub.ViTForImageClassification(hub.ViTConfig(**sizes, image_size=32, patch_size=16))
    model.save_pretrained(folder)
    hub.ViTImageProcessorPil(size={"height": 32, "width": 32}).save_pretrained(folder)
    return folder
