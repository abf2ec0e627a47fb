"""The models that are offered to fine-tune, and a look at one that somebody typed, before anything is queued."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import WinnowError
from core.finetune.settings import BUNDLED, bundled_for_others
from core.modalities import Modality
from core.settings import expanded
from core.words import later, say, stored

SAFE = "*.safetensors"
TIMEOUT = 8.0
"""Seconds that the hub may take to answer."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A model that may be picked."""

    name: str
    language: str
    """Of its texts; empty where it has none."""
    parameters: int
    """In millions."""

    @property
    def words(self) -> str:
        """`minilm · English · 23 M · comes with Winnow`"""
        comes = say("comes with Winnow") if self.name in BUNDLED else say("from the hub")
        parts = [
            self.name,
            say(self.language) if self.language else "",
            f"{self.parameters} M" if self.parameters else "",
            comes,
        ]
        return " · ".join(part for part in parts if part)


OFFERED: dict[str, tuple[Offered, ...]] = {
    "minilm": (
        Offered("minilm", later("English"), 23),
        Offered("intfloat/multilingual-e5-small", later("100 languages"), 118),
        Offered("BAAI/bge-small-zh-v1.5", later("Chinese"), 24),
        Offered("distilbert/distilbert-base-uncased", later("English"), 67),
    ),
    "efficientnet": (
        Offered("efficientnet", "", 4),
        Offered("facebook/convnextv2-atto-1k-224", "", 4),
        Offered("WinKawaks/vit-tiny-patch16-224", "", 6),
    ),
    "speech": (
        Offered("speech", "", 0),
        Offered("log-mel", "", 0),
        Offered("facebook/wav2vec2-base", later("English"), 95),
        Offered("MIT/ast-finetuned-audioset-10-10-0.4593", "", 87),
    ),
}
"""By the usual model of a modality."""


@dataclass(frozen=True, slots=True)
class ModelCheck:
    """What a look at a model has found."""

    problem: str = ""
    """Why it cannot be trained; empty where nothing is known against it."""
    said: str = ""
    """What could not be checked, or where it comes from."""


def offered_models(modality: Modality) -> tuple[Offered, ...]:
    """The short list, the usual one first."""
    names = modality.fine_tuning.models
    return OFFERED.get(names[0], tuple(Offered(name, "", 0) for name in names))


def check_model(name: str, modality: Modality) -> ModelCheck:
    """Whether a fine-tune can begin with it, as far as that can be told without loading it. May ask the hub, so not for
    the script thread."""
    if other := bundled_for_others(name, modality):
        return ModelCheck(stored(f"{name} is for {other.many}; this dataset has {modality.many}."))
    if name in BUNDLED:
        return ModelCheck()
    try:
        folder = expanded(name)
    except WinnowError as error:
        return ModelCheck(str(error))
    if folder.is_dir():
        return _folder(folder, name)
    if folder.is_absolute() or name.startswith((".", "~")) or name.count("/") > 1:
        return ModelCheck(stored(f"There is no folder {name} on this machine."))
    return _hub(name)


def _folder(folder: Path, name: str) -> ModelCheck:
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ModelCheck(stored(f"{name} has no config.json, so it holds no model: save it with save_pretrained."))
    except (OSError, ValueError) as error:
        return ModelCheck(stored(f"The config.json of {name} cannot be read: {error}."))
    if not list(folder.glob(SAFE)):
        return ModelCheck(stored(f"{name} has no safetensors weights; save it again with safe_serialization=True."))
    kind = config.get("model_type") if isinstance(config, dict) else None
    return ModelCheck(
        said=stored(f"A folder of this machine, of the kind {kind}.") if kind else later("A folder of this machine.")
    )


def _hub(name: str) -> ModelCheck:
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        if isinstance(try_to_load_from_cache(name, "config.json"), str):
            return ModelCheck(said=stored("It is on this machine already, from the hub."))
    except HFValidationError:
        return ModelCheck(
            stored(f"{name} is neither a folder nor a name that the hub could have: write it as owner/model.")
        )
    if os.environ.get("HF_HUB_OFFLINE", "").lower() in ("1", "true", "yes", "on"):
        return ModelCheck(
            said=later(
                "It is not on this machine, and the hub is not asked (HF_HUB_OFFLINE): whether it is there cannot be "
                "checked, and the run will fail."
            )
        )
    return _asked(name)


def _asked(name: str) -> ModelCheck:
    from huggingface_hub import model_info
    from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError

    try:
        found: Any = model_info(name, timeout=TIMEOUT)
    except GatedRepoError:
        return ModelCheck(stored(f"The hub gives {name} only to those who have asked for it there."))
    except RepositoryNotFoundError:
        return ModelCheck(stored(f"The hub has no model {name}, or none that anybody may see."))
    except Exception as error:
        return ModelCheck(
            said=stored(f"The hub does not answer ({type(error).__name__}): whether it has {name} is not known.")
        )
    files = [one.rfilename for one in found.siblings or ()]
    if not any(file.endswith(".safetensors") for file in files):
        return ModelCheck(stored(f"{name} has no safetensors weights on the hub; other formats can run code."))
    size = getattr(found.safetensors, "total", None)
    if not size:
        return ModelCheck(said=later("From the hub: fetched once."))
    millions = f"{size / 1e6:,.0f}"
    return ModelCheck(said=stored(f"From the hub, {millions} M parameters: fetched once."))
