"""Images as they are drawn."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from core.context import Context
from core.records import Example, Run
from core.services.media import mime_of, original, shown, thumbnail, thumbnail_of
from core.services.prediction.playground import Reply, ask
from core.sources.paths import IMAGE_SUFFIXES
from core.typed import JsonObject
from core.ui.modalities.asking import waiting
from core.ui.parts.background import result_of
from core.ui.parts.problems import plain
from core.ui.parts.upload import arrived
from core.words import later, say, say_n, stored

WHOLE, BESIDE, ASKED = 320, 160, 160
"""Pixels across, by how much of the page it is."""
ENLARGED, SEEN_AT_LEAST = 4, 128
"""A small image is drawn so many times its size at most, unless it were smaller than so many pixels."""


@dataclass(frozen=True, slots=True)
class ImageDrawing:
    """An image has its file's name for its words."""

    words_title: str = later("name")
    cell: str | None = later("image")
    has_grid: bool = True
    upload: tuple[str, str] = (
        later("Images"),
        later("Images, or a ZIP of images; folders do not matter. More of them: by a path on the server."),
    )
    folder_button: str = later("Predict every image of the folder")

    def cells(self, context: Context, examples: Sequence[Example]) -> list[Any]:
        return [thumbnail_url(context, example) for example in examples]

    def column(self, width: Any) -> Any:
        return st.column_config.ImageColumn(say(self.cell or ""), width=width)

    def whole(self, context: Context, example: Example, place: str) -> None:
        name = named(example)
        st.image(shown(context, media_of(example))[0], caption=plain(name), width=_across(example, WHOLE), alt=name)
        as_loaded(context, example, place, say("The file as it was loaded; a large one is shown smaller here."))

    def beside(self, context: Context, example: Example) -> None:
        st.image(shown(context, media_of(example))[0], width=_across(example, BESIDE), alt=named(example))

    def ask(self, context: Context, run: Run) -> Reply | None:
        dropped = st.file_uploader(
            say("Image"), type=[suffix[1:] for suffix in sorted(IMAGE_SUFFIXES)], key="use-image"
        )
        paths = arrived(context, [dropped], waiting=stored("storing the image")) if dropped else ()
        if not paths:
            return None
        return asked(context, run, Path(paths[0]), ASKED, lambda name: name)

    def on_desk(self, context: Context, example: Example, grid: bool) -> JsonObject:
        image, small = (None, thumbnail_url(context, example)) if grid else (image_url(context, example), None)
        return {"text": None, "image": image, "thumbnail": small, "name": named(example)}

    def near(self, context: Context, example: Example) -> JsonObject:
        return {"text": None, "image": thumbnail_url(context, example)}

    def counted(self, count: int) -> str:
        return say_n("{n:,} image", "{n:,} images", count)

    def caption(self, example: Example) -> str | None:
        return example.text


def _across(example: Example, most: int) -> int:
    """Pixels across at which an image is drawn in a place of `most`."""
    own = example.attributes.get("width")
    return min(most, max(SEEN_AT_LEAST, ENLARGED * int(own))) if isinstance(own, int) else most


def media_of(example: Example) -> str:
    """The place of its file below the media folder."""
    return example.media_id or ""


def named(example: Example) -> str:
    """What it is called."""
    return example.text or say("row {number}", number=example.example_id)


def as_loaded(context: Context, example: Example, place: str, about: str) -> None:
    """A button that downloads its file."""
    st.download_button(
        say("Original"),
        lambda: original(context, media_of(example))[0],
        file_name=named(example).rsplit("/", 1)[-1],
        mime=mime_of(media_of(example)),
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
        key=f"original-{place}-{example.example_id}",
        help=about,
    )


def asked(context: Context, run: Run, path: Path, across: int, alt: Callable[[str], str]) -> Reply | None:
    """What the run says of the file, below a small picture of it; None while that is worked out."""
    found = result_of(
        context,
        ("ask", run.run_id, str(path)),
        lambda: (thumbnail_of(context, path), ask(context, run, str(path))),
        waiting=waiting(context, run),
    )
    if found is None:
        return None
    if found[0] is not None:
        st.image(found[0], caption=plain(path.name), width=across, alt=alt(path.name))
    return found[1]


def image_url(context: Context, example: Example) -> str:
    """The image, or what stands for it, as a browser shows it large."""
    content, mime = shown(context, media_of(example))
    return f"data:{mime};base64,{base64.b64encode(content).decode()}"


def thumbnail_url(context: Context, example: Example) -> str:
    """The same small."""
    return f"data:image/webp;base64,{base64.b64encode(thumbnail(context, media_of(example))).decode()}"
