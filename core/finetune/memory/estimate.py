"""How much memory a fine-tune needs, said before it starts. Imports no torch.

Sum of the process, weights, gradients and AdamW's moments (4, 4 and 8 bytes per parameter that learns; Rajbhandari et
al., ZeRO, 2020, section 3) and of what the forward pass keeps for the backward pass. A layer of BERT's kind keeps per
token, in units of its width h with an intermediate width i: its input, queries, keys, values, what attention gives,
both norms' inputs and the second norm's output, 8 h; before and after the activation, 2 i; two dropout masks of a byte
(Korthikanti et al., Reducing Activation Recomputation in Large Transformer Models, 2022, section 4: 34 h bytes with 16
bits, where i = 4 h). Attention is one kernel that keeps no weights, but on the CPU where it drops out: there a layer
keeps the probabilities, the mask and their product in float32 for each head and pair of tokens, and scaled queries and
keys besides.

The allowance for the allocator and the process were measured on the CPU, see
`tests/integration/test_memory_estimate.py`; those of a GPU are assumed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from core.finetune.memory.sizes import Encoder, Sizes
from core.records import TrainSpec

SAVING = 0.75
"""Where at most this share of the words occurs, only their rows of the embedding learn: see
`core.finetune.vocabulary`."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a kind of device adds."""

    process: int
    """Bytes without any model: interpreter and libraries, or CUDA's context and libraries."""
    allocator: float
    """What is taken from the machine by what tensors hold: freed blocks do not fit what is asked for next."""
    recomputed: float
    """Layers whose values are there at once while layers are computed again, freed blocks included."""


PLACES = {"cpu": Place(435_000_000, 1.3, 2.0), "cuda": Place(550_000_000, 1.15, 1.0)}


@dataclass(frozen=True, slots=True)
class Load:
    """What a batch looks like."""

    examples: int
    """In memory at once."""
    tokens: int = 0
    """Of the longest text; not used for images."""
    words: int | None = None
    """Different words that occur; None where that is not known."""
    classes: int = 2


def memory_needed(
    sizes: Sizes, spec: TrainSpec, load: Load, *, device: Literal["cpu", "cuda"], precision: str = "no"
) -> int:
    """Bytes that one process of the fine-tune takes at most, on a GPU of its memory, on the CPU of the machine's.

    `precision` is what `chosen_precision` gives.
    """
    place, mixed = PLACES[device], precision != "no"
    first, trained = _first_that_learns(sizes, spec), trained_parameters(sizes, spec, load)
    each = _kept(sizes, load, device, mixed)
    kept, width = each[first:], 4 * load.examples * _inputs(sizes, load)
    if spec.gradient_checkpointing == "on":
        kept = [*[width] * len(kept), round(place.recomputed * max(kept))]
    ends = load.examples * (_around(sizes, load, mixed) if spec.strategy == "full" else 0)
    logits = 4 * 4 * load.examples * load.classes
    working = max(each) // 2
    weights = (6 if mixed else 4) * sizes.parameters + 12 * trained
    return round(place.process + weights + place.allocator * (sum(kept) + ends + logits) + working)


def trained_parameters(sizes: Sizes, spec: TrainSpec, load: Load) -> int:
    """How many parameters learn."""
    trained = sum(sizes.layers[_first_that_learns(sizes, spec) :]) + sizes.after
    return trained + sizes.before - _words_that_rest(sizes, load) if spec.strategy == "full" else trained


def _first_that_learns(sizes: Sizes, spec: TrainSpec) -> int:
    number = len(sizes.layers)
    return 0 if spec.strategy == "full" else number - min(spec.last_layers, number)


def _words_that_rest(sizes: Sizes, load: Load) -> int:
    """Parameters of the word embedding that do not learn, since their words never occur."""
    known, width = sizes.embedding
    if load.words is None or load.words > SAVING * known:
        return 0
    return (known - load.words) * width


def _kept(sizes: Sizes, load: Load, device: str, mixed: bool) -> Sequence[int]:
    """Bytes that each layer keeps for a batch."""
    if sizes.encoder is None:
        return [(2 if mixed else 4) * load.examples * values for values in sizes.kept]
    tokens = sizes.encoder.image_tokens or load.tokens
    per_token = _per_token(sizes.encoder, tokens, device, mixed)
    return [load.examples * tokens * per_token] * len(sizes.layers)


def _per_token(encoder: Encoder, tokens: int, device: str, mixed: bool) -> int:
    hidden, intermediate = encoder.hidden, encoder.intermediate
    masks = 2 * hidden if encoder.attention_dropout else 0
    if mixed:
        # Norms take and give float32; what goes into matrix products is kept in 16 bits.
        return 2 * (6 * hidden + 2 * intermediate) + 4 * 2 * hidden + masks
    bytes_of_values = 4 * (8 * hidden + 2 * intermediate)
    if device == "cpu" and encoder.attention_dropout:
        return bytes_of_values + masks + 4 * 2 * hidden + 12 * encoder.heads * tokens
    return bytes_of_values + masks


def _inputs(sizes: Sizes, load: Load) -> int:
    """Values that go into a layer, per example."""
    if sizes.encoder is None:
        return 0
    return (sizes.encoder.image_tokens or load.tokens) * sizes.encoder.hidden


def _around(sizes: Sizes, load: Load, mixed: bool) -> int:
    """Bytes that are kept before the first layer and after the last, per example."""
    if sizes.encoder is not None:
        return 3 * 4 * _inputs(sizes, load)
    return (2 if mixed else 4) * sum(sizes.kept_around)
