"""A small network for sounds: transformers loads it by its Auto classes from a folder that has this file and
`features.py` beside the weights (`trust_remote_code=True`), and Winnow from its own code.

It is given what `features` makes of a sound: a linear layer on statistics, or convolutions over a spectrogram, which
while it learns sees each sound faster or slower, higher or lower, earlier or later, noisier, and with gaps.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor, nn
from transformers import BatchFeature, PreTrainedConfig, PreTrainedModel
from transformers.feature_extraction_sequence_utils import SequenceFeatureExtractor
from transformers.modeling_outputs import SequenceClassifierOutput

from .features import RATE, VERSION, WIDTH, picture, separate, statistics

TEMPO, SHIFT, PITCH, HEIGHT = 0.2, 0.12, 0.16, 0.12
"""How far a spectrogram is changed while learning: logarithm of the tempo, share of the time, logarithm of the width of
bands, share of the height."""
CONTRAST, LEVEL, TILT, WAVES, NOISE = 0.2, 0.3, 0.4, 0.3, 0.2
"""And what becomes of its values: logarithm of their factor, what is added, what is added more of to one end of the
bands than to the other, a wave over the bands such as another throat or microphone makes, noise."""
PLACES = 4
"""The last layer is told what was found where: in so many parts of time, and of pitch."""
GAPS, WIDEST = 2, 0.2
"""Gaps in time, and in pitch: how many of each, and how wide at most."""


class LogMelConfig(PreTrainedConfig):  # type: ignore[no-untyped-call,unused-ignore]
    """What the network is made of."""

    model_type: ClassVar[str] = "winnow-log-mel"
    body: str = "convolution"
    """`convolution`, or `statistics`: a linear layer alone."""
    features: int = 0
    """`features.VERSION` when it was made."""
    bands: int = 24
    frames: int = 24
    channels: list[int] | tuple[int, ...] = (16, 48, 96)
    dropout: float = 0.3


class LogMelFeatureExtractor(SequenceFeatureExtractor):  # type: ignore[misc,unused-ignore]
    """Sounds as the network takes them."""

    model_input_names: ClassVar[list[str]] = ["input_features"]

    def __init__(
        self,
        feature_size: int = 24,
        sampling_rate: int = RATE,
        padding_value: float = 0.0,
        body: str = "convolution",
        frames: int = 24,
        **others: Any,
    ) -> None:
        super().__init__(feature_size=feature_size, sampling_rate=sampling_rate, padding_value=padding_value, **others)
        self.body, self.frames = body, frames

    def __call__(
        self,
        raw_speech: np.ndarray[Any, Any] | Sequence[Any],
        sampling_rate: int | None = None,
        return_tensors: str | None = None,
        **others: Any,
    ) -> BatchFeature:
        """`input_features` of one sound, (n,) samples, or of a list of sounds."""
        sounds = separate(raw_speech, sampling_rate, self.sampling_rate)
        return BatchFeature({"input_features": np.stack([self.given(sound) for sound in sounds])}, return_tensors)

    def given(self, wave: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """What the network is given of one sound of `sampling_rate` samples a second."""
        return statistics(wave) if self.body == "statistics" else picture(wave, self.feature_size, self.frames)


class Block(nn.Module):
    """Two convolutions with a way past them."""

    def __init__(self, given: int, channels: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(given, channels, 3, padding=1, bias=False)
        self.first_norm = nn.GroupNorm(8, channels)
        self.second = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.second_norm = nn.GroupNorm(8, channels)
        self.past = nn.Identity() if given == channels else nn.Conv2d(given, channels, 1, bias=False)
        self.dropout = nn.Dropout2d(0.1)

    def forward(self, given: Tensor) -> Tensor:
        hidden = self.dropout(torch.relu(self.first_norm(self.first(given))))
        return torch.relu(self.second_norm(self.second(hidden)) + self.past(given))


class LogMelForAudioClassification(PreTrainedModel):  # type: ignore[no-untyped-call,unused-ignore]
    """Sounds into classes."""

    config_class = LogMelConfig
    main_input_name = "input_features"

    def __init__(self, config: LogMelConfig) -> None:
        super().__init__(config)
        if config.features != VERSION:
            raise ValueError(f"it was made for version {config.features} of its features, and this is {VERSION}")
        width = WIDTH
        if config.body == "convolution":
            widths = list(config.channels)
            self.stem = nn.Conv2d(1, widths[0], 5, padding=2)
            self.layers = nn.ModuleList([Block(*pair) for pair in pairwise(widths)])
            self.dropout = nn.Dropout(config.dropout)
            width = PLACES**2 * widths[-1]
        self.classifier = nn.Linear(width, int(config.num_labels or 0))
        self.post_init()  # type: ignore[no-untyped-call,unused-ignore]

    def _init_weights(self, module: nn.Module) -> None:
        """torch's own draw stands."""

    def forward(self, input_features: Tensor, labels: Tensor | None = None, **others: Any) -> SequenceClassifierOutput:
        """Logits of statistics (b, d), or of spectrograms (b, frames, bands)."""
        logits = self.classifier(self._seen(input_features))
        loss = None
        if labels is not None:
            several = self.config.problem_type == "multi_label_classification"
            of = nn.functional.binary_cross_entropy_with_logits if several else nn.functional.cross_entropy
            loss = of(logits, labels)
        return SequenceClassifierOutput(loss=loss, logits=logits)

    def _seen(self, given: Tensor) -> Tensor:
        if self.config.body != "convolution":
            return given
        hidden: Tensor = given.transpose(1, 2)[:, None]
        hidden = changed(hidden) if self.training else hidden
        hidden = torch.relu(self.stem(hidden))
        for layer in self.layers:
            hidden = layer(nn.functional.max_pool2d(hidden, 2))
        pooled: Tensor = self.dropout(nn.functional.adaptive_avg_pool2d(hidden, PLACES).flatten(1))
        return pooled


def changed(given: Tensor) -> Tensor:
    """(b, 1, bands, frames): each of the spectrograms as another recording of it might look."""
    count, _, bands, frames = given.shape

    def drawn(most: float) -> Tensor:
        return given.new_empty(count).uniform_(-most, most)

    nothing = given.new_zeros(count)
    time = torch.stack([torch.exp(drawn(TEMPO)), nothing, drawn(SHIFT)], 1)
    pitch = torch.stack([nothing, torch.exp(drawn(PITCH)), drawn(HEIGHT)], 1)
    grid = nn.functional.affine_grid(torch.stack([time, pitch], 1), list(given.shape), align_corners=False)
    found: Tensor = nn.functional.grid_sample(given, grid, padding_mode="border", align_corners=False)
    each = (count, 1, 1, 1)
    slope = torch.linspace(-1, 1, bands, device=given.device, dtype=given.dtype).view(1, 1, bands, 1)
    wave = torch.cos(2 * math.pi * (slope * drawn(1).view(each) + drawn(1).view(each)))
    found = found * torch.exp(drawn(CONTRAST)).view(each) + drawn(LEVEL).view(each)
    found = found + drawn(TILT).view(each) * slope + drawn(WAVES).view(each) * wave
    found = found + torch.randn_like(found) * drawn(NOISE).abs().view(each)
    for length, shape in ((bands, (count, 1, bands, 1)), (frames, (count, 1, 1, frames))):
        places = torch.arange(length, device=given.device)[None]
        for _ in range(GAPS):
            wide = drawn(WIDEST).abs() * length
            start = drawn(1).abs() * (length - wide)
            gap = (places >= start[:, None]) & (places < (start + wide)[:, None])
            found = found.masked_fill(gap.view(shape), 0.0)
    return found


def register() -> None:
    """Lets transformers' Auto classes find the network in Winnow's own process."""
    from transformers import AutoConfig, AutoFeatureExtractor, AutoModelForAudioClassification

    AutoConfig.register(LogMelConfig.model_type, LogMelConfig, exist_ok=True)
    extractors: Any = AutoFeatureExtractor
    extractors.register(LogMelConfig, LogMelFeatureExtractor, exist_ok=True)
    AutoModelForAudioClassification.register(LogMelConfig, LogMelForAudioClassification, exist_ok=True)
