"""Which column holds sounds."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from core.modalities.contract import Rows
from core.modalities.naming import first_named
from core.records import Column

NAMES = (
    "audio", "sound", "wav", "speech", "recording", "clip", "audio_path", "audio_file", "audio_bytes", "path", "file",
    "file_name", "filename", "filepath", "uri", "url", "bytes",
    "音频", "声音", "录音", "语音", "路径", "文件", "文件名", "音频文件", "音声", "パス", "ファイル", "ファイル名",
    "오디오", "음성", "경로", "파일", "ton", "aufnahme", "datei", "dateiname", "pfad", "son", "enregistrement",
    "fichier", "chemin", "sonido", "grabación", "archivo", "ruta", "áudio", "arquivo", "suono", "звук", "запись",
    "файл", "путь",
)  # fmt: skip
"""The names that people give to columns of sounds, the surest first."""

_SOUND_TEXT = re.compile(r"data:audio/|(?:.*\.(?:wav|flac|ogg|oga|opus|mp3)(?:\?.*)?$)", re.IGNORECASE | re.DOTALL)
_MAGIC = (b"fLaC", b"OggS", b"ID3")
_WAVE = (b"RIFF", b"RF64")


def find(columns: Sequence[Column], rows: Rows) -> Column | None:
    """By name among the columns whose values look like sounds, else the first of these."""
    found = [column for column in columns if _holds_sounds(column.name, rows)]
    return first_named(found, NAMES) or next(iter(found), None)


def _holds_sounds(name: str, rows: Rows) -> bool:
    values = [row[name] for row in rows if row[name] is not None]
    return bool(values) and 2 * sum(map(looks_like_sound, values)) > len(values)


def looks_like_sound(value: object) -> bool:
    """Whether a value is a sound's path, URI, bytes, or the `{bytes, path}` pair that `datasets` stores."""
    if isinstance(value, Mapping):
        return any(looks_like_sound(value.get(key)) for key in ("bytes", "path") if value.get(key))
    if isinstance(value, bytes | bytearray | memoryview):
        head = bytes(value[:12])
        wave = head.startswith(_WAVE) and head[8:] == b"WAVE"
        return wave or head.startswith(_MAGIC) or (head[:1] == b"\xff" and len(head) > 1 and head[1] & 0xE6 == 0xE2)
    return isinstance(value, str) and len(value) < 10_000_000 and bool(_SOUND_TEXT.match(value))
