"""What can be wrong with an image, in words: no heavy library."""

from __future__ import annotations

from typing import Final

from core.modalities.faults import Fault
from core.words import later, say

_LYING: Final = {
    2: later("mirrored"),
    3: later("upside down"),
    4: later("mirrored and upside down"),
    5: later("mirrored, on its left side"),
    6: later("on its left side"),
    7: later("mirrored, on its right side"),
    8: later("on its right side"),
}
"""How the pixels lie in the file, by the number of EXIF 2.3."""

DARK: Final = 64
"""Of 255: an image is dark whose pixels are darker, all but one in a hundred."""
BLACK: Final = 10
"""And whatever the others are, where they are darker than this."""
LIGHT: Final = 200
WHITE: Final = 245
ABRUPT: Final = 0.8
"""An image is blurred whose changes from pixel to pixel are less abrupt than this."""
BITS: Final = 3.0
"""An image says little that holds fewer bits in a pixel."""
NO_BITS: Final = 0.5
"""And whatever the others hold, where there are no more than these."""
TIMES: Final = 2.0
"""A size or a shape is odd that is so many times another one than is usual."""
BORDERS: Final = 0.08
"""Share of an image's area that borders of one colour take from which on it has them."""
COLOUR: Final = 6
"""Of 255: an image is grey whose channels differ less, all but one in a hundred pixels."""

FAULTS: Final = (
    Fault(
        "dark",
        later("dark"),
        later("99 % of its pixels are darker than 64 of 255, and darker than those of others by far; or it is black."),
        lambda value, usual, found: say(
            "Dark: 99 % of its pixels are no lighter than {value:.0f} of 255; usual here: {usual:.0f}.",
            value=value,
            usual=usual,
        ),
    ),
    Fault(
        "light",
        later("light"),
        later(
            "99 % of its pixels are lighter than 200 of 255, and lighter than those of others by far; or it is white."
        ),
        lambda value, usual, found: say(
            "Light: 99 % of its pixels are no darker than {value:.0f} of 255; usual here: {usual:.0f}.",
            value=value,
            usual=usual,
        ),
    ),
    Fault(
        "blurred",
        later("blurred"),
        later(
            "It changes less abruptly from pixel to pixel than 0.8 (second over first differences), and less than "
            "others by far."
        ),
        lambda value, usual, found: say(
            "Blurred: it changes softly from pixel to pixel, {value:.2f}; usual here: {usual:.2f}. Sharp images have "
            "about 1.2.",
            value=value,
            usual=usual,
        ),
    ),
    Fault(
        "little_information",
        later("little information"),
        later("Its levels of grey hold fewer than 3 bits in a pixel, and fewer than others by far; or next to none."),
        lambda value, usual, found: say(
            "Little information: {value:.1f} bits in a pixel; usual here: {usual:.1f}. One colour alone has 0.",
            value=value,
            usual=usual,
        ),
    ),
    Fault(
        "odd_size",
        later("odd size"),
        later("It is twice as large or half as large as is usual, by √(width × height), and farther off than others."),
        lambda value, usual, found: say(
            "Odd size: {found} pixels; a side of {usual:,.0f} is usual here.", found=found, usual=usual
        ),
    ),
    Fault(
        "odd_shape",
        later("odd shape"),
        later("It is twice as wide or as high for its size as is usual, and farther off than others."),
        lambda value, usual, found: say(
            "Odd shape: {found} pixels; usual here is a width of {usual:.2f} times the height.",
            found=found,
            usual=usual,
        ),
    ),
    Fault(
        "borders",
        later("borders"),
        later("Two opposite edges are of one colour each, and such borders take at least 8 % of its area."),
        lambda value, usual, found: say("Borders: edges of one colour take {value:.0%} of its area.", value=value),
    ),
    Fault(
        "turned",
        later("turned in the file"),
        later("Its pixels lie turned or mirrored in the file, and only its metadata (EXIF) says so."),
        lambda value, usual, found: say(
            "Turned: in the file it lies {how}, and only its metadata says so. It is shown and learnt upright here; a "
            "program that does not read that sees it as it lies.",
            how=say(_LYING.get(round(value), "")),
        ),
    ),
    Fault(
        "unreadable_metadata",
        later("unreadable metadata"),
        later("It has metadata (EXIF) of which nothing can be read, so that nothing says which side is up."),
        lambda value, usual, found: say(
            "Unreadable metadata: nothing can be read of what the camera wrote down, such as which side is up."
        ),
    ),
    Fault(
        "grey",
        later("grey"),
        later("It has no colour, where at most one image in five has none."),
        lambda value, usual, found: say("Grey: it has no colour, as nearly all other images here have."),
    ),
)
"""See `core.modalities.image.faults.find` for how each is found."""
