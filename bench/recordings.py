"""spoken_digits as a load leaves it: 1,500 recordings of ten digits by six speakers, kept below a media folder."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from bench.data import DATA
from core.sources.images.sound import keep


@dataclass(frozen=True, slots=True)
class Recordings:
    """n recordings."""

    media_ids: list[str]
    hashes: list[str]
    labels: list[str]
    """The digits."""
    speakers: list[str]


def spoken(media: Path) -> Recordings:
    """All of them, kept below `media`. Raises FileNotFoundError where the data is not there."""
    found = Recordings([], [], [], [])
    with zipfile.ZipFile(DATA / "spoken_digits" / "recordings.zip") as archive:
        for name in sorted(one for one in archive.namelist() if one.endswith(".wav")):
            kept = keep(archive.read(name), media)
            digit, speaker, _ = PurePosixPath(name).stem.split("_")
            found.media_ids.append(kept.media_id)
            found.hashes.append(kept.content_hash)
            found.labels.append(digit)
            found.speakers.append(speaker)
    return found
