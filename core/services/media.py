"""Images and sounds as bytes for those who draw them. Reads the media folder; never decodes."""

from __future__ import annotations

import re
from pathlib import Path

from core.context import Context
from core.errors import NotFoundError
from core.reading.ask import ask
from core.reading.limits import PREVIEW_SECONDS

_MEDIA_ID = re.compile(r"(?P<folder>[0-9a-f]{2})/(?P<digest>[0-9a-f]{64})\.(?P<suffix>[a-z0-9]{2,5})")
MIME = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "bmp": "image/bmp",
    "tiff": "image/tiff",
    "wav": "audio/wav",
    "flac": "audio/flac",
    "ogg": "audio/ogg",
    "mp3": "audio/mpeg",
}


def thumbnail_of(context: Context, path: Path) -> bytes | None:
    """An image, or a sound's spectrogram, that is no dataset's, as WebP; None where it cannot be read. Decoded by a
    process of its own."""
    request = {"what": "thumbnail", "path": str(path)}
    found = ask(context.beside, request, path.name, seconds=PREVIEW_SECONDS)
    return found if isinstance(found, bytes) else None


def thumbnail(context: Context, media_id: str) -> bytes:
    """The image, or a sound's spectrogram, as WebP, longest side at most 128 pixels. Raises NotFoundError."""
    found = _parts(media_id)
    return _read(context.workspace.media / "thumbnails" / found["folder"] / f"{found['digest']}.webp", media_id)


def shown(context: Context, media_id: str) -> tuple[bytes, str]:
    """The image as a browser shows it, and its MIME type: a large one, or one of a kind that browsers do not know, by
    its preview (longest side at most 1,280 pixels), any other as it was loaded. Raises NotFoundError."""
    found = _parts(media_id)
    preview = context.workspace.media / "previews" / found["folder"] / f"{found['digest']}.webp"
    return (preview.read_bytes(), MIME["webp"]) if preview.exists() else original(context, media_id)


def place_of(context: Context, media_id: str) -> Path:
    """Where the file lies as it was loaded. Raises NotFoundError for what names none."""
    _parts(media_id)
    return context.workspace.media / media_id


def original(context: Context, media_id: str) -> tuple[bytes, str]:
    """The file as it was loaded, and its MIME type. Raises NotFoundError."""
    found = _parts(media_id)
    return _read(context.workspace.media / media_id, media_id), MIME[found["suffix"]]


def mime_of(media_id: str) -> str:
    """The MIME type of an original."""
    return MIME[_parts(media_id)["suffix"]]


def _parts(media_id: str) -> re.Match[str]:
    """A media id names a file below the media folder and nothing else."""
    found = _MEDIA_ID.fullmatch(media_id)
    if found is None or found["suffix"] not in MIME:
        raise NotFoundError(f"'{media_id[:100]}' is no file of this workspace.", "Reload the page.")
    return found


def _read(path: Path, media_id: str) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise NotFoundError(f"The file {media_id} is missing.", f"Restore {path} from a backup.") from error
