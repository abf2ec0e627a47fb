"""What can be wrong with a text, in words: no heavy library."""

from __future__ import annotations

from typing import Final

from core.modalities.faults import Fault
from core.words import later, say, say_n, say_stored

TIMES: Final = 4.0
"""A text is too short or too long that has so many times fewer or more words than is usual."""
REPEATED: Final = 0.6
"""Share of a text's words from which on it says the same over and over: three times are two thirds."""
NEARLY_ALL: Final = 0.9
"""A text can be in a foreign language where so many are in one."""
FEW: Final = 0.02
"""And it is where no more of them are in its own: kin, which are taken for each other, are more."""
SOME_WORDS: Final = 4
"""Of fewer words the language is a guess."""

FAULTS: Final = (
    Fault(
        "empty",
        later("empty"),
        later("It has neither letter nor digit nor emoji, or stands for nothing, such as “n/a” or “[deleted]”."),
        lambda value, usual, found: say("Empty: it says nothing, “{found}”.", found=found),
    ),
    Fault(
        "too_short",
        later("too short"),
        later("It has a fourth of the usual number of words or fewer, and is farther off than others."),
        lambda value, usual, found: say_n(
            "Too short: {n:,} word; 95 % of the texts here have {usual:,.0f} or more.",
            "Too short: {n:,} words; 95 % of the texts here have {usual:,.0f} or more.",
            round(value),
            usual=usual,
        ),
    ),
    Fault(
        "too_long",
        later("too long"),
        later("It has four times the usual number of words or more, and is farther off than others."),
        lambda value, usual, found: say_n(
            "Too long: {n:,} word; 95 % of the texts here have {usual:,.0f} or fewer.",
            "Too long: {n:,} words; 95 % of the texts here have {usual:,.0f} or fewer.",
            round(value),
            usual=usual,
        ),
    ),
    Fault(
        "mojibake",
        later("wrong encoding"),
        later("It has characters that were read in a wrong encoding (mojibake) and make sense as UTF-8."),
        lambda value, usual, found: say_n(
            "Wrong encoding in {n:,} place: {found}.",
            "Wrong encoding in {n:,} places, such as {found}.",
            round(value),
            found=found,
        ),
    ),
    Fault(
        "unreadable",
        later("unreadable characters"),
        later("It has control characters, characters of private use, or the sign of a lost character (U+FFFD)."),
        lambda value, usual, found: say_n(
            "Unreadable: {n:,} character, {found}.",
            "Unreadable: {n:,} characters, such as {found}.",
            round(value),
            found=found,
        ),
    ),
    Fault(
        "escapes",
        later("escapes left over"),
        later("It has signs by which programs write characters, such as a backslash and an n for a line break."),
        lambda value, usual, found: say_n(
            "Escapes left over: {n:,} sign for a character, {found}.",
            "Escapes left over: {n:,} signs for characters, such as {found}.",
            round(value),
            found=found,
        ),
    ),
    Fault(
        "markup",
        later("markup left over"),
        later("It has tags or entities of HTML."),
        lambda value, usual, found: say_n(
            "Markup left over: {n:,} tag or entity of HTML, {found}.",
            "Markup left over: {n:,} tags and entities of HTML, such as {found}.",
            round(value),
            found=found,
        ),
    ),
    Fault(
        "repeated",
        later("repeats itself"),
        later("At least 60 % of its words say again what stands right before them, and at least six do."),
        lambda value, usual, found: say(
            "Repeats itself: {value:.0%} of its words say again what stands right before: “{found}”.",
            value=value,
            found=found,
        ),
    ),
    Fault(
        "boilerplate",
        later("boilerplate"),
        later(
            "A sentence of at least six words, or a line of four, stands in ten texts or more, and in one of a "
            "thousand, that are no copies of each other."
        ),
        lambda value, usual, found: say_n(
            "Boilerplate: {n:,} sentence that so many texts share: {found}.",
            "Boilerplate: {n:,} sentences that many texts share, such as {found}.",
            round(value),
            found=found,
        ),
    ),
    Fault(
        "foreign",
        later("foreign language"),
        later("It is in a language that at most one text in fifty is in, where nine of ten are in one other."),
        lambda value, usual, found: say(
            "Foreign language: {language}; {usual:.0%} of the texts here are in one other.",
            language=say_stored(found),
            usual=usual,
        ),
    ),
)
"""See `core.modalities.text.faults.find` for how each is found."""
