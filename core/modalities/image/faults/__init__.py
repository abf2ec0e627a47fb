"""What can be wrong with an image, in words: no heavy library."""

from __future__ import annotations

from typing import Final

from core.modalities.faults import Fault
from core.words import later, say

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
        "grey",
        later("grey"),
        later("It has no colour, where at most one image in five has none."),
        lambda value, usual, found: say("Grey: it has no colour, as nearly all other images here have."),
    ),
)
"""See `core.modalities.image.faults.find` for how each is found."""
