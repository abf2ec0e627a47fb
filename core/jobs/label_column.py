"""Labels as the files of jobs hold them for the store."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from core.targets import Labels, Target
from core.targets.arrays import distinct


def label_column(target: Target, labels: Labels, classes: Sequence[str]) -> pa.Array:
    """n labels: their positions (int32), or their texts where they are numbers or may be several classes, null for no
    label."""
    if not target.several and not target.numeric:
        return pa.array(labels.astype(np.int32))
    found, place = distinct(labels)
    # Each label that occurs is written once: a million rows have a few thousand of them.
    return pa.array(target.decode(found, classes), pa.string()).take(pa.array(place))
