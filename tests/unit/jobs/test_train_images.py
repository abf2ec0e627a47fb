"""Full fine-tunes of image models in this process: from pixels that are made once."""

from __future__ import annotations

from pathlib import Path

import pytest
from transformers import ViTImageProcessorPil

from core.arrays.shards import Shards
from core.errors import SourceError
from tests.unit.finetune.models import image_model
from tests.unit.jobs.test_train_head import image_folder, run

SETTINGS = {"strategy": "full", "epochs": 12, "batch": 9, "learning_rate": 0.02, "patience": 0}


def _unreadable(root: Path) -> None:
    """Cuts all images short: their headers can still be read, their pixels cannot."""
    for path in root.glob("*.png"):
        path.write_bytes(path.read_bytes()[:100])


def test_a_second_fine_tune_decodes_no_image_and_ends_with_the_same_weights(tmp_path: Path) -> None:
    folder = image_folder(tmp_path, model=str(image_model(tmp_path / "base", "resnet")), **SETTINGS)
    result = run(folder)
    assert result["splits"]["test"]["accuracy"] > 0.9
    first = (folder.output / "model" / "model.safetensors").read_bytes()
    (cut,) = (tmp_path / "arrays" / "pixels").iterdir()
    assert cut.name == "resized-32x32-bilinear-1"
    assert sum(len(Shards.digests(shard)) for shard in Shards(cut).all()) == 45
    _unreadable(tmp_path)
    assert run(folder)["splits"] == result["splits"]
    assert (folder.output / "model" / "model.safetensors").read_bytes() == first


def test_a_model_whose_processor_has_no_halves_learns_from_images_as_they_are_due(tmp_path: Path) -> None:
    base = image_model(tmp_path / "base", "resnet")
    ViTImageProcessorPil(do_resize=False).save_pretrained(base)
    folder = image_folder(tmp_path, model=str(base), **SETTINGS)
    assert run(folder)["splits"]["test"]["accuracy"] > 0.9
    assert not (tmp_path / "arrays" / "pixels").exists()


def test_an_image_that_cannot_be_read_ends_the_run_before_it_learns_and_is_named(tmp_path: Path) -> None:
    folder = image_folder(tmp_path, model=str(image_model(tmp_path / "base", "resnet")), **SETTINGS)
    _unreadable(tmp_path)
    with pytest.raises(SourceError, match=r"\d+\.png cannot be read"):
        run(folder)
