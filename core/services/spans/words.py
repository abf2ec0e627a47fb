"""How the labels of a dataset with spans were written, in words."""

from __future__ import annotations

from core.records import Dataset
from core.words import later, say, say_n

NAMED = {"IOB2": "IOB2 (BIO)", "bare": later("types without B- and I-")}


def layout_words(dataset: Dataset) -> list[str]:
    """The scheme of its tags, what was mended, and whether spans overlap; nothing of other labels."""
    said = []
    if scheme := dataset.layout.get("scheme"):
        said.append(
            say("Tags: {scheme}. Exports have the same.", scheme=say(NAMED[scheme]) if scheme in NAMED else scheme)
        )
    if mended := dataset.layout.get("mended"):
        said.append(
            say_n(
                "{n:,} sentence had tags that the scheme does not have so, such as I- after another type: mended.",
                "{n:,} sentences had tags that the scheme does not have so, such as I- after another type: mended.",
                int(mended),
            )
        )
    if dataset.layout.get("overlap"):
        said.append(say("Some spans overlap."))
    return said
