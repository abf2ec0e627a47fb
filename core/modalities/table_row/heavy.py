"""Tables for jobs, see `core.modalities.heavy`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from core.errors import ModelError
from core.modalities.encoder import Encoder
from core.modalities.payloads import Measures, Payloads
from core.modalities.suspicion import Suspicion
from core.modalities.table_row.encoder import TableFeatures
from core.modalities.table_row.learner import BOOSTING, Boosting
from core.modalities.table_row.saved import SavedTrees
from core.progress import Report


def encoder(name: str) -> NoReturn:
    raise _no_transformers(name)


def near_space(payloads: Payloads, arrays: Path, encoders: Sequence[Encoder], tick: Report) -> NDArray[np.float32]:
    """The vectors that an encoder among `encoders` keeps for itself."""
    own = next((one for one in encoders if isinstance(one, TableFeatures)), None) or TableFeatures()
    return own.embed(payloads, arrays, tick)


def faults(payloads: Payloads, measures: Measures, arrays: Path, tick: Report) -> dict[str, Suspicion]:
    from core.modalities.table_row.faults.find import find

    return find(payloads, tick)


def folder_of(model: str) -> NoReturn:
    raise _no_transformers(model)


def auto_class() -> NoReturn:
    raise _no_transformers("It")


def preparation(folder: Path, name: str, model: Any, max_tokens: int) -> NoReturn:
    raise _no_transformers(name)


def input_size(payloads: Payloads) -> None:
    return None


def pooling_model(name: str) -> None:
    return None


def learner(payloads: Payloads, classes: int, seed: int) -> Boosting:
    return Boosting(payloads, classes, seed)


def opened(folder: Path) -> SavedTrees:
    return SavedTrees.of(folder)


def _no_transformers(name: str) -> ModelError:
    return ModelError(f"{name} is a model of transformers, which has none for rows of a table.", f"Use {BOOSTING}.")
