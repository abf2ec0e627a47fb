"""Where a model's files are and whether they are safe to load: safetensors only, no code from the model's folder."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from core.errors import ModelError
from core.settings import expanded

SAMPLES, SAMPLE_BYTES = 64, 1 << 16
"""A weights file is told from another by its size and this many samples of it: fine-tuning changes all of them."""


def model_folder(name: str) -> Path:
    """The folder of a model given as a local path or a hub id; a hub model is downloaded unless it is there already.

    Raises ModelError where there is none, where its config is damaged, or where its weights are not safetensors;
    UsageError for the home folder of nobody.
    """
    folder = expanded(name)
    if not folder.is_dir():
        if folder.is_absolute() or name.startswith((".", "~")):
            raise ModelError(f"No model folder at {name}.", "Give a folder that has config.json and model.safetensors.")
        folder = _from_hub(name)
    if not (folder / "config.json").is_file():
        raise ModelError(f"{name} has no config.json, so it is no model.", "Save it with save_pretrained first.")
    if not list(folder.glob("*.safetensors")):
        raise ModelError(
            f"{name} has no safetensors weights; other formats can run code when they are loaded.",
            "Save it again with save_pretrained(..., safe_serialization=True).",
        )
    config(folder)
    return folder


def config(folder: Path) -> dict[str, Any]:
    """The model's config.json. Raises ModelError where it is damaged."""
    return json_object(folder / "config.json")


def json_object(path: Path) -> dict[str, Any]:
    """One of the JSON files of a model's folder. Raises ModelError where it is damaged."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise _damaged(path, str(error)) from error
    if not isinstance(content, dict):
        raise _damaged(path, "it holds no JSON object")
    return content


def _damaged(path: Path, why: str) -> ModelError:
    return ModelError(f"{path} is damaged: {why}.", "Save the model or its tokenizer again with save_pretrained.")


def fingerprint(folder: Path) -> str:
    """12 hex digits that change with the model: its small files whole, its weights by samples."""
    digest = hashlib.sha256()
    for file in sorted([*folder.glob("*.json"), *folder.glob("*.txt"), *folder.glob("*.model")]):
        digest.update(file.name.encode() + file.read_bytes())
    for file in sorted(folder.glob("*.safetensors")):
        size = file.stat().st_size
        digest.update(f"{file.name} {size}".encode())
        with file.open("rb") as weights:
            for sample in range(SAMPLES):
                weights.seek(sample * max(0, size - SAMPLE_BYTES) // (SAMPLES - 1))
                digest.update(weights.read(SAMPLE_BYTES))
    return digest.hexdigest()[:12]


def _from_hub(name: str) -> Path:
    from huggingface_hub import snapshot_download

    try:
        found = snapshot_download(name, allow_patterns=["*.safetensors", "*.json", "*.txt", "*.model"])
    except Exception as error:
        raise ModelError(
            f"Cannot get the model {name} from the hub: {str(error).splitlines()[0]}",
            "Check the name and the network, or give the path of a folder that holds the model.",
        ) from error
    return Path(found)
