"""A classifier of what is said: transformers loads it by its Auto classes from a folder that has this file,
`speech_body.py` and `features.py` beside the weights (`trust_remote_code=True`), and Winnow from its own code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor, nn
from transformers import BatchFeature, PreTrainedConfig, PreTrainedModel
from transformers.feature_extraction_sequence_utils import SequenceFeatureExtractor
from transformers.modeling_outputs import SequenceClassifierOutput

from .features import RATE, VERSION, padded, separate, speech_picture
from .speech_body import BANDS, SCALE, WIDTH, SpeechBody

HEIGHT, STRETCH = 2.0, 0.08
"""How far a spectrogram is changed while learning, as another voice might: bands up or down, logarithm of their
width."""
WAVES, GAP_BANDS, GAP_FRAMES = 0.3, 4.0, 8.0
"""And as another room or microphone might: what is added to bands, in bels; gaps of so many bands and frames at
most."""


class SpeechConfig(PreTrainedConfig):  # type: ignore[no-untyped-call,unused-ignore]
    """What the classifier is made of."""

    model_type: ClassVar[str] = "winnow-speech"
    features: int = 0
    """`features.VERSION` when it was made."""
    dropout: float = 0.1


class SpeechFeatureExtractor(SequenceFeatureExtractor):  # type: ignore[misc,unused-ignore]
    """Sounds as the classifier takes them."""

    model_input_names: ClassVar[list[str]] = ["input_features", "frames"]

    def __init__(
        self, feature_size: int = BANDS, sampling_rate: int = RATE, padding_value: float = 0.0, **others: Any
    ) -> None:
        super().__init__(feature_size=feature_size, sampling_rate=sampling_rate, padding_value=padding_value, **others)

    def __call__(
        self,
        raw_speech: np.ndarray[Any, Any] | Sequence[Any],
        sampling_rate: int | None = None,
        return_tensors: str | None = None,
        **others: Any,
    ) -> BatchFeature:
        """`input_features` of one sound, (n,) samples, or of a list of sounds, and how many of their `frames` are no
        padding."""
        sounds = separate(raw_speech, sampling_rate, self.sampling_rate)
        pictures, frames = padded([speech_picture(sound) for sound in sounds])
        return BatchFeature({"input_features": pictures, "frames": frames}, return_tensors)


class SpeechForAudioClassification(PreTrainedModel):  # type: ignore[no-untyped-call,unused-ignore]
    """Sounds into classes."""

    config_class = SpeechConfig
    main_input_name = "input_features"

    def __init__(self, config: SpeechConfig) -> None:
        super().__init__(config)
        if config.features != VERSION:
            raise ValueError(f"it was made for version {config.features} of its features, and this is {VERSION}")
        self.body = SpeechBody()
        self.dropout = nn.Dropout(config.dropout)
        self.classifier = nn.Linear(WIDTH, int(config.num_labels or 0))
        self.post_init()  # type: ignore[no-untyped-call,unused-ignore]

    def _init_weights(self, module: nn.Module) -> None:
        """torch's own draw stands."""

    def forward(
        self, input_features: Tensor, frames: Tensor | None = None, labels: Tensor | None = None, **others: Any
    ) -> SequenceClassifierOutput:
        """Logits of spectrograms (b, frames, bands), of which so many `frames` (b,) are no padding."""
        given = changed(input_features) if self.training else input_features
        logits = self.classifier(self.dropout(SCALE * self.body(given, frames)))
        loss = None
        if labels is not None:
            several = self.config.problem_type == "multi_label_classification"
            of = nn.functional.binary_cross_entropy_with_logits if several else nn.functional.cross_entropy
            loss = of(logits, labels)
        return SequenceClassifierOutput(loss=loss, logits=logits)


def changed(given: Tensor) -> Tensor:
    """(b, frames, bands): each of the spectrograms as another recording of the same might look."""
    count, frames, bands = given.shape

    def drawn(*shape: int) -> Tensor:
        return given.new_empty(count, *shape).uniform_(-1, 1)

    places = torch.arange(bands, device=given.device, dtype=given.dtype)
    middle = (bands - 1) / 2
    wanted = middle + (places - middle) * torch.exp(STRETCH * drawn(1)) + HEIGHT * drawn(1)
    wanted = wanted.clamp(0, bands - 1)
    mixed = (1 - (places[None, :, None] - wanted[:, None, :]).abs()).clamp(min=0)
    points = WAVES * drawn(1, 4)
    found = given @ mixed + nn.functional.interpolate(points, bands, mode="linear", align_corners=True)
    means = found.mean((1, 2), keepdim=True)
    for length, widest, shape in ((bands, GAP_BANDS, (count, 1, bands)), (frames, GAP_FRAMES, (count, frames, 1))):
        wide = widest * drawn(1).abs()
        start = drawn(1).abs() * (length - wide)
        at = torch.arange(length, device=given.device, dtype=given.dtype)[None]
        found = torch.where(((at >= start) & (at < start + wide)).view(shape), means, found)
    return found


def register() -> None:
    """Lets transformers' Auto classes find it in Winnow's own process."""
    from transformers import AutoConfig, AutoFeatureExtractor, AutoModelForAudioClassification

    AutoConfig.register(SpeechConfig.model_type, SpeechConfig, exist_ok=True)
    extractors: Any = AutoFeatureExtractor
    extractors.register(SpeechConfig, SpeechFeatureExtractor, exist_ok=True)
    AutoModelForAudioClassification.register(SpeechConfig, SpeechForAudioClassification, exist_ok=True)
