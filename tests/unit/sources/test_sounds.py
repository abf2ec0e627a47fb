"""One sound at a time: what is kept of it, and what is set aside with which reason."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image

from core.modalities.audio.guess import looks_like_sound
from core.modalities.audio.opening import SoundFault, header, opened
from core.sources import find
from core.sources.images.kinds import SOUNDS
from core.sources.images.sound import keep
from core.sources.images.source import members
from tests.images import png
from tests.sounds import saved, tone, wav


@pytest.mark.parametrize("form", ["WAV", "FLAC", "OGG", "MP3"])
def test_every_form_is_known_by_its_first_bytes_and_opened_alike(form: str, tmp_path: Path) -> None:
    content = saved(tone(1), form=form)
    assert looks_like_sound(content)
    wave = opened(content, 16_000)
    assert len(wave) == pytest.approx(4_800, abs=2_400)
    assert np.abs(np.fft.rfft(wave)).argmax() * 16_000 / len(wave) == pytest.approx(440, rel=0.08)
    kept = keep(content, tmp_path)
    assert (tmp_path / kept.media_id).read_bytes() == content
    assert header(tmp_path / kept.media_id)[1] == 8_000


def test_pictures_are_not_taken_for_sounds() -> None:
    webp = io.BytesIO()
    Image.new("RGB", (8, 8)).save(webp, "WEBP")
    assert not any(map(looks_like_sound, (png(1), webp.getvalue(), b"\xff\xd8\xff\xe0", "a/b.png", b"")))
    assert looks_like_sound({"bytes": None, "path": "clips/1.MP3"})


def test_measures_say_what_is_heard(tmp_path: Path) -> None:
    loud = np.ones((4_000, 2), np.float32)
    loud[2_000:] = 0
    kept = keep(saved(loud, 8_000, "FLAC"), tmp_path)
    assert (kept.seconds, kept.sample_rate, kept.channels) == (0.5, 8_000, 2)
    assert kept.level_dbfs == pytest.approx(-3.01, abs=0.01)
    assert (kept.clipped_share, kept.silent_share) == (0.5, pytest.approx(0.5, abs=0.05))
    silent = keep(saved(np.zeros(800)), tmp_path)
    assert (silent.level_dbfs, silent.silent_share, silent.clipped_share) == (-120.0, 1.0, 0.0)
    digest = kept.content_hash
    with Image.open(tmp_path / "previews" / digest[:2] / f"{digest}.webp") as picture:
        assert picture.size == (640, 160)


def test_a_spectrogram_is_light_where_a_sound_is_loud(tmp_path: Path) -> None:
    digest = keep(wav(3, hertz=300, seconds=1.0), tmp_path).content_hash
    with Image.open(tmp_path / "thumbnails" / digest[:2] / f"{digest}.webp") as picture:
        grey = np.asarray(picture.convert("L"), float)
    assert picture.size == (128, 64)
    assert grey[32:].max() > 180  # low pitch is below
    assert grey[:20].max() < 120


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"RIFF\0\0\0\0WAVEfmt ", "the file is broken"),
        (b"no sound at all", "no known sound format"),
        (saved(np.zeros(0)), "holds no samples"),
        (saved(np.zeros(8_000 * 601, np.float32), form="FLAC"), "10.0 minutes, the limit is 10 minutes"),
        (saved(tone(1), form="AIFF"), "format AIFF"),
    ],
)
def test_what_cannot_be_used_has_a_reason(content: bytes, reason: str, tmp_path: Path) -> None:
    with pytest.raises(SoundFault, match=reason):
        keep(content, tmp_path)
    assert not list(tmp_path.rglob("*.*"))


def test_samples_that_are_no_numbers_are_refused() -> None:
    out = io.BytesIO()
    soundfile.write(out, np.array([0.0, np.nan, 0.5]), 8_000, format="WAV", subtype="FLOAT")
    with pytest.raises(SoundFault, match="no numbers"):
        opened(out.getvalue(), 8_000)


def test_a_folder_or_archive_is_of_what_most_of_its_files_are(tmp_path: Path) -> None:
    for place, count in (("hum/a", 3), ("beep/b", 2)):
        for number in range(count):
            file = tmp_path / "clips" / f"{place}{number}.wav"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(wav(number))
    (tmp_path / "clips" / "hum" / "cover.png").write_bytes(png(1))
    with zipfile.ZipFile(tmp_path / "clips.zip", "w") as archive:
        for file in sorted((tmp_path / "clips").rglob("*.*")):
            archive.write(file, file.relative_to(tmp_path))
    for place in ("clips", "clips.zip"):
        assert find([str(tmp_path / place)]).name == "audiofolder"
        found = members([str(tmp_path / place)], None, SOUNDS)
        assert [one.fault for one in found if one.fault] == ["not a sound file (.png)"]
        assert sorted(one.label or "" for one in found if not one.fault) == ["beep"] * 2 + ["hum"] * 3
    (tmp_path / "empty.zip").write_bytes(b"PK\5\6" + bytes(18))
    assert find([str(tmp_path / "empty.zip")]).name == "imagefolder"
