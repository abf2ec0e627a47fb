"""What is said of a fine-tune's memory before it starts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from core.context import Context
from core.errors import UsageError
from core.finetune.memory.sizes import bundled_text_folder
from core.records import Dataset, TrainSpec
from core.services.runs import forecast as module
from core.services.runs.devices import Device
from core.services.runs.forecast import Forecast, forecast
from tests.integration.load_support import loaded
from tests.unit.finetune.models import text_model

GB = 10**9
CPU = Device("cpu", memory_bytes=20 * GB)
FULL = TrainSpec(strategy="full")


def _of(context: Context, dataset: Dataset, spec: TrainSpec, device: Device = CPU) -> Forecast:
    found = forecast(context, dataset.latest_version_id, spec, [device])
    assert found is not None
    return found


def _long(context: Context, folder: Path, words: int) -> Dataset:
    path = folder / f"long-{words}.csv"
    lines = [f"{'word ' * (words if row == 5 else 4)},{'xy'[row % 2]}" for row in range(40)]
    path.write_text("text,label\n" + "\n".join(lines) + "\n")
    return loaded(context, path, name=f"long {words}")


def test_what_is_needed_stands_beside_what_there_is(context: Context, news: Dataset) -> None:
    found = _of(context, news, FULL)
    assert found.fits and found.sentence == f"needs about {found.needed / GB:.1f} of 20 GB"
    assert found.sentence.startswith("needs about 0.")
    assert _of(context, news, FULL, Device("cuda:0")).sentence.endswith(" GB")


def test_the_longest_text_in_tokens_decides_until_it_is_cut(context: Context, tmp_path: Path) -> None:
    short, long = (_of(context, _long(context, tmp_path, words), FULL).needed for words in (50, 400))
    cut = _of(context, _long(context, tmp_path, 401), TrainSpec(strategy="full", max_tokens=52)).needed
    assert long > 2 * short and cut == pytest.approx(short, rel=0.01)


def test_more_than_there_is_comes_with_what_to_lower(context: Context, tmp_path: Path) -> None:
    found = _of(context, _long(context, tmp_path, 400), FULL, Device("cuda:0", "GTX", 2 * GB, (7, 0)))
    assert not found.fits and "of 2.0 GB" in found.sentence
    assert found.warning == (
        "That is more than there is: lower the batch of 32, or turn gradient checkpointing on, or shorten the longest "
        "text, or let fewer layers learn (strategy last)."
    )
    least = TrainSpec(strategy="last", batch=1, gradient_checkpointing="on")
    assert _of(context, _long(context, tmp_path, 402), least).remedies == ("shorten the longest text",)


def test_processes_on_the_cpu_share_its_memory(context: Context, news: Dataset) -> None:
    one, two = (_of(context, news, TrainSpec(strategy="full", processes=processes)).needed for processes in (1, 2))
    assert two == 2 * one


def test_images_are_taken_at_the_size_that_most_of_them_get(context: Context, pets: Dataset) -> None:
    found = _of(context, pets, FULL)
    assert found.sentence.startswith("needs about 1.")
    assert "shorten the longest text" not in found.warning and "checkpointing" not in found.warning


def test_where_it_cannot_know_it_says_nothing(context: Context, news: Dataset, tmp_path: Path) -> None:
    unknown = text_model(tmp_path / "gpt2", "gpt2")
    models = (TrainSpec(), replace(FULL, model="some/model"), replace(FULL, model=str(unknown)))
    for spec in models:
        assert forecast(context, news.latest_version_id, spec, [CPU]) is None
    with pytest.raises(UsageError, match="Epochs cannot be 0"):
        forecast(context, news.latest_version_id, TrainSpec(strategy="full", epochs=0), [CPU])


def test_a_model_without_a_fast_tokenizer_is_taken_at_the_longest_text(
    context: Context, news: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundled = bundled_text_folder()
    assert bundled is not None
    for name in ("config.json", "model.safetensors"):
        (tmp_path / name).symlink_to(bundled / name)
    monkeypatch.setattr(module, "folder_of", lambda model: tmp_path)
    assert _of(context, news, FULL).needed > 5 * GB
    assert _of(context, news, TrainSpec(strategy="full", max_tokens=16)).needed < GB
