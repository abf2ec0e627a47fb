"""The training examples nearest to an example, by what the last layer of a run's model is given of both."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray


class Nearest:
    """The features of a run's training rows, of length 1 each. Without any, nothing is near."""

    def __init__(self, folder: Path) -> None:
        """Reads `features.npy`, float32 (t, d), and `feature_rows.npy`, int64 (t,), where they are."""
        if not (folder / "features.npy").is_file():
            self._rows: NDArray[np.int64] = np.empty(0, np.int64)
            self._units: NDArray[np.float32] = np.empty((0, 0), np.float32)
            return
        self._rows = np.load(folder / "feature_rows.npy")
        self._units = unit(np.load(folder / "features.npy").astype(np.float32))

    def find(self, features: NDArray[np.float32], count: int) -> list[tuple[int, float]]:
        """Row ids and cosines of the `count` rows nearest to features (d,), nearest first."""
        if not len(self._rows):
            return []
        similarities = self._units @ unit(features[None])[0]
        count = min(count, len(similarities))
        nearest = np.argpartition(-similarities, count - 1)[:count]
        order = nearest[np.argsort(-similarities[nearest], kind="stable")]
        return [(int(self._rows[place]), float(similarities[place])) for place in order]


def unit(features: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows (n, d) scaled to length 1; a row of zeros stays one."""
    lengths = np.linalg.norm(features, axis=1, keepdims=True)
    scaled: NDArray[np.float32] = features / np.maximum(lengths, 1e-12).astype(np.float32)
    return scaled
