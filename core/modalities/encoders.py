"""Every encoder by name, and how a name that is none of them becomes one: a model folder or a hub id."""

from __future__ import annotations

from collections.abc import Callable

from core.errors import ModelError
from core.modalities import MODALITIES
from core.modalities.encoder import Encoder
from core.modalities.heavy import heavy_modality


def _lexical() -> Encoder:
    from core.modalities.text.lexical import Lexical

    return Lexical()


def _minilm() -> Encoder:
    from core.modalities.text.bundled import bundled_text_model
    from core.modalities.text.encoder import TextModel

    return TextModel("minilm", bundled_text_model())


def _pixels() -> Encoder:
    from core.modalities.image.pixels_encoder import Pixels

    return Pixels()


def _efficientnet() -> Encoder:
    from core.modalities.image.efficientnet_encoder import EfficientNetLite0

    return EfficientNetLite0()


def _log_mel() -> Encoder:
    from core.modalities.audio.statistics_encoder import LogMelStatistics

    return LogMelStatistics()


def _speech() -> Encoder:
    from core.modalities.audio.speech_encoder import SpeechEmbedding

    return SpeechEmbedding()


def _table_features() -> Encoder:
    from core.modalities.table_row.encoder import TableFeatures

    return TableFeatures()


ENCODERS: dict[str, Callable[[], Encoder]] = {
    "lexical": _lexical,
    "minilm": _minilm,
    "pixels": _pixels,
    "efficientnet": _efficientnet,
    "log-mel": _log_mel,
    "speech": _speech,
    "table-features": _table_features,
}
"""The encoders that come with Winnow."""


def make_encoder(name: str, modality: str) -> Encoder:
    """The encoder of that name, or the model in that folder or of that hub id, for examples of that modality.

    Raises ModelError where there is none, or where it is for another one.
    """
    asked = MODALITIES[modality]
    if name in ENCODERS:
        encoder = ENCODERS[name]()
        if encoder.kind != modality:
            fitting = ", ".join(one for one, make in ENCODERS.items() if make().kind == modality)
            others = MODALITIES[encoder.kind].many
            raise ModelError(f"The encoder {name} is for {others}, this dataset has {asked.many}.", f"Use {fitting}.")
        return encoder
    return heavy_modality(asked).encoder(name)
