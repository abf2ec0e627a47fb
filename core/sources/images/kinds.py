"""The kinds of files that are examples by themselves: how each is kept. One folder of sources reads them all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

from core.modalities import Modality
from core.modalities.audio.facts import AUDIO
from core.modalities.image.facts import IMAGE
from core.sources.images import image
from core.sources.images.listing import Listing
from core.words import later


class Kept(Protocol):
    """What is known of a file that was stored: these, and the measures of its modality."""

    @property
    def content_hash(self) -> str: ...
    @property
    def media_id(self) -> str: ...


@dataclass(frozen=True, slots=True, eq=False)
class FileKind:
    """Files of one modality."""

    modality: Modality
    title: str
    """Of their source, as the page shows it."""
    keep: Callable[[bytes, Path], Kept]
    """Stores a file below the media folder and measures it. Raises FileFault."""
    thumbnail: Callable[[bytes], bytes]
    """An image of it for a preview, as WebP. Raises FileFault."""

    @property
    def source(self) -> str:
        """The name of its source, which is that of the folder format too."""
        return self.modality.folder_format or ""

    @property
    def listing(self) -> Listing:
        return Listing(self.modality)

    @property
    def read(self) -> str:
        """The endings of names that are read, in words."""
        return ", ".join(sorted(self.modality.suffixes))

    def has(self, name: str) -> bool:
        """Whether a file of that name is one."""
        return PurePosixPath(name).suffix.lower() in self.modality.suffixes


def _keep_sound(content: bytes, media: Path) -> Kept:
    from core.sources.images import sound  # brings libraries that a load of images does without

    return sound.keep(content, media)


def _thumbnail_of_sound(content: bytes) -> bytes:
    from core.sources.images import sound

    return sound.thumbnail_of(content)


IMAGES = FileKind(IMAGE, later("Image folder or ZIP"), image.keep, image.thumbnail_of)
SOUNDS = FileKind(AUDIO, later("Audio folder or ZIP"), _keep_sound, _thumbnail_of_sound)
KINDS = (IMAGES, SOUNDS)


def kind_of(modality: Modality) -> FileKind:
    """The kind of a modality's files."""
    return next(kind for kind in KINDS if kind.modality is modality)


def commonest(names: Iterable[str]) -> FileKind | None:
    """The kind that most of the names are of; None where they are of none."""
    counts = Counter(kind.source for name in names for kind in KINDS if kind.has(name))
    return next((kind for kind in KINDS if counts and kind.source == counts.most_common(1)[0][0]), None)
