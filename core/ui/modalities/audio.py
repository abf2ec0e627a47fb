"""Sounds as they are drawn: a player, and the spectrogram as an image."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from core.context import Context
from core.modalities.audio.facts import AUDIO
from core.records import Example, Run
from core.services.media import mime_of, original, place_of, shown, thumbnail_of
from core.services.prediction.playground import Reply, ask
from core.typed import JsonObject
from core.ui.modalities.asking import waiting
from core.ui.modalities.image import image_url, media_of, named, thumbnail_url
from core.ui.modalities.sounds import address
from core.ui.parts.background import result_of
from core.ui.parts.problems import plain
from core.ui.parts.upload import arrived
from core.words import later, say, say_n, stored

ASKED = 320
"""Pixels across of what was dropped to be predicted."""


@dataclass(frozen=True, slots=True)
class AudioDrawing:
    """A sound has its file's name for its words."""

    words_title: str = later("name")
    cell: str | None = later("spectrogram")
    has_grid: bool = True
    upload: tuple[str, str] = (
        later("Sounds"),
        later("Sounds, or a ZIP of sounds; folders do not matter. More of them: by a path on the server."),
    )
    folder_button: str = later("Predict every sound of the folder")

    def cells(self, context: Context, examples: Sequence[Example]) -> list[Any]:
        return [thumbnail_url(context, example) for example in examples]

    def column(self, width: Any) -> Any:
        return st.column_config.ImageColumn(say(self.cell or ""), width=width)

    def whole(self, context: Context, example: Example, place: str) -> None:
        name = named(example)
        _player(context, example)
        st.image(shown(context, media_of(example))[0], caption=plain(name), width="stretch", alt=_alt(name))
        st.download_button(
            say("Original"),
            lambda: original(context, media_of(example))[0],
            file_name=name.rsplit("/", 1)[-1],
            mime=mime_of(media_of(example)),
            icon=":material/download:",
            type="tertiary",
            on_click="ignore",
            key=f"original-{place}-{example.example_id}",
            help=say("The file as it was loaded."),
        )

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
        path = Path(paths[0])
        found = result_of(
            context,
            ("ask", run.run_id, str(path)),
            lambda: (thumbnail_of(context, path), ask(context, run, str(path))),
            waiting=waiting(context, run),
        )
        if found is None:
            return None
        if found[0] is not None:
            st.image(found[0], caption=plain(path.name), width=ASKED, alt=_alt(path.name))
        return found[1]

    def on_desk(self, context: Context, example: Example, grid: bool) -> JsonObject:
        image, small = (None, thumbnail_url(context, example)) if grid else (image_url(context, example), None)
        sound = address(media_of(example))
        return {"text": None, "image": image, "thumbnail": small, "sound": sound, "name": named(example)}

    def near(self, context: Context, example: Example) -> JsonObject:
        return {"text": None, "image": thumbnail_url(context, example), "sound": address(media_of(example))}

    def counted(self, count: int) -> str:
        return say_n("{n:,} sound", "{n:,} sounds", count)

    def caption(self, example: Example) -> str | None:
        return example.text


def _player(context: Context, example: Example) -> None:
    st.audio(str(place_of(context, media_of(example))), format=mime_of(media_of(example)))


def _alt(name: str) -> str:
    return say("Spectrogram of {name}: time from left to right, pitch upwards, loud is light", name=name)
