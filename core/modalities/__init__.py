"""What an example is: a folder per modality. `facts.py` in it is light, the web process reads it; `heavy.py` and what
that imports is for jobs alone, which find it by its name."""

from core.modalities.audio.facts import AUDIO
from core.modalities.contract import MEDIA, WORDS, Modality
from core.modalities.image.facts import IMAGE
from core.modalities.table_row.facts import TABLE_ROW
from core.modalities.text.facts import TEXT

MODALITIES: dict[str, Modality] = {modality.name: modality for modality in (TEXT, IMAGE, AUDIO, TABLE_ROW)}
"""Every modality by name."""
PAYLOAD_COLUMNS: tuple[str, ...] = tuple(
    dict.fromkeys(column for modality in MODALITIES.values() for column in modality.columns)
)
"""The columns that every examples table has for its example, whatever that is; VARCHAR, NULL where one has no use."""

__all__ = ["MEDIA", "MODALITIES", "PAYLOAD_COLUMNS", "WORDS", "Modality"]
