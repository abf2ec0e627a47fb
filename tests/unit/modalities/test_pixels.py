"""Pixels kept per content: real files, a real store, and what a stop or a kill leaves behind."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from core.arrays.ahead import ahead
from core.arrays.shards import Shards, sweep
from core.errors import SourceError
from core.modalities.image import pixels as module
from core.modalities.image.opening import open_image
from core.modalities.image.pixels import Resized, StoredPixels

CUT = Resized(8, 12, Image.Resampling.BILINEAR)


def noise(seed: int, width: int = 20, height: int = 10) -> Image.Image:
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8))


def saved(folder: Path, images: Sequence[Image.Image]) -> list[Path]:
    folder.mkdir(exist_ok=True)
    paths = [folder / f"{place:03d}.png" for place in range(len(images))]
    for path, image in zip(paths, images, strict=True):
        image.save(path)
    return paths


def digests(paths: Sequence[Path]) -> np.ndarray:
    return np.array([hashlib.sha256(path.read_bytes()).digest()[:16] for path in paths], "S16")


def store(folder: Path, paths: Sequence[Path], cut: Resized = CUT) -> StoredPixels:
    return StoredPixels(folder, digests(paths), lambda rows: [paths[row] for row in rows], cut)


def alone(path: Path, cut: Resized = CUT) -> np.ndarray:
    return np.asarray(open_image(path).resize((cut.width, cut.height), cut.resampling))


def silent(done: float, total: float) -> None:
    pass


def test_an_image_opens_upright_in_rgb_on_white_whatever_its_mode(tmp_path: Path) -> None:
    picture, turned = noise(1), Image.Exif()
    turned[0x0112] = 6
    clear = noise(2).convert("RGBA")
    clear.putalpha(Image.new("L", clear.size, 0))
    one_colour = Image.new("P", (4, 4), 3)
    one_colour.putpalette([0] * 9 + [10, 20, 30])
    kinds = {
        "turned.png": (picture, {"exif": turned}),
        "clear.png": (clear, {}),
        "grey.png": (picture.convert("L"), {}),
        "palette.png": (one_colour, {}),
        "through.png": (one_colour, {"transparency": 3}),
        "sixteen.tiff": (Image.fromarray(np.full((4, 4), 300, np.uint16)), {}),
        "print.jpg": (picture.convert("CMYK"), {}),
    }
    opened = {}
    for name, (image, settings) in kinds.items():
        image.save(tmp_path / name, **settings)
        opened[name] = open_image(tmp_path / name)
        assert opened[name].mode == "RGB"
    assert np.array_equal(opened["turned.png"], picture.transpose(Image.Transpose.ROTATE_270))
    assert np.asarray(opened["clear.png"]).min() == 255
    assert np.array_equal(opened["grey.png"], ImageOps.grayscale(picture).convert("RGB"))
    assert np.unique(np.asarray(opened["palette.png"]).reshape(-1, 3), axis=0).tolist() == [[10, 20, 30]]
    assert np.asarray(opened["through.png"]).min() == 255


def test_an_image_with_too_many_pixels_is_not_decoded(tmp_path: Path) -> None:
    from tests.images import declared_png

    (tmp_path / "bomb.png").write_bytes(declared_png(9_000))
    with pytest.raises(SourceError, match=r"bomb\.png cannot be read: image of 9,000 × 9,000 pixels"):
        open_image(tmp_path / "bomb.png")


def test_pixels_come_back_as_each_image_alone_gives_them_in_the_order_asked(tmp_path: Path) -> None:
    paths = saved(tmp_path / "images", [noise(seed, 5 + seed, 40 - seed) for seed in range(30)])
    with store(tmp_path / "pixels", paths) as pixels:
        rows = np.array([7, 29, 7, 0])
        found = pixels.of(rows)
        assert found.shape == (4, 8, 12, 3)
        assert found.dtype == np.uint8
        pixels.fill(np.arange(30), silent)
        everything = pixels.of(np.arange(30))
    assert np.array_equal(found, everything[rows])
    assert all(np.array_equal(everything[row], alone(path)) for row, path in enumerate(paths))


def test_what_was_made_once_is_never_opened_again_not_even_under_another_name(tmp_path: Path) -> None:
    paths = saved(tmp_path / "images", [noise(1), noise(2), noise(1)])
    with store(tmp_path / "pixels", paths) as pixels:
        first = pixels.of(np.arange(3))
    again = store(tmp_path / "pixels", paths)
    for path in paths:
        path.unlink()
    assert np.array_equal(again.of(np.arange(3)), first)
    assert len(Shards.digests(Shards(tmp_path / "pixels" / CUT.key).all()[0])) == 2


def test_another_size_has_pixels_of_its_own(tmp_path: Path) -> None:
    paths, larger = saved(tmp_path / "images", [noise(1)]), Resized(16, 16, Image.Resampling.BICUBIC)
    with store(tmp_path / "pixels", paths) as pixels, store(tmp_path / "pixels", paths, larger) as others:
        assert pixels.of(np.arange(1)).shape == (1, 8, 12, 3)
        assert np.array_equal(others.of(np.arange(1))[0], alone(paths[0], larger))
    assert len(list((tmp_path / "pixels").iterdir())) == 2


def test_what_was_made_before_a_stop_is_kept(tmp_path: Path) -> None:
    paths = saved(tmp_path / "images", [noise(seed) for seed in range(300)])

    def stop(done: float, total: float) -> None:
        if done >= 100:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), store(tmp_path / "pixels", paths) as pixels:
        pixels.fill(np.arange(300), stop)
    left: list[float] = []
    with store(tmp_path / "pixels", paths) as pixels:
        pixels.fill(np.arange(300), lambda done, total: left.append(total))
        assert 0 < left[0] <= 200
        assert all(np.array_equal(one, alone(path)) for one, path in zip(pixels.of(np.arange(300)), paths, strict=True))


def test_two_processes_fill_one_store_and_a_killed_one_leaves_whole_shards(tmp_path: Path) -> None:
    paths = saved(tmp_path / "images", [noise(seed, 200, 200) for seed in range(400)])
    code = (
        "import sys, numpy as np\n"
        "from pathlib import Path\n"
        "from core.modalities.image import pixels\n"
        "from tests.unit.modalities.test_pixels import store, silent\n"
        "pixels.SHARD_BYTES = 1 << 14\n"
        "paths = sorted(Path(sys.argv[1], 'images').iterdir())\n"
        "with store(Path(sys.argv[1], 'pixels'), paths) as kept:\n"
        "    kept.fill(np.arange(400), silent)\n"
    )
    start = [sys.executable, "-c", code, str(tmp_path)]
    folder = tmp_path / "pixels" / CUT.key
    with subprocess.Popen(start) as killed:
        while not list(folder.glob("*.digests.npy")):
            assert killed.poll() is None
            time.sleep(0.005)
        os.kill(killed.pid, signal.SIGKILL)
    shards = Shards(folder)
    kept = sum(len(Shards.digests(shard)) for shard in shards.all())
    assert 0 < kept < 400
    assert all(len(Shards.digests(shard)) == len(Shards.arrays(shard)) for shard in shards.all())
    together = [subprocess.Popen(start) for _ in range(2)]
    assert [process.wait(120) for process in together] == [0, 0]
    assert len(shards.missing(digests(paths))) == 0
    found = store(tmp_path / "pixels", paths).of(np.arange(400))
    assert all(np.array_equal(one, alone(path)) for one, path in zip(found, paths, strict=True))


def test_without_room_on_the_disk_pixels_are_made_each_time_and_none_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = saved(tmp_path / "images", [noise(seed) for seed in range(3)])
    monkeypatch.setattr(module, "FREE", 1 << 60)
    with store(tmp_path / "pixels", paths) as pixels:
        pixels.fill(np.arange(3), silent)
        assert np.array_equal(pixels.of(np.array([2]))[0], alone(paths[2]))
    assert not (tmp_path / "pixels").exists()


def test_an_image_that_cannot_be_read_is_named_and_those_before_it_are_kept(tmp_path: Path) -> None:
    paths = saved(tmp_path / "images", [noise(seed) for seed in range(200)])
    paths[150].write_bytes(b"no image")
    with pytest.raises(SourceError, match=r"150\.png cannot be read"), store(tmp_path / "pixels", paths) as pixels:
        pixels.fill(np.arange(200), silent)
    assert len(Shards(tmp_path / "pixels" / CUT.key).missing(digests(paths))) < 200


def test_pixels_in_use_outlive_a_sweep_of_their_shard(tmp_path: Path) -> None:
    paths = saved(tmp_path / "images", [noise(1), noise(2)])
    with store(tmp_path / "pixels", paths) as pixels:
        pixels.fill(np.arange(2), silent)
    sweep(tmp_path / "pixels", digests(paths)[1:])
    assert len(list((tmp_path / "pixels" / CUT.key).iterdir())) == 3
    sweep(tmp_path / "pixels", digests(paths)[:0])
    assert list((tmp_path / "pixels" / CUT.key).iterdir()) == []
    assert np.array_equal(pixels.of(np.arange(2))[1], alone(paths[1]))


def test_the_next_part_is_loaded_while_one_is_worked_on() -> None:
    loaded: list[int] = []

    def load(part: int) -> int:
        loaded.append(part)
        return part * part

    for part, square in ahead([1, 2, 3], load):
        assert square == part * part
        until = time.monotonic() + 5
        while len(loaded) < min(3, part + 1) and time.monotonic() < until:
            time.sleep(0.001)
        assert loaded == [1, 2, 3][: part + 1]
