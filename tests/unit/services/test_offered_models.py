"""What is said of a model that somebody types, before a run with it waits in the queue."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from core.services.runs.offered import check_model, offered_models
from core.tasks import task_named

TEXT = task_named("text-classification").modality
IMAGE = task_named("image-classification").modality


def test_the_short_list_says_language_size_and_where_each_model_is_from() -> None:
    words = [one.words for one in offered_models(TEXT)]
    assert words[0] == "minilm · English · 23 M · comes with Winnow"
    assert "intfloat/multilingual-e5-small · 100 languages · 118 M · from the hub" in words
    assert len(words) >= 3 and len(offered_models(IMAGE)) >= 3


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("minilm", "minilm is for texts; this dataset has images."),
        ("/no/such/folder", "There is no folder /no/such/folder on this machine."),
        ("../nothing", "There is no folder ../nothing on this machine."),
        ("a/b/c", "There is no folder a/b/c on this machine."),
        ("two words", "two words is neither a folder nor a name that the hub could have: write it as owner/model."),
    ],
)
def test_what_cannot_be_trained_is_said_before_it_is_queued(name: str, problem: str) -> None:
    assert check_model(name, IMAGE).problem == problem


def test_a_folder_needs_settings_and_safe_weights(tmp_path: Path) -> None:
    assert "has no config.json" in check_model(str(tmp_path), TEXT).problem
    (tmp_path / "config.json").write_text("{")
    assert "cannot be read" in check_model(str(tmp_path), TEXT).problem
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "bert"}))
    assert "no safetensors weights" in check_model(str(tmp_path), TEXT).problem
    (tmp_path / "model.safetensors").write_bytes(b"")
    found = check_model(str(tmp_path), TEXT)
    assert (found.problem, found.said) == ("", "A folder of this machine, of the kind bert.")


def test_a_name_on_the_hub_is_asked_for_there(monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub

    answers: dict[str, Any] = {
        "owner/good": SimpleNamespace(
            siblings=[SimpleNamespace(rfilename="model.safetensors")], safetensors=SimpleNamespace(total=24_000_000)
        ),
        "owner/pickles": SimpleNamespace(siblings=[SimpleNamespace(rfilename="model.bin")], safetensors=None),
    }

    def model_info(name: str, timeout: float) -> Any:
        if name not in answers:
            raise ConnectionError("no network")
        return answers[name]

    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr(huggingface_hub, "model_info", model_info)
    offline = check_model("owner/good", TEXT)
    assert not offline.problem and "the hub is not asked" in offline.said
    monkeypatch.delenv("HF_HUB_OFFLINE")
    assert check_model("owner/good", TEXT).said == "From the hub, 24 M parameters: fetched once."
    assert "other formats can run code" in check_model("owner/pickles", TEXT).problem
    unknown = check_model("owner/unknown", TEXT)
    assert not unknown.problem and unknown.said.startswith("The hub does not answer (ConnectionError)")
