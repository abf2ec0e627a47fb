"""CleanVision 0.3.7 on the images that `images` beside it plants faults in, in the same run; where it is installed."""

from __future__ import annotations

import math
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.row import Row

NAME = "cleanvision"
KINDS: Mapping[str, str] = {
    "dark": "dark",
    "light": "light",
    "blurred": "blurry",
    "little_information": "low_information",
    "odd_size": "odd_size",
    "odd_shape": "odd_aspect_ratio",
    "grey": "grayscale",
}
"""Its name of each of our kinds; it has none for borders."""
CORES = 2


def installed() -> bool:
    """Whether it can be measured here."""
    return find_spec(NAME) is not None


def pace(files: Sequence[bytes]) -> float | None:
    """Images that it looks at in a second, on two cores; None where it is not installed."""
    return len(files) / flagged(files)[1] if installed() else None


def flagged(files: Sequence[bytes]) -> tuple[dict[str, NDArray[np.bool_]], float]:
    """(n,) which of the images it flags by its own defaults, by our names of its kinds; and seconds, on two cores."""
    with tempfile.TemporaryDirectory() as place:
        paths = [str(Path(place) / f"{row:06}.jpg") for row in range(len(files))]
        for path, content in zip(paths, files, strict=True):
            Path(path).write_bytes(content)
        began = time.perf_counter()
        lab = import_module(NAME).Imagelab(filepaths=paths)
        lab.find_issues({theirs: {} for theirs in KINDS.values()}, n_jobs=CORES, verbose=False)
        taken = time.perf_counter() - began
        found = lab.issues.loc[paths]
    return {ours: found[f"is_{theirs}_issue"].to_numpy(bool) for ours, theirs in KINDS.items()}, taken


def beside(files: Sequence[bytes], planted: Mapping[int, str], ours: Mapping[str, NDArray[np.bool_]]) -> Iterator[Row]:
    """Precision and recall of both by kind. An image is judged as in `compared`: what else is found in one that was
    spoiled is neither right nor wrong."""
    if not installed():
        note = f"{NAME} is not installed: pip install cleanvision==0.3.7 into an environment for this measurement"
        yield Row(f"content of photographs beside {NAME}", math.nan, "", note=note)
        return
    untouched = ~np.isin(np.arange(len(files)), list(planted))
    for kind, theirs in flagged(files)[0].items():
        rows = [row for row, way in planted.items() if way == kind]
        found = [_judged(one, rows, untouched) for one in (ours[kind], theirs)]
        note = f"false alarms {found[0].false} and {found[1].false}"
        for name, own, other in zip(("precision", "recall"), found[0].shares, found[1].shares, strict=True):
            yield Row(f"beside {NAME}, {kind}: {name}", own, "", other, NAME, higher_is_better=True, note=note)


@dataclass(frozen=True, slots=True)
class _Judged:
    hits: int
    false: int
    planted: int

    @property
    def shares(self) -> tuple[float, float]:
        """Precision and recall."""
        return self.hits / max(1, self.hits + self.false), self.hits / max(1, self.planted)


def _judged(has: NDArray[np.bool_], rows: Sequence[int], untouched: NDArray[np.bool_]) -> _Judged:
    return _Judged(int(has[list(rows)].sum()), int((has & untouched).sum()), len(rows))
