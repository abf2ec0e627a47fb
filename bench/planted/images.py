"""How well photographs are found that were spoiled in every way that a scan looks for, and how fast."""

from __future__ import annotations

import hashlib
import io
import tempfile
import time
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from PIL import Image, ImageFilter

from bench.data import DATA
from bench.planted import peer_images
from bench.planted.scored import SEED, Ways, compared, silent, spoiled_rows
from bench.row import Row
from core.modalities.image.faults.find import find as find_in_images
from core.modalities.payloads import Payloads
from core.modalities.suspicion import judged

IMAGES = 3_000
ORIENTATION = 0x0112
"""The tag of EXIF."""
LARGE = (500, 375)
"""Pixels of the images by which speed is measured, beside those of 32 × 32."""


def _dark(image: Image.Image, generator: np.random.Generator) -> Image.Image:
    by = generator.uniform(0.08, 0.2)
    return image.point(lambda level: level * by)


def _light(image: Image.Image, generator: np.random.Generator) -> Image.Image:
    by = generator.uniform(0.05, 0.15)
    return image.point(lambda level: 255 - (255 - level) * by)


def _blurred(image: Image.Image, generator: np.random.Generator) -> Image.Image:
    return image.filter(ImageFilter.GaussianBlur(generator.uniform(1.2, 3)))


def _plain(image: Image.Image, generator: np.random.Generator) -> Image.Image:
    """One colour, with a little noise or none."""
    colour = generator.integers(40, 215, 3) + generator.normal(0, generator.uniform(0, 0.7), (*image.size[::-1], 3))
    return Image.fromarray(colour.clip(0, 255).astype(np.uint8))


def _resized(image: Image.Image, generator: np.random.Generator) -> Image.Image:
    by = generator.choice((0.3, 0.45, 2.5, 6.0))
    return image.resize((round(image.width * by), round(image.height * by)))


def _cropped(image: Image.Image, generator: np.random.Generator) -> Image.Image:
    """A strip."""
    part = int(generator.integers(8, 14))
    return image.crop((0, part // 2, 32, part // 2 + part) if generator.random() < 0.5 else (part, 0, 2 * part, 32))


def _bordered(image: Image.Image, generator: np.random.Generator) -> Image.Image:
    """Bars of one colour at two sides, as films in another format have them."""
    wide, colour = int(generator.integers(2, 8)), tuple(int(one) for one in generator.integers(0, 256, 3))
    framed = Image.new("RGB", image.size, colour if generator.random() < 0.5 else "black")
    place = (0, wide, 32, 32 - wide) if generator.random() < 0.5 else (wide, 0, 32 - wide, 32)
    framed.paste(image.crop(place), place)
    return framed


def _grey(image: Image.Image, generator: np.random.Generator) -> Image.Image:
    return image.convert("L").convert("RGB")


def _turned(image: Image.Image, generator: np.random.Generator) -> Image.Image:
    """As a camera leaves it that was held otherwise: its metadata alone says so."""
    way, stored_as = ((Image.Transpose.ROTATE_180, 3), (Image.Transpose.ROTATE_90, 6), (Image.Transpose.ROTATE_270, 8))[
        generator.integers(3)
    ]
    lying, tags = image.transpose(way), Image.Exif()
    tags[ORIENTATION] = stored_as
    lying.info["exif"] = tags.tobytes()
    return lying


def _damaged(image: Image.Image, generator: np.random.Generator) -> Image.Image:
    """Its metadata is written over."""
    image.info["exif"] = b"Exif\x00\x00" + generator.bytes(int(generator.integers(20, 200)))
    return image


OF_IMAGES: Ways = {
    "dark": _dark,
    "light": _light,
    "blurred": _blurred,
    "little_information": _plain,
    "odd_size": _resized,
    "odd_shape": _cropped,
    "grey": _grey,
    "borders": _bordered,
    "turned": _turned,
    "unreadable_metadata": _damaged,
}


def rows() -> Iterator[Row]:
    generator = np.random.default_rng(SEED)
    with zipfile.ZipFile(DATA / "cifar10_test" / "images.zip") as archive, tempfile.TemporaryDirectory() as place:
        root = Path(place)
        names = sorted(one for one in archive.namelist() if not one.endswith("/"))
        files = [archive.read(names[row]) for row in generator.choice(len(names), IMAGES, replace=False)]
        planted = spoiled_rows(IMAGES, OF_IMAGES, generator)
        for row, way in planted.items():
            image = Image.open(io.BytesIO(files[row])).convert("RGB")
            out = io.BytesIO()
            made = OF_IMAGES[way](image, generator)
            assert isinstance(made, Image.Image)
            made.save(out, "JPEG", quality=90, exif=made.info.get("exif", b""))
            files[row] = out.getvalue()
        suspicions = find_in_images(_kept(root, files), root, silent)
        yield from compared("photographs", suspicions, planted)
        found = {kind: judged(one).has for kind, one in suspicions.items()}
        yield from peer_images.beside(files, planted, found)
        yield _speed("32 × 32", root, files)
        yield _speed("500 × 375", root, [_enlarged(one) for one in files[:300]])


def _enlarged(content: bytes) -> bytes:
    out = io.BytesIO()
    Image.open(io.BytesIO(content)).convert("RGB").resize(LARGE, Image.Resampling.BICUBIC).save(out, "JPEG", quality=90)
    return out.getvalue()


def _speed(size: str, root: Path, files: Sequence[bytes]) -> Row:
    payloads = _kept(root, files)
    with tempfile.TemporaryDirectory() as arrays:
        began = time.perf_counter()
        find_in_images(payloads, Path(arrays), silent)
        taken = time.perf_counter() - began
    pace, other = len(files) / taken, peer_images.pace(files)
    name = f"content of images of {size}"
    return Row(name, pace, "images/s", other, peer_images.NAME, higher_is_better=True, bound="≥ 300")


def _kept(root: Path, files: Sequence[bytes]) -> Payloads:
    hashes = [hashlib.sha256(content).hexdigest() for content in files]
    for name, content in zip(hashes, files, strict=True):
        (root / name).write_bytes(content)
    return Payloads.of(pa.chunked_array([hashes]), pa.chunked_array([hashes]), root)
