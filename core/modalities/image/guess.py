"""Which column holds images."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from core.modalities.contract import Rows
from core.modalities.naming import first_named
from core.records import Column

NAMES = (
    "image", "img", "image_path", "image_uri", "image_url", "image_bytes", "path", "file", "file_name", "filename",
    "filepath", "uri", "url", "bytes",
    "图片", "图像", "路径", "文件", "文件名", "圖片", "画像", "パス", "ファイル", "ファイル名", "이미지", "경로",
    "파일", "bild", "datei", "dateiname", "pfad", "fichier", "chemin", "imagen", "archivo", "ruta", "imagem",
    "immagine", "изображение", "картинка", "файл", "путь", "صورة",
)  # fmt: skip
"""The names that people give to columns of images, the surest first."""

_IMAGE_TEXT = re.compile(r"data:image/|(?:.*\.(?:png|jpe?g|gif|webp|bmp|tiff?)(?:\?.*)?$)", re.IGNORECASE | re.DOTALL)
_MAGIC = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM", b"II*\x00", b"MM\x00*")


def find(columns: Sequence[Column], rows: Rows) -> Column | None:
    """By name among the columns whose values look like images, else the first of these."""
    found = [column for column in columns if _holds_images(column.name, rows)]
    return first_named(found, NAMES) or next(iter(found), None)


def _holds_images(name: str, rows: Rows) -> bool:
    values = [row[name] for row in rows if row[name] is not None]
    return bool(values) and 2 * sum(map(looks_like_image, values)) > len(values)


def looks_like_image(value: object) -> bool:
    """Whether a value is an image's path, URI, bytes, or the `{bytes, path}` pair that `datasets` stores."""
    if isinstance(value, Mapping):
        return any(looks_like_image(value.get(key)) for key in ("bytes", "path") if value.get(key))
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value[:4]).startswith(_MAGIC)
    return isinstance(value, str) and len(value) < 10_000_000 and bool(_IMAGE_TEXT.match(value))
