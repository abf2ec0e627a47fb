"""Sounds as they are drawn: a player, and the spectrogram as an image."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from core.context import Context
from core.modalities.audio.facts import AUDIO
from core.records import Example, Run
from core.services.media import mime_of, place_of, shown
from core.services.prediction.playground import Reply
from core.typed import JsonObject
from core.ui.modalities.image import ImageDrawing, as_loaded, asked, media_of, named
from core.ui.modalities.sounds import address
from core.ui.parts.problems import plain
from core.ui.parts.upload import arrived
from core.words import later, say, say_n, stored

ASKED = 320
"""Pixels across of what was dropped to be predicted."""


@dataclass(frozen=True, slots=True)
class AudioDrawing(ImageDrawing):
    """A sound has its file's name for its words; in lists and grids it is its spectrogram."""

    cell: str | None = later("spectrogram")
    upload: tuple[str, str] = (
        later("Sounds"),
        later("Sounds, or a ZIP of sounds; folders do not matter. More of them: by a path on the server."),
    )
    folder_button: str = later("Predict every sound of the folder")

    def whole(self, context: Context, example: Example, place: str) -> None:
        name = named(example)
        _player(context, example)
        st.image(shown(context, media_of(example))[0], caption=plain(name), width="stretch", alt=_alt(name))
        as_loaded(context, example, place, say("The file as it was loaded."))

    def beside(self, context: Context, example: Example) -> None:
        _player(context, example)
        st.image(shown(context, media_of(example))[0], width="stretch", alt=_alt(named(example)))

    def ask(self, context: Context, run: Run) -> Reply | None:
        dropped = st.file_uploader(
            say("Sound"), type=[suffix[1:] for suffix in sorted(AUDIO.suffixes)], key="use-sound"
        )
        paths = arrived(context, [dropped], waiting=stored("storing the sound")) if dropped else ()
        if dropped is None or not paths:
            return None
        st.audio(dropped)
        return asked(context, run, Path(paths[0]), ASKED, _alt)

    def on_desk(self, context: Context, example: Example, grid: bool) -> JsonObject:
        return {**ImageDrawing.on_desk(self, context, example, grid), "sound": address(media_of(example))}

    def near(self, context: Context, example: Example) -> JsonObject:
        return {**ImageDrawing.near(self, context, example), "sound": address(media_of(example))}

    def counted(self, count: int) -> str:
        return say_n("{n:,} sound", "{n:,} sounds", count)


def _player(context: Context, example: Example) -> None:
    st.audio(str(place_of(context, media_of(example))), format=mime_of(media_of(example)))


def _alt(name: str) -> str:
    return say("Spectrogram of {name}: time from left to right, pitch upwards, loud is light", name=name)
