"""Personal data in texts: by patterns, names by a model of English (in jobs alone), and what stands in its place."""

from core.personal.columns import personal_in_column, tells
from core.personal.edition import edition
from core.personal.inside import masked_inside
from core.personal.mask import MANNERS, Masking, labelled, masked, masked_by
from core.personal.patterns import BY_NAME, KINDS, PATTERNS, Kind, Personal, luhn, merged, personal_in

__all__ = [
    "BY_NAME",
    "KINDS",
    "MANNERS",
    "PATTERNS",
    "Kind",
    "Masking",
    "Personal",
    "edition",
    "labelled",
    "luhn",
    "masked",
    "masked_by",
    "masked_inside",
    "merged",
    "personal_in",
    "personal_in_column",
    "tells",
]
