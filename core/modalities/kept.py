"""Under which names the bundled and named encoders keep their embeddings, and what encoding an example costs: plain
facts that are asked for before any of them is loaded."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.modalities.model_files import fingerprint

LITE = "efficientnet-lite0-57934424-2"
"""Of the bundled EfficientNet at the size that suits each image."""
PIXELS_SIDE = 16
PIXELS = f"pixels-1-{PIXELS_SIDE}"
"""Of the instant encoder of images."""
LOG_MEL = "log-mel-statistics-1"
"""Of the instant encoder of sounds."""
SPEECH = "speech-embedding-1"
"""Of the bundled speech embedding."""
KEPT = {"pixels": PIXELS, "efficientnet": LITE, "log-mel": LOG_MEL, "speech": SPEECH}
"""Bundled encoder of files → the name under which its embeddings are kept."""
BYTES_PER_TOKEN = 4.0
"""Of a text in UTF-8, on average: 4.1 of English news articles, 3.6 of short questions."""
ATTENTION = 2_300.0
"""Tokens of a text at which attention costs as much as all else that is computed for each of them."""


def text_key(folder: Path, max_tokens: int) -> str:
    """Of the text model in that folder, whose texts are cut after so many tokens."""
    return f"text-{fingerprint(folder)}-{max_tokens}"


def text_costs(sizes: NDArray[np.int64], max_tokens: int) -> NDArray[np.float64]:
    """What encoding texts of so many bytes (n,) costs, in tokens of a short text, (n,)."""
    tokens = np.minimum(sizes / BYTES_PER_TOKEN + 2, max_tokens)
    return np.asarray(tokens * (1 + tokens / ATTENTION), np.float64)
