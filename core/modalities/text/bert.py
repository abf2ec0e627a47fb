"""A BERT encoder read straight from its folder, for inference alone: the tokens of many texts lie end to end.

Importing and loading it through transformers takes longer than encoding a thousand short texts, and its batches are
padded. Here texts of one length make a block for attention, and everything else sees one long row of tokens: on a CPU
no padding is computed, query, key and value are one product, and large intermediate results share their memory from
layer to layer. Follows Devlin et al., BERT (2019), by the names that transformers saves its weights under.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional

from core.modalities.model_files import config

PREFIX = "bert."


@dataclass(frozen=True, slots=True)
class Block:
    """Texts of a batch that have the same length, padding included."""

    count: int
    length: int
    lengths: Tensor | None = None
    """(count,) tokens without padding, on the model's device; None where no text has any."""


@dataclass(frozen=True, slots=True)
class _Layer:
    """Weights of a layer, (inputs, outputs) each, with their biases; a norm's scale and shift."""

    attend: tuple[Tensor, Tensor]
    """Query, key and value side by side."""
    collect: tuple[Tensor, Tensor]
    collected: tuple[Tensor, Tensor]
    widen: tuple[Tensor, Tensor]
    narrow: tuple[Tensor, Tensor]
    narrowed: tuple[Tensor, Tensor]


@dataclass(frozen=True, slots=True)
class Bert:
    """The weights, all on one device and of one type."""

    words: Tensor
    """(vocabulary, width)"""
    positions: Tensor
    """(longest text, width), the embedding of the first segment added."""
    norm: tuple[Tensor, Tensor]
    layers: tuple[_Layer, ...]
    heads: int
    epsilon: float

    @staticmethod
    def suits(about: Mapping[str, Any]) -> bool:
        """Whether a model with this config.json is computed as it is here."""
        return (
            about.get("model_type") == "bert"
            and not about.get("is_decoder")
            and about.get("hidden_act") == "gelu"
            and about.get("position_embedding_type", "absolute") == "absolute"
        )

    @staticmethod
    def load(folder: Path, where: torch.device, dtype: torch.dtype) -> Bert:
        """Raises KeyError where the folder's safetensors lack a weight."""
        about, state = config(folder), _weights(folder)

        def pair(name: str) -> tuple[Tensor, Tensor]:
            return state[f"{name}.weight"].to(where, dtype), state[f"{name}.bias"].to(where, dtype)

        def product(*names: str) -> tuple[Tensor, Tensor]:
            weights, biases = zip(*(pair(name) for name in names), strict=True)
            return torch.cat(weights).T.contiguous(), torch.cat(biases)

        def layer(name: str) -> _Layer:
            own = f"{name}.attention.self"
            return _Layer(
                product(f"{own}.query", f"{own}.key", f"{own}.value"),
                product(f"{name}.attention.output.dense"),
                pair(f"{name}.attention.output.LayerNorm"),
                product(f"{name}.intermediate.dense"),
                product(f"{name}.output.dense"),
                pair(f"{name}.output.LayerNorm"),
            )

        positions = state["embeddings.position_embeddings.weight"] + state["embeddings.token_type_embeddings.weight"][0]
        return Bert(
            state["embeddings.word_embeddings.weight"].to(where, dtype),
            positions.to(where, dtype),
            pair("embeddings.LayerNorm"),
            tuple(layer(f"encoder.layer.{index}") for index in range(int(about["num_hidden_layers"]))),
            int(about["num_attention_heads"]),
            float(about["layer_norm_eps"]),
        )

    @torch.no_grad()
    def means(self, tokens: Tensor, blocks: Sequence[Block]) -> Tensor:
        """Means over the tokens of each text, padding left out: (texts, width) float32, on the model's device.

        `tokens` (t,) int64 on the model's device are those of the blocks, block after block and text after text.
        """
        masks = [_mask(block) for block in blocks]
        *_, hidden = self._hidden(tokens, blocks, masks)
        return torch.cat(
            [_mean(part, block, mask) for part, block, mask in zip(_parts(hidden, blocks), blocks, masks, strict=True)]
        )

    @torch.no_grad()
    def states(self, tokens: Tensor, blocks: Sequence[Block], layer: int) -> Tensor:
        """The hidden states after so many layers, for tokens as in `means`: (t, width)."""
        return next(islice(self._hidden(tokens, blocks, [_mask(block) for block in blocks]), layer, None))

    def _hidden(self, tokens: Tensor, blocks: Sequence[Block], masks: Sequence[Tensor | None]) -> Iterator[Tensor]:
        """(t, width) of the embedded tokens, then after each layer."""
        places = torch.cat([torch.arange(one.length, device=tokens.device).repeat(one.count) for one in blocks])
        hidden = self._normed(self.words[tokens] + self.positions[places], self.norm)
        yield hidden
        buffers = _Buffers.like(hidden, self.layers[0])
        for layer in self.layers:
            hidden = self._forward(hidden, layer, blocks, masks, buffers)
            yield hidden

    def _forward(
        self, hidden: Tensor, layer: _Layer, blocks: Sequence[Block], masks: Sequence[Tensor | None], use: _Buffers
    ) -> Tensor:
        parts = _parts(_product(hidden, layer.attend, use.seen), blocks)
        for part, into, block, mask in zip(parts, _parts(use.context, blocks), blocks, masks, strict=True):
            # (3, count, heads, length, width of a head)
            query, key, value = part.view(block.count, block.length, 3, self.heads, -1).permute(2, 0, 3, 1, 4).unbind()
            keys = None if mask is None else mask[:, None, None, :]
            attended = functional.scaled_dot_product_attention(query, key, value, attn_mask=keys)
            into.view(block.count, block.length, self.heads, -1).copy_(attended.transpose(1, 2))
        hidden = self._normed(_product(use.context, layer.collect, use.narrow).add_(hidden), layer.collected)
        wide = torch.ops.aten.gelu_(_product(hidden, layer.widen, use.wide))
        return self._normed(_product(wide, layer.narrow, use.narrow).add_(hidden), layer.narrowed)

    def _normed(self, hidden: Tensor, norm: tuple[Tensor, Tensor]) -> Tensor:
        return functional.layer_norm(hidden, (hidden.shape[1],), *norm, self.epsilon)


@dataclass(frozen=True, slots=True)
class _Buffers:
    """Memory that the layers use one after the other: getting it anew each time costs a CPU as much as sums and norms
    together."""

    seen: Tensor
    """(tokens, 3 · width)"""
    context: Tensor
    narrow: Tensor
    """(tokens, width)"""
    wide: Tensor
    """(tokens, inner width)"""

    @staticmethod
    def like(hidden: Tensor, layer: _Layer) -> _Buffers:
        seen, wide = (hidden.new_empty(len(hidden), one[0].shape[1]) for one in (layer.attend, layer.widen))
        return _Buffers(seen, torch.empty_like(hidden), torch.empty_like(hidden), wide)


def _product(hidden: Tensor, layer: tuple[Tensor, Tensor], out: Tensor) -> Tensor:
    weight, bias = layer
    return torch.addmm(bias, hidden, weight, out=out)


def _parts(hidden: Tensor, blocks: Sequence[Block]) -> tuple[Tensor, ...]:
    return torch.split(hidden, [block.count * block.length for block in blocks])


def _mask(block: Block) -> Tensor | None:
    """(count, length) True where there is a token, or None where there is one everywhere."""
    if block.lengths is None:
        return None
    return torch.arange(block.length, device=block.lengths.device) < block.lengths[:, None]


def _mean(part: Tensor, block: Block, mask: Tensor | None) -> Tensor:
    hidden = part.view(block.count, block.length, -1).float()
    if mask is None or block.lengths is None:
        return hidden.mean(1)
    return hidden.masked_fill(~mask.unsqueeze(2), 0).sum(1) / block.lengths[:, None]


def _weights(folder: Path) -> dict[str, Tensor]:
    """By their names within the encoder, in today's spelling."""
    state: dict[str, Tensor] = {}
    for file in sorted(folder.glob("*.safetensors")):
        state |= load_file(file)
    prefixed = any(name.startswith(PREFIX) for name in state)
    return {
        name.removeprefix(PREFIX).replace(".gamma", ".weight").replace(".beta", ".bias"): value
        for name, value in state.items()
        if name.startswith(PREFIX) or not prefixed
    }
